"""Waiting for what other threads and processes do: until it is done, and never for a time that was guessed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE_S, LOOK_S = 60.0, 0.005


def until(found: Callable[[], T], what: str = "it", patience_s: float = PATIENCE_S) -> T:
    """What ``found()`` returns as soon as that is true; fails after ``patience_s``, which no working code needs."""
    end = time.monotonic() + patience_s
    while not (result := found()):
        assert time.monotonic() < end, f"{what} did not happen within {patience_s:g} s"
        pause()
    return result


def pause(seconds: float = LOOK_S) -> None:
    """Let others run for about that long; nothing may depend on how long it really is."""
    threading.Event().wait(seconds)

"""Saves words before the robot says that it heard them."""

from __future__ import annotations

import threading
from typing import Protocol

from sayso.runtime.log import Heard


class Saving:
    """Whether something is safe on disk; ``problem`` says why it is not, and is empty if it is."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self.problem = ""

    def end(self, problem: str = "") -> None:
        """It is on disk, or will not be because of ``problem``; only the first call counts."""
        if not self._over.is_set():
            self.problem = problem
            self._over.set()

    @property
    def is_over(self) -> bool:
        """Whether `end` was called."""
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Whether `end` was called within ``seconds`` of real time."""
        return self._over.wait(seconds)


class Record(Protocol):
    """Saves what was heard, from another thread than the caller's."""

    def keep(self, heard: Heard) -> Saving:
        """Begin to save ``heard`` and return at once; saved again, it takes the place of what was saved before."""
        ...

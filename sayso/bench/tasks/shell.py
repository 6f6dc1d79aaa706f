"""Delay of `sayso stop` and `sayso say` from Enter in a shell to the session."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sayso.hardware.ipc.stop_flag import StopFlag
from sayso.runtime.hearing.command_server import CommandServer
from sayso.stats import percentiles

WITHIN_MS = 300.0
PATIENCE_S = 20.0
PHRASE = "a bit to the left"


class Ear:
    """Records the arrival of a stop or of words."""

    def __init__(self) -> None:
        self._heard = threading.Event()
        self.at = 0.0

    def stop(self) -> None:
        """Record the time."""
        self.at = time.perf_counter()
        self._heard.set()

    def say(self, text: str) -> None:
        """Record the time of the expected words."""
        if text == PHRASE:
            self.stop()

    def wait(self) -> bool:
        """Whether the stop or the words arrived."""
        return self._heard.wait(PATIENCE_S)


def typed(words: Sequence[str], seed: int) -> dict[str, Any]:
    """Type ``words`` after "sayso" once: ms until the session has heard them, and until the command has ended."""
    ear = Ear()
    with own_folder(), CommandServer(ear, "sim", "bench"):
        began = time.perf_counter()
        done = _sayso(words)
        ended = time.perf_counter()
        heard = ear.wait()
    ms = (ear.at - began) * 1e3
    ok = bool(heard and done == 0 and ms <= WITHIN_MS)
    return {"ok": ok, "ms": round(ms, 1), "ended": round((ended - began) * 1e3, 1)}


class Deaf(Ear):
    """A session whose thread hangs in `stop`."""

    def stop(self) -> None:
        """Never end."""
        threading.Event().wait(PATIENCE_S)


def typed_to_a_hung_one(seed: int) -> dict[str, Any]:
    """Type "sayso stop" once to a session that does not answer: ms until its arm's stop is pressed."""
    line = StopFlag()
    try:
        with own_folder(), CommandServer(Deaf(), "sim", "bench", line.name):
            began, clock = time.perf_counter(), time.monotonic()
            done = _sayso(["stop"])
            ended = time.perf_counter()
        ms = (line.pressed_at() - clock) * 1e3
        return {"ok": done == 0 and 0 < ms <= WITHIN_MS, "ms": round(ms, 1), "ended": round((ended - began) * 1e3, 1)}
    finally:
        line.close()


def typing_times(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All trials together."""
    return {name: percentiles([r[name] for r in records], (50, 99, 100)) for name in ("ms", "ended")}


def _sayso(words: Sequence[str]) -> int:
    command = [sys.executable, "-m", "sayso", *words]
    return subprocess.run(command, stdout=subprocess.DEVNULL, check=False, timeout=PATIENCE_S).returncode


@contextmanager
def own_folder() -> Iterator[None]:
    """A separate runtime folder, so that the trial stops no other session."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        try:
            yield
        finally:
            os.environ.pop("XDG_RUNTIME_DIR")
            if before is not None:
                os.environ["XDG_RUNTIME_DIR"] = before

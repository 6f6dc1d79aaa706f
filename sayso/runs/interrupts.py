"""Handles Ctrl-C, SIGTERM and a closed terminal while an arm may move: stops the arm and keeps the results so far."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Self

from sayso.hardware.control.homing import StoppedError
from sayso.runtime.hearing.command_server import CommandServer

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupts:
    """Handles these signals while entered. The first calls ``stop``, the next raises KeyboardInterrupt.

    ``stop()`` returns whether the running work ends by itself; if not, the first signal raises KeyboardInterrupt too.
    ``caught``: whether a signal came. For the main thread only.
    """

    def __init__(self) -> None:
        self.stop: Callable[[], bool] = lambda: False
        self.caught = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        heeded = (number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN)  # respects nohup
        self._before = {number: signal.signal(number, self._take) for number in heeded}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self.stop = lambda: False

    def _take(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            # Shell and kernel both send SIGHUP, and printing to the closed terminal would raise an error.
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            _mute_terminal()
        first, self.caught = not self.caught, True
        if not self.stop() or not first:
            raise KeyboardInterrupt


class StopRequest:
    """A person's stop request to a command that moves an arm; any thread or signal handler may call `stop`."""

    def __init__(self, at_once: Callable[[], None] = lambda: None) -> None:
        self.stopped, self._at_once = False, at_once

    def stop(self) -> None:
        """Request a stop."""
        self.stopped = True
        self._at_once()


@contextmanager
def reachable(
    asked: StopRequest, robot: str, doing: str, stop_line: Callable[[], str] = lambda: ""
) -> Iterator[Interrupts]:
    """Let `sayso stop`, Ctrl-C and other signals reach ``asked``. Raises `UserError` if the server cannot start."""
    with CommandServer(asked, robot, doing, stop_line), Interrupts() as interrupts:

        def stop() -> bool:
            asked.stop()
            return True  # the running work ends by itself

        interrupts.stop = stop
        try:
            yield interrupts
        except StoppedError as error:
            if interrupts.caught:
                raise KeyboardInterrupt from error
            raise


def _mute_terminal() -> None:
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        for stream in (1, 2):
            if stat.S_ISCHR(os.fstat(stream).st_mode):
                os.dup2(nowhere.fileno(), stream)

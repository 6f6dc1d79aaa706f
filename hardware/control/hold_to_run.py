"""Hold-to-run: the arm moves only while somebody keeps a key or button pressed and the line to it is up."""

from __future__ import annotations

from sayso.hardware.control.watchdog import Watchdog

HOLD_TO_RUN_S = 0.2  # a lost line must hold the arm within 250 ms, braking not counted


class HoldToRun:
    """Each press has a number of its own; the page or key repeats it while it is held.

    A press that has lapsed or was let go never counts again, whatever arrives late: the person has to press anew.
    """

    def __init__(self, timeout_s: float = HOLD_TO_RUN_S) -> None:
        self._watchdog = Watchdog(timeout_s)
        self._press = 0

    def held(self, press: int, now: float) -> None:
        """Press number ``press`` (from 1, rising) is held at ``now``; one that is over is not heard."""
        if press > self._press or (press == self._press and self.allows(now)):
            self._press = press
            self._watchdog.feed(now)

    def let_go(self) -> None:
        """The person let go; the current press is over."""
        self._watchdog.forget()

    def allows(self, now: float) -> bool:
        """Whether the arm may move at ``now``."""
        return not self._watchdog.lapsed(now)

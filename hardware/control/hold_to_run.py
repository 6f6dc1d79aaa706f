"""Hold-to-run: the arm moves only while a person holds a key or button and the connection is alive."""

from __future__ import annotations

from sayso.hardware.control.watchdog import Watchdog

HOLD_TO_RUN_S = 0.2  # the arm must begin to hold within 250 ms after the connection is lost


class HoldToRun:
    """A watchdog on presses: each press has its own number, and the sender repeats it while the button is held.

    A press that lapsed or was released stays invalid even if late repeats arrive; the person must press again.
    """

    def __init__(self, timeout_s: float = HOLD_TO_RUN_S) -> None:
        self._watchdog = Watchdog(timeout_s)
        self._press = 0

    def held(self, press: int, now: float) -> None:
        """Feed press number ``press`` (from 1, rising) at ``now`` s; ignored if that press has ended."""
        if press > self._press or (press == self._press and self.allows(now)):
            self._press = press
            self._watchdog.feed(now)

    def let_go(self) -> None:
        """End the current press."""
        self._watchdog.forget()

    def allows(self, now: float) -> bool:
        """Whether the arm may move at ``now`` s."""
        return not self._watchdog.lapsed(now)

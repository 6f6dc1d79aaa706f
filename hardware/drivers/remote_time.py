"""Converts a device's time stamps to the computer's clock."""

from __future__ import annotations

import math

from sayso.hardware.clock import Clock

DRIFT = 1e-3  # s/s, largest drift between the two clocks


class RemoteTime:
    """Estimates the offset between a device's clock and ``clock``, taking the smallest delay seen as zero delay.

    A delayed or repeated state therefore gets an old time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset, self._at = math.inf, clock.now()

    def ours(self, theirs: float) -> float:
        """The time on ``clock`` at which the device's clock showed ``theirs`` s, its newest stamp."""
        now = self._clock.now()
        self._offset = min(self._offset + DRIFT * (now - self._at), now - theirs)
        self._at = now
        return theirs + self._offset

"""When a device measured what it says it measured, on our clock, from the stamps of its own."""

from __future__ import annotations

import math

from sayso.hardware.clock import Clock

DRIFT = 1e-3  # s/s by which the two clocks may run apart


class RemoteTime:
    """Learns the offset between a device's clock and ``clock``: the least delay there was is taken for none.

    A state that is on its way for long, or no new one at all, thereby shows as an old one.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset, self._at = math.inf, clock.now()

    def ours(self, theirs: float) -> float:
        """The time on our clock at which the device's showed ``theirs`` s, the newest stamp that there is."""
        now = self._clock.now()
        self._offset = min(self._offset + DRIFT * (now - self._at), now - theirs)
        self._at = now
        return theirs + self._offset

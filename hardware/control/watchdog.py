"""A watchdog that lapses unless it is fed in time."""

from __future__ import annotations

from math import inf


class Watchdog:
    """Lapsed until first fed, and again ``timeout_s`` s after the last feed.

    All times are on the watcher's clock: a sender's clock that runs ahead cannot keep the watchdog alive.
    """

    def __init__(self, timeout_s: float) -> None:
        if not 0.0 < timeout_s < inf:
            raise ValueError(f"timeout_s is {timeout_s}; it must be above 0 s and finite")
        self.timeout_s = timeout_s
        self._fed = -inf

    def feed(self, now: float) -> None:
        """Restart the time-out at ``now`` s."""
        self._fed = now

    def lapsed(self, now: float) -> bool:
        """Whether the time-out has passed; also true if ``now`` is NaN or before the last feed."""
        return not 0.0 <= now - self._fed <= self.timeout_s

    def forget(self) -> None:
        """Lapse at once."""
        self._fed = -inf

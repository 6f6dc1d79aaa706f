"""A watchdog: it lapses unless it is fed in time."""

from __future__ import annotations

from math import inf


class Watchdog:
    """Lapsed until it is first fed, and again ``timeout_s`` seconds after it was last fed.

    All times are the watcher's own, never those of whoever feeds: a clock that is ahead elsewhere keeps nothing alive.
    """

    def __init__(self, timeout_s: float) -> None:
        if not 0.0 < timeout_s < inf:
            raise ValueError(f"timeout_s is {timeout_s}; it must be above 0 s and finite")
        self.timeout_s = timeout_s
        self._fed = -inf

    def feed(self, now: float) -> None:
        """Something was heard at ``now``."""
        self._fed = now

    def lapsed(self, now: float) -> bool:
        """Whether nothing was heard for too long; so too if ``now`` is no number or before the last feeding."""
        return not 0.0 <= now - self._fed <= self.timeout_s

    def forget(self) -> None:
        """Lapse at once."""
        self._fed = -inf

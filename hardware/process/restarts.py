"""Restart policy of a crashed process: increasing delays, and no restart after three crashes in a minute."""

from __future__ import annotations

from collections import deque

WINDOW_S = 60.0
MOST_CRASHES = 3
FIRST_DELAY_S, LONGEST_DELAY_S = 0.05, 1.0


class Restarts:
    """Counts the crashes of one process within the last `WINDOW_S` seconds."""

    def __init__(self) -> None:
        self._crashes: deque[float] = deque(maxlen=MOST_CRASHES)

    def crashed(self, now: float) -> float | None:
        """Record a crash at ``now`` s; return the delay (s) before a restart, None if the process must stay down."""
        self._crashes.append(now)
        recent = sum(now - t <= WINDOW_S for t in self._crashes)
        if recent >= MOST_CRASHES:
            return None
        return float(min(FIRST_DELAY_S * 4 ** (recent - 1), LONGEST_DELAY_S))

"""When a process that crashed may start again: soon, then later, and after three crashes in a minute not at all."""

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
        """It crashed at ``now``: seconds to wait before it is started again, None if it must not be."""
        self._crashes.append(now)
        recent = sum(now - t <= WINDOW_S for t in self._crashes)
        if recent >= MOST_CRASHES:
            return None
        return float(min(FIRST_DELAY_S * 4 ** (recent - 1), LONGEST_DELAY_S))

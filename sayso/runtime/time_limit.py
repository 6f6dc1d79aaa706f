"""The time limit of a run, which grows as the pace falls and does not count the arm's stops."""

from __future__ import annotations

import numpy as np

from sayso.runtime.runtime import MotionOverride

STEP_LIMIT_S = 25.0  # for each step of a plan, if no limit was given


class TimeLimit:
    """Times in s on the robot's clock; the pace of ``override`` scales every limit."""

    def __init__(self, override: MotionOverride) -> None:
        self._override, self._deadline = override, np.inf

    @property
    def patience(self) -> float:
        """Factor on all time limits: 1 / pace below the usual pace, else 1."""
        return 1 / min(self._override.pace, 1.0)

    def forget(self) -> None:
        """No limit."""
        self._deadline = np.inf

    def set(self, now: float, limit_s: float) -> None:
        """Set the limit to ``limit_s`` from ``now``."""
        self._deadline = now + limit_s * self.patience

    def at_least(self, now: float, limit_s: float, margin_s: float = 0.0) -> None:
        """Extend the limit to ``limit_s`` from ``now`` and the margin, if it is shorter."""
        self._deadline = max(self._deadline, now + limit_s * self.patience + margin_s)

    def scale(self, before: float, since: float) -> None:
        """Scale the time left from ``since`` s on from the patience ``before`` to the present one."""
        self._deadline = since + (self._deadline - since) * self.patience / before

    def not_counting(self, seconds: float) -> None:
        """Extend the limit by ``seconds`` in which the arm could not work."""
        self._deadline += seconds

    def is_over(self, now: float) -> bool:
        """Whether the time has run out."""
        return now >= self._deadline

"""How far an arm's joints stay behind their targets beyond what is usual for this arm."""

from __future__ import annotations

from collections import deque

import numpy as np

from sayso.hardware.types import Array

# A joint that is where it was sent within so many seconds follows: servos and the controllers of real arms answer late.
DELAY_S = 0.3
MOVED_RAD = 0.01  # targets that change less within `DELAY_S` do not move the arm
LEARNED = 15  # moments of motion, five a second, from which the usual distance is learned
# The most that counts as usual: a joint that is weak from the first moment on is not taken for one that sags.
USUAL_RAD = 0.04


class Following:
    """Compares measured positions with the targets of the last `DELAY_S`, which are as late as an arm may be.

    What remains in the first `LEARNED` moments of motion is usual for the arm, up to `USUAL_RAD`: a servo without an
    integral part sags under its load. Feed it with `sent` as often as targets come, and ask for `late` five times a
    second.
    """

    def __init__(self) -> None:
        self._sent: deque[tuple[float, Array]] = deque()
        self._usual: Array | None = None
        self._learned = 0

    def forget(self) -> None:
        """Drop the targets, because something else may have moved the arm; what is usual for the arm stays."""
        self._sent.clear()

    def sent(self, t: float, target: Array) -> None:
        """The target (n,) rad that the arm was sent at ``t`` s."""
        self._sent.append((t, target))
        while t - self._sent[0][0] > DELAY_S:
            self._sent.popleft()

    def late(self, position: Array) -> Array:
        """How far (n,) rad each joint at ``position`` (n,) rad is from all targets of late, less what is usual."""
        if not self._sent:
            return np.zeros(len(position))
        targets = np.array([target for _, target in self._sent])
        lowest, highest = targets.min(0), targets.max(0)
        off = np.maximum(np.maximum(lowest - position, position - highest), 0.0)
        usual = np.zeros(len(position)) if self._usual is None else self._usual
        if self._learned < LEARNED and float((highest - lowest).max()) > MOVED_RAD:
            usual = (self._learned * usual + np.minimum(off, USUAL_RAD)) / (self._learned + 1)
            self._usual, self._learned = usual, self._learned + 1
        return np.maximum(off - usual, 0.0)

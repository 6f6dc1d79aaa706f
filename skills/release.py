"""How wide the hand opens: all the way, unless something stops it, as a bowl's wall does.

Fingers that push on against a bowl from inside hold it as firmly as from outside and lift it off the table.
"""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Array, JointState

OPEN = 0.95  # fraction of the width from which the hand is open
OPENED = 0.05  # fraction that the hand must have opened by before it can be stopped: it may start late
STILL, STILL_S = 0.02, 0.10  # a stopped hand opens less than this fraction in this time (s)
YIELD = 0.06  # fraction by which stopped fingers give way
CLEAR_M = 0.08  # from where the hand was stopped to where it opens all the way


class Release:
    """Chooses the hand's target, a fraction of its width, from what is measured."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._begin: float | None = None
        self._recent: list[tuple[float, float]] = []
        self._stopped: tuple[float, Array] | None = None

    def target(self, state: JointState, tool: Array, closing: bool) -> float:
        """The target at the measured ``state`` with the ``tool`` at (3,) m.

        While ``closing`` it is 1: the hand that opens next opens at once.
        """
        if closing:
            self._reset()
            return 1.0
        if self._begin is None:
            self._begin = state.gripper
        if self._stopped is not None:
            if float(np.linalg.norm(tool - self._stopped[1])) < CLEAR_M:
                return self._stopped[0]
            self._stopped, self._recent = None, []
        self._recent = [(t, g) for t, g in self._recent if state.t - t <= STILL_S + 1e-9]
        self._recent.append((state.t, state.gripper))
        since, before = self._recent[0]
        has_opened = state.gripper - self._begin > OPENED
        if has_opened and state.gripper < OPEN and state.t - since >= STILL_S - 1e-6 and state.gripper - before < STILL:
            self._stopped = max(state.gripper - YIELD, self._begin + OPENED / 2), tool.copy()
            return self._stopped[0]
        return 1.0

"""Which points the cameras see at the hand: they may be the hand's, or of what it is to hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.arms.hand_shape import HandShape
from sayso.hardware.types import Array, Pose, RobotSpec

BESIDE, BELOW = 0.12, -0.02  # m beside the tool and below it: the space of a hand as broad as two sliding fingers are
GAP = 0.015  # m around a hand whose shape is known
FEW, SHARE = 3, 0.25  # points at a hand that count, and their share of a thing's if the hand's shape is known
OPENINGS = 0.0, 0.5, 1.0


class NearHand:
    """The space of the hand of ``spec``.

    A hand with a jaw is slender, and its arm so small that nearly all of the table is within `BESIDE` of it: there the
    shape of its parts counts, the jaw as far open as may be. Every other hand, and None, is a cylinder.
    """

    def __init__(self, spec: RobotSpec | None = None) -> None:
        self._parts: tuple[tuple[Array, Array], ...] = ()
        if spec is not None and spec.gripper is not None and spec.gripper.jaw is not None:
            shape = HandShape(spec)
            parts = [*shape.fixed(), *(part for opening in OPENINGS for part in shape.jaw(opening))]
            self._parts = tuple((part.min(0) - GAP, part.max(0) + GAP) for part in parts)

    def touches(self, points: NDArray, tool: Pose) -> bool:
        """Whether the hand at ``tool`` is where a thing's ``points`` (n, 3) m are.

        Some points of a thing beside a slender hand are the hand's: the eyes' borders are a few pixels off.
        """
        least = min(FEW, len(points))
        if self._parts:
            least = max(least, int(SHARE * len(points)))
        return int(self._at(points, tool).sum()) >= least > 0

    def _at(self, points: NDArray, tool: Pose) -> NDArray[np.bool_]:
        gap = points - tool.position
        if not self._parts:
            return np.asarray((np.hypot(gap[:, 0], gap[:, 1]) < BESIDE) & (gap[:, 2] > BELOW))
        local = gap @ tool.rotation
        return np.any([((local > low) & (local < high)).all(1) for low, high in self._parts], axis=0)

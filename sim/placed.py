"""Whether things were put where a plan of the true scene says: in, on or beside other things of any kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.hardware.world import ObjectTruth
from sayso.sim.tasks import is_lifted

Truth = Mapping[str, ObjectTruth]
SIDES: dict[str, tuple[float, float]] = {
    "to the left of": (0.0, 1.0), "to the right of": (0.0, -1.0), "in front of": (-1.0, 0.0), "behind": (1.0, 0.0),
}  # fmt: skip
RESTS_M, EDGE_M = 0.008, 0.004
NEAREST_M, FARTHEST_M, FROM_RIM_M = 0.05, 0.25, 0.17
DISHES = frozenset({"plate", "bowl", "cup", "mug", "ring"})
"""Kinds in which a thing lies lower than their rim."""
ROUND = frozenset({"plate", "bowl", "cup", "can", "bottle", "ball", "ring"})


def is_within(truth: Truth, a: str, b: str) -> bool:
    """Whether the middle of ``a`` lies inside the rim of the upright ``b``, and its foot not above what ``a`` is high
    over that rim."""
    item, vessel = truth[a], truth[b]
    apart = float(np.hypot(*(item.position - vessel.position)[:2]))
    gap = float(item.position[2] - vessel.position[2])
    return apart < min(vessel.size[:2]) / 2 and gap < _half(vessel) + 2 * _half(item) and vessel.upright > 0.9


def rests_on(truth: Truth, a: str, b: str) -> bool:
    """Whether ``a`` rests on ``b``: its foot at the other's top, or in a dish not above it; its middle over ``b``."""
    item, below = truth[a], truth[b]
    c, s = np.cos(below.yaw), np.sin(below.yaw)
    x, y = np.abs(np.array([[c, s], [-s, c]]) @ (item.position - below.position)[:2])
    if below.kind in ROUND:
        over = np.hypot(x, y) < min(below.size[:2]) / 2 + EDGE_M
    else:
        over = x < below.size[0] / 2 + EDGE_M and y < below.size[1] / 2 + EDGE_M
    above = float(item.position[2] - _half(item) - below.position[2] - _half(below))
    deepest = -2 * _half(below) if below.kind in DISHES else -RESTS_M
    return bool(over and deepest < above < RESTS_M)


def lies_beside(truth: Truth, a: str, b: str, ways: Sequence[Array]) -> bool:
    """Whether ``a`` lies on one of the sides ``ways`` (2,) of ``b``, within 45°, no more than 25 cm away.

    That is from middle to middle; from rim to rim it may be `FROM_RIM_M`, which is more for large things.
    """
    item, reference = truth[a], truth[b]
    gap = (item.position - reference.position)[:2]
    apart = float(np.hypot(*gap))
    most = max(FARTHEST_M, (max(item.size[:2]) + max(reference.size[:2])) / 2 + FROM_RIM_M)
    return NEAREST_M < apart < most and any(float(gap @ way) > 0.7 * apart for way in ways)


def put(before: Truth, after: Truth, a: str, relation: str | None, b: str | None, any_side: bool = False) -> bool:
    """Whether ``a`` is in the planner's ``relation`` to ``b`` at the end; without one, whether it was picked up.

    With ``any_side`` each side counts as beside.
    """
    if relation is None or b is None:
        return is_lifted(after, before, a)
    if relation == "in":
        return is_within(after, a, b)
    if relation == "on":
        return rests_on(after, a, b)
    sides = SIDES.values() if any_side else [SIDES[relation]]
    return lies_beside(after, a, b, [np.array(way) for way in sides])


def _half(item: ObjectTruth) -> float:
    """Half the height (m) of a thing as it lies."""
    x, y, z, w = item.quaternion.tolist()
    up = np.array([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)])
    return float(np.abs(up) @ item.size / 2)

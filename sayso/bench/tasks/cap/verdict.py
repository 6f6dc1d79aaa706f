"""Where things lie on the table in truth: its outer thirds, directions between things, towers and lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.scenes.spawn import REACH_X, REACH_Y
from sayso.sim.tasks import Truth, is_on

STILL_M = 0.05
"""A thing that was moved less is where it was."""
LOW_M = 0.06
"""Things with a lower center than this lie on the table or in a bowl."""
LINE_M, SLOPES = 0.03, (0.5, 2.0)
"""Largest distance from the line; least and largest slope of a diagonal one (a square of the table has 1)."""
LITTLE_M, LOT_M, MOST_M = 0.08, 0.08, 0.25
"""Gap between rims, at most for "a little", at least and at most for "a lot"."""
WAYS = {
    "left": np.array([0.0, 1.0]), "right": np.array([0.0, -1.0]), "far": np.array([1.0, 0.0]),
    "near": np.array([-1.0, 0.0]),
}  # fmt: skip
_MIDDLE = np.array([sum(REACH_X) / 2, sum(REACH_Y) / 2])
_HALF = np.array([REACH_X[1] - REACH_X[0], REACH_Y[1] - REACH_Y[0]]) / 2
CORNERS = tuple((depth, side) for depth in ("near", "far") for side in ("left", "right"))


def is_at(point: Array, sides: Sequence[str]) -> bool:
    """Whether ``point`` (3,) m lies on the table in its outer third on each of the ``sides``."""
    place = (point[:2] - _MIDDLE) / _HALF
    return bool(point[2] > -0.01) and all(float(place @ WAYS[side]) > 1 / 3 for side in sides)


def corner_point(corner: Sequence[str]) -> Array:
    """A corner (2,) m of the area where things are."""
    return np.asarray(_MIDDLE + _HALF * sum(WAYS[side] for side in corner))


def is_tower(blocks: Sequence[str], after: Truth) -> bool:
    """Whether the blocks stand on one another, all in one tower."""
    order = sorted(blocks, key=lambda b: float(after[b].position[2]))
    return all(is_on(after, upper, lower) for lower, upper in pairwise(order))


def is_in_different_corners(blocks: Sequence[str], after: Truth) -> bool:
    """Whether each block lies in a corner of its own."""
    taken = [next((c for c in CORNERS if is_at(after[b].position, c)), None) for b in blocks]
    return None not in taken and len(set(taken)) == len(blocks)


def is_some_way(block: str, bowl: str, side: str, amount: str, after: Truth) -> bool:
    """Whether the block lies to that side of the bowl, within 45° of the direction, a "little" or a "lot" away."""
    gap = (after[block].position - after[bowl].position)[:2]
    apart = float(np.hypot(*gap))
    rims = apart - (float(after[block].size[0]) + float(after[bowl].size[0])) / 2
    far = LOT_M <= rims <= MOST_M if amount == "lot" else -0.01 <= rims <= LITTLE_M
    return far and float(gap @ WAYS[side]) > 0.7 * apart


def is_line(blocks: Sequence[str], way: str, after: Truth) -> bool:
    """Whether the blocks lie side by side on the table in a line: "horizontal", "vertical" or "diagonal"."""
    points = np.array([after[b].position[:2] for b in blocks])
    off = points - points.mean(axis=0)
    along = np.linalg.svd(off)[2][0]
    across = float(np.abs(off @ [-along[1], along[0]]).max())
    places = sorted((off @ along).tolist())
    low = all(float(after[b].position[2]) < LOW_M for b in blocks)
    apart = all(b - a > 0.02 for a, b in pairwise(places))
    depth, width = abs(float(along[0])), abs(float(along[1]))
    slopes = {
        "horizontal": depth < 0.3 * width, "vertical": width < 0.3 * depth,
        "diagonal": SLOPES[0] * width < depth < SLOPES[1] * width,
    }  # fmt: skip
    return low and apart and across < LINE_M and slopes[way]


def is_still(others: Sequence[str], before: Truth, after: Truth) -> bool:
    """Whether none of the ``others`` was moved."""
    return all(float(np.hypot(*(after[o].position - before[o].position)[:2])) < STILL_M for o in others)

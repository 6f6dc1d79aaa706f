"""Where several things go in a shape: lines, columns, circles, heaps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import SceneObject
from sayso.planner.task.values import Rank, Shape

RANK, LINE = Rank.LEFT, Shape.LINE
GAP_M = 0.05
"""Between neighbors, rim to rim: room for the fingers on both sides."""
CIRCLE_M = 0.12


def points(
    shape: Shape, things: Sequence[SceneObject], center: Array | None, within: tuple[Array, Array], yaw: float
) -> Array:
    """A point (n, 2) m for each of ``things``, around ``center`` (2,) (None: the middle of ``within``).

    A line runs from the left to the right of somebody who looks along ``yaw`` (rad), a column from near to far.
    """
    count, width = len(things), max(float(o.size[:2].max()) for o in things)
    lower, upper = within
    middle = (lower + upper) / 2 if center is None else center
    ahead = np.array([np.cos(yaw), np.sin(yaw)])
    right = np.array([ahead[1], -ahead[0]])
    if shape in (Shape.LINE, Shape.COLUMN, Shape.APART):
        way = ahead if shape is Shape.COLUMN else right
        room = float(np.abs(way) @ (upper - lower)) - 0.08
        pitch = min(width + GAP_M if shape is not Shape.APART else room, room / max(count - 1, 1))
        out = middle + np.outer(np.arange(count) - (count - 1) / 2, way) * pitch
    elif shape is Shape.CIRCLE:
        radius = max(CIRCLE_M, (width + GAP_M) * count / (2 * np.pi))
        turns = yaw + np.pi / 2 - np.arange(count) * 2 * np.pi / count
        out = middle + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    else:
        out = heap(middle, count, width)
    shift = np.clip(out, lower + 0.02, upper - 0.02) - out
    worst = shift[np.arange(count)[:, None], np.arange(2)][np.abs(shift).argmax(axis=0), np.arange(2)]
    return np.asarray(out + worst)


def heap(center: Array, count: int, width: float) -> Array:
    """Points (n, 2) m side by side around ``center``, on a square grid from the middle outward."""
    side = int(np.ceil(np.sqrt(count)))
    steps = (np.arange(side) - (side - 1) / 2) * (width + GAP_M)
    grid = np.array([(x, y) for x in steps for y in steps])
    order = np.argsort(np.round(np.hypot(*grid.T), 6), kind="stable")
    return center + grid[order[:count]]


def heaps(count: int, within: tuple[Array, Array]) -> Array:
    """The centers (n, 2) m of several heaps, from left to right."""
    lower, upper = within
    y = np.linspace(upper[1] - 0.1, lower[1] + 0.1, count) if count > 1 else np.array([(lower[1] + upper[1]) / 2])
    return np.stack([np.full(count, (lower[0] + upper[0]) / 2), y], axis=1)

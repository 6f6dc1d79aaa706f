"""Where several things go in a shape: lines, columns, circles, heaps; and in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import SceneObject
from sayso.planner.interpreter.manner import DIAGONAL
from sayso.planner.task.values import Key, Rank, Shape

RANK, LINE = Rank.LEFT, Shape.LINE
GAP_M = 0.05
"""Between neighbors, rim to rim: room for the fingers on both sides."""
CIRCLE_M = 0.12
FREE_M = 0.03
"""Free space around an arranged thing, to others that stay where they are."""
_STEPS = (0.0, -0.12, 0.12, -0.24, 0.24)
"""Shares of the area by which the middle of an arrangement may be shifted."""
_DIAGONALS = (np.pi / 4, -np.pi / 4)


def ordered_by(things: Sequence[SceneObject], by: Key) -> list[SceneObject]:
    """The ``things``, the smallest first."""
    keys: dict[Key, Callable[[SceneObject], object]] = {
        Key.COLOR: lambda o: o.color, Key.KIND: lambda o: o.kind,
        Key.SIZE: lambda o: round(float(np.prod(o.size)), 7), Key.HEIGHT: lambda o: round(float(o.size[2]), 3),
    }  # fmt: skip
    return sorted(things, key=lambda o: (keys[by](o), o.id))  # type: ignore[return-value]


def points(
    shape: str, things: Sequence[SceneObject], center: Array | None, within: tuple[Array, Array], yaw: float,
    others: Sequence[SceneObject] = (),
) -> Array:  # fmt: skip
    """A point (n, 2) m for each of ``things``, around ``center`` (2,); None: near the middle of ``within``, where
    fewest of the ``others`` stand.

    A line runs from the left to the right of somebody who looks along ``yaw`` (rad), a column from near to far,
    `DIAGONAL` from a near corner to a far one.
    """
    lower, upper = within
    turns = _DIAGONALS if shape == DIAGONAL else (0.0,)
    grid = [np.zeros(2)] if center is not None else [np.array([x, y]) for x in _STEPS for y in _STEPS]
    middle = (lower + upper) / 2 if center is None else center
    tries = [_shaped(shape, things, middle + by * (upper - lower), within, yaw, turn) for by in grid for turn in turns]

    def crowd(tried: Array) -> float:
        gaps = [
            float(np.hypot(*(p - o.position[:2]))) - float(t.size[:2].max() + o.size[:2].max()) / 2
            for p, t in zip(tried, things, strict=True)
            for o in others
        ]
        return sum(max(0.0, FREE_M - gap) for gap in gaps) + 0.05 * float(np.hypot(*(tried.mean(axis=0) - middle)))

    return min(tries, key=crowd)


def _shaped(
    shape: str, things: Sequence[SceneObject], middle: Array, within: tuple[Array, Array], yaw: float, turn: float
) -> Array:
    count, width = len(things), max(float(o.size[:2].max()) for o in things)
    lower, upper = within
    ahead = np.array([np.cos(yaw), np.sin(yaw)])
    right = np.array([ahead[1], -ahead[0]])
    if shape in (Shape.LINE, Shape.COLUMN, Shape.APART, DIAGONAL):
        way = ahead if shape is Shape.COLUMN else right * np.cos(turn) + ahead * np.sin(turn)
        room = float(np.min((upper - lower - 0.08) / np.maximum(np.abs(way), 1e-6)))
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


def spread(wanted: Array, pitch: float, low: float, high: float) -> Array | None:
    """Places (n,) on a line, m, near the ``wanted`` ones and ``pitch`` apart, from low to high; None: no room."""
    if (len(wanted) - 1) * pitch > high - low:
        return None
    order, steps = np.argsort(wanted, kind="stable"), np.arange(len(wanted)) * pitch
    out = np.empty(len(wanted))
    out[order] = np.minimum(np.maximum.accumulate(wanted[order] - steps) + steps, high - steps[::-1])
    return np.maximum(out, low)


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

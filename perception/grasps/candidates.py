"""Candidate grasps of one thing: where its relief has something between two places for open fingers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, GripperSpec
from sayso.perception.grasps.relief import CELL, Image, Relief

ANCHORS, TURNS = 30, 12
HIGH = 70  # percentile of the heights; half of the anchors lie above, where rims and handles are
PALM = 0.034  # m over the tool's point that are free below the palm
DEPTHS = (0.012, 0.030)  # m of the tool's point below the top of what it grasps
CLEARANCE = 0.003  # m between fingertips and table
FINGER, FINGER_WIDTH = 0.016, 0.018  # m of a fingertip along the line on which it closes, and across
ROOM = 0.006  # m that the open fingers leave on a thing
REACH = 0.8  # of the gripper's width, from an anchor, within which the thing between the fingers ends
ABOVE_TIP = 0.002  # m above the fingertips from which a cell is between or below them
APART, TURNS_APART, LEVELS_APART = 0.012, np.pi / 6, 0.012
FAR_OFF, UNEVEN, BLOCKED = 1.0, 1.5, 3.0
LEAST_CELLS = 3
SEED = 5


@dataclass(frozen=True, slots=True)
class Candidates:
    """``places`` (n, 3) m of the tool's point, base frame; ``yaws`` (n,) rad, along which the fingers close; and
    ``widths`` (n,) m of what is between them."""

    places: Array
    yaws: Array
    widths: Array

    def __len__(self) -> int:
        return len(self.yaws)

    def chosen(self, which: NDArray) -> Candidates:
        """Those by number or mask."""
        return Candidates(self.places[which], self.yaws[which], self.widths[which])


def candidates(relief: Relief, number: int, gripper: GripperSpec, most: int = 14) -> Candidates:
    """At most ``most`` grasps of the thing ``number``, likely ones first, no two alike.

    Lines through its cells, half of them high ones, in all directions; what is of the thing on a line, and higher than
    the fingertips, has to fit between the open fingers. Likely is what is narrow for its place, near the thing's
    middle, and has free room for the fingers.
    """
    cells, tops = relief.of(number)
    if len(cells) < LEAST_CELLS:
        return Candidates(np.zeros((0, 3)), np.zeros(0), np.zeros(0))
    rng = np.random.default_rng(SEED)
    high = np.flatnonzero(tops >= np.percentile(tops, HIGH))
    half = ANCHORS // 2
    which = np.concatenate([rng.choice(n, min(half, len(n)), replace=False) for n in (high, np.arange(len(cells)))])
    yaws = (np.arange(TURNS) * (np.pi / TURNS))[None, :, None]
    top = tops[which][:, None, None]
    tool = np.maximum(top - np.array(DEPTHS), gripper.fingertip + CLEARANCE)  # above the table; anchor, turn, depth
    shape = (len(which), TURNS, len(DEPTHS))
    tool, yaw = np.broadcast_to(tool, shape).ravel(), np.broadcast_to(yaws, shape).ravel()
    x, y = (np.broadcast_to(cells[which, k][:, None, None], shape).ravel() for k in (0, 1))
    cos, sin = np.cos(yaw), np.sin(yaw)
    level = tool - gripper.fingertip + ABOVE_TIP
    start, end, highest = _run(relief, number, x, y, cos, sin, level, round(REACH * gripper.width / CELL))
    width = end - start
    fits = width <= gripper.width - ROOM
    narrow = np.where(fits, width, np.inf).reshape(shape).min(1, keepdims=True)
    fitting = np.flatnonzero(fits)
    wider = width[fitting] / np.broadcast_to(narrow, shape).ravel()[fitting] - 1
    x, y, cos, sin, yaw, tool, level, width = (a[fitting] for a in (x, y, cos, sin, yaw, tool, level, width))
    shift = (start[fitting] + end[fitting]) / 2
    x, y = x + shift * cos, y + shift * sin
    blocked = _blocked(relief, x, y, cos, sin, level, gripper.width / 2) | (highest[fitting] > tool + PALM)
    middle, across = cells.mean(0), max(float(np.ptp(cells, axis=0).max()), CELL)
    aside = np.hypot(x - middle[0], y - middle[1]) / across
    cost = UNEVEN * wider + FAR_OFF * aside + BLOCKED * blocked + 0.1 * rng.random(len(fitting))
    order = np.argsort(cost, kind="stable")
    alike = np.zeros(len(fitting), np.int64)
    for value, apart in ((x - middle[0], APART), (y - middle[1], APART), (yaw, TURNS_APART), (tool, LEVELS_APART)):
        alike = alike * 512 + np.round(value / apart).astype(np.int64) % 512
    first = np.unique(alike[order], return_index=True)[1]
    order = order[np.sort(first)[:most]]
    places = np.stack([x, y, tool + relief.table], 1)
    return Candidates(places[order], yaw[order], width[order])


def _run(
    relief: Relief, number: int, x: Array, y: Array, cos: Array, sin: Array, level: Array, half: int
) -> tuple[Array, Array, Image]:
    """Where the thing at a place starts and ends on the line through it, m along the line, and its top there, m.

    It ends nowhere, at infinity, if that is not within ``half`` cells of the place.
    """
    steps = np.arange(-half, half + 1) * CELL
    index = relief.index(x[:, None] + cos[:, None] * steps, y[:, None] + sin[:, None] * steps)
    heights = relief.heights.ravel()[index]
    inside = (relief.owner.ravel()[index] == number) & (heights > level[:, None])
    after = np.logical_and.accumulate(inside[:, half + 1 :], 1).sum(1)
    before = np.logical_and.accumulate(inside[:, half - 1 :: -1], 1).sum(1)
    between = (steps >= -(before[:, None] + 0.5) * CELL) & (steps <= (after[:, None] + 0.5) * CELL)
    start, end = (np.where(n < half, (n + 0.5) * CELL, np.inf) for n in (before, after))
    return -start, end, np.where(between, heights, 0).max(1)


def _blocked(
    relief: Relief, x: Array, y: Array, cos: Array, sin: Array, level: Array, half: float
) -> NDArray[np.bool_]:
    """Whether something stands where one of the open fingers would come down."""
    along = np.array([-half - FINGER, -half - FINGER / 2, -half, half, half + FINGER / 2, half + FINGER])
    aside = np.array([-FINGER_WIDTH / 2, 0, FINGER_WIDTH / 2])
    a, b = (grid.ravel() for grid in np.meshgrid(along, aside))
    index = relief.index(
        x[:, None] + cos[:, None] * a - sin[:, None] * b, y[:, None] + sin[:, None] * a + cos[:, None] * b
    )
    heights: Image = relief.heights.ravel()[index]
    return np.asarray((heights > level[:, None]).any(1))

"""Detours: language motions that take the hand above what it has to stay away from, before it goes down.

The policy carries the hand across the table a little above the highest other thing. Where that is too low, the hand
first goes up, then across, until what is left of the way is free.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.hardware.arms.half_turn import half_turn
from sayso.hardware.types import Array, GripperSpec, Pose
from sayso.perception.scene import SceneObject
from sayso.skills.goal import SubtaskGoal
from sayso.skills.hand_shape import HandShape, Keepout, nearest
from sayso.skills.labels import label
from sayso.skills.motion import LanguageMotion

CLEARANCE_M, ABOVE_M = 0.045, 0.06
"""The policy crosses the table so far above all other things, and above the thing that it goes for."""
EARLY_M = 0.02
"""The policy begins to go across so far below that height."""
MARGIN_M = 0.012
"""A way is free if it leaves so much more than was asked for."""
ARRIVED_M = 0.035
STEP_M, RISE_M, STRIDE_M = 0.02, 0.02, 0.08
SPARE_M = 0.005
"""The end of a way must leave so much more than the distance that was asked for: the hand is known by points of its
surface, and the thing by its picture."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way of a hand with a goal: tool positions (2,) m from ``start`` to ``end``, crossing at ``height`` m."""

    start: Array
    end: Array
    height: float


class Detour:
    """Finds detours for a hand of ``shape`` that reaches ``ceiling`` m with its tool point."""

    def __init__(self, shape: HandShape, gripper: GripperSpec | None, ceiling: float) -> None:
        self._shape, self._ceiling = shape, ceiling
        self._lowest = (gripper.fingertip if gripper is not None else 0.0) + 0.006

    def motion(
        self, tool: Pose, goal: SubtaskGoal, load: SceneObject | None, things: Sequence[Keepout]
    ) -> LanguageMotion | None:
        """The motion of a detour; None where the policy's own way is free, or no way is.

        ``load`` is the held object.
        """
        way = self._way(tool, goal)
        if way is None or float(np.hypot(*(way.end - way.start))) < ARRIVED_M or not things:
            return None
        if self._is_free(tool, load, _across(way, way.height - EARLY_M), things):
            return None
        height = self._height(tool, load, way, things)
        if height is None:
            return None
        rise, across = height - float(tool.position[2]), way.end - way.start
        if rise > 0.01:
            return label(np.array([0.0, 0.0, min(rise + 0.01, STRIDE_M), 0.0, 0.0, 0.0]))
        stride = across * min(STRIDE_M / float(np.hypot(*across)), 1.0)
        return label(np.array([*stride, 0.0, 0.0, 0.0, 0.0]))

    def gap(
        self, tool: Pose, goal: SubtaskGoal, item: SceneObject, things: Sequence[Keepout]
    ) -> tuple[float, Keepout] | None:
        """How near (m) to which thing the hand must come for ``goal`` of ``item``; None if as far away as asked.

        Looks at the end of the way, at the descent there, and at the way from ``tool`` or from the object to be put.
        """
        carries = goal.place is not None
        start, end = (goal.position if carries else tool.position), self._end(goal)
        own = Pose(start, _turned(tool, goal.yaw))
        load = item if carries else None
        way = Way(start[:2], end[:2], self._crossing(goal, float(start[2])))
        down = np.array([[*end[:2], z] for z in np.arange(end[2], max(way.height, end[2]) + STEP_M / 2, STEP_M)])
        for thing in things:
            found = self._nearest(own, load, down, thing)
            if found < thing.distance + SPARE_M:
                return found, thing
        across = _across(way, way.height - EARLY_M)
        if self._is_free(own, load, across, things) or self._height(own, load, way, things) is not None:
            return None
        found, thing = min(
            ((self._nearest(own, load, _across(way, self._ceiling), k), k) for k in things),
            key=lambda pair: pair[0] - pair[1].distance,
        )
        return found, thing

    def _way(self, tool: Pose, goal: SubtaskGoal) -> Way | None:
        """The way across the table; None while the hand only goes up or down."""
        if goal.held != (goal.place is not None):
            return None
        end = goal.position[:2]
        if goal.place is not None:
            end = goal.place[:2] - (goal.position[:2] - tool.position[:2])
        return Way(tool.position[:2], end, self._crossing(goal, float(tool.position[2])))

    @staticmethod
    def _crossing(goal: SubtaskGoal, height: float) -> float:
        """The tool's height (m) at which the policy crosses the table; the tool of a held object is at ``height``."""
        if goal.place is None:
            return max(goal.top + ABOVE_M, goal.clearance + CLEARANCE_M)
        hang = height - goal.bottom
        return max(goal.clearance + CLEARANCE_M + hang, float(goal.place[2]) + hang + 0.05)

    def _end(self, goal: SubtaskGoal) -> Array:
        """The tool position (3,) m in which the hand closes or opens."""
        if goal.place is None:
            return np.array([*goal.position[:2], max(float(goal.position[2]), self._lowest)])
        return np.array([*goal.place[:2], float(goal.place[2]) + goal.hang])

    def _height(self, tool: Pose, load: SceneObject | None, way: Way, things: Sequence[Keepout]) -> float | None:
        """The lowest tool height (m), in steps of `RISE_M`, at which the way across is free; None without one.

        The higher a hand is above the things, the freer it is: halving finds the height in a few looks.
        """
        heights = np.arange(way.height, self._ceiling + 1e-9, RISE_M).tolist()
        i = bisect_left(heights, True, key=lambda z: self._is_free(tool, load, _across(way, z), things))
        return heights[i] if i < len(heights) else None

    def _is_free(self, tool: Pose, load: SceneObject | None, at: Array, things: Sequence[Keepout]) -> bool:
        return all(self._nearest(tool, load, at, thing) >= thing.distance + MARGIN_M for thing in things)

    def _nearest(self, tool: Pose, load: SceneObject | None, at: Array, thing: Keepout) -> float:
        """The smallest gap (m) to ``thing`` with the tool at any of the positions ``at`` (m, 3)."""
        points = self._shape.points(tool, load)
        moved = (points[None] + (at - tool.position)[:, None]).reshape(-1, 3)
        return nearest(moved, thing).gap


def _across(way: Way, height: float) -> Array:
    """Tool positions (m, 3) along the way at a height."""
    count = 2 + int(float(np.hypot(*(way.end - way.start))) / STEP_M)
    flat = np.linspace(way.start, way.end, count)
    return np.column_stack([flat, np.full(count, height)])


def _turned(tool: Pose, yaw: float) -> Array:
    """The tool's rotation (3, 3) when it has turned to the heading of a grasp."""
    turn = half_turn(yaw, tool.yaw)
    c, s = np.cos(turn), np.sin(turn)
    return np.asarray(np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ tool.rotation)

"""Where the person who speaks looks: the scene and a plan in their frame, x away from them and y to their left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sayso.hardware.types import Array, Box, Pose
from sayso.hardware.world import ObjectTruth
from sayso.perception.scene import Scene
from sayso.planner.plan import Answer, Plan, Relation, Subtask
from sayso.planner.room import BEYOND, area

QUARTER = np.pi / 2
_ROUND = (Relation.LEFT, Relation.BEHIND, Relation.RIGHT, Relation.FRONT)
"""Relations, a quarter turn clockwise each."""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A speaker who looks along ``yaw`` rad, base frame: 0 as the arm, pi towards it.

    Scenes turn by ``yaw`` about the base, relations by the nearest quarter turn.
    """

    yaw: float = 0.0

    @property
    def quarter(self) -> Viewpoint:
        """The viewpoint at the nearest quarter turn, from which the table's sides are sides, too."""
        return Viewpoint(round(self.yaw / QUARTER) * QUARTER)

    def seen(self, scene: Scene) -> Scene:
        """``scene`` in the speaker's frame."""
        if not self.yaw:
            return scene
        things = tuple(replace(o, position=self.position(o.position), yaw=o.yaw - self.yaw) for o in scene.objects)
        tool = Pose(self.position(scene.tool.position), self._matrix(-self.yaw) @ scene.tool.rotation)
        return replace(scene, objects=things, tool=tool)

    def truth(self, truth: Mapping[str, ObjectTruth]) -> Mapping[str, ObjectTruth]:
        """Ground truth in the speaker's frame."""
        if not self.yaw:
            return truth
        s, c = np.sin(-self.yaw / 2), np.cos(-self.yaw / 2)
        turn = np.array([[c, -s, 0.0, 0.0], [s, c, 0.0, 0.0], [0.0, 0.0, c, s], [0.0, 0.0, -s, c]])
        return {
            name: replace(o, position=self.position(o.position), quaternion=turn @ o.quaternion)
            for name, o in truth.items()
        }

    def told(self, steps: Sequence[Subtask]) -> tuple[Subtask, ...]:
        """``steps`` in the speaker's frame."""
        return self._turn(steps, self.yaw)

    def answer(self, answer: Answer) -> Answer:
        """The ``answer`` that was worked out in the speaker's frame, a plan in the base frame."""
        return replace(answer, subtasks=self._turn(answer.subtasks, -self.yaw)) if isinstance(answer, Plan) else answer

    def reach(self, reach: Box | None) -> Box | None:
        """The box in the speaker's frame whose `area` is that of ``reach``, for a quarter turn."""
        if not self.yaw:
            return reach
        ends = np.array([self.position(np.array([*end, 0.0])) for end in area(reach)])
        low, high = ends.min(axis=0), ends.max(axis=0)
        height = (0.0, 1.0) if reach is None else (float(reach.lower[2]), float(reach.upper[2]))
        return Box(np.array([*(low[:2] + BEYOND), height[0]]), np.array([*(high[:2] - BEYOND), height[1]]))

    def position(self, position: Array) -> Array:
        """A position (3,) m in the speaker's frame."""
        return np.asarray(self._matrix(-self.yaw) @ position)

    def point(self, point: tuple[float, float] | None) -> tuple[float, float] | None:
        """A point of the table (x, y) in m in the speaker's frame."""
        if point is None:
            return None
        x, y, _ = self.position(np.array([*point, 0.0])).tolist()
        return x, y

    def relation(self, relation: Relation) -> Relation:
        """A relation of the base frame as the speaker says it."""
        return turned(relation, self.yaw)

    def _turn(self, steps: Sequence[Subtask], yaw: float) -> tuple[Subtask, ...]:
        if not self.yaw:
            return tuple(steps)
        out = []
        for step in steps:
            point = Viewpoint(yaw).point(step.point)
            if point is not None:
                point = (round(point[0], 4), round(point[1], 4))
            relation = None if step.relation is None else turned(step.relation, yaw)
            edges = tuple(_turned_edge(edge, yaw) for edge in step.edges)
            way = step.way
            if way is not None:
                x, y = Viewpoint(yaw).point(way[:2]) or way[:2]
                way = round(x, 4), round(y, 4), way[2]
            out.append(replace(step, relation=relation, point=point, edges=edges, way=way))
        return tuple(out)

    @staticmethod
    def _matrix(angle: float) -> Array:
        c, s = np.cos(angle), np.sin(angle)
        return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _turned_edge(edge: tuple[float, float, float], yaw: float) -> tuple[float, float, float]:
    x, y = Viewpoint(yaw).point(edge[:2]) or edge[:2]
    return round(x, 6), round(y, 6), edge[2]


def turned(relation: Relation, yaw: float) -> Relation:
    """A relation of the base frame for somebody who looks along ``yaw`` rad, to the nearest quarter turn."""
    return _ROUND[(_ROUND.index(relation) + round(yaw / QUARTER)) % 4] if relation in _ROUND else relation

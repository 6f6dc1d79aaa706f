"""The goals of subtasks, with a place that stays fixed while the scene changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sayso.hardware.types import Array, Box
from sayso.perception.scene import Scene
from sayso.planner.goal import subtask_goal
from sayso.planner.plan import Relation, Subtask
from sayso.skills.goal import SubtaskGoal


class Goals:
    """Gives the goal of a subtask in each scene.

    A free place is chosen once per subtask; a place in a container moves with the container. ``anchors`` are the
    objects' positions (3,) m by id when the plan was made.
    """

    def __init__(self, reach: Box | None) -> None:
        self._reach = reach
        self.forget()

    def forget(self) -> None:
        """Reset for a new instruction."""
        self.anchors: Mapping[str, Array] = {}
        self._last: SubtaskGoal | None = None
        self.begin()

    def begin(self) -> None:
        """Drop the chosen place: a new subtask begins."""
        self._place: tuple[Subtask, Array] | None = None

    def goal(self, subtask: Subtask, scene: Scene, rest: Sequence[Subtask]) -> SubtaskGoal:
        """The goal of ``subtask``; ``rest`` are the later subtasks. Raises `LostObject`."""
        goal = subtask_goal(subtask, scene, self.anchors.get(subtask.object_id), self._reach, rest)
        if goal.place is not None and subtask.relation is not Relation.ON:
            vessel = scene.find(subtask.reference_id) if subtask.relation is Relation.IN else None
            origin = vessel.position if vessel is not None else np.zeros(3)
            if self._place is None or self._place[0] != subtask:
                self._place = (subtask, goal.place - origin)
            goal = replace(goal, place=self._place[1] + origin)
        self._last = goal
        return goal

    def idle(self, scene: Scene) -> SubtaskGoal | None:
        """The goal of a spoken motion without a subtask: the last goal, else the object nearest to the tool."""
        if self._last is not None or not scene.objects:
            return self._last
        item = min(scene.objects, key=lambda o: float(np.linalg.norm(o.position - scene.tool.position)))
        return SubtaskGoal(item.position, item.size, item.yaw, item.held)

"""The goals of subtasks over time: what stays as it was chosen while the scene changes."""

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
    """Gives the goal of a subtask in every scene. A free place is chosen once; one in a container goes along with it.

    ``anchors`` are where objects (by id, (3,) m) stood when the plan was made.
    """

    def __init__(self, reach: Box | None) -> None:
        self._reach = reach
        self.forget()

    def forget(self) -> None:
        """A new instruction begins."""
        self.anchors: Mapping[str, Array] = {}
        self._last: SubtaskGoal | None = None
        self.begin()

    def begin(self) -> None:
        """A subtask begins: its place is still to be chosen."""
        self._place: tuple[Subtask, Array] | None = None

    def goal(self, subtask: Subtask, scene: Scene, rest: Sequence[Subtask]) -> SubtaskGoal:
        """The goal of ``subtask``, with the ``rest`` still to come. Raises `LostObject`."""
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
        """What a spoken motion is about while there is no subtask: the last goal, or the nearest object."""
        if self._last is not None or not scene.objects:
            return self._last
        item = min(scene.objects, key=lambda o: float(np.linalg.norm(o.position - scene.tool.position)))
        return SubtaskGoal(item.position, item.size, item.yaw, item.held)

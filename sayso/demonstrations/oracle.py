"""The oracle: tasks supervised by ground truth, and labels for the critic."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.expert import Expert
from sayso.hardware.types import Array, Box
from sayso.hardware.worlds.objects import WorldObjects
from sayso.perception.scene import Scene
from sayso.planner.execution.goal import BESIDE_TOLERANCE, subtask_goal
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.sim.scenes.spawn import spawn_area
from sayso.sim.tasks import PICK_UP, TaskKind
from sayso.sim.teacher import in_hand
from sayso.skills.features import Observation, Proprioception, features
from sayso.skills.goal import SubtaskGoal


@dataclass(frozen=True, slots=True)
class Task:
    """A task of this ``kind`` with ``block``, and with ``reference`` if the kind needs one."""

    block: str
    kind: TaskKind = PICK_UP
    reference: str | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.block, self.kind.relation or self.kind.name, self.reference)))


class OracleTasks:
    """A `sayso.runtime.tasks.Tasks` on ground truth: held object and reached place.

    At every tick it chooses the put, or the pick after a drop; ``finished`` is set at success.
    """

    def __init__(self, objects: WorldObjects, expert: Expert, reach: Box | None) -> None:
        self._objects, self._expert, self._reach = objects, expert, reach
        (x0, x1), (y0, y1) = spawn_area(self._reach)
        # An object this far out is lost.
        self._lost = (x0 - 0.08, x1 + 0.13), (y0 - 0.15, y1 + 0.15)
        self.task: Task | None = None
        self.finished = False
        self._verb = Verb.PICK
        self._place: Array | None = None

    def begin(self, task: Task) -> None:
        """Start ``task``."""
        self.task, self.finished, self._place, self._verb = task, False, None, Verb.PICK
        self._before = self._objects.truth()

    def done(self) -> bool:
        """Whether the task is done, by the truth."""
        task = self._task
        return task.kind.done(self._before, self._objects.truth(), task.block, task.reference or task.block)

    def goal(self, scene: Scene, body: Proprioception, now: float) -> SubtaskGoal:
        """The goal of the subtask that ground truth requires now."""
        goal = self._goal(self._verb, scene)
        held = in_hand(body, goal)
        verb = self._next(goal, held, body)
        if verb is not self._verb:
            self._verb = verb
            goal = self._goal(verb, scene)
        return replace(goal, held=True) if held else goal

    def review(self, observation: Observation, scene: Scene, now: float) -> Observation:
        """The unchanged observation: `goal` already used ground truth."""
        return observation

    def labels(self, seen: Observation, scene: Scene) -> tuple[Array, Array]:
        """Features and critic labels of both subtasks: 0 going well, 1 done, 2 failed, -1 unlabelled."""
        task, body, goal = self._task, seen.body, seen.goal
        width, z = float(goal.size[:2].max()), body.tool.position[2]
        x, y, _ = goal.position
        (x0, x1), (y0, y1) = self._lost
        gone = not (x0 < x < x1 and y0 < y < y1 and goal.position[2] > -0.03)
        rows: list[NDArray[np.float32]] = []
        labels = [2.0 if gone else 1.0 if goal.held and z > self._lifted(goal) else 0.0, -1.0]
        for verb in (Verb.PICK, Verb.PLACE):
            if verb is Verb.PLACE and not task.kind.puts:
                rows.append(np.zeros_like(rows[0]))
                continue
            if verb is self._verb:
                rows.append(seen.features)
            else:
                rows.append(features(body, replace(self._goal(verb, scene, choose=False), held=goal.held)))
            if verb is Verb.PLACE:
                empty = not goal.held and (
                    body.opening > width + 0.012 if not body.closing else body.opening < width - 0.014
                )
                clear = z > goal.position[2] + goal.size[2] / 2 + 0.07
                there = not goal.held and self.done()
                labels[1] = 1.0 if there and clear else 2.0 if gone or (empty and not there) else 0.0
        return np.concatenate(rows), np.array(labels)

    @property
    def _task(self) -> Task:
        assert self.task is not None
        return self.task

    def _goal(self, verb: Verb, scene: Scene, choose: bool = True) -> SubtaskGoal:
        """The goal of one subtask; a free place is chosen once."""
        t = self._task
        pick = Subtask(Verb.PICK, t.block, t.block)
        if verb is Verb.PICK:
            return subtask_goal(pick, scene)
        chosen_once = t.kind.relation not in (Relation.IN, Relation.ON)
        if t.kind.place is not None and self._place is None:
            place = t.kind.place(self._before, self._objects.truth(), t.block, t.reference or t.block)
            if not choose:
                return replace(subtask_goal(pick, scene), place=place, tolerance=BESIDE_TOLERANCE)
            self._place = place
        if chosen_once and self._place is not None:
            # No free place is looked for again: that is dear, and this one stays.
            return replace(subtask_goal(pick, scene), place=self._place, tolerance=BESIDE_TOLERANCE)
        assert t.kind.relation is not None
        put = Subtask(verb, t.block, t.block, Relation(t.kind.relation), t.reference, t.reference)
        goal = subtask_goal(put, scene, reach=self._reach)
        if chosen_once and choose:
            self._place = goal.place
        return goal

    def _next(self, goal: SubtaskGoal, held: bool, body: Proprioception) -> Verb:
        if self._verb is Verb.PICK:
            if held and body.tool.position[2] > self._lifted(goal):
                if self._task.kind.puts:
                    return Verb.PLACE
                self.finished = True
        elif not held and not body.closing and body.opening > 0.05:
            assert goal.place is not None
            clear = body.tool.position[2] > goal.position[2] + goal.size[2] / 2 + 0.07
            if self.done() and abs(goal.position[2] - goal.size[2] / 2 - goal.place[2]) < 0.05:
                self.finished = bool(clear)
            elif clear or np.linalg.norm(goal.position - body.tool.position) > 0.06:
                self._place = None
                return Verb.PICK
        return self._verb

    def _lifted(self, goal: SubtaskGoal) -> float:
        """The height (m) at which the object counts as lifted."""
        return max(self._expert.lift, goal.clearance + 0.045 + goal.size[2]) - 0.03

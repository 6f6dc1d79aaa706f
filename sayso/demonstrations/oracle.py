"""The oracle: tasks supervised by ground truth, and labels for the critic."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.expert import Expert
from sayso.demonstrations.ground_truth import in_hand, true_scene
from sayso.hardware.types import Array, RobotSpec
from sayso.hardware.worlds.objects import WorldObjects
from sayso.perception.scene import Scene
from sayso.planner.execution.goal import BESIDE_TOLERANCE, subtask_goal
from sayso.planner.execution.grip import led
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.sim.scenes.spawn import spawn_area
from sayso.sim.tasks import PICK_UP, TaskKind
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

    def __init__(self, objects: WorldObjects, expert: Expert, spec: RobotSpec) -> None:
        self._objects, self._expert, self._reach, self._gripper = objects, expert, spec.reach, spec.gripper
        (x0, x1), (y0, y1) = spawn_area(self._reach)
        # An object this far out is lost.
        self._lost = (x0 - 0.08, x1 + 0.13), (y0 - 0.15, y1 + 0.15)
        self.task: Task | None = None
        self.finished = False
        self._verb = Verb.PICK
        self._place: Array | None = None
        self._last: SubtaskGoal | None = None

    def begin(self, task: Task) -> None:
        """Start ``task``."""
        self.task, self.finished, self._place, self._verb, self._last = task, False, None, Verb.PICK, None
        self._before = self._objects.truth()

    def done(self) -> bool:
        """Whether the task is done, by the truth."""
        task = self._task
        return task.kind.done(self._before, self._objects.truth(), task.block, task.reference or task.block)

    def goal(self, scene: Scene, body: Proprioception, now: float) -> SubtaskGoal:
        """The goal of the subtask that ground truth requires now."""
        if self._misses(scene):  # it has rolled off the table
            self.finished = True
            return self._last or SubtaskGoal.of_box(body.tool.position, np.full(3, 0.04), body.tool.yaw)
        held = self._holds(body, now)
        scene = _holding(scene, self._task.block if held else None)
        goal = self._goal(self._verb, scene)
        verb = self._next(goal, held, body)
        if verb is not self._verb:
            self._verb = verb
            goal = self._goal(verb, scene)
        self._last = goal
        return led(goal, body.tool.yaw)

    def _holds(self, body: Proprioception, now: float) -> bool:
        if not body.closing or self._gripper is None:
            return False
        truth = {self._task.block: self._objects.truth()[self._task.block]}
        there = true_scene(truth, now, body.tool, 1.0).objects[0]
        return in_hand(body, there, self._gripper)

    def review(self, observation: Observation, scene: Scene, now: float) -> Observation:
        """The unchanged observation: `goal` already used ground truth."""
        return observation

    def labels(self, seen: Observation, scene: Scene) -> tuple[Array, Array]:
        """Features and critic labels of both subtasks: 0 going well, 1 done, 2 failed, -1 unlabelled."""
        task, body, goal = self._task, seen.body, seen.goal
        z, spare = body.tool.position[2], self._expert.arm.spare(goal.width, 0.012)
        x, y, _ = goal.position
        scene = _holding(scene, task.block if goal.held else None)
        (x0, x1), (y0, y1) = self._lost
        gone = not (x0 < x < x1 and y0 < y < y1 and goal.position[2] > -0.03)
        rows: list[NDArray[np.float32]] = []
        labels = [2.0 if gone else 1.0 if goal.held and z > self._lifted(goal) else 0.0, -1.0]
        for verb in (Verb.PICK, Verb.PLACE):
            if verb is not self._verb and self._misses(scene):
                rows.append(np.zeros_like(seen.features))
                labels[verb is Verb.PLACE] = -1.0
                continue
            if verb is Verb.PLACE and not task.kind.puts:
                rows.append(np.zeros_like(rows[0]))
                continue
            if verb is self._verb:
                rows.append(seen.features)
            else:
                rows.append(features(body, led(self._goal(verb, scene, choose=False), body.tool.yaw)))
            if verb is Verb.PLACE:
                empty = not goal.held and (
                    body.opening > goal.width + spare if not body.closing else body.opening < goal.width - 0.014
                )
                clear = z > goal.top + 0.07
                there = not goal.held and self.done()
                labels[1] = 1.0 if there and clear else 2.0 if gone or (empty and not there) else 0.0
        return np.concatenate(rows), np.array(labels)

    def _misses(self, scene: Scene) -> bool:
        task = self._task
        return any(scene.find(i) is None for i in (task.block, task.reference) if i is not None)

    @property
    def _task(self) -> Task:
        assert self.task is not None
        return self.task

    def _goal(self, verb: Verb, scene: Scene, choose: bool = True) -> SubtaskGoal:
        """The goal of one subtask; a free place is chosen once."""
        t = self._task
        item = scene.find(t.block)
        assert item is not None
        pick = Subtask(Verb.PICK, t.block, t.block)
        before = subtask_goal(pick, scene, gripper=self._gripper, last=self._last)
        if verb is Verb.PICK:
            return before
        place, chosen_once = self._place, t.kind.relation not in (Relation.IN, Relation.ON)
        if t.kind.place is not None and place is None:
            place = t.kind.place(self._before, self._objects.truth(), t.block, t.reference or t.block)
        elif place is None or not chosen_once:
            assert t.kind.relation is not None
            put = Subtask(verb, t.block, t.block, Relation(t.kind.relation), t.reference, t.reference)
            goal = subtask_goal(put, scene, reach=self._reach, gripper=self._gripper, last=self._last)
            if not chosen_once:
                return goal
            assert goal.place is not None
            place = goal.place - [*(goal.position - item.position)[:2], 0.0]
        if choose:
            self._place = place
        # No free place is looked for again: that is dear, and this one stays.
        there = place + np.array([*(before.position - item.position)[:2], 0.0])
        return replace(before, place=there, tolerance=BESIDE_TOLERANCE)

    def _next(self, goal: SubtaskGoal, held: bool, body: Proprioception) -> Verb:
        if self._verb is Verb.PICK:
            if held and body.tool.position[2] > self._lifted(goal):
                if self._task.kind.puts:
                    return Verb.PLACE
                self.finished = True
        elif not held and not body.closing and body.opening > goal.width + self._expert.arm.spare(goal.width, 0.01):
            assert goal.place is not None
            clear = body.tool.position[2] > goal.top + 0.07
            if self.done() and abs(goal.bottom - goal.place[2]) < 0.05:
                self.finished = bool(clear)
            elif clear or np.linalg.norm(goal.position - body.tool.position) > 0.06:
                self._place = None
                return Verb.PICK
        return self._verb

    def _lifted(self, goal: SubtaskGoal) -> float:
        """The height (m) at which the object counts as lifted."""
        return max(self._expert.arm.lift, goal.clearance + 0.045 + goal.height) - 0.03


def _holding(scene: Scene, held: str | None) -> Scene:
    """``scene`` with the object ``held`` in the hand."""
    objects = tuple(replace(o, held=o.id == held) if o.held != (o.id == held) else o for o in scene.objects)
    return replace(scene, objects=objects, held=held)

"""Carries a remedy out: what the executive, its plan and its motions do differently from now on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.execution.motion_planner import MotionSource
from sayso.planner.execution.second_look import set_down
from sayso.planner.execution.supervisor import Level, Replan
from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.certain import in_the_way
from sayso.planner.outlook.critic import Outlook
from sayso.planner.outlook.moment import Moment
from sayso.planner.outlook.remedy import Choice, Remedy
from sayso.planner.outlook.shown import come_elsewhere
from sayso.planner.outlook.words import noticed
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.skills.features import Observation
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import Axis, Degree, LanguageMotion, Step

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

LOOK_S = 1.0
BACK_OFF = LanguageMotion((Step(Axis.Z, 1, Degree.FAR),))
BACK_OFF_MOTIONS = 4  # of 0.2 s each
GRASPS_M = ((0.0, 0.0, 0.0), (0.0, 0.0, -0.010), (0.0, 0.0, -0.018))  # where the fingers close, try by try
LOWEST_M = 0.006  # lower goals press the fingertips on the table, where they do not close


class Swayed:
    """The motions of ``source``, or drawing back for a while."""

    def __init__(self, source: MotionSource) -> None:
        self._source, self._left = source, 0

    def draw_back(self) -> None:
        """Draw back from now on."""
        self._left = BACK_OFF_MOTIONS

    def forget(self) -> None:
        """Do not draw back any more."""
        self._left = 0

    def next_motion(self, observation: Observation) -> LanguageMotion:
        """The motion of the next 0.2 s."""
        motion = self._source.next_motion(observation)
        if self._left:
            self._left -= 1
            return BACK_OFF
        return motion


class Remedies:
    """What the remedies do with ``executive``; ``motions`` are its motions, which can draw back."""

    def __init__(self, executive: Executive, motions: MotionSource) -> None:
        self._executive, self.motions = executive, Swayed(motions)
        self.forget()

    def forget(self) -> None:
        """A new instruction begins."""
        self.motions.forget()
        self._hold_until, self._misses = -np.inf, 0
        self._known: frozenset[str] = frozenset()

    def begin(self, scene: Scene) -> None:
        """The instruction begins on this scene."""
        self._known = self._known or frozenset(o.id for o in scene.objects)

    def hold(self, until: float) -> None:
        """Hold the arm until then."""
        self._hold_until = max(self._hold_until, until)

    def holds(self, now: float) -> bool:
        """Whether the arm holds for another look."""
        return now < self._hold_until

    def grasp(self, subtask: Subtask, goal: SubtaskGoal) -> SubtaskGoal:
        """``goal``, with the fingers closing elsewhere if they have missed there."""
        if subtask.verb is not Verb.PICK or goal.held or not self._misses:
            return goal
        position = goal.position + np.array(GRASPS_M[self._misses])
        position[2] = max(position[2], min(goal.position[2], LOWEST_M))
        return replace(goal, position=position)

    def may_move(self, other: SceneObject) -> bool:
        """Whether the arm may move ``other`` aside unasked: it has come since the instruction was given."""
        spec = self._executive.robot.spec
        grips = spec.gripper is not None and other.width < spec.gripper.width
        return grips and other.id not in self._known

    def has_come(self, name: str, scene: Scene) -> bool:
        """Whether a thing called ``name`` has come since the instruction was given."""
        return any(o.name == name and o.id not in self._known for o in scene.objects)

    def apply(self, choice: Choice, outlook: Outlook, moment: Moment, words: str, seen: str = "") -> None:
        """Do what was chosen and put it into the plan's list of changes; a question says what was ``seen``."""
        executive, t, p = self._executive, moment.t, outlook.failing
        supervisor = executive.supervisor
        before = len(supervisor.replans)
        match choice.remedy:
            case Remedy.GO_ON | Remedy.LOOK | Remedy.BACK_OFF:
                supervisor.replans.append(Replan(t, Level.MOTION, words, p))
                if choice.remedy is Remedy.LOOK:
                    self.hold(t + LOOK_S)
                elif choice.remedy is Remedy.BACK_OFF:
                    self.motions.draw_back()
            case Remedy.AGAIN:
                supervisor.fail(words, p, t)
            case Remedy.CLEAR:
                supervisor.first(self._clearing(moment), words, p, t)
            case Remedy.NEW_PLAN:
                supervisor.fail(words, p, t, again=False)
            case Remedy.ASK:
                seen = seen or noticed(outlook.cause, moment)
                supervisor.ask(f"I could not {moment.subtask}: {seen}. What shall I do?", words, p, t)
        for k in range(before, len(supervisor.replans)):
            change = supervisor.replans[k]
            supervisor.replans[k] = replace(change, cause=outlook.cause.value, remedy=choice.remedy.value)
        if supervisor.current is not moment.subtask or choice.remedy is Remedy.AGAIN:
            executive.changed(t)

    def come_elsewhere(self, subtask: Subtask, scene: Scene) -> SceneObject | None:
        """The one thing that has come since the instruction was given and must be the unseen one of ``subtask``."""
        found = come_elsewhere(subtask.object_id, scene, self._known)
        return found[0] if len(found) == 1 else None

    def follow(self, found: SceneObject, outlook: Outlook, moment: Moment) -> None:
        """Go on with the thing where it is ``found`` now."""
        executive, subtask, t = self._executive, moment.subtask, moment.t
        words = f"{noticed(Cause.GONE, moment)}: I go there"
        change = Replan(t, Level.SUBTASK, words, outlook.failing, Cause.GONE.value, Remedy.NEW_PLAN.value)
        executive.supervisor.replans.append(change)
        executive.supervisor.swap(subtask.object_id, found.id, found.name, t, moment.scene.held)
        executive.changed(t)

    def missed(self, moment: Moment) -> None:
        """The fingers have closed on nothing where the thing lies: from now on they close elsewhere."""
        if self._misses + 1 == len(GRASPS_M):
            return
        self._misses += 1
        name, lower = moment.subtask.object_name, -1000 * GRASPS_M[self._misses][2]
        words = f"my fingers have closed beside the {name}: I close them {lower:.0f} mm lower"
        change = Replan(moment.t, Level.MOTION, words, 0.0, Cause.MISSED.value, Remedy.AGAIN.value)
        self._executive.supervisor.replans.append(change)

    def _clearing(self, moment: Moment) -> list[Subtask]:
        """Put what is held down, and what is in the way aside; then take the thing again."""
        scene, subtask = moment.scene, moment.subtask
        other, held = in_the_way(subtask, scene), scene.find(scene.held)
        assert other is not None
        item = scene.find(subtask.object_id)
        down = [] if held is None else [set_down(held)]
        if held is None and item is not None and _rests_on(item, other):
            down = [Subtask(Verb.PICK, item.id, item.name), set_down(item)]
        x, y = other.position[:2].tolist()
        aside = Subtask(Verb.PLACE, other.id, other.name, Relation.AT, point=(x, y), place_name="aside")
        again = [Subtask(Verb.PICK, subtask.object_id, subtask.object_name)] if subtask.verb is Verb.PLACE else []
        return [*down, Subtask(Verb.PICK, other.id, other.name), aside, *again]


def _rests_on(item: SceneObject, other: SceneObject) -> bool:
    aside = np.abs(item.position - other.position)[:2]
    return float(item.position[2]) > other.top and float(aside.max()) < float(other.size[:2].max()) / 2

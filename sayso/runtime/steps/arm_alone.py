"""Carries out the steps of the arm alone: postures, pointing, going to a place, moving some way, the gripper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, RobotSpec
from sayso.perception.scene import Scene
from sayso.planner.execution.critic import State
from sayso.planner.execution.ending import in_hand
from sayso.planner.execution.hand_goal import Hand, crossing, end_of, hang_below
from sayso.planner.plan import Subtask, Verb
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.skills.features import Proprioception
from sayso.skills.travel import Drive, Travel

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

ARRIVED_M, AT_HOME_RAD = 0.015, 0.05
STAYS_S = {Verb.POINT: 1.5, Verb.OVER: 1.5}  # at the end of its way; other steps end there
STILL_S = 0.2
GRIPS_S, STILL_M_S, OPEN = 0.6, 0.005, 0.9  # the fingers have moved by then; m/s; fraction of the whole opening
NEARER, STUCK_S = 0.005, 2.5  # m or rad by which a hand gets nearer in this time, unless it is stuck
NEAR_M = 0.15  # words said nearer to the end of the way are about the end
CUT_M = 0.02  # the robot says that its reach shortens the way by more than this
LOOK_S, STOOD_S = 0.2, 0.1
TOO_FAR = "I reach no farther that way"


class ArmAlone(Subscriber):
    """Drives the arm in a step that handles no thing; its measured pose tells when the step is done."""

    def __init__(self, executive: Executive, spec: RobotSpec) -> None:
        self._executive, self._spec = executive, spec
        self._travel, self._home = Travel(spec), Kinematics(spec).forward(spec.home).position
        self.forget()

    def forget(self) -> None:
        """A new instruction begins."""
        self._number = -1  # of the step among those of the run
        self._looked = self._last = -np.inf
        self._begin(np.zeros(3), 0.0)

    def _begin(self, tool: Array, now: float) -> None:
        self._start, self._since = tool, now
        self._end: Array | None = None
        self._shift = np.zeros(3)  # by which a person has moved the end
        self._led_from: Array | None = None  # where a person's motion began
        self._there: float | None = None
        self._least, self._nearer = np.inf, now
        self._cut = self._told = False

    def _see(self, step: Subtask, scene: Scene, tool: Array, now: float) -> None:
        """Begin the step if it is new, and look where it ends."""
        number = len(self._executive.supervisor.steps)
        if number != self._number:
            self._number = number
            self._begin(tool.copy(), now)
            self._tell_of_rest(step, scene, now)
        if step.verb is Verb.GO:
            self._end = self._home
            return
        end = end_of(step, scene, self._hand(scene, self._start))
        if end is None:
            return  # where it was seen last
        self._end = end
        self._cut = self._is_cut(step, end, scene)

    def _is_cut(self, step: Subtask, end: Array, scene: Scene) -> bool:
        """Whether the arm's reach ends before the way of ``step`` does, which ends at ``end`` (3,) m."""
        if step.verb is Verb.MOVE:
            return float(np.abs(self._start + np.array(step.way) - end).max()) > CUT_M
        thing = scene.find(step.reference_id) if step.verb is Verb.POINT else None
        return thing is not None and float(np.hypot(*(thing.position - end)[:2])) > CUT_M

    def _hand(self, scene: Scene, start: Array) -> Hand:
        tip = self._spec.gripper.fingertip if self._spec.gripper is not None else 0.0
        hang = hang_below(scene.tool.position, scene, tip)
        return Hand(start, hang, self._spec.workspace, self._executive.watch.heeds)

    def _tell_of_rest(self, step: Subtask, scene: Scene, now: float) -> None:
        if step.verb is Verb.GO and step.place_name == "rest" and not self._lies_down(step, scene):
            held = in_hand(scene)
            why = f"I hold the {held}" if held else "I have no posture to rest in"
            if self._spec.rest is not None and not held:
                why = "I have more to do"
            self._executive.notices.note(f"{why}: I go home and do not lie down", now)

    def _lies_down(self, step: Subtask, scene: Scene) -> bool:
        """Whether the arm lies down after ``step``, as it does at the end of a session."""
        ends = not self._executive.supervisor.left
        return step.place_name == "rest" and ends and self._spec.rest is not None and not in_hand(scene)

    def drive(self, step: Subtask, scene: Scene, body: Proprioception, now: float) -> Drive:
        """What the arm does now for ``step``."""
        tool = body.tool.position
        self._see(step, scene, tool, now)
        if step.verb in (Verb.OPEN, Verb.CLOSE):
            return self._travel.hold(step.verb is Verb.CLOSE)
        if self._end is None:
            return self._travel.hold(body.closing)
        end = self._end + self._shift
        least = crossing(end, tool, scene, self._hand(scene, self._start))
        if step.verb is Verb.GO:
            return self._travel.to_posture(body, self._spec.home, end, least)
        return self._travel.to_point(body, end, least)

    def ticked(self, tick: Tick) -> None:
        """End the step if it is done, or cannot be done."""
        executive, step = self._executive, self._executive.supervisor.current
        stopped, self._last = tick.t - self._last > STOOD_S, tick.t
        acts = step is not None and step.is_of_arm and executive.acts
        if stopped or not acts:
            self._nearer = tick.t
        if step is None or not acts:
            return
        self._see(step, tick.scene, tick.body.tool.position, tick.t)
        if tick.t - self._looked >= LOOK_S:
            self._looked = tick.t
            if not executive.keeps(tick.scene, tick.body, tick.t):
                return
        if self._is_led(tick):
            return
        if step.verb not in (Verb.OPEN, Verb.CLOSE, Verb.GO) and self._end is None:
            if executive.supervisor.advance(State.GOING, 1.0, tick.t, lost=f"I do not see the {step.reference_name}"):
                executive.changed(tick.t)
            return
        left = self._left(step, tick.body, tick.t)
        self._there = (tick.t if self._there is None else self._there) if left <= 0.0 else None
        if self._there is not None:
            self._stay(step, tick, self._there)
        elif left < self._least - NEARER:
            self._least, self._nearer = left, tick.t
        elif tick.t - self._nearer > STUCK_S * executive.limit.patience:
            why = "my arm does not get there"
            executive.supervisor.ask(f"I could not {step}: {why}. What shall I do?", why, 0.0, tick.t)
            executive.changed(tick.t)

    def _is_led(self, tick: Tick) -> bool:
        """Whether a person's motion is in force; near the end of the way it moves the end."""
        tool = tick.body.tool.position
        if self._executive.override.motion(tick.t) is not None:
            self._led_from = tool.copy() if self._led_from is None else self._led_from
            self._nearer, self._least, self._there = tick.t, np.inf, None
            return True
        if self._led_from is not None and self._end is not None:
            near = float(np.linalg.norm(self._end + self._shift - self._led_from)) < NEAR_M
            if near:
                self._shift = self._shift + tool - self._led_from
        self._led_from = None
        return False

    def _left(self, step: Subtask, body: Proprioception, now: float) -> float:
        """How far the arm is from the end of ``step``, beyond what counts as there: m or rad."""
        if step.verb is Verb.GO:
            return float(np.abs(body.position - self._spec.home).max()) - AT_HOME_RAD
        if step.verb in (Verb.OPEN, Verb.CLOSE):
            width = self._spec.gripper.width if self._spec.gripper is not None else 0.0
            stands = now - self._since > GRIPS_S and abs(body.rate) < STILL_M_S
            opened = step.verb is Verb.OPEN and not body.closing and body.opening >= OPEN * width
            return 0.0 if stands or opened else 1.0
        assert self._end is not None
        return float(np.linalg.norm(self._end + self._shift - body.tool.position)) - ARRIVED_M

    def _stay(self, step: Subtask, tick: Tick, since: float) -> None:
        """Say where the hand is when it gets there, and end the step when it was there long enough."""
        executive = self._executive
        if not self._told:
            told = [f"I {step}"] if step.verb is Verb.POINT else []
            for text in [*told, TOO_FAR] if self._cut else told:
                executive.notices.note(text, tick.t)
        self._told = True
        if tick.t - since < STAYS_S.get(step.verb, STILL_S):
            return
        if self._lies_down(step, tick.scene):
            executive.operator.wish = "rest"
        if executive.supervisor.advance(State.DONE, 0.0, tick.t):
            executive.changed(tick.t)

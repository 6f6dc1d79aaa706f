"""Constraints of a plan in a run: asked about where they cannot be kept, watched, and said when broken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.plan import Answer, Plan, Planner, Subtask, Verb
from sayso.planner.watch.constraint import Clear, Constraint, at_most, kept_away, untouched
from sayso.runtime.watch import Watch
from sayso.sim.arms.own_arm import arm_model
from tests.sayso.runtime.parts import ExecutiveRig, block

PICK = Subtask(Verb.PICK, "red", "red block")
GREEN = Clear("green", "green block")


class Held(Planner):
    """Picks up the red block under ``constraints``."""

    name = "held"

    def __init__(self, *constraints: Constraint) -> None:
        self.constraints = constraints

    def plan(self, instruction: str, scene: Scene, *, done: Sequence[Subtask] = (), deadline_s: float = 10.0) -> Answer:
        return Plan((PICK,), (), self.constraints)


def rig(*constraints: Constraint, wait_s: float | None = math.inf) -> ExecutiveRig:
    rig = ExecutiveRig("pick up the red block", 60.0, Held(*constraints))
    rig.executive.clear()
    rig.runtime.observe()
    rig.executive.dialogue.wait_s = wait_s
    rig.executive.begin("pick up the red block", 60.0)
    return rig


def far(distance: float) -> Constraint:
    return kept_away("keep away from the green block", (replace(GREEN, distance=distance),))


def push(rig: ExecutiveRig) -> None:
    rig.eyes.objects = (rig.eyes.objects[0], block("green", -0.14))


def test_a_constraint_that_the_plan_cannot_keep_is_asked_about_before_anything_moves() -> None:
    asked = rig(far(0.20))
    question = asked.executive.dialogue.question
    assert question is not None and "keep away from the green block" in question.text
    assert question.options == ("yes", "no") and asked.executive.supervisor.current is None
    asked.drive(2.0)
    assert asked.speed == 0
    asked.drive(0.5, "yes")
    assert asked.object == "red" and asked.executive.watch.constraints == ()


def test_no_to_that_question_ends_the_run() -> None:
    asked = rig(far(0.20))
    asked.drive(0.5, "never mind")
    assert asked.executive.outcome == "asked"


def test_a_constraint_that_can_be_kept_is_not_asked_about() -> None:
    begun = rig(far(0.05))
    assert begun.executive.dialogue.question is None and begun.object == "red"


def test_a_thing_that_was_pushed_stops_the_arm_until_a_person_says_go_on() -> None:
    pushed = rig(untouched("do not touch the green block", (GREEN,)))
    pushed.drive(1.0)
    assert pushed.speed > 0
    push(pushed)
    pushed.drive(2.0)
    question = pushed.executive.dialogue.question
    assert question is not None and "do not touch the green block" in question.text
    assert pushed.speed == 0 and pushed.executive.outcome is None
    pushed.drive(1.0, "go on")
    assert pushed.executive.dialogue.question is None and pushed.speed > 0 and pushed.object == "red"


def test_without_a_person_what_is_broken_ends_the_run_with_one_line() -> None:
    pushed = rig(untouched("do not touch the green block", (GREEN,)), wait_s=None)
    push(pushed)
    pushed.drive(2.0)
    assert pushed.executive.outcome == "failed"
    assert pushed.executive.question is not None and "did not keep" in pushed.executive.question.text
    assert [e.text for e in pushed.executive.notices.heeded] == [
        "You said: do not touch the green block. I did not keep to that, so I stopped."
    ]


def test_a_constrained_pace_holds_for_the_instruction() -> None:
    slow = rig(at_most("slowly", 0.5))
    assert slow.executive.override.pace == pytest.approx(0.5)
    slow.drive(0.5, "faster")
    assert slow.executive.override.pace == pytest.approx(0.75)
    assert slow.executive.dialogue.question is None


def test_free_places_leave_room_around_what_is_kept_clear_of() -> None:
    begun = rig(untouched("do not touch the green block", (GREEN,)))
    assert begun.executive.goals.spare["green"] > 0


def asked_about_green() -> ExecutiveRig:
    """Corrected to a thing that the person said to leave alone."""
    begun = rig(untouched("never touch the green block", (GREEN,)))
    begun.drive(0.5)
    begun.drive(0.5, "no, the green one")
    question = begun.executive.dialogue.question
    assert question is not None and question.options == ("yes", "no")
    assert question.text == "You also said: never touch the green block. Shall I pick up the green block all the same?"
    assert begun.object == "red" and begun.speed == 0
    assert begun.executive.log.heard[-1].correction.level == "ask", "nothing was exchanged"
    assert begun.executive.log.heard[-1].answer.startswith("You also said: never touch")
    return begun


def test_a_correction_that_breaks_a_constraint_is_asked_about_and_yes_lets_the_constraint_fall() -> None:
    asked = asked_about_green()
    asked.drive(3.0, "no, the green one")
    assert asked.object == "red" and asked.speed == 0, "to say it again is no yes"
    asked.drive(0.5, "yes")
    assert asked.object == "green" and asked.speed > 0 and asked.executive.dialogue.question is None
    assert asked.executive.watch.constraints == ()
    assert asked.executive.log.heard[-1].answer == "I take the green block instead of the red block"


@pytest.mark.parametrize("words", ["no", "never mind", "go on"])
def test_without_a_yes_the_plan_goes_on_as_before(words: str) -> None:
    asked = asked_about_green()
    asked.drive(0.5, words)
    assert asked.object == "red" and asked.speed > 0 and asked.executive.dialogue.question is None
    assert asked.executive.instruction == "pick up the red block" and asked.executive.watch.constraints != ()


def test_a_correction_that_breaks_a_constraint_does_nothing_where_nobody_answers() -> None:
    alone = rig(untouched("never touch the green block", (GREEN,)), wait_s=None)
    alone.drive(0.5)
    alone.drive(0.5, "no, the green one")
    assert alone.executive.outcome == "asked" and alone.executive.supervisor.steps[-1].subtask == PICK


@pytest.mark.parametrize("earlier", [False, True])
def test_a_policy_that_turns_to_the_nearest_edge_is_asked_about_where_that_edge_is_too_near(earlier: bool) -> None:
    """A bowl stands beside the nearest edge of a turned block; the other edge is free."""
    spec = arm_model("panda").spec
    grey = replace(block("gray", 0.0), position=np.array([0.331, -0.126, 0.02]), yaw=0.45)
    kinds, size = {k: float(k == "bowl") for k in grey.kinds}, np.array([0.145, 0.145, 0.055])
    bowl = SceneObject("bowl", kinds, dict(grey.colors), np.array([0.37, -0.274, 0.028]), size, yaw=-2.19)
    scene = Scene(0.0, (grey, bowl), Kinematics(spec).forward(spec.home), 1.0)
    watch = Watch(spec, earlier)
    watch.take(Plan((), (), (untouched("never touch the bowl", (Clear("bowl", "bowl"),)),)), scene)
    asks = watch.doubt((Subtask(Verb.PICK, "gray", "gray block"),), scene, {}, spec.reach, "pick it up")
    assert (asks is not None) == earlier

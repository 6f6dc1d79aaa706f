"""Asked which of several things a person means instead, the arm holds: it never takes what was refused meanwhile."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sayso.planner.corrections.correction import Correction
from sayso.planner.plan import Question
from tests.sayso.runtime.parts import TABLE, ExecutiveRig, block

ASKED = "Which other one do you mean: the green block or the yellow block? [1 green block, 2 yellow block]"


@pytest.fixture
def rig() -> ExecutiveRig:
    rig = ExecutiveRig(objects=(*TABLE, block("yellow", 0.0)))
    rig.executive.dialogue.wait_s = math.inf
    rig.drive(0.5)
    assert rig.speed > 0 and rig.object == "red"
    return rig


def said(rig: ExecutiveRig, text: str) -> str:
    reply = rig.queue.say(text, rig.now)
    rig.drive(0.1)
    return str(reply.wait(text, 0))


@pytest.mark.parametrize("text", ["not that one, the other one", "no, the other block", "not this one, the other one"])
def test_it_holds_until_a_person_has_chosen(rig: ExecutiveRig, text: str) -> None:
    assert said(rig, text).startswith("Which")
    rig.drive(3.0)
    assert rig.speed == pytest.approx(0.0, abs=1e-6) and rig.executive.outcome is None and rig.object == "red"


@pytest.mark.parametrize(
    ("answer", "color"),
    [
        ("1", "green"), ("the green one", "green"), ("um, green", "green"), ("not the yellow one", "green"),
        ("whichever is further to the right", "green"), ("I'd rather have the green thing", "green"),
    ],
)  # fmt: skip
def test_the_answer_takes_the_place_of_what_was_refused(rig: ExecutiveRig, answer: str, color: str) -> None:
    assert said(rig, "not that one, the other one") == ASKED
    assert said(rig, answer) == f"I pick up the {color} block"
    rig.drive(0.5)
    assert rig.object == color and rig.speed > 0 and rig.executive.dialogue.question is None


def test_what_is_no_answer_leaves_it_standing_and_never_mind_goes_on(rig: ExecutiveRig) -> None:
    said(rig, "not that one, the other one")
    said(rig, "the pink one")
    rig.drive(1.0)
    assert rig.speed == pytest.approx(0.0, abs=1e-6)
    said(rig, "never mind")
    rig.drive(0.5)
    assert rig.object == "red" and rig.speed > 0


def test_without_a_person_to_answer_the_run_ends_with_the_question() -> None:
    rig = ExecutiveRig(objects=(*TABLE, block("yellow", 0.0)))
    rig.drive(0.5)
    rig.drive(1.0, "not that one, the other one")
    assert rig.executive.outcome == "asked"
    assert rig.executive.question is not None and len(rig.executive.question.options) == 2


def test_of_two_the_other_one_is_clear() -> None:
    two = ExecutiveRig()
    two.drive(0.5)
    assert said(two, "not that one, the other one") == "I take the green block instead of the red block"


UNSURE = Correction("the green one rather", "ask", "do you mean: the green one instead?", hesitates=True)


def test_where_another_thing_may_be_meant_it_stands_a_moment_for_the_answer(rig: ExecutiveRig) -> None:
    assert rig.executive.command_executor.obey(UNSURE, rig.now)
    rig.drive(2.0)
    assert rig.speed == pytest.approx(0.0, abs=1e-6), "it does not take meanwhile what may be refused"
    rig.drive(3.0)
    assert rig.speed > 0 and rig.object == "red"


def test_the_answer_ends_that_moment(rig: ExecutiveRig) -> None:
    rig.executive.command_executor.obey(UNSURE, rig.now)
    rig.drive(0.3)
    said(rig, "no, the green one")
    rig.drive(0.5)
    assert rig.speed > 0 and rig.object == "green"


def test_going_on_after_the_last_thing_is_left_out_ends_the_run(rig: ExecutiveRig) -> None:
    rig.drive(0.5)
    assert "nothing is left to do" in said(rig, "leave the red one out")
    assert said(rig, "go on") == "I end here"
    rig.drive(0.3)
    assert rig.executive.outcome == "done" and rig.executive.supervisor.done == ()


def test_after_what_is_left_out_another_instruction_is_carried_out(rig: ExecutiveRig) -> None:
    rig.drive(0.5)
    said(rig, "skip it")
    said(rig, "pick up the green block")
    said(rig, "go on")
    rig.drive(0.3)
    assert rig.executive.outcome is None and rig.object == "green"


def test_a_question_about_what_is_refused_holds_the_arm(rig: ExecutiveRig) -> None:
    rig.drive(0.5)
    asks = Question("Do you mean: put the red one aside?", ("yes", "no"), ("pick up the green block", ""))
    rig.executive.command_executor.obey(replace(UNSURE, holds=asks), rig.now)
    rig.drive(8.0)
    assert rig.speed == pytest.approx(0.0, abs=1e-6) and rig.executive.question is asks
    said(rig, "yes")
    rig.drive(0.3)
    assert rig.object == "green"

"""How much the robot asks, from never to always."""

from __future__ import annotations

import pytest

from sayso.planner.asks import Asks
from sayso.planner.interpreter.answers import ABILITIES
from sayso.planner.plan import Answer, Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.reader.asking import Asking
from sayso.planner.reader.understanding import Option
from sayso.planner.task.text import parse
from tests.planner.local_scenes import TABLE

RED, BLUE = (Plan((Subtask(Verb.PICK, f"{c} block", f"{c} block"),)) for c in ("red", "blue"))
WHICH = Question("Which block do you mean?", ("red block", "blue block"))
PICK = parse("pick(the(block, color(red)))")


def option(probability: float, answer: Answer = RED) -> Option:
    return Option(answer, PICK, probability)


@pytest.mark.parametrize("answer", [RED, WHICH, Plan(())])
def test_the_usual_setting_changes_nothing(answer: Answer) -> None:
    assert Asking().applied("take the red block", answer, [option(0.5)], TABLE) == answer


def test_more_caution_asks_before_a_less_probable_plan() -> None:
    found = [option(0.7), option(0.2, BLUE)]
    assert Asking(0.6).applied("take the red block", RED, found, TABLE) == RED
    asked = Asking(0.8).applied("take the red block", RED, found, TABLE)
    assert asked == Question("Do you mean: pick up the red block?", ("yes", "no"), ("pick(the(block, color(red)))", ""))
    assert isinstance(Asking(0.3).applied("take it", BLUE, found, TABLE), Question)


def test_a_plan_that_only_the_rules_have_is_said_from_its_steps() -> None:
    steps = (
        Subtask(Verb.PICK, "red block", "red block"),
        Subtask(Verb.PLACE, "red block", "red block", Relation.IN, "blue bowl", "blue bowl"),
    )
    asked = Asking(0.5).applied("in with it", Plan(steps), [], TABLE)
    assert isinstance(asked, Question)
    assert asked.text == "Do you mean: put the red block in the blue bowl?"


def test_less_caution_carries_out_the_most_probable_plan() -> None:
    assert Asking(-0.5).applied("take the red block", WHICH, [option(0.6)], TABLE) == RED
    assert Asking(-0.5).applied("take the red block", WHICH, [option(0.4)], TABLE) == WHICH
    assert Asking(-1.0).applied("take the red block", WHICH, [option(0.1)], TABLE) == RED


def test_no_setting_dares_what_cannot_be_done_or_goes_against_a_negation() -> None:
    assert Asking(-1.0).applied("take the block", WHICH, [option(0.9, WHICH), option(0.1)], TABLE) == WHICH
    assert Asking(-1.0).applied("do not take the red block", WHICH, [option(0.9)], TABLE) == WHICH


def test_always_asks_even_when_certain() -> None:
    assert isinstance(Asking(1.0).applied("take the red block", RED, [option(1.0)], TABLE), Question)


def test_settings_have_an_order() -> None:
    cautions = [asks.caution for asks in Asks]
    assert cautions == sorted(cautions)
    assert Asks.NORMAL.caution == 0.0


def test_another_number_is_refused() -> None:
    with pytest.raises(ValueError, match="between -1 and 1, not 2"):
        Asking(2.0)


def test_a_question_whose_options_make_tasks_is_asked_first() -> None:
    known = Question("Which block?", ("red block",), ("pick(the(block, color(red)))",))
    assert Asking().applied("take the block", WHICH, [option(0.8, known)], TABLE) == known
    assert Asking().applied("take the block", WHICH, [option(0.4, known)], TABLE) == WHICH
    both = Question("Which one?", ("blue block", "red block"), ("pick(the(block))", "pick(the(block))"))
    assert Asking().applied("take the block", WHICH, [option(0.4, both)], TABLE) == both
    assert Asking().applied("take the block", RED, [option(0.8, known)], TABLE) == RED


def test_the_best_guess_is_offered_where_else_nothing_helps() -> None:
    lost = Refusal(f"I cannot do that. {ABILITIES}")
    asked = Asking().applied("tak the red yin", lost, [option(0.3)], TABLE)
    assert isinstance(asked, Question)
    assert asked.text == "I am not sure that I understand. Do you mean: pick up the red block?"
    assert asked.options == ("yes", "no")
    assert Asking().applied("tak the red yin", lost, [option(0.1)], TABLE) == lost
    assert Asking().applied("dinnae tak the red yin, not now", lost, [option(0.3)], TABLE) == lost
    other = Refusal("I see no green bowl.")
    assert Asking().applied("tak the red yin", other, [option(0.3)], TABLE) == other

"""What is refused, asked about or carried out, by the probability of harm and by what would be done."""

from __future__ import annotations

from sayso.planner.plan import Answer, Plan, Question, Refusal, Subtask, Verb
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.understanding import Option
from sayso.planner.screening import harm_in, screened
from sayso.planner.task.answers import UNSAFE
from sayso.planner.task.text import parse

PLAN = Plan((Subtask(Verb.PICK, "b1", "red block"),))
OTHER = Plan((Subtask(Verb.PICK, "b2", "blue block"),))
PICK = parse("pick(the(block, color(red)))")


def option(probability: float, answer: Answer = PLAN) -> Option:
    return Option(answer, PICK, probability)


def test_harm_adds_up_over_meanings() -> None:
    meanings = [Meaning(parse("harm"), 0.3), Meaning(parse("seq(pick(it), harm)"), 0.25), Meaning(PICK, 0.4)]
    assert abs(harm_in(meanings) - 0.55) < 1e-9


def test_probable_harm_is_refused_whatever_else_is_read() -> None:
    assert screened(PLAN, 0.5, False, [option(0.5)]) == Refusal(UNSAFE)
    assert screened(Question("which?"), 0.2, True, []) == Refusal(UNSAFE)


def test_a_plain_plan_passes() -> None:
    assert screened(PLAN, 0.01, False, []) == PLAN


def test_alarming_words_with_a_certain_task_are_carried_out() -> None:
    assert screened(PLAN, 0.01, True, [option(0.9)]) == PLAN


def test_alarming_words_without_a_certain_task_are_asked_about() -> None:
    assert isinstance(screened(PLAN, 0.01, True, [option(0.3)]), Question)
    assert isinstance(screened(Question("which?"), 0.01, True, []), Question)


def test_a_plan_that_the_sure_reading_does_not_have_is_asked_about() -> None:
    asked = screened(OTHER, 0.15, False, [option(0.8), option(0.1, OTHER)])
    assert isinstance(asked, Question)
    assert asked.options == ("pick up the blue block", "nothing")
    assert asked.answers == ("pick(the(block, color(red)))", "")

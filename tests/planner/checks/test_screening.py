"""What is refused, asked about or carried out, by the probability of harm and by what would be done."""

from __future__ import annotations

from sayso.planner.checks.screening import SOUNDS, harm_in, screened, screened_words
from sayso.planner.corrections.correction import Correction
from sayso.planner.interpreter.answers import UNSAFE
from sayso.planner.plan import Answer, Plan, Question, Refusal, Subtask, Verb
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.understanding import Option
from sayso.planner.task.text import parse
from tests.planner.local_scenes import TABLE

PLAN, OTHER = (Plan((Subtask(Verb.PICK, f"{c} block", f"{c} block"),)) for c in ("red", "blue"))
WHICH = Question("Which block do you mean?", ("red block", "blue block"))
PICK = parse("pick(the(block, color(red)))")


def option(probability: float, answer: Answer = PLAN) -> Option:
    return Option(answer, PICK, probability)


def test_harm_adds_up_over_meanings() -> None:
    meanings = [Meaning(parse("harm"), 0.3), Meaning(parse("seq(pick(it), harm)"), 0.25), Meaning(PICK, 0.4)]
    assert abs(harm_in(meanings) - 0.55) < 1e-9


def test_probable_harm_is_refused_whatever_else_is_read() -> None:
    assert screened(PLAN, 0.5, [option(0.5)], TABLE) == Refusal(UNSAFE)
    assert screened(WHICH, 0.4, [], TABLE) == Question(f"{SOUNDS} What shall I do?")


def test_a_plain_plan_passes() -> None:
    assert screened(PLAN, 0.01, [option(0.3)], TABLE) == PLAN


def test_a_certain_task_is_asked_about_where_harm_is_possible_too() -> None:
    asked = screened(PLAN, 0.12, [option(0.85)], TABLE)
    assert isinstance(asked, Question)
    assert asked.text.startswith(SOUNDS)


def test_a_plan_that_the_sure_reading_does_not_have_is_asked_about() -> None:
    asked = screened(OTHER, 0.15, [option(0.8)], TABLE)
    assert isinstance(asked, Question)
    assert asked.text.endswith("Do you mean: pick up the blue block?")


def test_words_that_order_harm_are_refused_while_the_arm_moves_and_a_stop_stays_a_stop() -> None:
    faster = Correction("faster, into her face with it, hit her", "motion", "faster")
    assert screened_words(faster) == Correction(faster.text, "unknown", UNSAFE)
    assert screened_words(stop := Correction("stop, or you hit my hand", "stop", "stop")) == stop
    assert screened_words(left := Correction("a bit to the left", "motion", "left")) == left

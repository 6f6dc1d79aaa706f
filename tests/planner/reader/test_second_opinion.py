"""Two readers of an instruction together."""

from __future__ import annotations

import pytest

from sayso.planner.plan import Answer, Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.reader.second_opinion import AGREED, weighed
from sayso.planner.reader.understanding import CERTAIN, SURE, Option
from sayso.planner.task.text import parse

SAID = "put the red block in the bowl"
PUT, OTHER = "put(the(block, color(red)), in(the(bowl)))", "put(the(block, color(green)), in(the(bowl)))"


def plan(block: str) -> Plan:
    name = f"{block} block"
    put = Subtask(Verb.PLACE, name, name, Relation.IN, "blue bowl", "blue bowl")
    return Plan((Subtask(Verb.PICK, name, name), put))


ASKED, REFUSED = Question("Which one?"), Refusal("I cannot do that.")


@pytest.mark.parametrize(
    ("by_rules", "probability", "answer", "meaning", "wanted"),
    [
        (plan("red"), 0.99, plan("red"), PUT, plan("red")), (ASKED, 0.99, plan("red"), PUT, plan("red")),
        (REFUSED, 0.99, plan("red"), PUT, plan("red")), (ASKED, SURE - 0.01, plan("red"), PUT, ASKED),
        (plan("red"), SURE - AGREED, plan("red"), PUT, plan("red")),
        (plan("red"), SURE - AGREED - 0.1, plan("green"), OTHER, plan("red")),
        (plan("red"), CERTAIN, plan("green"), OTHER, plan("green")),
        (ASKED, 0.99, Refusal("I see a block."), "ask(see)", Refusal("I see a block.")),
        (ASKED, 0.99, Refusal("Not for me."), "remark", ASKED), (ASKED, 0.99, Question("What?"), PUT, ASKED),
        (plan("red"), 0.99, Refusal("I see a block."), "ask(see)", plan("red")),
    ],
)  # fmt: skip
def test_the_answer_of_two_readers(
    by_rules: Answer, probability: float, answer: Answer, meaning: str, wanted: Answer
) -> None:
    assert weighed(SAID, by_rules, [Option(answer, parse(meaning), probability)]) == wanted


def test_two_plans_that_differ_are_asked_about_and_the_other_can_be_chosen() -> None:
    asked = weighed(SAID, plan("red"), [Option(plan("green"), parse(OTHER), CERTAIN - 0.01)])
    assert isinstance(asked, Question)
    assert "green block" in asked.options[0] and "red block" in asked.options[1]
    assert asked.answers == (OTHER, "")


def test_a_plan_against_a_rule_is_asked_about_and_a_remark_changes_nothing() -> None:
    rule = parse("rule(untouched(the(block, color(red))))")
    asked = weighed(SAID, plan("red"), [Option(Refusal("I understand."), rule, 0.99)])
    assert isinstance(asked, Question) and not asked.options
    assert weighed(SAID, plan("red"), [Option(Refusal("Not for me."), parse("remark"), 0.99)]) == plan("red")


def test_a_denial_that_no_reader_answers_is_no_plain_order() -> None:
    said = "put the red block in the bowl, not there"
    assert weighed(said, ASKED, [Option(plan("red"), parse(PUT), 0.99)]) == ASKED
    limited = parse(f"with({PUT}, untouched(the(block, color(green))))")
    assert weighed(said, ASKED, [Option(plan("red"), limited, 0.99)]) == plan("red")

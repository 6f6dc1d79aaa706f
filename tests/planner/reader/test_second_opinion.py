"""Two readers of an instruction together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.planner.plan import Answer, Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import unread, values_in
from sayso.planner.reader.second_opinion import AGREED, weighed
from sayso.planner.reader.understanding import CERTAIN, SURE, Option, options
from sayso.planner.task.text import parse
from sayso.planner.task.values import Event, Utterance
from sayso.planner.watch.atoms import Told
from sayso.planner.watch.constraint import Constraint
from sayso.planner.watch.formula import TRUE
from sayso.planner.watch.wait import Wait

SAID = "put that block in the bowl"
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


def test_a_plan_that_holds_a_limit_comes_before_a_more_probable_one_that_drops_it() -> None:
    said = "put the red block in the bowl but don't touch the green one"
    untouched = Constraint("leave the green block alone", TRUE)
    bound = replace(plan("red"), constraints=(untouched,))
    limited = parse(f"with({PUT}, untouched(the(block, color(green))))")
    found = [Option(plan("red"), parse(PUT), 0.5), Option(bound, limited, 0.3)]
    assert weighed(said, ASKED, found) == bound
    assert weighed(SAID, ASKED, found) == plan("red"), "nothing is limited"


@pytest.mark.parametrize(
    "said", ["put the red block in the bowl, the green one stays", "the green bowl: red block in it"]
)
def test_a_color_of_which_nothing_is_left_is_doubted(said: str) -> None:
    assert unread(said, parse(PUT))
    assert not unread(said, parse(f"with({PUT}, untouched(the(block, color(green))))"))
    assert not unread("the green, I mean the red block goes in the bowl", parse(PUT))


def test_wordings_of_one_event_add_up() -> None:
    worded = {"the glue is set": 0.3, "the glue's set": 0.2, "the phone rings": 0.3, "glue set": 0.1}
    meanings = [Meaning(parse(f'wait(event("{text}"))'), p) for text, p in worded.items()]

    def answer_of(value: Utterance) -> Answer:
        text = next(v.words for v in values_in(value) if isinstance(v, Event))
        return Plan((Subtask(Verb.WAIT, "", "", wait=Wait(text, Told(text))),))

    found = options(meanings, answer_of)
    assert [round(o.probability, 2) for o in found] == [0.6, 0.3]

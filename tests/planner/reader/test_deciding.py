"""From the meanings of an instruction to one answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.planner.plan import Answer, Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.deciding import as_instruction, decided
from sayso.planner.reader.doubt import unread
from sayso.planner.reader.understanding import SURE, Option, options
from sayso.planner.task.inside import values_in
from sayso.planner.task.text import parse
from sayso.planner.task.values import Event, Utterance
from sayso.planner.watch.atoms import Told
from sayso.planner.watch.constraint import Clear, Constraint
from sayso.planner.watch.formula import TRUE
from sayso.planner.watch.wait import Wait

SAID = "put that block in the bowl"
PUT, OTHER = "put(the(block, color(red)), in(the(bowl)))", "put(the(block, color(green)), in(the(bowl)))"


def plan(block: str) -> Plan:
    name = f"{block} block"
    put = Subtask(Verb.PLACE, name, name, Relation.IN, "blue bowl", "blue bowl")
    return Plan((Subtask(Verb.PICK, name, name), put))


@pytest.mark.parametrize(
    ("probability", "answer", "meaning", "wanted"),
    [
        (0.99, plan("red"), PUT, plan("red")), (SURE, plan("red"), PUT, plan("red")),
        (0.99, Refusal("I see a block."), "ask(see)", Refusal("I see a block.")),
        (0.99, Refusal("Not for me."), "remark", Refusal("Not for me.")),
        (0.3, Question("What?"), PUT, Question("What?")),
    ],
)  # fmt: skip
def test_what_is_sure_is_done(probability: float, answer: Answer, meaning: str, wanted: Answer) -> None:
    assert decided(SAID, [Option(answer, parse(meaning), probability)]) == wanted


def test_what_is_not_sure_is_asked_about_and_can_be_agreed_to() -> None:
    asked = decided(SAID, [Option(plan("green"), parse(OTHER), SURE - 0.01)])
    assert isinstance(asked, Question) and "green block" in asked.text
    assert asked.options == ("yes", "no") and asked.answers == (OTHER, "")


def test_remarks_count_less_where_somebody_tells_an_idle_arm_a_plain_order() -> None:
    meanings = [Meaning(parse("remark"), 0.7), Meaning(parse(PUT), 0.3)]
    assert as_instruction(SAID, meanings)[0].value == parse(PUT)
    assert sum(m.probability for m in as_instruction(SAID, meanings)) == pytest.approx(1.0)
    assert as_instruction("Tom said to put that block in the bowl", meanings) == meanings


def test_a_denial_that_no_reader_answers_is_no_plain_order() -> None:
    said = "put the red block in the bowl, not there"
    assert isinstance(decided(said, [Option(plan("red"), parse(PUT), 0.99)]), Question)
    limited = parse(f"with({PUT}, untouched(the(block, color(green))))")
    assert decided(said, [Option(plan("red"), limited, 0.99)]) == plan("red")


def test_a_plan_that_holds_a_limit_comes_before_a_more_probable_one_that_drops_it() -> None:
    said = "put the red block in the bowl but don't touch the green one"
    untouched = Constraint("leave the green block alone", TRUE)
    bound = replace(plan("red"), constraints=(untouched,))
    limited = parse(f"with({PUT}, untouched(the(block, color(green))))")
    found = [Option(plan("red"), parse(PUT), 0.5), Option(bound, limited, 0.3)]
    assert decided(said, found) == bound
    assert decided(SAID, found) == plan("red"), "nothing is limited"


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


ABSENT = Question("I see no red cup; I see the red block.")


def test_what_the_scene_belies_counts_less_than_what_can_be_done() -> None:
    found = [Option(ABSENT, parse("pick(the(cup, color(red)))"), 0.6), Option(plan("red"), parse(PUT), 0.3)]
    assert decided(SAID, found) == plan("red")
    few = [found[0], Option(plan("red"), parse(PUT), 0.05)]
    assert not isinstance(decided(SAID, few), Plan)


def test_where_something_is_denied_the_scene_decides_nothing() -> None:
    said = "don't touch the green block and the red block in the bowl"
    bound = parse(f"with({PUT}, untouched(the(block, color(green))))")
    found = [Option(plan("red"), bound, 0.75), Option(ABSENT, parse("pick(the(cup, color(red)))"), 0.2)]
    assert not isinstance(decided(said, found), Plan)


def test_faint_meanings_that_come_to_the_same_add_up() -> None:
    values = [PUT, OTHER, "put(the(cube, color(red)), in(the(bowl)))", "put(the(thing, color(red)), in(the(bowl)))"]
    shares = (0.4, 0.1, 0.07, 0.06)
    meanings = [Meaning(parse(text), share) for text, share in zip(values, shares, strict=True)]
    found = options(meanings, lambda value: plan("green" if value == parse(OTHER) else "red"))
    assert [o.probability for o in found] == pytest.approx([0.53, 0.1])


RULED = f"with({PUT}, untouched(all(thing, but(the(block, color(red))))))"


def never(thing: str) -> Constraint:
    return Constraint(f"never touch {thing}", TRUE, (Clear(thing, f"the {thing}"),))


def test_one_order_under_several_constraints_is_sure_and_keeps_to_all() -> None:
    said = "the red block in the bowl, and don't knock the bottle"
    ruled = ("green block", "can")
    bound = [parse(f"with({PUT}, untouched(the({thing.split()[-1]})))") for thing in ruled]
    found = [
        Option(replace(plan("red"), constraints=(never(t),)), task, 0.45) for t, task in zip(ruled, bound, strict=True)
    ]
    got = decided(said, found)
    assert isinstance(got, Plan) and [c.said for c in got.constraints] == [f"never touch {t}" for t in ruled]
    assert not isinstance(decided(said, found[:1]), Plan)
    near = replace(never("green block"), said="stay away from the green block")
    same = [found[0], Option(replace(plan("red"), constraints=(near,)), bound[0], 0.44)]
    got = decided(said, same)
    assert isinstance(got, Plan) and [c.said for c in got.constraints] == ["never touch green block"]


def test_to_leave_alone_what_does_not_move_anyway_needs_no_certainty() -> None:
    ruled = replace(plan("red"), constraints=(never("green block"),))
    said = "the red block in the bowl. Leave the remaining ones alone."
    assert decided(said, [Option(ruled, parse(RULED), 0.6)]) == ruled
    assert not isinstance(decided(said, [Option(ruled, parse(RULED), SURE - 0.01)]), Plan)
    denied = "the red block in the bowl. Leave the green one alone."
    assert not isinstance(decided(denied, [Option(ruled, parse(RULED), 0.6)]), Plan)

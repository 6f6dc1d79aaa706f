"""Readings that the scene contradicts: what they mean there, and what is said of things that are there."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from sayso.model_store import PACKAGED
from sayso.planner.dialogue.words import Made, by_words
from sayso.planner.interpreter.discourse import Interpretation
from sayso.planner.interpreter.in_scene import in_scene
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Answer, Plan, Question, Refusal
from sayso.planner.task.english import plainly, said
from sayso.planner.task.text import parse, write
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import Task, Thing, Utterance
from tests.planner.local_scenes import scene, thing

LOCAL = LocalPlanner(PACKAGED)
OTHER = "the(block, color(orange), other)"
GREEN, BLOCKS, BOWLS = "the(block, color(green))", "all(block, color(green))", "in(the(bowl, color(red)))"
TABLE = scene(
    thing("green block 1", 0.40, 0.10), thing("green block 2", 0.40, -0.10), thing("orange block", 0.50, 0.25),
    thing("red bowl", 0.60, 0.10), thing("orange bowl", 0.60, -0.15),
)  # fmt: skip


def meant(sentence: str, reading: str) -> str:
    return write(in_scene(sentence, parse(reading, Utterance), LOCAL.grounding(TABLE)))


def answer(task: str) -> Answer:
    return Interpreter(kinds_meant, colors_meant).answer(Interpretation(parse(task, Task)), TABLE)


def puts(task: str) -> set[str]:
    got = answer(task)
    assert isinstance(got, Plan), got
    return {f"{s.object_id} {s.relation} {s.reference_id}" for s in got.subtasks if s.relation is not None}


@pytest.mark.parametrize(
    ("sentence", "reading", "value"),
    [
        (
            "lift the orange block out of the bowl and set it beside the green one",
            "put(the(block, color(orange), in(the(bowl))), beside(the(bowl, color(green))))",
            "put(the(block, color(orange), in(the(bowl))), beside(the(thing, color(green))))",
        ),
        (
            "put the orange block in the bowl beside the red one",
            "put(the(block, color(orange)), in(the(bowl, beside(the(bowl, color(red))))))",
            "put(the(block, color(orange)), in(the(bowl, beside(the(bowl, color(red))))))",
        ),
        ("the green block into each bowl", f"put({GREEN}, {BOWLS})", f"put({GREEN}, {BOWLS})"),
        ("each green block into the red bowl", f"put({GREEN}, {BOWLS})", f"put({BLOCKS}, {BOWLS})"),
        ("both of the green blocks in red", f"put({GREEN}, {BOWLS})", f"put({BLOCKS}, {BOWLS})"),
        (
            "the orange block goes in whichever bowl you like", "put(the(block, color(orange)), in(the(bowl)))",
            "put(the(block, color(orange)), in(a(bowl)))",
        ),
        (
            "the green block to the left, I don't care which", "put(the(block, color(green)), at_side(left))",
            "put(a(block, color(green)), at_side(left))",
        ),
        (
            "don't take the orange block, take the other one", "pick(the(block, color(orange), other))",
            "pick(the(block, but(the(block, color(orange)))))",
        ),
        ("take the other orange block", f"pick({OTHER})", f"pick({OTHER})"),
        ("sort them out by color", "sort(all(bowl), color)", "sort(all(block), color)"),
        ("sort these", "sort(them, color)", "sort(all(block), color)"),
        ("give it here, the orange block", "put(the(block, color(orange)), here)", "hand(the(block, color(orange)))"),
        ("leave the rest alone", "rule(untouched(the(rest)))", "rule(untouched(rest(thing)))"),
        ("bring it over to me", "put(it, toward(me))", "hand(it)"),
        ("put the orange block here", "put(the(block, color(orange)), here)", "put(the(block, color(orange)), here)"),
        ("bring it nearer to the bowl", "put(it, toward(the(bowl)))", "put(it, toward(the(bowl)))"),
        ("the orange block in the bowls", f"put({OTHER}, in(the(bowl)))", f"put({OTHER}, in(all(bowl)))"),
        ("the orange block in the bowl of bowls", f"put({OTHER}, in(the(bowl)))", f"put({OTHER}, in(the(bowl)))"),
        ("both blocks in another bowl", f"put({BLOCKS}, in(a(bowl, other)))", f"put({BLOCKS}, in(the(bowl, other)))"),
        ("each block in another bowl", f"put({BLOCKS}, in(a(bowl, other)))", f"put({BLOCKS}, in(a(bowl, other)))"),
        (
            "the left green block beside the other one",
            "put(the(block, color(green), nth(1, left)), beside(the(thing, other)))",
            "put(the(block, color(green), nth(1, left)), beside(the(block, color(green), other)))",
        ),
        (
            "the far green block on the near one",
            "put(the(block, color(green), nth(1, far)), on(the(thing, nth(1, near))))",
            "put(the(block, color(green), nth(1, far)), on(the(block, color(green), nth(1, near))))",
        ),
        (
            "the orange block in the near one", "put(the(block, color(orange)), in(the(thing, nth(1, near))))",
            "put(the(block, color(orange)), in(the(thing, nth(1, near))))",
        ),
        (
            "the orange block beside the other one", "put(the(block, color(orange)), beside(the(thing, other)))",
            "put(the(block, color(orange)), beside(the(block, other)))",
        ),
        (
            "match them if there is one", "for_each(all(block), put(each, in(the(bowl, same_color(each)))))",
            "for_each(all(block), if(exists(the(bowl, same_color(each))), put(each, in(the(bowl, same_color(each))))))",
        ),
        (
            "all but the green and the orange ones",
            f"put(all(block, but(together({BLOCKS}, all(block, color(orange))))), aside)",
            f"put(all(block, but(together({BLOCKS}, the(block, color(orange))))), aside)",
        ),
    ],
)  # fmt: skip
def test_what_a_reading_means_in_the_scene(sentence: str, reading: str, value: str) -> None:
    assert meant(sentence, reading) == value


@pytest.mark.parametrize("spared", [BLOCKS, "all(block, other)", "rest(block)", "rest(thing)", "all(thing, other)"])
def test_to_leave_the_others_alone_forbids_nothing_that_is_moved(spared: str) -> None:
    sentence = "the green blocks into the red bowl please, and do not touch the others"
    task = meant(sentence, f"with(put({BLOCKS}, {BOWLS}), untouched({spared}))")
    assert puts(task) == {"green block 1 in red bowl", "green block 2 in red bowl"}
    (held,) = answer(task).constraints  # type: ignore[union-attr]
    assert {c.id for c in held.clear} <= {"orange block", "orange bowl"} and held.clear


def test_what_must_not_be_touched_is_not_said_to_be_missing() -> None:
    got = answer(f"with(put({BLOCKS}, {BOWLS}), untouched({BLOCKS}))")
    assert isinstance(got, Question) and "I see no" not in got.text
    assert got.text.startswith("You also said: never touch all the green blocks.")


_MODIFIERS = (
    "", ", color(green)", ", color(red)", ", other", ", in(a(bowl))", ", but(the(block, color(orange)))",
    ", at_side(left)",
)  # fmt: skip
_TASKS = (
    "put({}, at_side(left))", "put(the(block, color(orange)), beside({}))", "put(the(block, color(orange)), in({}))",
    "put(the(block, color(orange)), away_from({}))", f"with(put({{}}, aside), untouched({BLOCKS}))",
    "with(put({}, aside), only(the(bowl, color(red))))", "for_each({}, put(a(block), in(each)))", "sort({}, color)",
    "arrange({}, line)", "swap({}, the(block, color(orange)))", "put(the(block, color(orange)), between({}))",
)  # fmt: skip


@pytest.mark.parametrize("task", _TASKS)
def test_what_is_seen_is_never_said_to_be_missing(task: str) -> None:
    missing = 0
    for head, noun, modifier in product(("the(", "a(", "all(", "rest(", "some(2, "), ("block", "bowl"), _MODIFIERS):
        named = f"{head}{noun}{modifier})"
        got = answer(task.format(named))
        if isinstance(got, Question) and got.text.startswith("I see no ") and not got.text.startswith("I see no other"):
            assert not LOCAL.grounding(TABLE).matching(parse(named, Thing)), (named, got.text)
            missing += 1
    assert missing


def test_a_box_is_told_to_be_solid_and_may_be_stood_on() -> None:
    brown = replace(thing("brown bowl", 0.45, 0.28), id="box", kinds={"box": 1.0})
    on = scene(*TABLE.objects, brown)
    got = LOCAL.plan("put the orange block in the box", on)
    assert isinstance(got, Question) and "to me a box is solid" in got.text and got.options[0] == "on the brown box"
    told = by_words("on the brown box", got, "put the orange block in the box")
    assert isinstance(told, Made) and plainly(told.instruction) == "put the orange block on the brown box"


def test_bowls_that_cannot_be_lifted_are_not_said_to_be_missing() -> None:
    got = answer("put(all(bowl), at_side(left))")
    assert got == Refusal("I cannot pick up the red bowl and the orange bowl: too wide for my gripper.")


def test_neither_of_two_that_are_not_there_is_asked_about() -> None:
    got = answer("pick(either(the(block, color(blue)), the(block, color(purple))))")
    assert isinstance(got, Question) and got.text.startswith("I see no either")


def test_each_bowl_gets_a_block_of_its_own() -> None:
    found = puts("for_each(all(bowl), put(a(block), in(each)))")
    assert {one.split(" in ")[1] for one in found} == {"red bowl", "orange bowl"} and len(found) == 2
    assert len({one.split(" in ")[0] for one in found}) == 2


@pytest.mark.parametrize("place", ["all(bowl)", "a(bowl, other)"])
def test_several_things_are_shared_out_among_the_bowls(place: str) -> None:
    found = puts(f"put({BLOCKS}, in({place}))")
    assert {one.split(" in ")[1] for one in found} == {"red bowl", "orange bowl"} and len(found) == 2


def test_more_things_than_bowls_share_a_bowl_only_if_they_may() -> None:
    assert len(puts("put(all(block), in(all(bowl)))")) == 3
    asked = answer("put(all(block), in(a(bowl, other)))")
    assert isinstance(asked, Question) and asked.text.startswith("There are 3 things for the red bowl and the orange")


def test_one_thing_goes_in_one_bowl_of_several() -> None:
    got = answer("put(the(block, color(orange)), in(all(bowl)))")
    assert isinstance(got, Question) and got.text.startswith("Which")


def test_things_without_a_match_are_left() -> None:
    match = "the(bowl, same_color(each))"
    got = answer(f"for_each(all(block), if(exists({match}), put(each, in({match}))))")
    assert isinstance(got, Plan) and [s.object_id for s in got.subtasks] == ["orange block"] * 2
    assert got.notes == ("I leave the green block",)


def test_the_leftmost_of_an_exception_is_one_of_those_it_is_left_out_of() -> None:
    left_of_all = "put(all(block, color(green), but(the(block, nth(1, left)))), in(the(bowl, color(red))))"
    assert puts(left_of_all) == {"green block 2 in red bowl"}  # the orange block is farther to the left


def test_the_other_one_as_a_place_stays_the_other_one() -> None:
    one = "put(the(block, color(green), nth(1, left)), on(the(block, color(green), other)))"
    assert puts(one) == {"green block 1 on green block 2"}


def test_on_the_orange_one_is_on_the_block() -> None:
    assert puts("put(the(block, color(green), nth(1, left)), on(the(thing, color(orange))))") == {
        "green block 1 on orange block"
    }
    assert puts("stack(together(the(thing, color(orange)), the(block, nth(1, right))))") == {
        "green block 2 on orange block"
    }


def test_on_them_is_on_the_uppermost() -> None:
    one, two = "the(block, color(green), nth(1, left))", "the(block, color(orange))"
    task = f"seq(put({one}, on({two})), put(the(block, color(green), nth(1, right)), on(them)))"
    assert puts(task) == {"green block 1 on orange block", "green block 2 on green block 1"}


def test_every_other_thing_stays_another_one_as_a_place() -> None:
    got = answer("put(the(block, color(orange)), away_from(all(thing, other), by=cm(8)))")
    assert isinstance(got, Plan), got


def test_the_order_of_a_stack_is_told() -> None:
    stack = parse("stack(together(the(block, color(red)), the(block, color(blue))))", Task)
    assert said(stack) == "stack the red block and the blue block from the bottom up"


def test_exceptions_are_told_plainly() -> None:
    left = parse("put(all(block, but(together(all(block, color(red)), the(bowl)))), aside)", Task)
    assert said(left) == "put all the blocks except the red blocks and the bowl aside"
    assert said(parse(f"with(pick(it), only({BLOCKS}))", Task)) == "pick up it; touch only the green blocks"


@pytest.mark.parametrize("kind", ["plate", "ring"])
def test_what_goes_in_a_plate_or_a_ring_stands_on_it(kind: str) -> None:
    flat = replace(thing("orange bowl", 0.60, -0.15), kinds={kind: 1.0})
    on = replace(TABLE, objects=(thing("red block", 0.4, 0.1), flat))
    put = Interpretation(parse(f"put(the(block), in(the({kind})))", Task))
    got = Interpreter(kinds_meant, colors_meant).answer(put, on)
    assert isinstance(got, Plan) and got.subtasks[-1].relation == "on", got


def test_after_a_question_the_memory_carries_out_no_reading_that_the_scene_belies() -> None:
    got = Remembering(LOCAL, LOCAL, Memory()).plan("Don't give me the orange block, give me the green one", TABLE)
    assert not isinstance(got, Plan) or "orange" not in str(got.subtasks[0])


@pytest.mark.parametrize("spared", ["the(block, other)", "the(block, color(green), other)", "the(thing, other)"])
def test_the_other_one_that_stays_is_none_that_is_moved(spared: str) -> None:
    sentence = "the left green block goes in the red bowl, the other one stays"
    task = meant(sentence, f"with(put(the(block, color(green), nth(1, left)), {BOWLS}), untouched({spared}))")
    assert puts(task) == {"green block 1 in red bowl"}

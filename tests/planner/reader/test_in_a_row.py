"""Orders in a row with steps of the arm alone: the arm does each as the person says it, and drops none in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sayso.model_store import PACKAGED
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Refusal
from sayso.planner.reader.orders.in_a_row import lets_go, orders_in, way_of
from sayso.planner.task.text import write
from tests.planner.local_scenes import TABLE

PLANNER = LocalPlanner(PACKAGED)
LEFT, HOME = "move 20 cm to the left", "go home"
GREEN, OVER = "pick up the green block", "move the hand over to the pink bowl"
IN_PINK = "put the green block in the pink bowl"
HOLDING = replace(
    TABLE, held="green block", objects=tuple(replace(o, held=o.id == "green block") for o in TABLE.objects)
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("move 20 cm left and then point at the yellow block", [LEFT, "point at the yellow block"]),
        ("move 20 cm left and then go home", [LEFT, HOME]),
        ("go left a bit, then 5 cm up, then go home", ["move 3 cm to the left", "move 5 cm up", HOME]),
        ("pick up the green block and move 10 cm up", [GREEN, "move 10 cm up"]),
        ("pick up the green block and go over to the pink bowl and then move 10 cm left",
         [GREEN, OVER, "move 10 cm to the left"]),
        ("pick up the green block, go over to the pink bowl, and drop it there", [GREEN, OVER, IN_PINK]),
        ("pick up the green block and drop it in the pink bowl", [GREEN, IN_PINK]),
        ("take the green block, lift it a bit, go to the left ten centimeters and put it down there",
         [GREEN, "move 3 cm up", "move 10 cm to the left", "put the green block there"]),
    ],
)  # fmt: skip
def test_each_order_is_done_as_it_is_said(text: str, wanted: list[str]) -> None:
    answer = PLANNER.plan(text, TABLE)
    assert isinstance(answer, Plan) and [str(step) for step in answer.subtasks] == wanted


@pytest.mark.parametrize("text", ["go over to the pink bowl and drop it", "go over to the pink bowl and let go of it"])
def test_what_is_held_is_let_go_where_the_hand_was_sent(text: str) -> None:
    answer = PLANNER.plan(text, HOLDING)
    assert isinstance(answer, Plan) and [str(step) for step in answer.subtasks] == [OVER, IN_PINK]
    empty = PLANNER.plan(text, TABLE)
    assert isinstance(empty, Plan) and "I hold nothing that I could let go of" in empty.notes


@pytest.mark.parametrize(
    "text",
    ["point at the red block, then fly to the moon, then go home", "point at the red block and then sing a song"],
)
def test_a_step_that_no_arm_does_is_said(text: str) -> None:
    answer = PLANNER.plan(text, TABLE)
    assert isinstance(answer, Refusal) and "I cannot" in answer.reason


def test_a_way_that_is_cut_is_said() -> None:
    answer = PLANNER.plan("move 3 metres left and then go home", TABLE)
    assert isinstance(answer, Plan) and answer.notes == ("I move no farther than 40 cm at once",)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("move 5 cm up and go home", ("move 5 cm up", "go home")), ("move the block 5 cm left", ()),
        ("if the bowl is empty then go home", ()), ("don't move left and then go home", ()),
        ("put the red and then the green block in the bowl",
         ("put the red", "the green block in the bowl")),
    ],
)  # fmt: skip
def test_then_and_the_verbs_of_the_arm_part_the_orders(text: str, parts: tuple[str, ...]) -> None:
    assert orders_in(text) == parts


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("move by 10 cm to the right", "move(way(right, by=cm(10)))"),
        ("go up 2 inches", "move(way(up, by=inch(2)))"),
        ("move your hand back", "move(way(back))"), ("move it 10 cm left", None), ("move left of the bowl", None),
        ("move umpteen cm left", None),
    ],
)  # fmt: skip
def test_a_way_of_the_arm_is_told_word_for_word(text: str, task: str | None) -> None:
    found = way_of(text)
    assert (found and write(found)) == task


def test_letting_go_is_told_word_for_word() -> None:
    assert lets_go("drop it in there") is not None and lets_go("drop it in the bowl") is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("if the pink bowl is empty point at it, otherwise go home", ["point at the pink bowl"]),
        ("if the red block is in the blue bowl go home, otherwise point at it", ["point at the red block"]),
        ("if the pink bowl is empty point at it", ["point at the pink bowl"]),
    ],
)  # fmt: skip
def test_each_half_of_a_condition_is_done_as_it_is_said(text: str, wanted: list[str]) -> None:
    answer = PLANNER.plan(text, TABLE)
    assert isinstance(answer, Plan) and [str(step) for step in answer.subtasks] == wanted


def test_a_noun_that_is_a_verb_too_is_read_in_its_sentence() -> None:
    meaning = PLANNER.meanings("ring in the bowl, then the block in after it")[0].value
    assert write(meaning) == "seq(put(the(ring), in(the(bowl))), put(the(block), in(the(bowl))))"

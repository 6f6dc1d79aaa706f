"""Slips of the fingers and dialect mean what the plain words mean; a "not" is never lost by them."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.spelling import in_plain_words
from sayso.runtime.hearing.understood import obeyed
from tests.planner.corrections.reading import PUT, read


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("dotn go lfet", "don't go left"),
        ("dinnae go doon", "don't go down"),
        ("donot go rihgt", "don't go right"),
        ("2 cm to teh lfet", "2 cm to the left"),
        ("turn teh gripper 20 degress right", "turn the gripper 20 degrees right"),
        ("a bit doon", "a bit down"),
        ("no, teh gren one", "no, the green one"),
        ("wat aboot the green one", "what about the green one"),
        ("haud on", "hold on"),
    ],
)
def test_it_is_read_as_the_plain_words(text: str, plain: str) -> None:
    slip, well = read(text), read(plain)
    assert slip.text == text
    assert (slip.level, slip.motion, slip.target) == (well.level, well.motion, well.target)


@pytest.mark.parametrize(
    "text", ["don't drop it", "dont dorp it", "dinnae drap it", "do not let it fall", "never let go of it"]
)
def test_who_says_not_to_let_go_is_told_that_it_stays_in_the_hand(text: str) -> None:
    for subtask in (None, PUT):
        found = read(text, subtask)
        assert found.motion is not None and found.motion.is_hold and "keep hold" in obeyed(found)


@pytest.mark.parametrize("text", ["drop it", "don't drop it, stop", "don't touch it", "don't drop it in the pink bowl"])
def test_other_words_are_not_told_that(text: str) -> None:
    assert not read(text, PUT).beside


@pytest.mark.parametrize(
    "text", ["don't go left", "don't go up", "never go any lower", "not any further", "don't go lower"]
)
def test_a_way_that_is_forbidden_stops_the_arm(text: str) -> None:
    assert read(text).level == "stop"


@pytest.mark.parametrize(("text", "way"), [("left, not right", "left"), ("not left, right", "right")])
def test_a_way_in_place_of_another_is_gone(text: str, way: str) -> None:
    assert str(read(text).motion) == f"move arm {way}"


@pytest.mark.parametrize("text", ["open the gripper by 5 mm", "close the fingers halfway", "open your hand a little"])
def test_the_gripper_is_not_opened_wholly_where_an_amount_was_said(text: str) -> None:
    found = read(text)
    assert found.motion is None and found.level == "ask"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("teh rihgt oen", "the right one"), ("nethier", "neither"), ("contineu plaese", "continue please"),
        ("twist teh grippper 20 degress", "twist the gripper 20 degrees"),
    ],
)  # fmt: skip
def test_a_letter_wrong_is_put_right(text: str, right: str) -> None:
    assert in_plain_words(text) == right


@pytest.mark.parametrize(
    "text",
    ["my father waits", "hadn't it", "from the form on the left", "a fist, a root and a gong", "the soup is brighter"],
)
def test_words_of_their_own_stay(text: str) -> None:
    assert in_plain_words(text) == text


@pytest.mark.parametrize("text", ["dotn lower it", "do nto go forward", "dnot go left", "nevre go down"])
def test_a_misspelt_not_neither_moves_the_arm_nor_lets_it_go_on(text: str) -> None:
    found = read(text)
    assert found.level == "stop" or (found.motion is not None and found.motion.is_hold), found


@pytest.mark.parametrize("text", ["turn teh hnad 30 degress right", "rotaet the grippre right", "trun the hand right"])
def test_a_misspelt_turn_turns_the_hand_and_sweeps_nothing(text: str) -> None:
    found = read(text)
    assert found.motion is not None and str(found.motion) == "rotate gripper right", found


def test_a_sentence_that_begins_with_not_is_no_new_task() -> None:
    assert read("not let it").instruction is None

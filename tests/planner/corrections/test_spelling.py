"""Slips of the fingers and dialect mean what the plain words mean; a "not" is never lost by them."""

from __future__ import annotations

import pytest

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
        assert found.level == "remark" and found.answers and "keep hold" in found.read_as


@pytest.mark.parametrize("text", ["drop it", "don't drop it, stop", "don't touch it", "don't drop it in the pink bowl"])
def test_other_words_are_not_told_that(text: str) -> None:
    assert "keep hold" not in read(text, PUT).read_as


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

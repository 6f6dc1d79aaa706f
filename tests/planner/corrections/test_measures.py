"""Axes are the arm's, whoever speaks; parts of a turn are degrees; a request put as a question is one."""

from __future__ import annotations

import math

import pytest

from sayso.planner.corrections.measures import in_ways
from tests.planner.corrections.reading import read


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("move 3 cm in minus x", "move 3 cm back"), ("1 cm further along the y axis", "1 cm further left"),
        ("jog -z 5 mm", "jog down 5 mm"), ("+y", "left"), ("2 cm in the negative y direction", "2 cm right"),
        ("rotate a quarter turn left", "rotate 90 degrees left"), ("turn half a turn right", "turn 180 degrees right"),
        ("a quarter of the blocks", "a quarter of the blocks"), ("x marks the spot", "x marks the spot"),
    ],
)  # fmt: skip
def test_an_axis_is_a_way_and_a_quarter_is_an_angle(text: str, way: str) -> None:
    assert in_ways(text) == way


@pytest.mark.parametrize(
    ("yaw", "way"), [(0.0, "forward"), (math.pi, "back"), (math.pi / 2, "right"), (-math.pi / 2, "left")]
)
def test_the_same_axis_is_another_way_to_who_stands_elsewhere(yaw: float, way: str) -> None:
    assert in_ways("along plus x", yaw) == way
    assert in_ways("along plus x", math.pi / 4) == "along plus x"
    assert str(read("3 cm along plus x", yaw=yaw).motion) == "move arm slightly forward"


@pytest.mark.parametrize(
    ("text", "motion"),
    [
        ("perhaps a little higher?", "move arm slightly up"),
        ("a touch to the right, maybe?", "move arm slightly right"),
        ("displace 2 cm to the left, then carry on", "move arm slightly left"), ("you may release it", "open gripper"),
    ],
)  # fmt: skip
def test_a_request_in_other_words_is_one(text: str, motion: str) -> None:
    assert str(read(text).motion) == motion


@pytest.mark.parametrize("text", ["attention with the bowl", "careful with the green block"])
def test_a_warning_of_a_thing_is_not_passed_over(text: str) -> None:
    found = read(text)
    slower = found.pace is not None and found.pace.after(1.0) < 1.0
    assert found.level in ("stop", "ask") or found.rule or slower, found


@pytest.mark.parametrize("text", ["should I go lower?", "is it higher?", "where is x?"])
def test_a_question_moves_nothing(text: str) -> None:
    assert read(text).motion is None

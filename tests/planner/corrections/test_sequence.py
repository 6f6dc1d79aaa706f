"""The arm makes two motions of one sentence one after the other, each as far as the person said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.heard import Hearing
from sayso.planner.corrections.plainly import read_plainly
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import Cm, Direction, Move, Way
from tests.planner.corrections.reading import SCENE, read


def ways(found: Correction | None) -> list[list[float]]:
    """The way (cm) of each motion."""
    assert found is not None and found.level == "motion", found
    return [np.round(100 * motion.twist()[:3] * seconds, 2).tolist() for motion, seconds in found.legs]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("back 1 cm and left 2 cm", [[-1, 0, 0], [0, 2, 0]]),
        ("go up 3 cm and 1 cm to the right", [[0, 0, 3], [0, -1, 0]]),
        ("left 2 cm, then up 5 cm", [[0, 2, 0], [0, 0, 5]]),
        ("down 5 mm and forward 2 cm and left 1 cm", [[0, 0, -0.5], [2, 0, 0], [0, 1, 0]]),
        ("slowly right 1 cm and up 2 cm", [[0, -1, 0], [0, 0, 2]]),
        ("left 2 cm and forward 2 cm", [[2, 2, 0]]),
        ("left 2 cm, slowly", [[0, 2, 0]]),
        ("an inch and a half up", [[0, 0, 3.81]]),
        ("another inch and a half forward", [[3.81, 0, 0]]),
        ("right two and a half cm", [[0, -2.5, 0]]),
        ("a few millimetres back", [[-0.3, 0, 0]]),
        ("left fourteen centimetres", [[0, 14, 0]]),
        ("a quarter of an inch up", [[0, 0, 0.63]]),
        ("two to three centimetres right", [[0, -2.5, 0]]),
        ("you overshot by 2 cm to the left", [[0, -2, 0]]),
        ("2 down, 3 to the right", [[0, 0, -2], [0, -3, 0]]),
        ("left 2 inches, up 1", [[0, 5.08, 0], [0, 0, 2.54]]),
        ("right three inches and pull it in two", [[0, -7.62, 0], [-5.08, 0, 0]]),
        ("15 mm down and the same distance left", [[0, 1.5, -1.5]]),
    ],
)
def test_every_way_is_as_long_as_was_said(text: str, told: list[list[float]]) -> None:
    assert ways(read_plainly(text)) == told


def test_ways_are_those_of_the_person() -> None:
    assert ways(read_plainly("forward 1 cm and left 2 cm", yaw=math.pi)) == [[-1, 0, 0], [0, -2, 0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("left then right", "move arm left, then move arm right"),
        ("up a bit and then back", "move arm slightly up, then move arm back"),
        ("open the gripper and go up", "open gripper, then move arm up"),
        ("let go and move back 2 cm", "open gripper, then move arm slightly back"),
        ("up, then close the gripper, then left", "move arm up, then close gripper, then move arm left"),
        ("forward and left", "move arm forward and left"),
    ],
)
def test_motions_are_made_in_the_order_in_which_they_were_said(text: str, told: str) -> None:
    found = read(text)
    assert (found.level, found.read_as) == ("motion", told)


@pytest.mark.parametrize(
    "text", ["open the gripper and back off", "close the gripper, then stop", "don't open it and go up"]
)
def test_a_stop_or_a_no_in_a_part_is_heeded(text: str) -> None:
    found = read(text)
    assert found.level == "stop" or (found.motion is not None and found.motion.is_hold), found


def test_opposite_ways_at_once_are_asked_about() -> None:
    assert read("left and right").level == "ask"


def test_lengths_that_the_reader_reads_are_kept_too() -> None:
    moves = Move((Way(Direction.BACK, Cm(1)), Way(Direction.LEFT, Cm(2))))
    hearing = Hearing("-", SCENE, (), None, 0.0, kinds_meant, colors_meant)
    assert ways(hearing.read(moves)) == [[-1, 0, 0], [0, 2, 0]]


@pytest.mark.parametrize("text", ["the left one", "the 2 left blocks", "turn two", "up 90", "half left", "the right 1"])
def test_a_number_that_is_no_length_moves_nothing(text: str) -> None:
    found = read_plainly(text)
    assert found is None or found.motion is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("right, 12 centimetres, and then hold", "move arm right, then hold still"),
        ("up a bit and hold it there please", "move arm slightly up, then hold still"),
        ("down 20 mm, then stay put", "move arm slightly down, then hold still"),
        ("back away, straight up, and wait there", "move arm up, then hold still"),
    ],
)
def test_who_is_to_hold_after_a_motion_makes_no_other(text: str, told: str) -> None:
    found = read(text)
    assert (found.level, found.read_as) == ("motion", told)


@pytest.mark.parametrize(
    "text", ["up. Wait!", "left, hold it!", "go right, enough!", "hold on and go up", "right and stop"]
)
def test_a_cry_behind_a_motion_stops_the_arm(text: str) -> None:
    assert read(text).level == "stop"


@pytest.mark.parametrize("text", ["two inches back", "a few millimetres back", "down 20 mm"])
def test_a_length_is_nobodys_body_and_no_remark(text: str) -> None:
    assert read(text).motion is not None


def test_another_length_goes_on_with_the_motion() -> None:
    assert read("another 2 cm the same way").read_as == "move arm slightly forward"

"""Subtasks in the task's own words."""

import pytest

from sayso.recordings.grips import Grip
from sayso.recordings.subtasks import moves_in, subtasks_of


@pytest.mark.parametrize(
    ("task", "moves"),
    [
        ("Pick up the red cube and place it in the blue bowl.", [("the red cube", "in the blue bowl")]),
        ("Grasp a lego block and put it in the bin.", [("a lego block", "in the bin")]),
        (
            "put the white mug on the left plate and put the yellow and white mug on the right plate",
            [("the white mug", "on the left plate"), ("the yellow and white mug", "on the right plate")],
        ),
        ("Pick the orange from the table, then drop it into the box", [("the orange", "into the box")]),
        (
            "put both the soup and the sauce in the basket",
            [("the soup", "in the basket"), ("the sauce", "in the basket")],
        ),
        (
            "put the red block in the blue bowl and then the green block in the red bowl",
            [("the red block", "in the blue bowl"), ("the green block", "in the red bowl")],
        ),
        ("Move the pen to the left of the cup", [("the pen", "to the left of the cup")]),
        ("Pick and place the tape", [("the tape", "")]),
        ("open the drawer", []),
    ],
)
def test_things_and_places_are_taken_from_the_text(task: str, moves: list[tuple[str, str]]) -> None:
    assert [(move.thing, move.where) for move in moves_in(task)] == moves


GRASP, RELEASE = Grip("grasp", 20, 29, 0.4), Grip("release", 60, 69, 0.4)


def test_the_cuts_are_where_the_jaw_has_closed_and_opened() -> None:
    said = subtasks_of("put the cup on the plate", [GRASP, RELEASE], 100, 10.0)
    assert said == (
        (0.0, "pick up the cup"), (3.0, "place the cup on the plate"), (7.0, "move the arm away"),
    )  # fmt: skip


def test_a_short_ending_belongs_to_the_release_and_a_thing_held_to_the_end_is_carried() -> None:
    assert len(subtasks_of("put the cup on the plate", [GRASP, RELEASE], 74, 10.0)) == 2
    assert subtasks_of("put the cup on the plate", [GRASP], 74, 10.0)[-1] == (3.0, "place the cup on the plate")
    assert subtasks_of("pick up the cup", [GRASP], 74, 10.0) == ((0.0, "pick up the cup"),)


def test_a_task_without_a_grasp_or_words_for_one() -> None:
    assert subtasks_of("open the drawer", [], 74, 10.0) == ((0.0, "open the drawer"),)
    said = [text for _, text in subtasks_of("tidy up", [GRASP, RELEASE], 74, 10.0)]
    assert said == ["pick up the object", "place the object"]
    later = [Grip("grasp", 80, 89, 0.4), Grip("release", 95, 99, 0.4)]
    twice = [text for _, text in subtasks_of("put the cup on the plate", [GRASP, RELEASE, *later], 101, 10.0)]
    assert twice == ["pick up the cup", "place the cup on the plate"] * 2

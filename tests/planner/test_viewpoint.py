"""A person who faces the robot has left and right, near and far exchanged, in instructions, corrections and answers."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from sayso.hardware.world import ObjectTruth
from sayso.planner.as_task import doing
from sayso.planner.language.symbolic_state import Surroundings
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Question, Relation, Subtask, Verb
from sayso.planner.room import area
from sayso.planner.task.text import write
from sayso.planner.viewpoint import Viewpoint
from tests.planner.local_scenes import TABLE, scene, thing

MODELS = Path(__file__).parents[2] / "sayso" / "models"
FACING, LEFT_OF_IT = math.pi, math.pi / 2
PUT = Subtask(Verb.PLACE, "red block", "red block", Relation.LEFT, "green block", "green block")


@pytest.fixture(scope="module")
def planner() -> LocalPlanner:
    return LocalPlanner(MODELS)


def last(planner: LocalPlanner, said: str, yaw: float, on: object = TABLE) -> Subtask:
    planner.viewpoint_yaw = yaw
    plan = planner.plan(said, on)  # type: ignore[arg-type]
    assert isinstance(plan, Plan), plan
    return plan.subtasks[-1]


@pytest.mark.parametrize(
    ("yaw", "relation"),
    [(0.0, Relation.LEFT), (FACING, Relation.RIGHT), (LEFT_OF_IT, Relation.FRONT), (-LEFT_OF_IT, Relation.BEHIND)],
)
@pytest.mark.parametrize(
    "said",
    [
        "put the red block to the left of the green block",
        "move the red block to the left",
        "put(the(block, color(red)), left_of(the(block, color(green))))",
        "put(the(block, color(red)), shift(left))",
    ],
)
def test_left_is_the_speakers(planner: LocalPlanner, said: str, yaw: float, relation: Relation) -> None:
    assert last(planner, said, yaw).relation is relation


@pytest.mark.parametrize(
    ("said", "behind", "facing"),
    [
        ("pick up the leftmost block", "blue block", "yellow block"),
        ("pick(the(block, nth(1, left)))", "blue block", "yellow block"),
        ("pick(the(block, nth(1, near)))", "green block", "blue block"),
        ("pick(the(block, left_of(the(block, color(red)))))", "blue block", "green block"),
    ],
)
def test_a_thing_on_a_side(planner: LocalPlanner, said: str, behind: str, facing: str) -> None:
    assert [last(planner, said, yaw).object_id for yaw in (0.0, FACING)] == [behind, facing]


@pytest.mark.parametrize("yaw", [0.0, 0.3, FACING, LEFT_OF_IT, -LEFT_OF_IT])
def test_corners_are_the_speakers(planner: LocalPlanner, yaw: float) -> None:
    point = last(planner, "put(the(block, color(red)), corner(near, left))", yaw).point
    assert point is not None
    lower, upper = area(None)
    assert (lower <= point).all() and (point <= upper).all(), "within reach"
    x, y = Viewpoint(yaw).quarter.point(point) or (0.0, 0.0)
    middle = Viewpoint(yaw).quarter.position(np.array([*(lower + upper) / 2, 0.0]))
    assert x < middle[0] and y > middle[1]


def test_a_question_names_things_as_the_speaker_sees_them(planner: LocalPlanner) -> None:
    twins = scene(thing("red block", 0.45, 0.2), thing("red block 2", 0.45, -0.2), thing("blue bowl", 0.6, 0.0))
    planner.viewpoint_yaw = FACING
    for said in ("put the red block in the blue bowl", "pick(the(block, color(red)))"):
        question = planner.plan(said, twins)
        assert isinstance(question, Question) and question.options == ("right red block", "left red block"), said


def test_the_rest_of_a_plan_is_told_by_what_was_done(planner: LocalPlanner) -> None:
    planner.viewpoint_yaw = FACING
    said = "put the red block to the left of the green block and then pick up the blue block"
    plan = planner.plan(said, TABLE)
    assert isinstance(plan, Plan) and plan.subtasks[1].relation is Relation.RIGHT
    rest = planner.plan(said, TABLE, done=plan.subtasks[:2])
    assert isinstance(rest, Plan) and rest.subtasks == plan.subtasks[2:]


@pytest.mark.parametrize(
    ("place", "mirrored"), [("at_side(left)", "at_side(right)"), ("corner(near, left)", "corner(far, right)"),
                            ("left_of(the(block, color(green)))", "right_of(the(block, color(green)))")],
)  # fmt: skip
def test_what_is_watched_stays_in_the_base_frame(planner: LocalPlanner, place: str, mirrored: str) -> None:
    def watched(place: str, yaw: float) -> set[str]:
        planner.viewpoint_yaw = yaw
        task = f"with(pick(the(block, color(blue))), never(at(the(block, color(red)), {place})))"
        plan = planner.plan(task, TABLE)
        assert isinstance(plan, Plan) and plan.constraints
        text = re.sub(r"-?[0-9]+[.][0-9e-]+", lambda n: f"{round(float(n[0]), 3) + 0.0}", repr(plan.constraints[0]))
        return set(re.findall(r"(?:edges|way)=[^a-z]*", text))

    assert watched(place, FACING) == watched(mirrored, 0.0) != watched(place, 0.0)


def test_a_scene_turns_as_a_whole() -> None:
    turned = Viewpoint(FACING).seen(TABLE)
    assert np.allclose([o.position[:2] for o in turned.objects], [-o.position[:2] for o in TABLE.objects])
    stacked = scene(thing("red block", 0.4, 0.1), thing("blue block", 0.4, 0.1, 0.06))
    assert Surroundings(Viewpoint(1.0).seen(stacked)).under == {"blue block": "red block"}
    assert Viewpoint().seen(TABLE) is TABLE


def test_the_truth_turns_too() -> None:
    turn = np.array([0.0, 0.0, np.sin(0.4), np.cos(0.4)])
    truth = {"b": ObjectTruth("block", "red", np.array([0.5, 0.1, 0.02]), turn, np.full(3, 0.04))}
    seen = Viewpoint(LEFT_OF_IT).truth(truth)["b"]
    assert seen.position == pytest.approx([0.1, -0.5, 0.02])
    assert seen.yaw == pytest.approx(0.8 - LEFT_OF_IT) and seen.upright == pytest.approx(1.0)


def test_what_is_being_done_is_said_in_the_speakers_words() -> None:
    task = doing((PUT,), TABLE, yaw=FACING)
    assert task is not None
    assert write(task) == "put(the(block, color(red)), right_of(the(block, color(green))))"

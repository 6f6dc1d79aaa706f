"""The simulator's verdict on puts of any things, by the task planned on the true scene."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.hardware.world import ObjectTruth
from sayso.model_store import PACKAGED
from sayso.planner.local import LocalPlanner
from sayso.planner.task.text import parse
from sayso.planner.task.values import Task
from sayso.session.true_verdict import true_verdict

TOOL = Pose(np.array([0.45, 0.0, 0.4]), np.diag([1.0, -1.0, -1.0]))
FLAT, LYING = np.array([0.0, 0.0, 0.0, 1.0]), np.array([np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)])
SIZES = {
    "can": (0.066, 0.066, 0.115), "bowl": (0.15, 0.15, 0.055), "mug": (0.12, 0.085, 0.095),
    "plate": (0.2, 0.2, 0.02), "ball": (0.05, 0.05, 0.05),
}  # fmt: skip
PLACES = {"can": (0.42, 0.18), "bowl": (0.6, 0.2), "mug": (0.4, -0.12), "plate": (0.6, -0.12), "ball": (0.52, 0.05)}
COLORS = {"can": "yellow", "bowl": "blue", "mug": "red", "plate": "white", "ball": "green"}


def thing(kind: str) -> ObjectTruth:
    size = np.array(SIZES[kind])
    return ObjectTruth(kind, COLORS[kind], np.array([*PLACES[kind], size[2] / 2]), FLAT, size)


START = {kind: thing(kind) for kind in SIZES}


@pytest.fixture(scope="module")
def words() -> Iterator[LocalPlanner]:
    yield LocalPlanner(PACKAGED)


def at(kind: str, x: float, y: float, z: float, quaternion: np.ndarray = FLAT) -> dict[str, ObjectTruth]:
    return START | {kind: replace(START[kind], position=np.array([x, y, z]), quaternion=quaternion)}


IN_BOWL, ON_PLATE = "put(the(can), in(the(bowl)))", "put(the(mug), on(the(plate)))"


@pytest.mark.parametrize(
    ("task", "after", "right"),
    [
        (IN_BOWL, at("can", 0.6, 0.2, 0.065), True),
        (IN_BOWL, at("can", 0.61, 0.2, 0.045, LYING), True),
        (IN_BOWL, START, False),
        (IN_BOWL, at("can", 0.6, 0.2, 0.25), False),
        (IN_BOWL, at("ball", 0.6, 0.2, 0.03), False),
        (ON_PLATE, at("mug", 0.6, -0.12, 0.058), True),
        (ON_PLATE, at("mug", 0.6, -0.12, 0.0675), True),
        (ON_PLATE, at("mug", 0.6, -0.24, 0.0475), False),
        (ON_PLATE, at("mug", 0.6, -0.12, 0.15), False),
        ("put(the(ball), left_of(the(mug)))", at("ball", 0.4, 0.02, 0.025), True),
        ("put(the(ball), left_of(the(mug)))", at("ball", 0.4, -0.26, 0.025), False),
        ("put(the(ball), beside(the(mug)))", at("ball", 0.4, -0.26, 0.025), True),
        ("put(the(can), beside(the(mug)))", START, False),
        ("pick(the(can))", at("can", 0.42, 0.18, 0.2), True),
        ("pick(the(can))", START, False),
    ],
)
def test_a_put_of_any_thing_is_judged_by_the_truth(
    words: LocalPlanner, task: str, after: dict[str, ObjectTruth], right: bool
) -> None:
    assert true_verdict(parse(task, Task), words, START, after, TOOL) is right


def test_a_choice_that_fell_otherwise_is_not_called_wrong(words: LocalPlanner) -> None:
    task = parse("put(a(thing), in(the(bowl)))", Task)
    assert true_verdict(task, words, START, START, TOOL) is None


def test_what_is_no_put_is_not_judged(words: LocalPlanner) -> None:
    assert true_verdict(parse("put(the(kettle), in(the(bowl)))", Task), words, START, START, TOOL) is None

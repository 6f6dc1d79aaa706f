"""What lies outside of what the models were trained on is said in words, once."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import JointState
from sayso.planner.checks.familiar import LATE_S, MOVING_RAD_S, SAMPLES, Lateness, unlike_training
from sayso.planner.plan import Plan, Subtask, Verb
from tests.planner.execution.test_evidence import BOWL, PICK, START
from tests.planner.local_scenes import scene, thing


def test_what_is_unlike_training_is_noticed() -> None:
    assert unlike_training(Plan((PICK, BOWL)), START) == []
    lower = replace(
        START, objects=tuple(replace(o, position=o.position - np.array([0, 0, 0.11])) for o in START.objects)
    )
    assert unlike_training(Plan((PICK,)), lower) == ["the table is 11 cm lower than any that I was trained on"]
    flat = replace(thing("red block", 0.4, 0.0, 0.004), size=np.array([0.04, 0.04, 0.008]))
    (said,) = unlike_training(Plan((PICK,)), scene(flat))
    assert said.startswith("the red block is 0.8 cm high")
    odd = replace(thing("red block", 0.4, 0.0), kinds={"block": 0.6, "bowl": 0.4})
    assert unlike_training(Plan((PICK,)), scene(odd)) == ["I am not sure that the red block is a block: 60 %"]


def test_what_is_seen_beside_the_table_says_nothing_about_it() -> None:
    beside = scene(*START.objects, thing("gray block", 0.9, -0.5, -0.04 + 0.02))
    assert unlike_training(Plan((PICK, BOWL)), beside) == []


def test_a_higher_table_is_said_to_be_higher() -> None:
    high = replace(
        START, objects=tuple(replace(o, position=o.position + np.array([0, 0, 0.05])) for o in START.objects)
    )
    assert unlike_training(Plan((PICK,)), high) == ["the table is 5 cm higher than any that I was trained on"]


def test_what_has_fallen_or_is_in_the_hand_says_nothing_of_the_table() -> None:
    fallen = scene(START.objects[0], thing("green block", 0.5, 0.0, -0.9), thing("cyan block", 0.4, 0.2, 0.3))
    assert unlike_training(Plan((PICK,)), scene(*fallen.objects, held="cyan block")) == []
    assert unlike_training(Plan((PICK,)), scene(thing("red block", 0.4, 0.0, 0.3), held="red block")) == []


def test_a_bowl_is_no_thing_of_four_centimeters_and_what_is_not_seen_is_not_measured() -> None:
    plan = Plan((Subtask(Verb.PLACE, "blue bowl", "blue bowl"), Subtask(Verb.PICK, "cup", "cup")))
    assert unlike_training(plan, START) == []


def test_a_wide_block_is_said_once_however_often_it_is_handled() -> None:
    wide = replace(thing("red block", 0.4, 0.0), size=np.array([0.06, 0.04, 0.04]))
    assert unlike_training(Plan((PICK, BOWL, PICK)), scene(wide)) == [
        "the red block is 6.0 cm wide; I was trained on things of about 4 cm"
    ]


@pytest.mark.parametrize(("late", "noticed"), [(0.0, False), (0.02, False), (0.2, True)])
def test_a_late_arm_is_noticed_once(late: float, noticed: bool) -> None:
    lateness, said = Lateness(), []
    for tick in range(3 * SAMPLES):
        t, speed = tick / 50, np.array([0.5, -0.3])
        said.append(lateness.update(JointState(t, speed * (t - late), speed), speed * t))
    assert [s is not None for s in said].count(True) == noticed


def test_how_late_is_said() -> None:
    lateness, said = Lateness(), []
    for tick in range(SAMPLES):
        speed = np.array([0.5])
        said.append(lateness.update(JointState(tick / 50, speed * 0.0, speed), speed * 2 * LATE_S))
    assert said[:-1] == [None] * (SAMPLES - 1)
    assert said[-1] == "the arm follows its targets 0.14 s late; I was trained on one that follows at once"


def test_an_arm_that_hardly_moves_says_nothing_of_its_lateness() -> None:
    lateness = Lateness()
    slow = np.array([0.9 * MOVING_RAD_S])
    assert {lateness.update(JointState(t / 50, slow * 0.0, slow), slow) for t in range(2 * SAMPLES)} == {None}

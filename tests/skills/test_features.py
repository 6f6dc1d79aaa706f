"""What policy and motion planner see: one vector whose numbers have names, the same for any arm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import JointState, Pose
from sayso.hardware.worlds.standing import standing
from sayso.skills.features import (
    RATE_TICKS,
    Observation,
    OpeningRate,
    Proprioception,
    feature_names,
    features,
    opening_of,
)
from sayso.skills.goal import SubtaskGoal
from sayso.skills.posture import Posture

PANDA = load_arm("panda")
TOOL = Pose(np.array([0.5, 0.0, 0.15]), np.diag([1.0, -1.0, -1.0]))
BODY = Proprioception(PANDA.home, PANDA.home + 0.01, TOOL, 0.06, -0.02, closing=True)
PICK = SubtaskGoal.of_box(np.array([0.5, 0.0, 0.02]), np.array([0.04, 0.05, 0.03]), 0.0, clearance=0.04)
PUT = replace(PICK, place=np.array([0.6, 0.0, 0.02]), tolerance=0.01)


def named(body: Proprioception = BODY, goal: SubtaskGoal = PICK) -> dict[str, float]:
    values = features(body, goal)
    return dict(zip(feature_names(len(body.position)), values.tolist(), strict=True))


@pytest.mark.parametrize("dof", [5, 7])
def test_every_number_has_a_name_for_any_number_of_joints(dof: int) -> None:
    names = feature_names(dof)
    assert len(set(names)) == len(names)
    body = replace(BODY, position=np.zeros(dof), command=np.zeros(dof))
    values = features(body, PICK)
    assert values.shape == (len(names),) and values.dtype == np.float32


def test_the_joints_are_where_they_are_and_lag_behind_their_command() -> None:
    seen = named()
    assert [seen[f"joint{i}"] for i in range(7)] == pytest.approx(PANDA.home.tolist())
    assert {round(seen[f"lag{i}"], 5) for i in range(7)} == {0.1}


def test_distances_are_seen_coarse_and_fine() -> None:
    seen = named()
    assert seen["object_z"] == pytest.approx(3 * (0.02 - 0.15))
    assert seen["object_near_z"] == pytest.approx(np.tanh((0.02 - 0.15) / 0.02))
    aside = named(goal=replace(PICK, position=np.array([0.53, 0.04, 0.02])))
    assert aside["object_off"] == pytest.approx(np.tanh(0.05 / 0.012)) and seen["object_off"] == 0.0


def test_the_hand_is_open_by_so_much_more_than_the_object_is_wide() -> None:
    seen = named()
    assert seen["width"] == pytest.approx(20 * 0.05) and seen["fit"] == pytest.approx(np.tanh(0.01 / 0.02))
    assert (seen["opening"], seen["rate"], seen["closing"]) == pytest.approx((0.6, -0.1, 1.0))


def test_a_pick_has_no_place() -> None:
    seen = named()
    assert not any(seen[name] for name in seen if name.startswith("plac") or name == "tolerance")


def test_a_place_is_seen_from_the_object_s_underside() -> None:
    seen = named(goal=PUT)
    assert seen["placing"] == 1.0 and seen["place_x"] == pytest.approx(0.3)
    assert seen["place_z"] == pytest.approx(3 * (0.02 - 0.005)) and seen["tolerance"] == pytest.approx(0.5)
    assert seen["place_off"] == pytest.approx(np.tanh(0.1 / 0.012))


def test_what_is_held_hangs_below_the_tool_and_has_to_clear_other_things_too() -> None:
    free = named(goal=replace(PICK, position=np.array([0.5, 0.0, 0.10])))
    held = named(goal=replace(PICK, position=np.array([0.5, 0.0, 0.10]), held=True))
    assert free["over_clearance"] == pytest.approx(5 * (0.15 - 0.04)) and free["held"] == 0.0
    assert held["over_clearance"] == pytest.approx(5 * (0.085 - 0.04)) and held["held"] == 1.0


def test_a_block_looks_the_same_after_a_quarter_turn() -> None:
    seen, turned = named(goal=replace(PICK, yaw=0.2)), named(goal=replace(PICK, yaw=0.2 + np.pi / 2))
    assert [turned[n] for n in ("turn_sin", "turn_cos")] == pytest.approx([seen[n] for n in ("turn_sin", "turn_cos")])


def test_a_grasp_looks_the_same_after_half_a_turn_alone() -> None:
    seen, quarter, half = (named(goal=replace(PICK, yaw=0.2 + turn)) for turn in (0.0, np.pi / 2, np.pi))
    assert half["grasp_sin"] == pytest.approx(seen["grasp_sin"]) == pytest.approx(np.sin(0.4))
    assert quarter["grasp_sin"] == pytest.approx(-seen["grasp_sin"])


def test_how_far_a_thing_reaches_below_the_fingers_is_seen() -> None:
    tall = named(goal=replace(PUT, position=np.array([0.5, 0.0, 0.1]), hang=0.07, above=0.03))
    assert tall["hang"] == pytest.approx(20 * 0.07) and tall["height"] == pytest.approx(20 * 0.1)
    assert tall["place_z"] == pytest.approx(3 * (0.02 - 0.03)), "its underside is 3 cm above the table"


def test_an_arm_on_a_pedestal_is_seen_as_one_that_stands_on_the_table() -> None:
    raised = standing(PANDA, 0.1)
    posture = Posture(raised)
    body = replace(BODY, position=raised.home, command=raised.home, posture=posture)
    seen = [named(body)[f"joint{i}"] for i in range(7)]
    assert seen == pytest.approx(posture.standing(raised.home).tolist(), abs=1e-6)


def test_an_observation_holds_what_it_was_made_of() -> None:
    observation = Observation.of(BODY, PUT)
    assert observation.body is BODY and observation.goal is PUT
    assert np.array_equal(observation.features, features(BODY, PUT))


def test_the_rate_of_the_opening_is_over_the_last_ticks() -> None:
    rate = OpeningRate(0.02)
    assert rate.update(0.08) == 0.0, "of one reading nothing is known"
    assert rate.update(0.06) == pytest.approx(-1.0)
    for _ in range(RATE_TICKS - 1):
        last = rate.update(0.06)
    assert last == pytest.approx(-0.02 / (RATE_TICKS * 0.02))
    assert rate.update(0.06) == 0.0, "the fingers have stood for so long"


def test_the_opening_is_in_meters_and_none_without_a_gripper() -> None:
    state = JointState(0.0, PANDA.home, np.zeros(7), 0.5)
    assert PANDA.gripper is not None and opening_of(PANDA, state) == pytest.approx(PANDA.gripper.width / 2)
    assert opening_of(replace(PANDA, gripper=None), state) == 0.0

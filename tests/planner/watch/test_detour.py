"""Detours: up and across where the policy's own way is too low, none where it is free, a gap where none is possible."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import Array, Pose
from sayso.perception.scene import SceneObject
from sayso.planner.watch.detour import Detour
from sayso.skills.goal import SubtaskGoal
from sayso.skills.hand_shape import HandShape, Keepout
from sayso.skills.motion import Axis

SPEC = load_arm("panda")
DOWN = Kinematics(SPEC).forward(SPEC.home).rotation
DETOUR = Detour(HandShape(SPEC), SPEC.gripper, 0.55)
SIZE = np.full(3, 0.04)


ITEM = SceneObject("b", {"block": 1.0}, {"red": 1.0}, np.array([0.5, 0.25, 0.02]), SIZE)


def goal(y: float, clearance: float = 0.04) -> SubtaskGoal:
    return SubtaskGoal.of_box(np.array([0.5, y, 0.02]), SIZE, 0.0, clearance=clearance)


def block(y: float, distance: float) -> Keepout:
    return Keepout("x", np.array([0.5, y, 0.02]), SIZE, 0.0, False, distance)


def tool(y: float, z: float) -> Pose:
    return Pose(np.array([0.5, y, z]), DOWN)


def way(pose: Pose, things: list[Keepout], to: SubtaskGoal) -> Array:
    """Signs of the motion along x, y and z; zeros without a detour."""
    motion = DETOUR.motion(pose, to, None, things)
    out = np.zeros(3)
    for step in motion.steps if motion is not None else ():
        assert step.axis <= Axis.Z
        out[step.axis] = step.sign
    return out


def test_the_hand_first_goes_up_and_then_across() -> None:
    things = [block(0.0, 0.10)]
    assert way(tool(-0.25, 0.10), things, goal(0.25)) == pytest.approx([0, 0, 1])
    assert way(tool(-0.25, 0.25), things, goal(0.25)) == pytest.approx([0, 1, 0])


def test_no_detour_where_the_way_is_free() -> None:
    assert not way(tool(-0.25, 0.10), [block(0.0, 0.0)], goal(0.25)).any()  # passes above
    assert not way(
        tool(-0.25, 0.10), [Keepout("x", np.array([0.9, 0.0, 0.02]), SIZE, 0.0, False, 0.1)], goal(0.25)
    ).any()
    assert not way(tool(0.24, 0.3), [block(0.0, 0.10)], goal(0.25)).any()  # there already
    assert not way(tool(-0.25, 0.10), [], goal(0.25)).any()


def test_a_place_that_is_too_near_is_known_before() -> None:
    found = DETOUR.gap(tool(-0.25, 0.3), goal(0.25), ITEM, [block(0.15, 0.10)])
    assert found is not None and found[0] < 0.10
    assert DETOUR.gap(tool(-0.25, 0.3), goal(0.25), ITEM, [block(0.0, 0.10)]) is None


def test_a_way_that_no_height_frees_is_known_before() -> None:
    found = DETOUR.gap(tool(-0.4, 0.3), goal(0.4), ITEM, [block(0.0, 0.48)])
    assert found is not None and found[1].id == "x"

"""A hand that is driven at a thing stops ahead of it and slides along it; its distance is that of its surface."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import Array, Pose
from sayso.skills.hand_shape import HandShape, Keepout, nearest
from sayso.skills.keep_clear import kept_clear
from sayso.skills.policy import POLICY_HZ, chunk_from_velocity

SPEC = load_arm("panda")
ARM, SHAPE = Kinematics(SPEC), HandShape(SPEC)
DOWN = ARM.forward(SPEC.home).rotation


def block(x: float, y: float, distance: float = 0.0) -> Keepout:
    return Keepout("x", np.array([x, y, 0.02]), np.full(3, 0.04), 0.0, False, distance)


def driven(twist: Array, thing: Keepout, start: Array, seconds: float) -> tuple[list[Array], list[float]]:
    """Tool positions and gaps of an arm that follows this tool twist as far as it may."""
    q, tools, gaps = ARM.reach(Pose(start, DOWN), SPEC.home), [], []
    for _ in range(int(seconds * POLICY_HZ)):
        jacobian, tool = ARM.jacobian(q), ARM.forward(q)
        hand = SHAPE.points(tool)
        chunk = chunk_from_velocity(0.0, q, np.linalg.pinv(jacobian) @ twist, closed=False)
        q = q + kept_clear(chunk, tool, jacobian, hand, [thing]).slopes[0] / POLICY_HZ
        tools.append(ARM.forward(q).position)
        gaps.append(nearest(SHAPE.points(ARM.forward(q)), thing).gap)
    return tools, gaps


@pytest.mark.parametrize("distance", [0.0, 0.08])
def test_a_hand_driven_at_a_thing_stays_away(distance: float) -> None:
    tools, gaps = driven(np.array([0, 0.2, 0, 0, 0, 0]), block(0.5, 0.1, distance), np.array([0.5, -0.15, 0.03]), 3.0)
    assert min(gaps) >= distance
    assert tools[-1][1] > tools[0][1] + 0.02  # it went as near as it may


def test_a_hand_that_goes_down_on_a_thing_stops_above() -> None:
    _, gaps = driven(np.array([0, 0, -0.2, 0, 0, 0]), block(0.5, 0.06), np.array([0.5, 0.0, 0.3]), 3.0)
    assert 0.0 <= min(gaps) < 0.012


def test_a_motion_past_a_thing_is_not_changed() -> None:
    q = ARM.reach(Pose(np.array([0.5, 0.0, 0.3]), DOWN), SPEC.home)
    chunk = chunk_from_velocity(0.0, q, np.full(SPEC.dof, 0.1), closed=True)
    hand = SHAPE.points(ARM.forward(q))
    assert kept_clear(chunk, ARM.forward(q), ARM.jacobian(q), hand, [block(0.5, 0.3)]) is chunk


def test_the_gap_to_a_box_and_to_a_cylinder() -> None:
    points = np.array([[0.5, 0.0, 0.10]])
    box = Keepout("b", np.array([0.5, 0.0, 0.02]), np.array([0.04, 0.04, 0.04]), 0.4, False, 0.0)
    assert nearest(points, box).gap == pytest.approx(0.06)
    bowl = Keepout("b", np.array([0.5, 0.2, 0.03]), np.array([0.2, 0.2, 0.06]), 0.0, True, 0.0)
    beside = nearest(np.array([[0.5, 0.0, 0.03]]), bowl)
    assert beside.gap == pytest.approx(0.10) and beside.away == pytest.approx([0.0, -1.0, 0.0])
    assert nearest(np.array([[0.5, 0.2, 0.05]]), bowl).gap == pytest.approx(-0.01)
    deep = nearest(np.array([[0.515, 0.005, 0.02]]), replace(box, yaw=0.0))
    assert deep.gap == pytest.approx(-0.005) and deep.away == pytest.approx([1.0, 0.0, 0.0])


@pytest.mark.parametrize("name", ["panda", "so101", "ur5e"])
def test_the_points_of_a_hand_lie_around_its_tool(name: str) -> None:
    spec = load_arm(name)
    points = HandShape(spec).points(Pose(np.zeros(3), np.eye(3)))
    assert spec.gripper is not None
    wide = np.ptp(points[points[:, 2] > -0.03], axis=0)[:2].max()
    assert spec.gripper.width < wide < spec.gripper.width + 0.10, "open fingers"
    assert points[:, 2].max() == pytest.approx(spec.gripper.fingertip, abs=0.02)

"""The arm feels where its tool is and how fast its fingers go, from joint readings alone."""

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import JointState
from sayso.hardware.worlds.standing import standing
from sayso.skills.policy import POLICY_HZ
from sayso.skills.proprioception import ProprioceptionEstimator

PANDA = load_arm("panda")
COMMAND = PANDA.home + 0.01


def state(gripper: float = 1.0) -> JointState:
    return JointState(0.0, PANDA.home, np.zeros(7), gripper)


def test_the_tool_is_where_the_joints_put_it() -> None:
    body = ProprioceptionEstimator(PANDA).sense(state(), COMMAND, True)
    there = Kinematics(PANDA).forward(PANDA.home)
    assert np.allclose(body.tool.position, there.position) and np.allclose(body.tool.rotation, there.rotation)
    assert np.array_equal(body.position, PANDA.home) and np.array_equal(body.command, COMMAND)
    assert body.closing and body.posture is None


def test_the_fingers_speed_is_felt_from_tick_to_tick() -> None:
    estimator = ProprioceptionEstimator(PANDA)
    assert PANDA.gripper is not None
    first, second = (estimator.sense(state(gripper), COMMAND, True) for gripper in (1.0, 0.9))
    assert first.rate == 0.0 and first.opening == pytest.approx(PANDA.gripper.width)
    assert second.rate == pytest.approx(-0.1 * PANDA.gripper.width * POLICY_HZ)


def test_an_arm_on_a_pedestal_feels_its_posture() -> None:
    assert ProprioceptionEstimator(standing(PANDA, 0.1)).sense(state(), COMMAND, False).posture is not None

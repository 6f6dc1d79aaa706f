"""An arm goes home from where it was found, slowly, and says so if it does not get there."""

import numpy as np
import pytest

from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.homing import SPEED, go_home
from sayso.hardware.mock_robot import Fault, MockRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget, RobotSpec


def at_rest(spec: RobotSpec) -> MockRobot:
    robot = MockRobot(spec, FakeClock(10.0))
    robot.connect()
    start = spec.home + 0.4 if spec.rest is None else spec.rest
    robot.write(JointTarget(start, np.zeros(spec.dof), 0.3, np.inf))
    robot.written.clear()
    return robot


def check(spec: RobotSpec) -> None:
    robot, period = at_rest(spec), 1 / spec.control_hz
    go_home(robot, Guard(spec, period))
    assert np.allclose(robot.read().position, spec.home, atol=0.03)
    way = np.array([target.position for target in robot.written])
    assert np.abs(np.diff(way, axis=0)).max() < 1.1 * SPEED * period
    assert {target.gripper for target in robot.written} == {0.3}


@pytest.mark.parametrize("name", ["so101", "koch"])
def test_an_arm_rises_from_where_it_lies(name: str) -> None:
    check(load_arm(name))


def test_an_arm_without_a_rest_pose_goes_home_too(planar: RobotSpec) -> None:
    check(planar)


def test_an_arm_that_is_held_says_which_joint_is_how_far_away(planar: RobotSpec) -> None:
    robot = at_rest(planar)
    robot.faults = Fault.STUCK
    with pytest.raises(RobotError, match=r"planar does not get home: \w+ is 0\.40 rad away; is something in its way"):
        go_home(robot, Guard(planar, 1 / planar.control_hz))

"""What every arm does, whatever drives it: its tests inherit `ArmConformance` and say how the arm is reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pytest

from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.check import PLACE_SLACK_RAD
from sayso.hardware.control.stepped_controller import SteppedController
from sayso.hardware.drivers.driver import Mode
from sayso.hardware.robot import NoReading, Robot, RobotError
from sayso.hardware.types import Array, JointTarget
from tests.hardware.emulated_arm import at_rest, problems_of

DRIVE_RAD_S = 0.2
LOST_WITHIN_S = 30.0  # a busy computer may be late


@dataclass(frozen=True)
class Device:
    """An arm as itself, apart from the driver under test.

    ``open`` makes another driver of it, not connected. ``joints`` (n,) rad are where the arm really is, ``told`` is
    everything that the device has been told so far, ``holds`` whether every joint has its torque (None: the maker's
    box sees to that). ``cut`` takes the line away until ``mend``; then an error matches ``lost``. ``absent`` are
    drivers of arms that are not there, each with what is said of it.
    """

    open: Callable[[Mode], Robot]
    joints: Callable[[], Array]
    told: Callable[[], object]
    cut: Callable[[], object]
    mend: Callable[[], object]
    lost: str
    absent: Sequence[tuple[Callable[[], Robot], str]] = ()
    holds: Callable[[], bool] | None = None


def drive(robot: Robot, seconds: float, gripper: float = 1.0, speed: float = DRIVE_RAD_S) -> None:
    """Turn the base on from where it is, at ``speed`` rad/s, and write all the while."""
    start, begin = robot.read().position, robot.clock.now()
    turn = np.eye(robot.spec.dof)[0] * speed
    while (t := robot.clock.now() - begin) < seconds:
        robot.write(JointTarget(start + turn * t, turn, gripper, robot.clock.now() + 0.5))
        robot.clock.sleep_until(begin + t + 1 / robot.spec.control_hz)


def wait(robot: Robot, seconds: float) -> None:
    robot.clock.sleep_until(robot.clock.now() + seconds)


def holding(arm: Robot) -> SteppedController[Robot]:
    """A controller around ``arm``, started and told to stay where it is, whose cycles are turned by hand."""
    stepped = SteppedController(arm)
    stay = JointTarget(arm.read().position, np.zeros(arm.spec.dof), 1.0, np.inf)
    stepped.stream = lambda: stay
    return stepped.start()


class ArmConformance:
    """A subclass gives the fixture ``device``; what an arm does differently it overrides, and says why."""

    still_rad = 0.02
    """As far as an arm that holds may sag."""

    @pytest.fixture
    def arm(self, device: Device) -> Iterator[Robot]:
        """A driver of the arm that may move it, not connected yet."""
        robot = device.open(Mode.LIVE)
        yield robot
        robot.disconnect()

    def test_it_keeps_the_contract(self, arm: Robot) -> None:
        assert problems_of(arm) == []

    def test_nothing_is_read_or_written_before_it_is_connected_or_after(self, arm: Robot) -> None:
        still = JointTarget(arm.spec.home, np.zeros(arm.spec.dof), 1.0, np.inf)
        with pytest.raises(RobotError, match="connect"):
            arm.read()
        with pytest.raises(RobotError, match="connect"):
            arm.write(still)
        arm.connect()
        arm.read()
        arm.disconnect()
        with pytest.raises(RobotError, match="connect"):
            arm.read()

    def test_it_reads_radians_of_the_joints_that_its_description_names(self, device: Device, arm: Robot) -> None:
        arm.connect()
        at_rest(arm)
        state = arm.read()
        assert np.allclose(state.position, device.joints(), atol=0.01)
        ranges = joint_ranges(arm.spec.urdf)
        for name, at in zip(arm.spec.joints, state.position.tolist(), strict=True):
            assert ranges[name][0] - PLACE_SLACK_RAD <= at <= ranges[name][1] + PLACE_SLACK_RAD
        assert np.abs(state.velocity).max() < 0.1, "rad/s of an arm that stands"
        assert 0.0 <= state.gripper <= 1.0
        assert abs(state.t - arm.clock.now()) < 1.0, "s of its own clock"

    def test_once_connected_it_holds_where_it_is(self, device: Device, arm: Robot) -> None:
        before = device.joints()
        arm.connect()
        arm.read()
        wait(arm, 0.3)
        assert np.abs(device.joints() - before).max() < self.still_rad
        assert device.holds is None or device.holds()

    def test_a_target_that_came_too_late_is_not_sent(self, device: Device, arm: Robot) -> None:
        arm.connect()
        here = at_rest(arm)
        late = JointTarget(here + 0.05, np.zeros(arm.spec.dof), 1.0, arm.clock.now() - 0.001)
        assert np.allclose(arm.write(late).position, here, atol=0.01), "it is told to stay"
        wait(arm, 0.2)
        assert np.abs(device.joints() - here).max() < self.still_rad

    def test_a_stop_keeps_it_where_it_is_and_it_can_go_on(self, device: Device, arm: Robot) -> None:
        arm.connect()
        drive(arm, 0.3)
        arm.stop()
        arm.stop()
        stopped = device.joints()
        wait(arm, 0.5)
        assert np.abs(device.joints() - stopped).max() < 0.1, f"it went on for 0.5 s at {DRIVE_RAD_S} rad/s"
        before, until = device.joints()[0], arm.clock.now() + 30.0
        while abs(device.joints()[0] - before) < 0.01 and arm.clock.now() < until:
            drive(arm, 0.1)
        assert abs(device.joints()[0] - before) >= 0.01

    def test_its_hand_goes_where_it_is_told(self, arm: Robot) -> None:
        arm.connect()
        for opening in (0.25, 1.0):
            until = arm.clock.now() + 30.0
            while abs(arm.read().gripper - opening) > 0.02 and arm.clock.now() < until:
                drive(arm, 0.1, gripper=opening, speed=0.0)
            assert arm.read().gripper == pytest.approx(opening, abs=0.02)

    def test_to_disconnect_moves_nothing_and_lets_nothing_go_limp(self, device: Device, arm: Robot) -> None:
        arm.connect()
        drive(arm, 0.2)
        at_rest(arm)
        there = device.joints()
        arm.disconnect()
        arm.disconnect()
        wait(arm, 0.3)
        assert np.abs(device.joints() - there).max() < self.still_rad
        assert device.holds is None or device.holds()

    def test_while_it_is_driven_a_second_master_is_refused(self, device: Device, arm: Robot) -> None:
        arm.connect()
        second = device.open(Mode.LIVE)
        with pytest.raises(RobotError, match="is already driven by process"):
            second.connect()
        drive(arm, 0.1)
        arm.disconnect()
        second.connect()
        second.read()
        second.disconnect()

    def test_a_lost_line_is_named_and_lasts_until_somebody_connects_again(self, device: Device, arm: Robot) -> None:
        arm.connect()
        drive(arm, 0.1)
        device.cut()
        with pytest.raises(RobotError, match=device.lost) as error:
            self._read_until_lost(arm)
        assert not isinstance(error.value, NoReading), "that would be bridged"
        assert "\n" not in str(error.value)
        with pytest.raises(RobotError):
            arm.read()
        device.mend()
        arm.disconnect()
        arm.connect()
        arm.read()

    @staticmethod
    def _read_until_lost(arm: Robot) -> None:
        until = arm.clock.now() + LOST_WITHIN_S
        while arm.clock.now() < until:
            with suppress(NoReading):
                arm.read()
            wait(arm, 1 / arm.spec.control_hz)

    def test_only_listening_tells_the_device_nothing(self, device: Device) -> None:
        before = device.told()
        with device.open(Mode.READ_ONLY) as robot:
            here = at_rest(robot)
            told = robot.write(JointTarget(here + 0.2, np.zeros(robot.spec.dof), 0.0, robot.clock.now() + 1.0))
            robot.stop()
            wait(robot, 0.2)
            assert np.allclose(told.position, here, atol=1e-2), "what was not sent is not told as sent"
            assert np.abs(device.joints() - here).max() < self.still_rad
        assert device.told() == before

    def test_an_arm_that_is_not_there_is_told_in_one_line(self, device: Device) -> None:
        for make, says in device.absent:
            with pytest.raises(RobotError, match=says) as error:
                make().connect()
            assert "\n" not in str(error.value)

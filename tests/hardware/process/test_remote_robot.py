"""An arm behind its loop lies down only because a person wants that, and a stop pressed by anybody ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from sayso.hardware.control.guard import Guard
from sayso.hardware.control.homing import StoppedError, go_home
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.outside_stop import press_from_outside
from sayso.hardware.process.remote_robot import RemoteRobot
from sayso.hardware.types import RobotSpec
from tests.hardware import loop_parts
from tests.hardware.control.test_homing import at_rest
from tests.hardware.process.test_control_process import wait_for


@pytest.fixture
def robot(planar: RobotSpec, tmp_path: Path) -> Iterator[RemoteRobot]:
    arm = RemoteRobot(planar, partial(loop_parts.Sleepy, planar, str(tmp_path / "begun")), realtime=False)
    with arm:
        yield arm


STOPS: dict[str, Callable[[RemoteRobot], None]] = {
    "the session": lambda robot: robot.stop(),
    "another program": lambda robot: print(press_from_outside(robot.stop_line)),
}


def test_it_lies_down_and_the_loop_ends(robot: RemoteRobot) -> None:
    assert robot.rest()


@pytest.mark.parametrize("who", STOPS)
def test_a_stop_pressed_before_keeps_it_from_lying_down(robot: RemoteRobot, who: str, tmp_path: Path) -> None:
    STOPS[who](robot)
    assert robot.pressed
    assert not robot.rest()
    robot.disconnect()
    assert not (tmp_path / "begun").exists()


@pytest.mark.parametrize("who", STOPS)
def test_a_stop_ends_the_lying_down(robot: RemoteRobot, who: str, tmp_path: Path) -> None:
    begun, pressed = tmp_path / "begun", []

    def look() -> bool:
        if begun.exists() and not pressed:
            pressed.append(STOPS[who](robot))
        return False

    assert not robot.rest(look)
    assert pressed


def test_who_asks_for_the_rest_may_stop_it_too(robot: RemoteRobot, tmp_path: Path) -> None:
    assert not robot.rest((tmp_path / "begun").exists)


def test_a_stop_before_connecting_keeps_the_arm_from_being_started(planar: RobotSpec) -> None:
    arm = RemoteRobot(planar, partial(loop_parts.mock, planar), realtime=False)
    arm.stop()
    with pytest.raises(StoppedError, match="planar was stopped before it moved; it holds where it is"):
        arm.connect()
    arm.connect()  # a person connects it again
    assert not arm.pressed
    arm.disconnect()


def test_a_start_that_is_older_than_a_stop_starts_nothing(robot: RemoteRobot) -> None:
    robot.stop()
    wait_for(robot, lambda report: report.state is State.STOPPED)
    robot.order(arm=True, start=True, clear=False)
    wait_for(robot, lambda report: "the stop was pressed meanwhile" in report.text)
    assert robot.report().state is State.STOPPED
    robot.order(arm=True, start=True)  # a person, who knows of the stop
    wait_for(robot, lambda report: report.state in (State.RUNNING, State.HOLDING))


def test_a_stop_that_is_held_lets_nobody_start_the_arm(robot: RemoteRobot) -> None:
    robot.hold_stop(True)
    wait_for(robot, lambda report: report.state is State.STOPPED)
    robot.clear()
    assert robot.pressed, "to clear the stops lets go of none"
    with pytest.raises(StoppedError):
        robot.start()
    robot.order(arm=True, start=True)
    wait_for(robot, lambda report: "the stop is held; release it first" in report.text)
    robot.hold_stop(False)
    robot.clear()
    assert robot.report().state is State.STOPPED, "to let go moves nothing"
    robot.start()
    assert robot.report().state in (State.RUNNING, State.HOLDING)


def test_the_way_home_ends_at_a_stop(planar: RobotSpec) -> None:
    robot = at_rest(planar)
    with pytest.raises(StoppedError, match="planar was stopped on its way home; it holds where it is"):
        go_home(robot, Guard(planar, 1 / planar.control_hz), stopped=lambda: len(robot.written) >= 20)
    assert len(robot.written) == 20
    assert np.abs(robot.read().position - planar.home).max() > 0.1

"""Drivers are found by name and loaded late; what is never sent to an arm is decided in one place."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import numpy as np
import pytest

import sayso.hardware.drivers.open as opening
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.check import check_robot
from sayso.hardware.clock import FakeClock
from sayso.hardware.drivers.driver import REDUCED_SPEED, Connection, Driver, Mode
from sayso.hardware.drivers.open import driver_names, open_driver
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointState, JointTarget, RobotSpec


class Noted(Driver):
    """Is wherever it was told to be, and notes what it was told."""

    def connect(self) -> None:
        self.sent: list[JointTarget] = []
        self._at = self.spec.home

    def read(self) -> JointState:
        return JointState(self.clock.now(), self._at, np.zeros(self.spec.dof), 0.5)

    def send(self, target: JointTarget) -> JointTarget:
        self.sent.append(target)
        self._at = target.position
        return target

    def stop(self) -> None:
        pass

    def disconnect(self) -> None:
        pass


class Watched(Noted):
    watchdog_s = 0.1


@pytest.fixture
def other_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    points = EntryPoints(
        [
            EntryPoint("noted", f"{__name__}:Noted", opening.GROUP),
            EntryPoint("sdkless", "no_such_sdk:Arm", opening.GROUP),
            EntryPoint("moved", f"{__name__}:Gone", opening.GROUP),
        ]
    )
    monkeypatch.setattr(opening, "entry_points", lambda group: points.select(group=group))
    yield


def test_a_name_that_is_not_there_is_told_from_those_that_are(other_package: None) -> None:
    with pytest.raises(RobotError, match=r"no robot 'so999'; there are: .*koch, moved, noted, .*sdkless, so100, so101"):
        open_driver("so999", Connection())


@pytest.mark.parametrize("name", sorted(opening.BUILT_IN))
def test_a_mock_needs_neither_device_nor_library(name: str) -> None:
    robot = open_driver(name, Connection(mode=Mode.MOCK), FakeClock())
    assert isinstance(robot, MockRobot)
    assert check_robot(robot) == []


def test_another_package_adds_a_driver(other_package: None) -> None:
    assert "noted" in driver_names()
    robot = open_driver("noted", Connection(mode=Mode.LIVE, options={"arm": "so101"}), FakeClock())
    assert isinstance(robot, Noted) and robot.spec.name == "so101"


def test_a_missing_library_is_named_with_what_brings_it(other_package: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(opening.BUILT_IN, "lost", opening._Found("no_such_sdk:Arm", "so101", "lost"))
    with pytest.raises(
        RobotError, match=r"the driver of lost needs the library no_such_sdk: pip install 'sayso\[lost\]'"
    ):
        open_driver("lost", Connection())
    with pytest.raises(RobotError, match="needs the library no_such_sdk: install what no_such_sdk"):
        open_driver("sdkless", Connection(options={"arm": "so101"}))
    with pytest.raises(RobotError, match=r"moved, .*:Gone, cannot be loaded"):
        open_driver("moved", Connection(options={"arm": "so101"}))


def goal(spec: RobotSpec, joint: int = 0, by: float = 0.02, expires: float = np.inf) -> JointTarget:
    step = np.zeros(spec.dof)
    step[joint] = by
    return JointTarget(spec.home + step, np.ones(spec.dof), 0.2, expires)


def robot(kind: type[Noted], spec: RobotSpec, mode: Mode) -> Noted:
    made = kind(spec, Connection(mode=mode), FakeClock(5.0))
    made.connect()
    return made


def test_read_only_sends_nothing_and_says_so(panda: RobotSpec) -> None:
    arm = robot(Watched, panda, Mode.READ_ONLY)
    told = arm.write(goal(panda))
    assert arm.sent == []
    assert np.array_equal(told.position, panda.home) and not told.velocity.any() and told.gripper == 0.5


def test_an_expired_target_is_not_sent(panda: RobotSpec) -> None:
    arm = robot(Watched, panda, Mode.LIVE)
    assert np.array_equal(arm.write(goal(panda, expires=4.9)).position, panda.home)
    assert arm.sent == []
    arm.write(goal(panda, expires=5.1))
    assert len(arm.sent) == 1


def test_with_a_watchdog_of_its_own_an_arm_may_be_fast(panda: RobotSpec) -> None:
    arm = robot(Watched, panda, Mode.LIVE)
    assert np.array_equal(arm.write(goal(panda)).position, goal(panda).position)


def test_without_a_watchdog_the_tool_keeps_to_reduced_speed(panda: RobotSpec) -> None:
    """0.02 rad a period of 4 ms is over 2 m/s at this reach."""
    arm = robot(Noted, panda, Mode.LIVE)
    assert isinstance(arm.clock, FakeClock)
    kinematics, period = Kinematics(panda), 1 / panda.control_hz
    before = kinematics.forward(panda.home).position
    for _ in range(20):
        arm.write(goal(panda, by=0.4))
        now = kinematics.forward(arm.sent[-1].position).position
        speed = float(np.linalg.norm(now - before)) / period
        assert 0.9 * REDUCED_SPEED < speed < 1.01 * REDUCED_SPEED
        before = now
        arm.clock.t += period
    arm.clock.t += 10.0
    arm.write(goal(panda, by=0.4))
    leap = float(np.linalg.norm(kinematics.forward(arm.sent[-1].position).position - before))
    assert leap < 2.1 * REDUCED_SPEED * period, "a late loop does not leap"
    slow = goal(panda, by=0.4)
    while not np.allclose(arm.write(slow).position, slow.position, atol=1e-12):
        arm.clock.t += period
    assert np.array_equal(arm.sent[-1].position, slow.position)


def test_connection_is_not_live_unless_it_is_said() -> None:
    assert Connection("/dev/ttyACM0", calibration=Path("a.json")).mode is Mode.READ_ONLY


class Choosy(Noted):
    option_names = ("speed",)


def test_a_class_from_elsewhere_may_name_its_options() -> None:
    name = f"{__name__}:Choosy"
    opened = open_driver(name, Connection(options={"arm": "so101", "speed": "slow"}), FakeClock())
    assert isinstance(opened, Choosy) and opened.connection.options["speed"] == "slow"
    with pytest.raises(RobotError, match=r"Choosy has no option 'spede'; there are: arm, speed; did you mean speed\?"):
        open_driver(name, Connection(options={"arm": "so101", "spede": "slow"}), FakeClock())
    loose = open_driver(f"{__name__}:Noted", Connection(options={"arm": "so101", "spede": "slow"}), FakeClock())
    assert isinstance(loose, Noted), "of a class that names none nothing is known"


def test_two_packages_with_a_robot_of_one_name_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    points = EntryPoints([EntryPoint("theirs", f"{__name__}:{kind}", opening.GROUP) for kind in ("Noted", "Choosy")])
    monkeypatch.setattr(opening, "entry_points", lambda group: points.select(group=group))
    with pytest.raises(
        RobotError, match=r"two packages add a robot 'theirs': .*:Choosy, .*:Noted; name one as MODULE:"
    ):
        open_driver("theirs", Connection(options={"arm": "so101"}))

"""An arm that does not stop by itself is slow, and says so: any class, by any name, from the words to the wire."""

import re
from dataclasses import replace
from functools import partial
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import numpy as np
import pytest

import sayso.hardware.drivers.open as opening
from sayso.backends.resolve_robot import resolve_robot
from sayso.bench.reliability.soak import Counted
from sayso.errors import UserError
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.check import check_robot
from sayso.hardware.clock import Clock, FakeClock, MonotonicClock
from sayso.hardware.drivers.driver import REDUCED_SPEED, Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.process.mock_device import MockDevice
from sayso.hardware.process.remote_robot import RemoteRobot
from sayso.hardware.robot import Robot, RobotError, watchdog_of
from sayso.hardware.types import JointState, JointTarget, RobotSpec

HERE = __name__


class Plain(Robot):
    """A third party's arm that knows nothing of watchdogs, modes or events: it is wherever it was told to be."""

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock) -> None:
        self.spec, self.clock = spec, clock
        self.told: list[JointTarget] = []
        self._at = spec.home

    def connect(self) -> None:
        pass

    def read(self) -> JointState:
        return JointState(self.clock.now(), self._at, np.zeros(self.spec.dof))

    def write(self, target: JointTarget) -> JointTarget:
        self.told.append(target)
        self._at = target.position
        return target

    def stop(self) -> None:
        pass

    def disconnect(self) -> None:
        pass


class Watched(Plain):
    watchdog_s = 0.1


class Odd(Plain):
    watchdog_s = 0.0


class Lost(Watched):
    """Its watchdog cannot be set as it is connected."""

    def connect(self) -> None:
        self.watchdog_s = None  # type: ignore[assignment]


def no_robot(spec: RobotSpec, connection: Connection, clock: Clock) -> object:
    return spec


class NoParts(Plain):
    def __init__(self) -> None:
        pass


def name_of(kind: type[Plain]) -> str:
    return f"{HERE}:{kind.__name__}"


def opened(name: str, mode: Mode = Mode.LIVE) -> Robot:
    return open_driver(name, Connection(mode=mode, options={"arm": "panda"}), FakeClock())


@pytest.mark.parametrize("kind", [Plain, Lost])
def test_without_a_watchdog_the_loop_keeps_the_tool_slow(kind: type[Plain], planar: RobotSpec) -> None:
    kinematics, speeds = Kinematics(planar), [0.0]
    with RemoteRobot(planar, partial(_made, kind, planar), realtime=False) as robot:
        end = robot.clock.now() + 10.0
        while np.abs(robot.read().position - planar.home).max() < 0.3:
            robot.write(JointTarget(planar.home + 1.0, np.zeros(2), 1.0, robot.clock.now() + 0.2))
            sent = robot.report().sent
            speeds.append(float(np.linalg.norm(kinematics.jacobian(sent.position)[:3] @ sent.velocity)))
            assert robot.clock.now() < end
            robot.clock.sleep_until(robot.clock.now() + 0.005)
    assert 0.8 * REDUCED_SPEED < max(speeds) < 1.01 * REDUCED_SPEED


def _made(kind: type[Plain], spec: RobotSpec) -> Plain:
    return kind(spec, Connection(), MonotonicClock())


def test_the_limits_that_are_shown_say_what_the_loop_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    points = EntryPoints([EntryPoint("theirs", name_of(Plain), opening.GROUP)])
    monkeypatch.setattr(opening, "entry_points", lambda group: points.select(group=group))
    monkeypatch.setattr(Plain, "spec", opened(name_of(Plain)).spec, raising=False)
    for name in ("theirs", name_of(Plain)):
        found = resolve_robot(name, live=True)
        assert found.watchdog_s is None and "250 mm/s" in found.limits
    found = resolve_robot(name_of(Watched), live=True)
    assert found.watchdog_s == 0.1 and "stops by itself 100 ms" in found.limits


def test_a_device_tells_its_own_watchdog(planar: RobotSpec) -> None:
    for after in (0.05, None):
        device = MockDevice(planar, after)
        assert device.make().watchdog_s == after
        device.close()
    assert MockRobot(planar).watchdog_s is None


@pytest.mark.parametrize("value", [0.0, -0.1, 60.0, np.nan, np.inf, True, "0.1"])
def test_a_watchdog_that_cannot_be_is_refused_by_all_readers(value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Odd, "watchdog_s", value)
    arm, said = opened(name_of(Odd)), r"watchdog_s is .*; above 0 to 1 s are allowed, None for a device that"
    with pytest.raises(RobotError, match=said):
        watchdog_of(arm)
    assert re.search(said, "; ".join(check_robot(arm)))
    monkeypatch.setattr(Plain, "spec", arm.spec, raising=False)
    with pytest.raises(UserError, match=said):
        resolve_robot(name_of(Odd), live=True)


def test_checking_an_arm_without_a_watchdog_moves_it_slowly(planar: RobotSpec) -> None:
    speeds, kinematics = {}, Kinematics(planar)
    quick = replace(planar, acceleration=9 * planar.acceleration)
    for kind in (Plain, Watched):
        arm = kind(quick, Connection(), FakeClock())
        assert check_robot(arm) == []
        speeds[kind] = max(float(np.linalg.norm(kinematics.jacobian(t.position)[:3] @ t.velocity)) for t in arm.told)
    assert speeds[Plain] < REDUCED_SPEED < speeds[Watched]


def test_a_class_that_knows_no_read_only_mode_is_kept_from_moving_all_the_same() -> None:
    arm = opened(name_of(Plain), Mode.READ_ONLY)
    arm.connect()
    there = arm.write(JointTarget(arm.spec.home + 1.0, np.ones(7), 0.0, np.inf))
    assert np.array_equal(there.position, arm.spec.home) and not there.velocity.any()
    assert np.array_equal(arm.read().position, arm.spec.home)
    assert arm.watchdog_s is None


def test_what_an_arm_has_to_tell_needs_no_word_of_its_class(planar: RobotSpec) -> None:
    one, other = _made(Plain, planar), _made(Plain, planar)
    one.events.append("it squeaks")
    assert one.events == ["it squeaks"] and other.events == []
    with RemoteRobot(planar, partial(_telling, planar), realtime=False) as robot:
        end = robot.clock.now() + 10.0
        while not robot.notes:
            assert robot.clock.now() < end
            robot.clock.sleep_until(robot.clock.now() + 0.01)
        assert robot.notes[0].text == "it squeaks"


def _telling(spec: RobotSpec) -> Plain:
    arm = _made(Plain, spec)
    arm.events.append("it squeaks")
    return arm


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"{HERE}:no_robot", "is no sayso.hardware.robot.Robot"),
        (f"{HERE}:NoParts", r"cannot be made of \(spec, connection, clock\)"),
        (f"{HERE}:Nobody", "cannot be loaded"),
        ("no_such_module:Arm", r"no robot 'no_such_module:Arm'; there are: .*MODULE:CLASS, lerobot:TYPE"),
        ("no such module:Arm", "no robot"),
        (":Arm", "no robot"),
        ("json:", "no robot"),
    ],
)
def test_what_is_no_driver_is_refused_in_one_line(name: str, said: str) -> None:
    with pytest.raises(RobotError, match=said) as error:
        opened(name)
    assert "\n" not in str(error.value)


def test_a_class_without_a_description_asks_for_one() -> None:
    with pytest.raises(RobotError, match=r"which arm is .*:Watched\? name the folder .* with the option arm"):
        open_driver(name_of(Watched), Connection())


def test_the_arm_of_the_guide_is_held_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[3] / "docs" / "add-a-robot.md"
    code = "\n".join(re.findall(r"```python\n(.*?)```", page.read_text(), re.S))
    (tmp_path / "guide_arm.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    found = resolve_robot("guide_arm:Iiwa", "192.168.1.9", live=True)
    assert found.spec.name == "iiwa" and found.watchdog_s is None and "250 mm/s" in found.limits
    assert open_driver(found.driver, found.connection).watchdog_s is None


def test_an_arm_whose_readings_are_counted_is_the_same_arm(planar: RobotSpec) -> None:
    counted = Counted(arm := _made(Watched, planar), None)  # type: ignore[arg-type]
    arm.events.append("it squeaks")
    assert counted.watchdog_s == 0.1 and counted.events == ["it squeaks"]

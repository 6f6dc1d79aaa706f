"""LeRobot's own code, where it is installed, as the client of the emulated servos and behind our driver."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sayso.emulation.emulators import emulated_arm
from sayso.emulation.hand import Hand
from sayso.hardware.check import check_robot
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.drivers.servo.calibration import read_calibration, write_calibration
from sayso.hardware.emulated.servo.bus import ServoBus
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget
from sayso.sim.device import SimDevice
from sayso.sim.scenes.scene_spec import SceneSpec

try:
    so_follower: Any = importlib.import_module("lerobot.robots.so_follower")
    motors_bus: Any = importlib.import_module("lerobot.motors.motors_bus")
except ImportError:
    pytest.skip("needs LeRobot", allow_module_level=True)

clock = MonotonicClock()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine may take longer to answer than any servo would."""

    def wait_long(port: Any, length: int) -> None:
        port.packet_start_time, port.packet_timeout = port.getCurrentTime(), 500.0

    monkeypatch.setattr("lerobot.motors.feetech.feetech.patch_setPacketTimeout", wait_long)
    monkeypatch.setattr("dynamixel_sdk.PortHandler.setPacketTimeout", wait_long)


@pytest.fixture
def stand(request: pytest.FixtureRequest) -> Iterator[tuple[ServoBus, SimDevice]]:
    with emulated_arm(getattr(request, "param", "so101"), SceneSpec(())) as (bus, _, device):
        assert isinstance(bus, ServoBus)
        yield bus, device


def follower(bus: ServoBus, folder: Path, name: str = "arm", **settings: Any) -> Any:
    write_calibration(folder / "arm.json", bus.calibration)
    config = so_follower.SO101FollowerConfig(port=bus.address, id=name, calibration_dir=folder, **settings)
    return so_follower.SO101Follower(config)


def wait(seconds: float) -> None:
    clock.sleep_until(clock.now() + seconds)


def test_it_connects_without_a_leap_and_holds_its_rate(stand: tuple[ServoBus, SimDevice], tmp_path: Path) -> None:
    bus, device = stand
    robot, before = follower(bus, tmp_path), device.read().position
    robot.connect(calibrate=False)
    assert robot.is_calibrated
    wait(0.3)
    assert np.abs(device.read().position - before).max() < 0.1
    action, began = robot.get_observation(), clock.now()
    for k in range(120):
        robot.get_observation()
        action["gripper.pos"] = 50 - 50 * np.cos(k / 30)
        robot.send_action(action)
        clock.sleep_until(began + (k + 1) / 60)
    assert clock.now() - began < 4.0
    for wanted in (100.0, 0.0):
        robot.send_action(action | {"gripper.pos": wanted})
        wait(1.5)
        assert robot.get_observation()["gripper.pos"] == pytest.approx(wanted, abs=2.0)
    robot.disconnect()
    assert not any(bus.motors.powered)


def test_a_step_is_no_faster_than_the_servo(stand: tuple[ServoBus, SimDevice], tmp_path: Path) -> None:
    bus, device = stand
    robot = follower(bus, tmp_path)
    robot.connect(calibrate=False)
    action = robot.get_observation()
    for goal_speed, fastest in ((0, 5.5), (500, 500 * 2 * np.pi / 4096)):
        robot.bus.write("Goal_Velocity", "shoulder_pan", goal_speed)
        start, speeds, way = device.read().position[0], [0.0], [0.0]
        action["shoulder_pan.pos"] += 60.0 if np.degrees(start) < 10 else -60.0
        robot.send_action(action)
        until = clock.now() + 2.5
        while clock.now() < until:
            state = device.read()
            speeds.append(abs(state.velocity[0]))
            way.append(abs(np.degrees(state.position[0] - start)))
            wait(0.005)
        assert max(speeds) < 1.05 * fastest and way[-1] == pytest.approx(60, abs=2) and max(way) < 63
    robot.disconnect()


def test_calibration_by_hand_finds_what_the_servos_are(
    stand: tuple[ServoBus, SimDevice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, device = stand
    hand = Hand(device)

    def sweep() -> Iterator[str | None]:
        """A person who moves a joint between two looks at the screen."""
        for name in bus.names.values():
            low, high = (0.0, 100.0) if name == "gripper" else np.degrees(bus.ranges[name]).tolist()
            for place in (f"{name} {low}", f"{name} {high}", "middle"):
                yield hand.obey(f"move {place}")
                yield ""

    steps = sweep()
    monkeypatch.setattr("builtins.input", lambda _: hand.obey("move middle"))
    monkeypatch.setattr(motors_bus, "move_cursor_up", lambda _: None)
    monkeypatch.setattr(motors_bus, "enter_pressed", lambda: next(steps, None) is None)
    robot = follower(bus, tmp_path, "new")
    robot.bus.connect()
    robot.calibrate()
    found = read_calibration(tmp_path / "new.json", tuple(bus.calibration))
    for name, c in bus.calibration.items():
        assert abs(found[name].homing_offset - c.homing_offset) <= 3
        assert abs(found[name].range_min - c.range_min) <= 12 and abs(found[name].range_max - c.range_max) <= 12
    robot.bus.disconnect()


def test_setup_motors_gives_factory_new_servos_their_ids(
    stand: tuple[ServoBus, SimDevice], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, _ = stand
    bus.fault("factory-new")
    wait(0.1)
    assert [bus.id_of(i) for i in bus.names] == [1] * 6
    robot = follower(bus, tmp_path)
    with pytest.raises(RuntimeError, match="Missing motor IDs"):
        robot.bus.connect()
    robot.bus.port_handler.closePort()

    def plug_in(prompt: str) -> str:
        bus.fault(f"only {prompt.split(chr(39))[1]}")
        return ""

    monkeypatch.setattr("builtins.input", plug_in)
    robot.setup_motors()
    robot.bus.port_handler.closePort()
    bus.recover()
    bus.fault("power-cycle")
    wait(0.1)
    assert [bus.id_of(i) for i in bus.names] == [1, 2, 3, 4, 5, 6]
    robot = follower(bus, tmp_path)
    robot.bus.connect()
    robot.bus.disconnect()


@pytest.mark.parametrize("stand", ["so101", "koch"], indirect=True)
def test_our_driver_drives_it_and_it_lies_down(stand: tuple[ServoBus, SimDevice], tmp_path: Path) -> None:
    bus, device = stand
    file = tmp_path / "arm.json"
    write_calibration(file, bus.calibration)
    arm = open_driver(f"lerobot:{device.spec.name}_follower", Connection(bus.address, Mode.LIVE, file))
    if device.spec.name == "so101":  # the simulated Koch sags by a little more than the contract allows
        assert check_robot(arm) == []
    arm.connect()
    here = arm.read()
    until = clock.now() + 2.0
    while clock.now() < until:
        arm.write(JointTarget(here.position, np.zeros(5), 1.0, clock.now() + 0.2))
        wait(0.01)
    assert arm.read().gripper == pytest.approx(1.0, abs=0.05) == device.read().gripper
    assert arm.rest(lambda: False) and not any(bus.motors.powered)
    arm.disconnect()


def test_an_arm_that_holds_itself_is_not_let_go_by_connecting(
    stand: tuple[ServoBus, SimDevice], tmp_path: Path
) -> None:
    bus, _ = stand
    file = tmp_path / "arm.json"
    write_calibration(file, bus.calibration)
    arm = open_driver("lerobot:so101_follower", Connection(bus.address, Mode.LIVE, file))
    arm.connect()
    arm.disconnect()
    assert all(bus.motors.powered)
    bus.written.clear()
    again = open_driver("lerobot:so101_follower", Connection(bus.address, Mode.LIVE, file))
    again.connect()
    again.read()
    assert all(bus.motors.powered) and 40 not in {register for _, register in bus.written}
    again.disconnect()


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("so101_follower", "is not calibrated; run lerobot-calibrate"),
        ("so102_follower", "LeRobot has no type 'so102_follower'; it has: .*so101_follower"),
    ],
)
def test_what_is_wrong_is_one_line(stand: tuple[ServoBus, SimDevice], kind: str, says: str) -> None:
    bus, _ = stand
    given = Connection(bus.address, Mode.LIVE, options={"id": "nobody-has-this", "arm": "so101"})
    with pytest.raises(RobotError, match=says) as error:
        open_driver(f"lerobot:{kind}", given).connect()
    assert "\n" not in str(error.value) and not any(bus.motors.powered)

"""The makers' libraries, unmodified, drive the SO-101 and the Koch over emulated buses; every fault has its name."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from floored import Floored
from servo_body import Body

from hardware.arms.load import load_arm
from hardware.check import check_robot
from hardware.clock import FakeClock
from hardware.drivers import serial_port
from hardware.drivers.driver import Connection, Mode
from hardware.drivers.open import open_driver
from hardware.drivers.servo_arm import ServoArm
from hardware.drivers.servo_bus import ServoError, ServoFault
from hardware.emulated.dynamixel import DynamixelBus
from hardware.emulated.servo_bus import ServoBus
from hardware.emulated.sts import StsBus
from hardware.robot import NoReading, RobotError
from hardware.servo_calibration import read_calibration, write_calibration
from hardware.states import State
from hardware.types import JointTarget

BUSES = {"so101": StsBus, "koch": DynamixelBus}
SDKS = {"so101": "scservo_sdk", "koch": "dynamixel_sdk"}
TICK = 2 * np.pi / 4096
PATIENT_MS = 500.0


@dataclass
class Bench:
    """An arm on the bench: its body, its electronics, and the clock that its drivers go by."""

    name: str
    body: Body
    bus: ServoBus
    clock: FakeClock

    def driver(
        self, mode: Mode = Mode.LIVE, port: str = "", calibration: Path | None = None, **options: str
    ) -> ServoArm:
        robot = open_driver(self.name, Connection(port or self.bus.address, mode, calibration, options), self.clock)
        assert isinstance(robot, ServoArm)
        return robot


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy test machine may take longer to answer than any arm would."""
    monkeypatch.setattr(serial_port, "ANSWER_MS", PATIENT_MS)


@contextmanager
def waiting(ms: float) -> Iterator[None]:
    """How long an answer is waited for."""
    before, serial_port.ANSWER_MS = serial_port.ANSWER_MS, ms
    yield
    serial_port.ANSWER_MS = before


def impatience() -> AbstractContextManager[None]:
    """As in use: where an answer is waited for in vain, more would take too long."""
    return waiting(20.0)


def patient_again() -> AbstractContextManager[None]:
    """Where there is an answer to come."""
    return waiting(PATIENT_MS)


@pytest.fixture(params=["so101", "koch"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    pytest.importorskip(SDKS[request.param])
    spec, clock = load_arm(request.param), FakeClock(100.0)
    assert spec.rest is not None
    body = Body(spec, spec.rest)
    # The electronics' time stands still: drivers that wait on their own fake clock run ahead of the emulator's thread.
    bus = BUSES[request.param](body, FakeClock())
    yield Bench(request.param, body, bus, clock)
    bus.close()


def target(bench: Bench, joint: int, by: float, gripper: float = 0.4) -> JointTarget:
    position = bench.body.position.copy()
    position[joint] += by
    return JointTarget(position, np.zeros(bench.body.spec.dof), gripper, np.inf)


def wait_for(what: Callable[[], Any]) -> None:
    """Let the emulator's thread get there; it takes a few hundredths of a second."""
    import time

    end = time.monotonic() + 5.0
    while not what() and time.monotonic() < end:
        time.sleep(0.005)
    assert what()


# The contract -----------------------------------------------------------------------------------------------------


def test_it_keeps_the_contract(bench: Bench) -> None:
    assert check_robot(bench.driver()) == []
    assert bench.body.most < 0.05, "nothing ever leapt"


def test_angles_go_through_the_calibration_both_ways(bench: Bench) -> None:
    """The servos are mounted some hundred ticks off, each differently; neither side knows the other's numbers."""
    spec, rng = bench.body.spec, np.random.default_rng(3)
    bench.body.position = rng.uniform(spec.lower, spec.upper)
    bench.body.gripper = 0.7
    with bench.driver(at_end="hold") as arm:
        state = arm.read()
        assert np.allclose(state.position, bench.body.position, atol=TICK)
        assert state.gripper == pytest.approx(0.7, abs=0.01)
        sent = arm.write(target(bench, 2, -0.003, gripper=0.2))
        arm.read()
        assert np.allclose(bench.body.position, sent.position, atol=TICK)
        assert not np.array_equal(sent.position, target(bench, 2, -0.003).position), "whole ticks are sent, and told"
        assert bench.body.gripper == pytest.approx(0.2, abs=0.01)


def test_connecting_moves_nothing(bench: Bench) -> None:
    """A servo that is switched on goes to its goal register, and that holds half a turn when it gets power."""
    rest = bench.body.position.copy()
    with bench.driver(at_end="hold") as arm:
        arm.read()
        assert bench.body.on == [True] * 6
        assert np.allclose(bench.body.position, rest, atol=TICK) and bench.body.most <= TICK


def test_read_only_writes_no_register(bench: Bench) -> None:
    with bench.driver(Mode.READ_ONLY) as arm:
        told = arm.write(target(bench, 0, 0.02))
        arm.stop()
        assert np.allclose(told.position, bench.body.position, atol=TICK)
    assert not bench.bus.written and bench.body.on == [False] * 6


def test_settings_are_written_once(bench: Bench) -> None:
    """They lie in a memory that wears out."""
    settings: list[list[int]] = []
    for _ in range(2):
        bench.bus.written.clear()
        with bench.driver(at_end="hold") as arm:
            arm.read()
        for servo in (1, 6):
            bench.bus._registers[servo][{"so101": 40, "koch": 64}[bench.name]] = 0
        settings.append([a for _, a in bench.bus.written if a < {"so101": 40, "koch": 64}[bench.name]])
    assert settings[0] and not settings[1]


# Laying down ------------------------------------------------------------------------------------------------------


def test_it_lies_down_before_it_goes_limp(bench: Bench) -> None:
    spec = bench.body.spec
    assert spec.rest is not None
    bench.body.position = spec.home.copy()
    arm = bench.driver()
    arm.connect()
    arm.disconnect()
    assert bench.body.on == [False] * 6 and arm.events == []
    assert all(np.abs(where - spec.rest).max() < 0.01 for where in bench.body.let_go)
    arm.disconnect()


def test_an_arm_that_cannot_lie_down_is_not_dropped(bench: Bench) -> None:
    bench.body.position = bench.body.spec.home.copy()
    arm = bench.driver()
    arm.connect()
    bench.body.stuck = True
    arm.disconnect()
    assert bench.body.on == [True] * 6 and not bench.body.let_go
    assert "left switched on; hold it before you cut its power" in arm.events[-1]


def test_stop_keeps_the_grip(bench: Bench) -> None:
    with bench.driver(at_end="hold") as arm:
        arm.write(target(bench, 0, 0.0, gripper=0.1))
        arm.read()
        bench.body.stuck, bench.body.gripper = True, 0.5  # something is between the fingers
        arm.stop()
        bench.body.stuck = False
        arm.stop()
        arm.read()
        assert bench.body.gripper == pytest.approx(0.1, abs=0.01)


# Faults -----------------------------------------------------------------------------------------------------------

AT_ONCE, BELIEVED = 1, 3
FAULTS = [
    ("unplug", {ServoFault.UNPLUGGED}, "is gone", AT_ONCE),
    ("late", {ServoFault.NO_ANSWER}, "servo 1 at|too late", AT_ONCE),
    ("dead 3", {ServoFault.NO_ANSWER}, "servo 3 at", AT_ONCE),
    ("overload 2", {ServoFault.OVERLOAD}, r"shoulder_lift \(id 2\)", BELIEVED),
    ("hot 4", {ServoFault.TOO_HOT}, r"wrist_flex \(id 4\)", BELIEVED),
    ("voltage", {ServoFault.VOLTAGE}, r"shoulder_pan \(id 1\)", BELIEVED),
]


@pytest.mark.parametrize(("fault", "names", "says", "readings"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_fault_has_its_name(bench: Bench, fault: str, names: set[ServoFault], says: str, readings: int) -> None:
    arm = bench.driver(at_end="hold")
    arm.connect()
    before = arm.read()
    bench.bus.fault(fault)
    if fault.startswith("overload"):
        wait_for(lambda: len(bench.bus.events) > 1)
    with impatience() if fault == "late" else patient_again():
        for _ in range(readings - 1):
            assert np.allclose(arm.read().position, before.position, atol=TICK), "not believed yet"
        with pytest.raises(ServoError, match=says) as error:
            arm.read()
        arm.stop()
        arm.disconnect()
    assert error.value.fault in names
    bench.bus.recover()
    with bench.driver(at_end="hold") as again:
        assert np.allclose(again.read().position, before.position, atol=TICK)


@pytest.mark.parametrize("fault", ["drop", "garble"])
def test_damaged_answers_give_gaps_and_no_wrong_reading(bench: Bench, fault: str) -> None:
    """Each time another byte is lost or another bit flipped."""
    with bench.driver(at_end="hold") as arm, impatience():
        with patient_again():
            good = arm.read()
        for k in range(12):
            arm.write(target(bench, k % 5, 0.01 if k < 6 else -0.01))
            setattr(bench.bus.wire, fault, 1.0)
            with pytest.raises(NoReading):
                arm.read()
            assert np.array_equal(arm.here().position, good.position)
            setattr(bench.bus.wire, fault, 0.0)
            with patient_again():
                good = arm.read()
            assert np.allclose(good.position, bench.body.position, atol=TICK)
        setattr(bench.bus.wire, fault, 1.0)
        with pytest.raises(ServoError) as error:
            for _ in range(3):
                arm.read()
        assert error.value.fault in (ServoFault.GARBLED, ServoFault.NO_ANSWER)
        bench.bus.recover()
        with patient_again():
            arm.read()


@pytest.mark.parametrize("fault", ["dead 3", "drop", "garble"])
def test_a_missing_answer_is_bridged_three_hold_the_arm_and_half_a_second_is_a_fault(bench: Bench, fault: str) -> None:
    with bench.driver(at_end="hold") as arm:
        floored = Floored(arm)
        assert floored.cycle().state is State.RUNNING
        with failing(bench, fault):
            assert [floored.cycle().state for _ in range(3)] == [State.RUNNING, State.RUNNING, State.HOLDING]
            held = floored.reports[-1]
            assert "gave no reading 3 times in a row: " in held.text
        with patient_again():
            assert floored.cycle().state is State.RUNNING, "it goes on by itself"
        with failing(bench, fault):
            assert floored.cycle(0.3).state is State.RUNNING
            assert floored.cycle(0.3).state is State.RUNNING
            failed = floored.cycle()
        assert failed.state is State.FAULT
        assert re.search("no answer|garbled answer", failed.text)
        with patient_again():
            assert [floored.cycle().state for _ in range(20)] == [State.FAULT] * 20


@contextmanager
def failing(bench: Bench, fault: str) -> Iterator[None]:
    """While it lasts, nothing that is asked is answered as it should."""
    with impatience():
        if fault in ("drop", "garble"):
            setattr(bench.bus.wire, fault, 1.0)
        else:
            bench.bus.fault(fault)
        yield
        bench.bus.recover()


def test_an_overloaded_servo_lets_go_and_is_not_switched_on_by_itself(bench: Bench) -> None:
    with bench.driver(at_end="hold") as arm:
        arm.read()
        bench.bus.fault("overload 2")
        wait_for(lambda: not bench.body.on[1])
        with pytest.raises(ServoError):
            for _ in range(3):
                arm.read()
        arm.stop()
        arm.write(target(bench, 0, 0.01))
        assert not bench.body.on[1]


def test_a_dead_loop_leaves_an_arm_that_stops() -> None:
    """The Koch's servos stop by themselves; the driver says so at its next reading and moves nothing more."""
    pytest.importorskip("dynamixel_sdk")
    spec, clock = load_arm("koch"), FakeClock(100.0)
    body = Body(spec, spec.home)
    bus = DynamixelBus(body, clock)
    arm = Bench("koch", body, bus, clock).driver(at_end="hold")
    assert arm.watchdog_s == 0.08
    with arm:
        arm.write(target(Bench("koch", body, bus, clock), 0, 0.02))
        arm.read()
        clock.t += 0.07
        arm.read()
        assert not bus.events
        clock.t += 0.13
        wait_for(lambda: len(bus.events) == 6)
        assert "bus watchdog: shoulder_pan stopped after 0.13 s of silence" in bus.events
        stopped = body.position.copy()
        with pytest.raises(ServoError, match="without a word from the loop") as error:
            arm.read()
        assert error.value.fault is ServoFault.WATCHDOG
        arm.stop()
        arm.read()
        assert np.allclose(body.position, stopped, atol=TICK)
    bus.close()


def test_a_servo_that_heard_nothing_is_found_though_the_loop_spoke() -> None:
    """A loose cable: it stopped by itself and ignores its goals, and only asking it tells."""
    pytest.importorskip("dynamixel_sdk")
    spec = load_arm("koch")
    bench = Bench("koch", body := Body(spec, spec.home), DynamixelBus(body, FakeClock()), FakeClock(100.0))
    with bench.driver(at_end="hold") as arm:
        arm.write(target(bench, 0, 0.02))
        arm.read()
        bench.bus._registers[4][98] = 0xFF
        with pytest.raises(ServoError, match="wrist_flex stopped") as error:
            for _ in range(40):
                arm.write(target(bench, 0, 0.0))
                arm.read()
        assert error.value.fault is ServoFault.WATCHDOG
    bench.bus.close()


# Setting up -------------------------------------------------------------------------------------------------------


def test_what_is_wrong_with_the_port_is_said(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(RobotError, match="which port is the arm at"):
        open_driver(bench.name, Connection("", Mode.LIVE)).connect()
    with pytest.raises(RobotError, match="there is no port /dev/nothing"):
        bench.driver(port="/dev/nothing").connect()
    with pytest.raises(RobotError, match="cannot open"):
        bench.driver(port=str(tmp_path)).connect()
    with bench.driver(Mode.READ_ONLY), pytest.raises(RobotError, match="is in use by another program"):
        bench.driver(Mode.READ_ONLY).connect()


def test_a_port_without_permission_is_told_with_what_to_do(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: str, *_: object) -> int:
        raise PermissionError(13, "Permission denied", path)

    arm = bench.driver()
    with monkeypatch.context() as patch:
        patch.setattr("serial.serialposix.os.open", refused)
        with pytest.raises(
            RobotError, match=r"^no permission to open /.*: sudo usermod -aG dialout \$USER, then log out"
        ):
            arm.connect()
    assert not bench.bus.written and bench.body.most == 0.0


def test_an_arm_without_power_and_a_loose_cable_are_told_apart(bench: Bench) -> None:
    for servo in (4, 5):
        bench.bus.fault(f"dead {servo}")
    with waiting(100.0), pytest.raises(RobotError, match=r"wrist_flex \(id 4\), wrist_roll \(id 5\) of .* does not"):
        bench.driver().connect()
    for servo in (1, 2, 3, 6):
        bench.bus.fault(f"dead {servo}")
    with impatience(), pytest.raises(RobotError, match=r"no servo answers .* is the arm's power supply on"):
        bench.driver().connect()
    bench.bus.recover()
    bench.bus.fault("voltage")
    with pytest.raises(ServoError, match=r"shoulder_pan \(id 1\) of .* 3.5 V; see to the power supply"):
        bench.driver().connect()
    assert not bench.bus.written and bench.body.most == 0.0


def test_another_servo_than_expected_is_named(bench: Bench) -> None:
    bench.bus._registers[5][{"so101": 3, "koch": 0}[bench.name]] ^= 1
    with pytest.raises(RobotError, match=r"wrist_roll \(id 5\) is a model \d+; .* has (STS3215|XL330)"):
        bench.driver().connect()


def test_lerobots_file_is_taken_if_it_is_this_arms(bench: Bench, tmp_path: Path) -> None:
    file, names = tmp_path / "arm.json", tuple(bench.bus.calibration)
    write_calibration(file, bench.bus.calibration)
    assert read_calibration(file, names) == bench.bus.calibration
    with bench.driver(Mode.READ_ONLY, calibration=file) as arm:
        assert np.allclose(arm.read().position, bench.body.position, atol=TICK)

    other = dict(bench.bus.calibration)
    other["elbow_flex"] = other["elbow_flex"].model_copy(update={"homing_offset": 17})
    write_calibration(file, other)
    with pytest.raises(RobotError, match=r"does not fit this arm: elbow_flex has the homing offset -?\d+, the file 17"):
        bench.driver(calibration=file).connect()

    swapped = dict(bench.bus.calibration)
    swapped["shoulder_pan"], swapped["wrist_roll"] = swapped["wrist_roll"], swapped["shoulder_pan"]
    write_calibration(file, swapped)
    with pytest.raises(RobotError, match=r"at the ids \[5, 2, 3, 4, 1, 6\]; they are \[1, 2, 3, 4, 5, 6\]"):
        bench.driver(calibration=file).connect()
    assert not bench.bus.written


def test_an_arm_that_was_never_calibrated_is_refused(bench: Bench) -> None:
    registers = bench.bus._registers[3]
    if bench.name == "so101":
        registers[9:13], registers[31:33] = b"\0\0\xff\x0f", b"\0\0"
    else:
        registers[20:24], registers[48:56] = bytes(4), (4095).to_bytes(4, "little") + bytes(4)
    with pytest.raises(RobotError, match=r"elbow_flex \(id 3\) is not calibrated: name LeRobot's file"):
        bench.driver().connect()


def test_before_connecting_there_is_nothing_to_read(bench: Bench) -> None:
    arm = bench.driver()
    arm.stop()
    arm.disconnect()
    with pytest.raises(RobotError, match=r"cannot read .*: it is not connected"):
        arm.read()
    with pytest.raises(RobotError, match=r"cannot .*: it is not connected"):
        arm.send(target(bench, 0, 0.0))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is no calibration as LeRobot saves it"),
        ('{"a": {"id": 1}}', r"a\.drive_mode: Field required"),
        ('{"a": {"id": 1, "drive_mode": 0, "homing_offset": 0, "range_min": 5, "range_max": 5}}', "below range_max"),
        ('{"b": {"id": 1, "drive_mode": 0, "homing_offset": 0, "range_min": 1, "range_max": 5}}', "has .*'a'"),
        ('{"a": {"id": "1", "drive_mode": 0, "homing_offset": 0, "range_min": 1, "range_max": 5}}', r"a\.id"),
        (" " * 70_000, "at most 64000 are read"),
    ],
)  # fmt: skip
def test_a_damaged_calibration_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "c.json"
    file.write_text(text)
    with pytest.raises(RobotError, match=says):
        read_calibration(file, ("a",))
    with pytest.raises(RobotError, match="cannot read the calibration"):
        read_calibration(tmp_path / "none.json", ("a",))

"""What is wrong with the port, the power, a servo or the calibration of an SO-101 or Koch is told before it moves."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sayso.hardware.drivers.driver import Mode
from sayso.hardware.drivers.servo.bus import ServoError
from sayso.hardware.drivers.servo.calibration import read_calibration, write_calibration
from sayso.hardware.robot import RobotError
from tests.hardware.servo_bench import TICK, Bench, impatience, target, waiting


def test_what_is_wrong_with_the_port_is_said(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(RobotError, match=r"is no serial port; .*here"):
        bench.driver(port=str(tmp_path)).connect()
    with bench.driver(Mode.READ_ONLY), pytest.raises(RobotError, match="is already driven by process"):
        bench.driver(Mode.READ_ONLY).connect()


def test_a_port_without_permission_is_told_with_what_to_do(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    arm, opened = bench.driver(), os.open

    def refused(path: str, *how: Any) -> int:
        if path == bench.bus.address:
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *how)

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
    with pytest.raises(ServoError, match=r"shoulder_pan \(id 1\) of .* 3.5 V; check the power supply"):
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


# What people's SO-101 held after lerobot-calibrate, as they put it down in public: low and high ends of six servos.
SWEPT = {
    "shoulder_pan": (746, 3477), "shoulder_lift": (822, 3211), "elbow_flex": (901, 3110), "wrist_flex": (849, 3216),
    "wrist_roll": (135, 3984), "gripper": (1975, 3565),
}  # fmt: skip


def calibrated(bench: Bench, file: Path, **changed: dict[str, int]) -> Path:
    """A file whose servos are ``changed``; what can be stored in them is."""
    servos = {name: c.model_copy(update=changed.get(name, {})) for name, c in bench.bus.calibration.items()}
    low, high = {"so101": (9, 11), "koch": (52, 48)}[bench.name]
    for c in servos.values():
        for register, value in ((low, c.range_min), (high, c.range_max)):
            size = 2 if bench.name == "so101" else 4
            bench.bus._registers[c.id][register : register + size] = max(value, 0).to_bytes(size, "little")
    write_calibration(file, servos)
    return file


@pytest.mark.parametrize("bench", ["so101"], indirect=True)
def test_ranges_as_people_swept_them_are_taken(bench: Bench, tmp_path: Path) -> None:
    ends = {name: {"range_min": low, "range_max": high} for name, (low, high) in SWEPT.items()}
    file = calibrated(bench, tmp_path / "arm.json", **ends)
    for calibration in (file, None):
        with bench.driver(Mode.READ_ONLY, calibration=calibration) as arm:
            assert np.isfinite(arm.read().position).all()


def test_a_whole_turn_is_taken_where_lerobot_sweeps_none(bench: Bench, tmp_path: Path) -> None:
    whole = {"range_min": 0, "range_max": 4095}
    turns = {"so101": ["wrist_roll"], "koch": ["shoulder_pan", "wrist_roll"]}[bench.name]
    with bench.driver(
        Mode.READ_ONLY, calibration=calibrated(bench, tmp_path / "a.json", **dict.fromkeys(turns, whole))
    ):
        pass
    file = calibrated(bench, tmp_path / "a.json", elbow_flex=whole)
    for calibration in (file, None):
        with pytest.raises(
            RobotError, match=r"elbow_flex \(id 3\) is not from a sweep: .* 360° of \d+°, farther than it can"
        ):
            bench.driver(calibration=calibration).connect()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"range_min": 1800, "range_max": 2300}, "elbow_flex was moved through 44° of .*, not to both of its ends"),
        ({"range_min": 2047, "range_max": 2048}, "elbow_flex was moved through 0° of"),
        ({"range_min": 100, "range_max": 4000}, "elbow_flex was moved through 343° of .*, farther than it can"),
        ({"range_min": 3000, "range_max": 5000}, "its range is 3000 to 5000; a servo counts 0 to 4095"),
    ],
)
def test_what_no_sweep_can_have_given_is_refused_with_the_servos_name(
    bench: Bench, tmp_path: Path, change: dict[str, int], says: str
) -> None:
    file = calibrated(bench, tmp_path / "arm.json", elbow_flex=change)
    for calibration in (file, None):
        with pytest.raises(
            RobotError, match=rf"calibration of elbow_flex \(id 3\) is not from a sweep: {says}"
        ) as error:
            bench.driver(calibration=calibration).connect()
        assert "\n" not in str(error.value)


def test_a_range_that_is_not_the_servos_is_another_arms(bench: Bench, tmp_path: Path) -> None:
    file, other = tmp_path / "arm.json", dict(bench.bus.calibration)
    other["elbow_flex"] = other["elbow_flex"].model_copy(update={"range_max": other["elbow_flex"].range_max + 40})
    write_calibration(file, other)
    with pytest.raises(RobotError, match=r"does not fit this arm: elbow_flex has the range \(\d+, \d+\), the file \("):
        bench.driver(calibration=file).connect()


def test_a_servo_that_counts_the_other_way_round_is_refused(bench: Bench, tmp_path: Path) -> None:
    says = r"elbow_flex \(id 3\) counts in reverse: only drive_mode 0 is supported"
    with pytest.raises(RobotError, match=says):
        bench.driver(calibration=calibrated(bench, tmp_path / "a.json", elbow_flex={"drive_mode": 1})).connect()
    if bench.name == "koch":
        bench.bus._registers[3][10] |= 1
        with pytest.raises(RobotError, match=says):
            bench.driver().connect()


def test_a_servo_that_stands_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    servo = '{"id": 1, "drive_mode": 0, "homing_offset": 0, "range_min": 1, "range_max": 5}'
    (tmp_path / "c.json").write_text(f'{{"a": {servo}, "a": {servo}}}')
    with pytest.raises(RobotError, match=r"the calibration .*c\.json has 'a' twice"):
        read_calibration(tmp_path / "c.json", ("a",))


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
        ("{", "is no LeRobot calibration"),
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

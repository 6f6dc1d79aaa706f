"""Before a servo arm is driven: whether all its servos are there, are the right ones, and are calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hardware.drivers.servo_bus import ServoBus, ServoError, ServoFault
from hardware.home import expanded
from hardware.robot import RobotError
from hardware.servo_calibration import ServoCalibration, read_calibration

LOCATION = "~/.cache/huggingface/lerobot/calibration/robots/"
UNCALIBRATED_TICKS = 4095  # a whole turn, as a servo comes from its maker


def find_servos(bus: ServoBus, names: Sequence[str], models: Sequence[Sequence[int]], arm: str) -> None:
    """Raise `RobotError` unless servos of one of ``models`` each answer at the ids 1, 2, … and report no fault."""
    found: dict[int, int] = {}
    for servo, _ in enumerate(names, 1):
        try:
            found[servo] = bus.ping(servo)
        except ServoError as error:
            if error.fault is ServoFault.UNPLUGGED:
                raise
    missing = [f"{name} (id {i})" for i, name in enumerate(names, 1) if i not in found]
    if len(missing) == len(names):
        raise RobotError(f"no servo answers at {bus.name}: is the arm's power supply on, and is this {arm}'s port?")
    if missing:
        raise RobotError(f"{', '.join(missing)} of {arm} does not answer: see to its cable")
    for (i, name), allowed in zip(enumerate(names, 1), models, strict=True):
        if found[i] not in allowed:
            want = " or ".join(bus.model_names[m] for m in allowed)
            has = bus.model_names.get(found[i], f"model {found[i]}")
            raise RobotError(f"{name} (id {i}) is a {has}; {arm} has {want} there")
        if i in bus.errors:
            raise ServoError(bus.why(i), f"{name} (id {i}) of {arm}, supplied with {bus.volts(i):.1f} V")


def calibration_of(bus: ServoBus, names: Sequence[str], file: Path | None) -> list[ServoCalibration]:
    """The servos' calibration from LeRobot's ``file``, or as LeRobot stored it in them.

    Raises `RobotError` if the file is of another arm or orders the servos otherwise, and for uncalibrated servos.
    """
    return _stored(bus, names) if file is None else _from_file(bus, tuple(names), expanded(file))


def _from_file(bus: ServoBus, names: tuple[str, ...], file: Path) -> list[ServoCalibration]:
    calibration = list(read_calibration(file, names).values())
    order, ids = [c.id for c in calibration], list(range(1, len(names) + 1))
    if order != ids:
        raise RobotError(f"{file} has the servos {list(names)} at the ids {order}; they are {ids}")
    for name, c in zip(names, calibration, strict=True):
        if (stored := bus.homing(c.id)) != c.homing_offset:
            raise RobotError(
                f"{file} does not fit this arm: {name} has the homing offset {stored}, the file "
                f"{c.homing_offset}; take that arm's own file, or calibrate it anew"
            )
    return calibration


def _stored(bus: ServoBus, names: Sequence[str]) -> list[ServoCalibration]:
    calibration = []
    for i, name in enumerate(names, 1):
        low, high = bus.range(i)
        offset = bus.homing(i)
        if low >= high or (offset == 0 and high - low >= UNCALIBRATED_TICKS):
            raise RobotError(
                f"{name} (id {i}) is not calibrated: name LeRobot's file (it is below {LOCATION}) as the "
                "calibration, or calibrate the arm first"
            )
        calibration.append(ServoCalibration(id=i, drive_mode=0, homing_offset=offset, range_min=low, range_max=high))
    return calibration

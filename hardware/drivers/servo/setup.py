"""Checks before a servo arm is driven: all servos present, of the right model, and calibrated."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import degrees
from pathlib import Path

from sayso.hardware.drivers.servo.bus import ServoBus, ServoError, ServoFault
from sayso.hardware.drivers.servo.calibration import ServoCalibration, read_calibration
from sayso.hardware.drivers.servo.sweep import FULL_TURN, TICKS, Span
from sayso.hardware.robot import RobotError
from sayso.hardware.user_folders import expanded

LOCATION = "~/.cache/huggingface/lerobot/calibration/robots/"
UNCALIBRATED_TICKS = 4095  # one turn, the factory setting


def find_servos(bus: ServoBus, names: Sequence[str], models: Sequence[Sequence[int]], arm: str) -> None:
    """Raise `RobotError` unless a servo of one of its ``models`` answers at each id 1, 2, … without a fault."""
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
        raise RobotError(f"{', '.join(missing)} of {arm} does not answer: check its cable")
    for (i, name), allowed in zip(enumerate(names, 1), models, strict=True):
        if found[i] not in allowed:
            want = " or ".join(bus.model_names[m] for m in allowed)
            has = bus.model_names.get(found[i], f"model {found[i]}")
            raise RobotError(f"{name} (id {i}) is a {has}; {arm} has {want} there")
        if i in bus.errors:
            raise ServoError(bus.why(i), f"{name} (id {i}) of {arm}, supplied with {bus.volts(i):.1f} V")


def calibration_of(
    bus: ServoBus, ranges: Mapping[str, tuple[float, float]], file: Path | None, turns: Collection[str] = ()
) -> list[ServoCalibration]:
    """The servos' calibration, from LeRobot's ``file`` or from the servos' own memory.

    ``ranges`` (rad) are the URDF's joint ranges, in the servos' order; ``turns`` names joints for which LeRobot
    stores a whole turn. Raises `RobotError`, naming the servo, if the file differs from what the servos store, or if
    no sweep of the joint can give such a range.
    """
    names = tuple(ranges)
    found = _stored(bus, names) if file is None else _from_file(bus, names, expanded(file))
    for calibration, (name, (low, high)) in zip(found, ranges.items(), strict=True):
        where = f"{name} (id {calibration.id})"
        if calibration.drive_mode or bus.is_reversed(calibration.id):
            raise RobotError(f"{where} counts in reverse: only drive_mode 0 is supported; calibrate it again")
        if problem := _no_sweep(calibration, name, degrees(high - low), name in turns):
            raise RobotError(f"the calibration of {where} is not from a sweep: {problem}; calibrate the arm again")
    return found


def _no_sweep(c: ServoCalibration, name: str, built: float, turns: bool) -> str | None:
    """Why a calibration cannot come from an end-to-end sweep of the joint, None if it can."""
    if c.range_min < 0 or c.range_max >= TICKS:
        return f"its range is {c.range_min} to {c.range_max}; a servo counts 0 to {TICKS - 1}"
    whole = c.range_max - c.range_min >= TICKS - 1 and (turns or built / 360 * TICKS > FULL_TURN)
    return Span(name, (c.range_max - c.range_min) * 360 / TICKS, built, whole).problem


def _from_file(bus: ServoBus, names: tuple[str, ...], file: Path) -> list[ServoCalibration]:
    calibration = list(read_calibration(file, names).values())
    order, ids = [c.id for c in calibration], list(range(1, len(names) + 1))
    if order != ids:
        raise RobotError(f"{file} has the servos {list(names)} at the ids {order}; they are {ids}")
    for name, c in zip(names, calibration, strict=True):
        stored = bus.homing(c.id), bus.range(c.id)
        for what, there, said in (
            ("homing offset", stored[0], c.homing_offset),
            ("range", stored[1], (c.range_min, c.range_max)),
        ):
            if there != said:
                raise RobotError(
                    f"{file} does not fit this arm: {name} has the {what} {there}, the file {said}; "
                    "take that arm's own file, or calibrate it again"
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

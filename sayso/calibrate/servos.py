"""Servo calibration: middle pose, then a sweep of every joint; stored in the servos and in LeRobot's file."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sayso.calibrate import pictures
from sayso.calibrate.prompt import Person
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.clock import Clock
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import lock_of, open_driver
from sayso.hardware.drivers.servo.arm import ServoArm
from sayso.hardware.drivers.servo.calibration import ServoCalibration, read_calibration, write_calibration
from sayso.hardware.drivers.servo.setup import find_servos
from sayso.hardware.drivers.servo.sweep import ServoSweep
from sayso.hardware.types import RobotSpec

SAMPLES_HZ, PATIENCE_MS = 30.0, 200.0


def calibrate_servos(
    driver: str, port: str, file: Path, report: Path, person: Person, clock: Clock, tell: Callable[[str], None]
) -> dict[str, ServoCalibration]:
    """Let a person move the arm ``driver`` at ``port``; store its calibration in the servos and in ``file``, and write
    the report. Replaces a calibration of such an arm in ``file``.

    Raises `UserError` for an arm without servos, and `RobotError` if a servo has torque or is missing, or if a sweep is
    incomplete; nothing is stored then.
    """
    connection = Connection(port, Mode.READ_ONLY)
    arm = open_driver(driver, connection)
    if not isinstance(arm, ServoArm):
        raise UserError(f"{driver} has no servos to calibrate; so101, so100 and koch have")
    names = motor_names(arm.spec)
    if file.exists() or file.is_symlink():
        read_calibration(file, names)  # raises for a file that is no calibration, so that it is not overwritten
    ranges = joint_ranges(arm.spec.urdf)
    bus = arm.make_bus(port)
    bus.be_patient(PATIENCE_MS)
    with lock_of(arm, connection), closing(bus):
        bus.open()
        find_servos(bus, names, arm.models, arm.spec.name)
        sweep = ServoSweep(bus, {name: ranges[name] for name in names})
        person.ask("Move every joint to the middle of its range by hand, then press Enter.")
        sweep.middle()
        done = person.until("Now move every joint slowly from one end to the other; press Enter when all are done.")
        while not done():
            sweep.sample()
            tell("  ".join(f"{s.name} {s.moved:.0f}°" for s in sweep.spans()))
            clock.sleep_until(clock.now() + 1 / SAMPLES_HZ)
        sweep.sample()
        _report(sweep, report)
        found = sweep.result()
        sweep.store(found)
    write_calibration(file, found)
    return found


def motor_names(spec: RobotSpec) -> tuple[str, ...]:
    """Names of the servos in the order of their ids: the joints and the jaw."""
    jaw = spec.gripper.jaw if spec.gripper else None
    return (*spec.joints, *((jaw.joint,) if jaw else ()))


def _report(sweep: ServoSweep, folder: Path) -> None:
    spans = sweep.spans()
    pictures.save(folder, "joints.png", pictures.spans_picture("Swept and mechanical range of each joint", spans))
    numbers = [
        {"joint": s.name, "moved_deg": s.moved, "built_deg": s.built, "full_turn": s.full_turn, "problem": s.problem}
        for s in spans
    ]
    write_atomic(folder / "report.json", json.dumps(numbers, indent=1) + "\n")

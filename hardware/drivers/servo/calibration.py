"""Servo calibration in LeRobot's file format: read and write."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from sayso.hardware.json_text import read_json
from sayso.hardware.robot import RobotError

MAX_BYTES = 64_000


class ServoCalibration(BaseModel):
    """One servo: bus id, homing offset, and the ends of the joint's range in ticks after that offset."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: Annotated[int, Field(ge=0, le=252)]
    drive_mode: Annotated[int, Field(ge=0, le=1)]
    homing_offset: Annotated[int, Field(ge=-(2**20), le=2**20)]
    range_min: Annotated[int, Field(ge=-(2**20), le=2**20)]
    range_max: Annotated[int, Field(ge=-(2**20), le=2**20)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.range_min >= self.range_max:
            raise ValueError(f"range_min {self.range_min} is not below range_max {self.range_max}")
        return self

    @property
    def middle(self) -> float:
        """The middle of the range, ticks."""
        return (self.range_min + self.range_max) / 2


class _File(RootModel[dict[str, ServoCalibration]]):
    pass


def read_calibration(file: Path, names: tuple[str, ...]) -> dict[str, ServoCalibration]:
    """Read the calibration of the servos ``names``, in that order.

    Raises `RobotError` if the file cannot be read, is invalid, or belongs to an arm with other servos.
    """
    content = read_json(file, MAX_BYTES, "the calibration ")
    try:
        found = _File.model_validate_json(content).root
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()[:5])
        raise RobotError(f"{file} is no LeRobot calibration: {wrong}") from error
    if set(found) != set(names):
        raise RobotError(f"the calibration {file} is of the servos {sorted(found)}; this arm has {list(names)}")
    ids = [servo.id for servo in found.values()]
    if len(set(ids)) != len(ids):
        raise RobotError(f"the calibration {file} gives the same id to two servos: {ids}")
    return {name: found[name] for name in names}


def write_calibration(file: Path, calibration: Mapping[str, ServoCalibration]) -> None:
    """Save in LeRobot's format, replacing the file atomically. Raises `RobotError`."""
    text = _File(dict(calibration)).model_dump_json(indent=4)
    new = file.with_suffix(f".{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text + "\n")
        new.replace(file)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise RobotError(f"cannot write the calibration {file}: {error.strerror}") from error

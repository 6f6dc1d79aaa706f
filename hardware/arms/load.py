"""Loads an arm from two files: the URDF describes the geometry, ``arm.json`` the limits and poses."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sayso.hardware.arms.check_spec import FASTEST_HZ, HIGHEST_M, LONGEST_NAME, NAME, SLOWEST_HZ, check_spec
from sayso.hardware.arms.gripper import RotaryJaw
from sayso.hardware.json_text import read_json
from sayso.hardware.near_miss import suggestion
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Box, GripperSpec, RobotSpec
from sayso.hardware.user_folders import expanded

FOLDER = Path(__file__).parent
MAX_BYTES = 64_000
WRONG_NAMED = 8
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Point = tuple[Finite, Finite, Finite]


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class JointLimits(_Text):
    """One joint by its URDF name: range, home and rest in rad, speed rad/s, acceleration rad/s², jerk rad/s³."""

    name: str
    lower: Finite
    upper: Finite
    velocity: Positive
    acceleration: Positive
    jerk: Positive
    home: Finite
    rest: Finite | None = None


class Workspace(_Text):
    """The box that the tool may occupy, m in the base frame."""

    lower: Point
    upper: Point


class TurningJaw(_Text):
    """A rotary jaw on a URDF joint; fields as in `sayso.hardware.arms.gripper.RotaryJaw`, rad and m."""

    joint: str
    closed: Finite
    wide: Finite
    radius: Positive
    lean: Annotated[float, Field(ge=0, lt=1.5)]


class Gripper(_Text):
    """Largest opening and length of the fingers below the tool point, m; ``jaw`` for a hand with one moving finger."""

    width: Positive
    fingertip: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.01
    closing_axis: Literal[0, 1] | None = 1
    jaw: TurningJaw | None = None

    def spec(self) -> GripperSpec:
        """The same values as a `GripperSpec`."""
        jaw = None if self.jaw is None else RotaryJaw(**self.jaw.model_dump())
        return GripperSpec(self.width, self.fingertip, None if jaw else self.closing_axis, jaw)


class ArmFile(_Text):
    """Schema of ``arm.json``. ``urdf`` is a path beside the file, or PACKAGE:PATH inside an installed package.

    ``base_height`` (m) is the height of the arm's base above the table; workspace and reach count from the table.
    """

    name: Annotated[str, Field(pattern=NAME, max_length=LONGEST_NAME)]
    urdf: str
    tip: str
    control_hz: Annotated[float, Field(ge=SLOWEST_HZ, le=FASTEST_HZ)]
    joints: Annotated[tuple[JointLimits, ...], Field(min_length=1)]
    workspace: Workspace
    reach: Workspace | None = None
    gripper: Gripper | None
    base_height: Annotated[float, Field(ge=-HIGHEST_M, le=HIGHEST_M, allow_inf_nan=False)] = 0.0


def arm_names() -> list[str]:
    """Names of the arms that come with Sayso."""
    return sorted(file.parent.name for file in FOLDER.glob("*/arm.json"))


def load_arm(arm: str | Path) -> RobotSpec:
    """Load a built-in arm by name, or any arm by the path of its ``arm.json`` or of the folder that holds it.

    Raises `RobotError` that names the file and every invalid value; limits have no defaults.
    """
    try:
        file = FOLDER / arm / "arm.json" if arm in arm_names() else expanded(arm)
        if file.is_dir():
            file /= "arm.json"
        there = file.is_file()
    except (OSError, ValueError, RobotError):  # not a valid file name
        there = False
    if not there:
        known = f"{', '.join(arm_names())}, or a folder with arm.json and a URDF"
        raise RobotError(f"no arm '{arm}'; there are: {known}{suggestion(str(arm), arm_names())}")
    content = read_json(file, MAX_BYTES)
    try:
        read = ArmFile.model_validate_json(content)
    except ValidationError as error:
        wrong = error.errors()
        found = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in wrong[:WRONG_NAMED])
        more = f"; and {len(wrong) - WRONG_NAMED} more" if len(wrong) > WRONG_NAMED else ""
        raise RobotError(f"{file} does not describe an arm: {found}{more}") from error
    spec = _spec(read, file.parent)
    if problems := check_spec(spec):
        raise RobotError(f"{file} describes no arm that can be driven: {'; '.join(problems)}")
    return spec


def _spec(read: ArmFile, folder: Path) -> RobotSpec:
    joints = read.joints
    rest = [j.rest for j in joints if j.rest is not None]
    if 0 < len(rest) < len(joints):
        raise RobotError(f"{read.name}: a rest pose needs every joint; {len(rest)} of {len(joints)} name theirs")
    return RobotSpec(
        name=read.name,
        joints=tuple(j.name for j in joints),
        lower=np.array([j.lower for j in joints]),
        upper=np.array([j.upper for j in joints]),
        velocity=np.array([j.velocity for j in joints]),
        acceleration=np.array([j.acceleration for j in joints]),
        jerk=np.array([j.jerk for j in joints]),
        home=np.array([j.home for j in joints]),
        workspace=Box(np.array(read.workspace.lower), np.array(read.workspace.upper)),
        urdf=str(_urdf(read.urdf, folder)),
        tip=read.tip,
        gripper=None if read.gripper is None else read.gripper.spec(),
        control_hz=read.control_hz,
        rest=np.array(rest) if rest else None,
        reach=None if read.reach is None else Box(np.array(read.reach.lower), np.array(read.reach.upper)),
        base_height=read.base_height,
    )


def _urdf(name: str, folder: Path) -> Path:
    package, colon, path = name.partition(":")
    if not colon:
        return folder / name
    try:
        found = find_spec(package) if package.isidentifier() else None
    except (ImportError, ValueError):
        found = None
    if found is None or found.origin is None:
        raise RobotError(f"the URDF {name} is in the package '{package}', which is not installed")
    return Path(found.origin).parent / path

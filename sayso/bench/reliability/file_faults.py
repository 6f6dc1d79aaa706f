"""Damaged files, and models, limits and joints of another arm: refused before anything moves."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np

from sayso.backends.resolve_robot import confirm, resolve_robot
from sayso.backends.robot_config import RobotConfig, robot_path
from sayso.errors import UserError
from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.arms.load import FOLDER
from sayso.hardware.cameras.calibration import CameraCalibration, Lens, Place, read_camera, write_camera
from sayso.hardware.check import check_robot
from sayso.hardware.drivers.servo.calibration import ServoCalibration, write_calibration
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointTarget, Pose, RobotSpec
from sayso.model_sizes import MODEL_SIZES
from sayso.model_store import PACKAGED, ModelStore
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.arms.own_arm import arm_model

Record = dict[str, Any]
Rng = np.random.Generator
FLIPS = 10
ARM, NAME = "so101", "desk"


def arms_with_models() -> list[str]:
    """The arms with a full set of shipped models."""
    return [a for a in ARMS if all((PACKAGED / f"{part}-{a}.onnx").exists() for part in MODEL_SIZES)]


def damage_model(arm: str, seed: int) -> Record:
    """Models with flipped bits, cut off or swapped: none is loaded (C3)."""
    rng = np.random.default_rng(seed)
    name = f"{rng.choice(list(MODEL_SIZES))}-{arm}"
    with TemporaryDirectory() as folder:
        store, file = ModelStore(Path(folder)), Path(folder) / f"{name}.onnx"
        for suffix in (".onnx", ".json"):
            shutil.copy(PACKAGED / f"{name}{suffix}", folder)
        whole, others = file.read_bytes(), [p for p in PACKAGED.glob("*-*.onnx") if p.stem != name]
        bad = [_flipped(whole, rng) for _ in range(FLIPS)]
        bad += [whole[: rng.integers(len(whole))], others[rng.integers(len(others))].read_bytes()]
        good, loaded = store.problem(name) is None, 0
        for content in bad:
            file.write_bytes(content)
            loaded += store.problem(name) is None
    return {"ok": good and loaded == 0, "damaged": len(bad), "passed": loaded}


def damage_setup(arm: str, seed: int) -> Record:
    """A flipped bit in a servo arm's settings: refused, --live required again, or without effect (R4)."""
    rng = np.random.default_rng(seed)
    with TemporaryDirectory() as folder, patch.dict(os.environ, XDG_CONFIG_HOME=folder, XDG_STATE_HOME=folder):
        own, calibration, camera = (Path(folder) / name for name in ("own", "servos.json", "camera-left.json"))
        shutil.copytree(FOLDER / ARM, own)
        write_calibration(calibration, _calibration(rng))
        write_camera(camera, seen := _camera())
        kept = RobotConfig(robot=ARM, port="/dev/arm", calibration=str(calibration), options={"arm": str(own)})
        kept.save(NAME)
        confirm(found := resolve_robot(NAME, live=True))

        def moves() -> bool:
            return read_camera(camera) == seen and resolve_robot(NAME).digest == found.digest

        good, refused, wrong = moves(), 0, 0
        files = [robot_path(NAME), calibration, camera, own / "arm.json", own / f"{ARM}.urdf"]
        for _ in range(FLIPS):
            file = files[rng.integers(len(files))]
            whole = file.read_bytes()
            file.write_bytes(_flipped(whole, rng))
            refusal = _refusal(moves)
            refused += refusal is not None
            wrong += refusal is not None and (not refusal or "\n" in refusal)
            file.write_bytes(whole)
    return {"ok": good and wrong == 0, "damaged": FLIPS, "refused": refused, "passed": wrong}


def misfit(arm: str, seed: int) -> Record:
    """Joints in another order, impossible limits, an arm with another zero, another arm's models: refused (D3)."""
    rng, spec = np.random.default_rng(seed), arm_model(arm).spec
    kinds: list[Callable[[RobotSpec, Rng], tuple[str, str]]] = [_other_order, _other_limits, _other_zero, _other_models]
    kind = kinds[seed % len(kinds)]
    said, expected = kind(spec, rng)
    fits = check_robot(MockRobot(spec)) == []
    return {"ok": fits and expected in said, "kind": kind.__name__.strip("_"), "said": said[:200]}


def refusals(records: Sequence[Record]) -> Record:
    """The numbers of damaged files, of refused ones and of accepted ones."""
    return {key: sum(r[key] for r in records) for key in ("damaged", "refused", "passed") if key in records[0]}


def _other_order(spec: RobotSpec, rng: Rng) -> tuple[str, str]:
    i, j = rng.choice(spec.dof, 2, replace=False)
    joints = list(spec.joints)
    joints[i], joints[j] = joints[j], joints[i]
    return _told(replace(spec, joints=tuple(joints))), "joint order"


def _other_limits(spec: RobotSpec, rng: Rng) -> tuple[str, str]:
    joint = rng.integers(spec.dof)
    name = str(rng.choice(["lower", "upper", "velocity", "acceleration", "jerk", "home"]))
    values = getattr(spec, name).copy()
    wrong = {"lower": spec.upper[joint] + 0.1, "upper": spec.lower[joint] - 0.1, "home": spec.upper[joint] + 1.0}
    values[joint] = rng.choice([wrong.get(name, -1.0), np.nan, np.inf])
    return _told(replace(spec, **{name: values})), name


def _other_zero(spec: RobotSpec, rng: Rng) -> tuple[str, str]:
    arm, joint, ranges = MockRobot(spec), rng.integers(spec.dof), joint_ranges(spec.urdf)
    position, (low, high) = spec.home.copy(), ranges[spec.joints[joint]]
    position[joint] = rng.choice([low - 0.5, high + 0.5])
    arm.connect()
    arm.write(JointTarget(position, np.zeros(spec.dof), 1.0, np.inf))
    return "; ".join(check_robot(arm)), f"{spec.joints[joint]} is at"


def _other_models(spec: RobotSpec, rng: Rng) -> tuple[str, str]:
    part = str(rng.choice(list(MODEL_SIZES)))
    others = [p for p in PACKAGED.glob(f"{part}-*.onnx") if p.stem.count("-") == 1 and p.stem != f"{part}-{spec.name}"]
    other = others[rng.integers(len(others))].stem
    with TemporaryDirectory() as folder:
        card = (PACKAGED / f"{other}.json").read_text(encoding="utf-8").replace(other, f"{part}-{spec.name}")
        (Path(folder) / f"{part}-{spec.name}.json").write_text(card, encoding="utf-8")
        shutil.copy(PACKAGED / f"{other}.onnx", Path(folder) / f"{part}-{spec.name}.onnx")
        said = ModelStore(Path(folder)).problem(f"{part}-{spec.name}", MODEL_SIZES[part](spec.dof))
    return said or "", "does not fit this robot"


def _told(spec: RobotSpec) -> str:
    return "; ".join(check_robot(MockRobot(spec)))


def _flipped(content: bytes, rng: Rng) -> bytes:
    data = bytearray(content)
    data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
    return bytes(data)


def _refusal(look: Callable[[], bool]) -> str | None:
    """The refusal; "" if changed settings are accepted, None if the settings are unchanged."""
    try:
        return None if look() else ""
    except (UserError, RobotError) as error:
        return str(error)


def _calibration(rng: Rng) -> dict[str, ServoCalibration]:
    names = [*ARMS[ARM]().spec.joints, "gripper"]
    return {
        name: ServoCalibration(
            id=i, drive_mode=0, homing_offset=int(rng.integers(-900, 900)), range_min=700, range_max=3300
        )
        for i, name in enumerate(names, 1)
    }


def _camera() -> CameraCalibration:
    lens = Lens(fx=90.0, fy=90.0, cx=48.0, cy=32.0)
    place = Place.of(Pose(np.array([0.5, 0.1, 0.7]), np.diag([1.0, -1.0, -1.0])))
    return CameraCalibration(schema=1, camera="left", width=96, height=64, lens=lens, place=place, look="")

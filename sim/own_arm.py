"""An arm for the simulator by its name, or by a folder of the user's own."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from hardware.arms.load import load_arm
from hardware.robot import RobotError
from sim.arms import ARMS, ArmModel

# What presses harder squeezes blocks out of two tied fingers while it carries them.
STRONGEST_N = 30.0
JAW_SHARE = 0.5


def arm_model(arm: str) -> ArmModel:
    """One of `ARMS`, or the arm in the folder ``arm`` with its ``arm.json`` and URDF.

    Motors are as strong as the URDF's limits say. The hand is a jaw, as ``arm.json`` describes it, or one or two
    sliding joints that open towards their upper limit. Raises `RobotError` naming what is missing.
    """
    if arm in ARMS:
        return ARMS[arm]()
    spec = load_arm(arm)
    limits = _limits(Path(spec.urdf))
    if spec.gripper is None:
        raise RobotError(f"{spec.name} has no gripper: nothing can be put anywhere with it")
    missing = [j for j in spec.joints if limits.get(j, (0.0, 0.0, 0.0, 0.0, ""))[2] <= 0]
    if missing:
        raise RobotError(f"{spec.urdf}: no <limit effort> in Nm, more than 0, for {', '.join(missing)}")
    forces = np.array([limits[j][2] for j in spec.joints])
    if (jaw := spec.gripper.jaw) is not None:
        if jaw.joint not in limits:
            raise RobotError(f"{spec.urdf}: no limits for the jaw's joint {jaw.joint}")
        _, _, effort, speed, _ = limits[jaw.joint]
        return ArmModel(
            spec, spec.urdf, (jaw.joint,), jaw.angle(spec.gripper.width), jaw.closed, forces, JAW_SHARE * effort, speed
        )
    fingers = tuple(j for j, (*_, kind) in limits.items() if kind == "prismatic" and j not in spec.joints)
    if len(fingers) not in (1, 2):
        count = f"{len(fingers)} sliding joints beside the arm's"
        raise RobotError(f"{spec.urdf} has {count}; a hand has one or two, or a jaw")
    lower, upper, effort, speed, _ = limits[fingers[0]]
    opened = min(upper, lower + spec.gripper.width / len(fingers))
    return ArmModel(spec, spec.urdf, fingers, opened, lower, forces, min(effort, STRONGEST_N), speed)


def name_of(arm: str) -> str:
    """An arm's own name, by which its models are called. Raises `RobotError` as `arm_model` does."""
    return arm_model(arm).spec.name


def _limits(urdf: Path) -> dict[str, tuple[float, float, float, float, str]]:
    """Of every joint with limits: lower, upper, effort, velocity and its type."""
    try:
        joints = ElementTree.parse(urdf).getroot().findall("joint")
        return {j.get("name", ""): _limit(j, limit) for j in joints if (limit := j.find("limit")) is not None}
    except (OSError, ElementTree.ParseError, ValueError) as error:
        raise RobotError(f"{urdf} cannot be read: {error}") from None


def _limit(joint: ElementTree.Element, limit: ElementTree.Element) -> tuple[float, float, float, float, str]:
    lower, upper, effort, velocity = (float(limit.get(k, 0.0)) for k in ("lower", "upper", "effort", "velocity"))
    return lower, upper, effort, velocity, joint.get("type", "")

"""An arm model for the simulator, by name or from a user's folder."""

from __future__ import annotations

import hashlib
import tempfile
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np

from sayso.hardware.arms.load import load_arm
from sayso.hardware.arms.urdf import Urdf, read_urdf
from sayso.hardware.robot import RobotError
from sayso.sim.arms.arm_models import ARMS, ArmModel
from sayso.sim.arms.mesh_check import check_loads, check_mesh
from sayso.sim.arms.own_hand import sliding_hand, strength

# Above this force two geared fingers squeeze blocks out while carrying them.
STRONGEST_N = 30.0
JAW_SHARE = 0.5
WEIGHTLESS = (
    '<inertial><mass value="0.001"/><inertia ixx="1e-6" iyy="1e-6" izz="1e-6" ixy="0" ixz="0" iyz="0"/></inertial>'
)
DRAWN = (".obj", ".stl", ".dae")


def arm_model(arm: str) -> ArmModel:
    """One of `ARMS`, or the arm in the folder ``arm`` with its ``arm.json`` and URDF.

    Motor strength follows the URDF's limits. The hand is a jaw, as in ``arm.json``, or one or two sliding joints.
    Raises `RobotError` that names what is missing.
    """
    if arm in ARMS:
        return ARMS[arm]()
    spec = load_arm(arm)
    urdf = read_urdf(spec.urdf)
    if spec.gripper is None:
        raise RobotError(f"{spec.name} has no gripper: it cannot place objects")
    _check_drawn(urdf)
    if missing := [j for j in spec.joints if not (urdf.joints[j].effort or 0.0) > 0]:
        raise RobotError(f"{spec.urdf}: no <limit effort> in Nm, more than 0, for {', '.join(missing)}")
    forces = np.array([urdf.joints[j].effort for j in spec.joints])
    if (jaw := spec.gripper.jaw) is not None:
        effort, speed = strength(urdf, urdf.joints[jaw.joint])
        opened = jaw.angle(spec.gripper.width)
        return ArmModel(spec, _whole(urdf), (jaw.joint,), opened, jaw.closed, forces, JAW_SHARE * effort, speed)
    hand = sliding_hand(spec, urdf)
    force = min(hand.effort, STRONGEST_N)
    return ArmModel(
        spec, _whole(urdf), hand.joints, hand.opened, hand.closed, forces, force, hand.speed, hand.opposite
    )  # fmt: skip


def name_of(arm: str) -> str:
    """An arm's name, which also names its models. Raises `RobotError` as `arm_model` does."""
    return arm_model(arm).spec.name


def _check_drawn(urdf: Urdf) -> None:
    for name, place in urdf.visuals.items():
        if place is None:
            raise RobotError(f"{urdf.file}: there is no mesh {name}, which the cameras need")
        if place.suffix.lower() not in DRAWN:
            raise RobotError(f"{urdf.file}: the mesh {name} cannot be drawn; the simulator knows {', '.join(DRAWN)}")
    meshes = {Path(mesh.get("filename", "")) for mesh in Xml.fromstring(urdf.text).iter("mesh")}
    for place in sorted(place for place in meshes if place.suffix.lower() in DRAWN):
        try:
            check_mesh(place)
        except RobotError as error:
            raise RobotError(f"{urdf.file}: the mesh {place} cannot be used: {error}") from None


@lru_cache(maxsize=1)
def _drafts() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="sayso-own-arms-")


def _whole(urdf: Urdf) -> str:
    """A copy of the URDF with absolute mesh paths; links without mass and body get 1 g instead of PyBullet's 1 kg."""
    root = Xml.fromstring(urdf.text)
    for link in root.findall("link"):
        mass = link.find("inertial/mass")
        weighs = mass is None or float(mass.get("value", 0)) > 0
        if link.find("collision") is None and (mass is None or not weighs):
            for inertial in link.findall("inertial"):
                link.remove(inertial)
            link.append(Xml.fromstring(WEIGHTLESS))
        elif not weighs:
            raise RobotError(f"{urdf.file}: link {link.get('name')} has a body and a mass of 0 kg")
    text = Xml.tostring(root, encoding="unicode")
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    file = Path(_drafts().name) / f"{name}.urdf"
    if not file.exists():
        file.write_text(text, encoding="utf-8")
    if any(mesh.get("filename", "").lower().endswith((".obj", ".dae")) for mesh in root.iter("mesh")):
        try:
            check_loads(str(file))
        except RobotError as error:
            raise RobotError(f"{urdf.file}: {error}") from None
    return str(file)

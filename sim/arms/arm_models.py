"""Arm models for PyBullet: the spec, the file to load and the motion of the finger joints."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.spatial import ConvexHull

from sayso.hardware.arms.load import load_arm
from sayso.hardware.types import Array, RobotSpec

HULL_DIRECTIONS = 60


@dataclass(frozen=True, slots=True)
class ArmModel:
    """An arm for PyBullet.

    ``lite_urdf`` is cheap to render; ``full_urdf`` has the arm's own meshes, if that is another file.
    ``finger_joints`` open from ``finger_closed`` to ``finger_open`` (m); motors hold with ``forces`` (n,) Nm and
    ``finger_force`` N. A rotary jaw is the only finger, with rad and Nm in place of m and N. With ``opposite`` fingers
    the second position is the negative of the first.
    """

    spec: RobotSpec
    lite_urdf: str
    finger_joints: tuple[str, ...]
    finger_open: float
    finger_closed: float
    forces: Array
    finger_force: float = 30.0
    finger_speed: float = 0.15
    opposite: bool = False
    full_urdf: str = ""

    @property
    def finger_signs(self) -> tuple[float, ...]:
        """The sign of each finger's position relative to the first."""
        return (1.0, -1.0 if self.opposite else 1.0)[: len(self.finger_joints)]

    def finger_at(self, opening: float) -> float:
        """Position of the finger joints (m or rad) at an ``opening`` given as a fraction of the gripper's width."""
        gripper = self.spec.gripper
        if gripper is not None and gripper.jaw is not None:
            return gripper.jaw.angle(opening * gripper.width)
        return self.finger_closed + opening * (self.finger_open - self.finger_closed)

    def opening_at(self, finger: float) -> float:
        """The opening as a fraction of the gripper's width, with the finger joints at ``finger`` (m or rad).

        In [0, 1] for sliding fingers; a rotary jaw may exceed 1.
        """
        gripper = self.spec.gripper
        if gripper is not None and gripper.jaw is not None:
            return max(gripper.jaw.opening(finger) / gripper.width, 0.0)
        fraction = (finger - self.finger_closed) / (self.finger_open - self.finger_closed)
        return min(max(fraction, 0.0), 1.0)


def _write_hull(source: Path, target: Path) -> None:
    """Write the convex hull of those vertices of ``source`` that are extreme in `HULL_DIRECTIONS` directions."""
    points = np.array([[float(v) for v in m.split()[:3]] for m in re.findall(r"^v (.+)$", source.read_text(), re.M)])
    i = np.arange(HULL_DIRECTIONS) + 0.5
    polar, turn = np.arccos(1 - 2 * i / HULL_DIRECTIONS), np.pi * (1 + 5**0.5) * i
    spread = np.stack([np.cos(turn) * np.sin(polar), np.sin(turn) * np.sin(polar), np.cos(polar)])
    points = points[np.unique(np.argmax(points @ spread, axis=0))]
    hull = ConvexHull(points)
    lines = [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in points]
    for simplex, plane in zip(hull.simplices, hull.equations, strict=True):
        a, b, c = points[simplex]
        order = simplex if np.dot(np.cross(b - a, c - a), plane[:3]) > 0 else simplex[::-1]
        lines.append("vn {:.4f} {:.4f} {:.4f}".format(*plane[:3]))
        lines.append("f " + " ".join(f"{v + 1}//-1" for v in order))
    target.write_text("\n".join(lines) + "\n")


@lru_cache(maxsize=1)
def _cache() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    folder = tempfile.TemporaryDirectory(prefix="sayso-arms-")
    return folder, Path(folder.name)


def lite_urdf(urdf: Path) -> str:
    """A copy of ``urdf`` with small hulls as visuals, because rendering time grows with the number of vertices."""
    folder = _cache()[1] / urdf.parent.name
    target = folder / urdf.name
    if not target.exists():
        folder.mkdir(exist_ok=True)
        for mesh in (urdf.parent / "meshes/collision").glob("*.obj"):
            _write_hull(mesh, folder / mesh.name)
        text = urdf.read_text()
        text = re.sub(r"package://meshes/visual/(\w+\.obj)", lambda m: str(folder / m[1]), text)
        visual = re.compile(r"(<visual>.*?)package://meshes/collision/(\w+\.obj)", re.S)
        text = visual.sub(lambda m: m[1] + str(folder / m[2]), text)
        text = text.replace("package://meshes", str(urdf.parent / "meshes"))
        target.write_text(text)
    return str(target)


@lru_cache(maxsize=1)
def panda() -> ArmModel:
    """The Franka Panda with its hand, seven joints, from PyBullet's data."""
    spec = load_arm("panda")
    return ArmModel(
        spec=spec,
        lite_urdf=lite_urdf(Path(spec.urdf)),
        full_urdf=spec.urdf,
        finger_joints=("panda_finger_joint1", "panda_finger_joint2"),
        finger_open=0.04,
        finger_closed=0.0,
        forces=np.array([87.0, 87.0, 87.0, 87.0, 12.0, 12.0, 12.0]),
    )


@lru_cache(maxsize=1)
def ur5e() -> ArmModel:
    """The Universal Robots UR5e with a Robotiq 2F-85, six joints."""
    spec = load_arm("ur5e")
    return ArmModel(
        spec=spec,
        lite_urdf=spec.urdf,
        finger_joints=("left_finger_joint", "right_finger_joint"),
        finger_open=0.0425,
        finger_closed=0.0,
        forces=np.array([150.0, 150.0, 150.0, 28.0, 28.0, 28.0]),
        finger_force=30.0,  # at 60 N the hand squeezes out one in four blocks while it carries them
    )


@lru_cache(maxsize=1)
def piper() -> ArmModel:
    """The AgileX Piper with its gripper, six joints."""
    spec = load_arm("piper")
    return ArmModel(
        spec=spec,
        lite_urdf=spec.urdf,
        finger_joints=("left_finger_joint", "right_finger_joint"),
        finger_open=0.035,
        finger_closed=0.0,
        forces=np.array([100.0, 100.0, 100.0, 50.0, 50.0, 50.0]),
        finger_force=20.0,  # half of the maximum: at 40 N the geared fingers drift to one side and lose the object
        finger_speed=0.1,
    )


def _with_jaw(name: str, forces: list[float], jaw_torque: float) -> ArmModel:
    """A servo arm with a rotary jaw; its links are boxes, which are cheap to render."""
    spec = load_arm(name)
    assert spec.gripper is not None and spec.gripper.jaw is not None
    jaw = spec.gripper.jaw
    return ArmModel(
        spec=spec,
        lite_urdf=spec.urdf,
        finger_joints=(jaw.joint,),
        finger_open=jaw.angle(spec.gripper.width),
        finger_closed=jaw.closed,
        forces=np.array(forces),
        finger_force=jaw_torque,
        finger_speed=3.0,
    )


@lru_cache(maxsize=1)
def so101() -> ArmModel:
    """The SO-101 with STS3215 servos, five joints and a jaw whose torque is limited to half, as in LeRobot."""
    return _with_jaw("so101", [1.9] * 5, 0.95)


@lru_cache(maxsize=1)
def koch() -> ArmModel:
    """The Koch v1.1 with XL430 and XL330 servos, five joints and a jaw."""
    return _with_jaw("koch", [1.5, 1.5, 0.52, 0.52, 0.52], 0.4)


ARMS = {"panda": panda, "ur5e": ur5e, "so101": so101, "koch": koch, "piper": piper}

"""An arm's hand alone: the part of its URDF from the fingers' parent on, on joints that lift and tilt the hand."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np

from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array
from sayso.sim.arms.arm_models import ArmModel
from sayso.sim.bullet import pybullet as p
from sayso.sim.bullet import quiet

PAD_FRICTION, PAD_SPIN = 1.3, 0.02  # as of the arms in `sayso.sim.physics`
LIFT_FORCE, TILT_TORQUE = 250.0, 60.0  # N, Nm
GEAR_ERP, GEAR_FORCE = 0.1, 50.0
HIGHEST = 0.6  # m
LIFT, TILTS = "lift", ("tilt_x", "tilt_y")
_LINK = (
    '<link name="{0}"><inertial><mass value="0.3"/><inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" iyz="0"/>'
    "</inertial></link>"
)
_JOINT = (
    '<joint name="{0}" type="{1}"><parent link="{2}"/><child link="{3}"/><axis xyz="{4}"/>'
    '<limit lower="{5}" upper="{6}" effort="{7}" velocity="2"/></joint>'
)


@dataclass(frozen=True, slots=True)
class _Mount:
    """Where the tool's point is in the hand's frame: ``offset`` (3,) m, and the tool's axes there (3, 3)."""

    link: str
    offset: Array
    axes: Array


class FlyingHand:
    """The hand of ``arm`` in the PyBullet ``client``, pointing down, its tool point at a pose of choice.

    The hand is teleported by `place`, and moved in physics by `lift`, `tilt` and `grip`. Raises `RobotError` for a
    hand without two sliding fingers.
    """

    def __init__(self, client: int, arm: ArmModel) -> None:
        if len(arm.finger_joints) != 2:
            raise RobotError(f"{arm.spec.name} has no two sliding fingers; grasps are tried with such hands only")
        self._client, self._arm = client, arm
        with tempfile.TemporaryDirectory(prefix="sayso-hand-") as folder:
            file = Path(folder) / "hand.urdf"
            file.write_text(_hand_urdf(arm), encoding="utf-8")
            with quiet(1):
                self.body = p.loadURDF(
                    str(file), [0, 0, HIGHEST], useFixedBase=True, flags=p.URDF_ENABLE_CACHED_GRAPHICS_SHAPES,
                    physicsClientId=client,
                )  # fmt: skip
        count = p.getNumJoints(self.body, physicsClientId=client)
        names = [p.getJointInfo(self.body, j, physicsClientId=client)[1].decode() for j in range(count)]
        self._lift, self._tilts = names.index(LIFT), [names.index(t) for t in TILTS]
        self.fingers = [names.index(f) for f in arm.finger_joints]
        for finger in self.fingers:
            p.changeDynamics(
                self.body, finger, lateralFriction=PAD_FRICTION, spinningFriction=PAD_SPIN, physicsClientId=client
            )
        gear = p.createConstraint(
            self.body, self.fingers[0], self.body, self.fingers[1], p.JOINT_GEAR, [1, 0, 0], [0, 0, 0], [0, 0, 0],
            physicsClientId=client,
        )  # fmt: skip
        ratio = 1 if arm.opposite else -1
        p.changeConstraint(gear, gearRatio=ratio, erp=GEAR_ERP, maxForce=GEAR_FORCE, physicsClientId=client)

    def place(self, position: Array, yaw: float, above: float = 0.0) -> None:
        """Put the tool point ``above`` m over ``position`` (3,) m, open and at rest, fingers closing along ``yaw``."""
        c = self._client
        turn = p.getQuaternionFromEuler([0, 0, yaw])
        p.resetBasePositionAndOrientation(self.body, [float(v) for v in position], turn, physicsClientId=c)
        p.resetJointState(self.body, self._lift, above, 0.0, physicsClientId=c)
        for joint in self._tilts:
            p.resetJointState(self.body, joint, 0.0, 0.0, physicsClientId=c)
        for joint, sign in zip(self.fingers, self._arm.finger_signs, strict=True):
            p.resetJointState(self.body, joint, sign * self._arm.finger_open, 0.0, physicsClientId=c)
        self.lift(above)
        self.tilt(0.0, 0.0)

    def lift(self, height: float) -> None:
        """Drive the hand to ``height`` m over its place."""
        p.setJointMotorControl2(
            self.body, self._lift, p.POSITION_CONTROL, height, force=LIFT_FORCE, positionGain=0.3,
            physicsClientId=self._client,
        )  # fmt: skip

    def tilt(self, x: float, y: float) -> None:
        """Drive the hand's tilt to ``x`` and ``y`` rad about the axes of its place, around the tool point."""
        for joint, angle in zip(self._tilts, (x, y), strict=True):
            p.setJointMotorControl2(
                self.body, joint, p.POSITION_CONTROL, angle, force=TILT_TORQUE, positionGain=0.3,
                physicsClientId=self._client,
            )  # fmt: skip

    def grip(self) -> None:
        """Close the fingers with the arm's usual force and speed."""
        for joint, sign in zip(self.fingers, self._arm.finger_signs, strict=True):
            p.setJointMotorControl2(
                self.body, joint, p.POSITION_CONTROL, sign * self._arm.finger_closed, force=self._arm.finger_force,
                maxVelocity=self._arm.finger_speed, physicsClientId=self._client,
            )  # fmt: skip

    def opening(self) -> float:
        """The gap between the fingers, m."""
        state = p.getJointState(self.body, self.fingers[0], physicsClientId=self._client)
        gripper = self._arm.spec.gripper
        assert gripper is not None
        return self._arm.opening_at(abs(state[0])) * gripper.width


def _mount(arm: ArmModel) -> _Mount:
    """The link that carries the fingers, and the tool's point there."""
    client = p.connect(p.DIRECT)
    try:
        with quiet(1):
            body = p.loadURDF(arm.lite_urdf, useFixedBase=True, physicsClientId=client)
        infos = [p.getJointInfo(body, j, physicsClientId=client) for j in range(p.getNumJoints(body, client))]
        parent = next(info[16] for info in infos if info[1].decode() == arm.finger_joints[0])
        tip = next((i[0] for i in infos if arm.spec.tip in (i[12].decode(), i[1].decode())), None)
        if tip is None or parent < 0:
            raise RobotError(f"{arm.spec.name}: no tip {arm.spec.tip} beyond the hand in {arm.spec.urdf}")
        states = [p.getLinkState(body, j, computeForwardKinematics=True, physicsClientId=client) for j in (parent, tip)]
        (at, axes), (end, tool) = (
            (np.array(s[4]), np.array(p.getMatrixFromQuaternion(s[5])).reshape(3, 3)) for s in states
        )
        return _Mount(infos[parent][12].decode(), axes.T @ (end - at), axes.T @ tool)
    finally:
        p.disconnect(client)


def _hand_urdf(arm: ArmModel) -> str:
    """The hand's URDF: base, lift along z, tilt about x and y, then the hand with its tool point at the base."""
    mount = _mount(arm)
    root = Xml.parse(arm.lite_urdf).getroot()
    kept, frontier = {mount.link}, [mount.link]
    joints = []
    while frontier:
        link = frontier.pop()
        for joint in root.findall("joint"):
            parent, child = joint.find("parent"), joint.find("child")
            if parent is not None and child is not None and parent.get("link") == link:
                joints.append(joint)
                kept.add(str(child.get("link")))
                frontier.append(str(child.get("link")))
    gripper = arm.spec.gripper
    assert gripper is not None and gripper.closing_axis is not None
    closing = mount.axes[:, gripper.closing_axis]
    ahead = mount.axes[:, 2]
    # Rows: the place's x (along which the fingers close), y and z (up) in the hand's frame.
    turn = np.stack([closing, np.cross(-ahead, closing), -ahead])
    x, y, z = -turn @ mount.offset
    roll, pitch, yaw = p.getEulerFromQuaternion(_quaternion(turn))
    out = Xml.Element("robot", {"name": f"{arm.spec.name}-hand"})
    parts = [_LINK.format(name) for name in ("place", "lifted", "tilted", "tilted_twice")]
    parts += [
        _JOINT.format(LIFT, "prismatic", "place", "lifted", "0 0 1", -0.1, HIGHEST, LIFT_FORCE),
        _JOINT.format(TILTS[0], "revolute", "lifted", "tilted", "1 0 0", -2, 2, TILT_TORQUE),
        _JOINT.format(TILTS[1], "revolute", "tilted", "tilted_twice", "0 1 0", -2, 2, TILT_TORQUE),
        f'<joint name="mount" type="fixed"><parent link="tilted_twice"/><child link="{mount.link}"/>'
        f'<origin xyz="{x} {y} {z}" rpy="{roll} {pitch} {yaw}"/></joint>',
    ]
    out.extend(Xml.fromstring(part) for part in parts)
    out.extend(m for m in root.findall("material"))
    out.extend(link for link in root.findall("link") if link.get("name") in kept)
    out.extend(joints)
    return Xml.tostring(out, encoding="unicode")


def _quaternion(turn: Array) -> tuple[float, float, float, float]:
    """The quaternion (x, y, z, w) of a rotation matrix (3, 3)."""
    from scipy.spatial.transform import Rotation

    x, y, z, w = Rotation.from_matrix(turn).as_quat().tolist()
    return x, y, z, w

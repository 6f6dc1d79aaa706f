"""Moves the hand without a policy: to a point of the room, first up, then across, then down, or to a posture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.hardware.arms.differential_ik import DifferentialIK
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, RobotSpec
from sayso.skills.features import Proprioception

GAIN, SPEED = 4.0, 0.20  # 1/s, m/s
POSTURE_GAIN, POSTURE_SPEED = 3.0, 0.5  # 1/s, rad/s of the fastest joint, as homing
ABOVE_M, BESIDE_M = 0.02, 0.05  # so near above a point the hand comes down, beside a posture the joints take over
PASSES, DAMPING, END_RAD, SHARE = 3, 0.01, 0.02, 0.8  # of the joints' ranges and of their largest speeds
LOW_M = 0.01  # the hand goes across from so far below the height of the crossing on


@dataclass(frozen=True, slots=True)
class Drive:
    """What the arm does for one policy tick without a goal: joint ``velocity`` (n,) rad/s, gripper ``closed``.

    The tool moves with ``twist`` (6,) m/s and rad/s.
    """

    velocity: Array
    closed: bool
    twist: Array


class Travel:
    """Joint velocities that take the hand of the arm ``spec`` to where it is sent, from any state."""

    def __init__(self, spec: RobotSpec) -> None:
        self._ik, self._kinematics, self._spec, self._dof = DifferentialIK(spec), Kinematics(spec), spec, spec.dof

    def hold(self, closed: bool) -> Drive:
        """Stand still with the gripper open or ``closed``."""
        return Drive(np.zeros(self._dof), closed, np.zeros(6))

    def to_point(self, body: Proprioception, end: Array, crossing: float) -> Drive:
        """Toward ``end`` (3,) m, across the table at a height of at least ``crossing`` m."""
        gap = end - body.tool.position
        way = np.array([*gap[:2], 0.0])
        aside, below = float(np.hypot(*gap[:2])), crossing - float(body.tool.position[2])
        if aside < ABOVE_M:
            way = gap
        elif below > LOW_M:
            way = np.array([0.0, 0.0, below])
        else:
            way[2] = max(below, float(gap[2]))
        velocity = GAIN * way
        velocity *= min(1.0, SPEED / max(float(np.linalg.norm(velocity)), 1e-9))
        twist = np.array([*velocity, 0.0, 0.0, 0.0])
        return Drive(self._joints(body, twist), body.closing, twist)

    def _joints(self, body: Proprioception, twist: Array) -> Array:
        """Joint velocities (n,) rad/s that move the tool with ``twist`` (6,), its position before its heading.

        An arm with five joints cannot have both; one at the end of its range leaves the way to the others.
        """
        q, jacobian = body.position, self._kinematics.jacobian(body.position)[:3]
        joints = self._ik.velocities(q, body.tool, twist[None])[0]
        for _ in range(PASSES):
            ends = ((q < self._spec.lower + END_RAD) & (joints < 0)) | ((q > self._spec.upper - END_RAD) & (joints > 0))
            joints[ends], jacobian = 0.0, jacobian * ~ends
            gram = jacobian @ jacobian.T + DAMPING**2 * np.eye(3)
            joints = joints + jacobian.T @ np.linalg.solve(gram, twist[:3] - jacobian @ joints)
        top = float((np.abs(joints) / (SHARE * self._spec.velocity)).max())
        return np.asarray(joints / max(1.0, top))

    def to_posture(self, body: Proprioception, posture: Array, end: Array, crossing: float) -> Drive:
        """Toward the joint positions ``posture`` (n,) rad, at which the tool is at ``end`` (3,) m."""
        gap = end - body.tool.position
        if float(np.hypot(*gap[:2])) > BESIDE_M:
            return self.to_point(body, np.array([*end[:2], max(crossing, float(end[2]))]), crossing)
        velocity = POSTURE_GAIN * (posture - body.position)
        velocity *= min(1.0, POSTURE_SPEED / max(float(np.abs(velocity).max()), 1e-9))
        speed = GAIN * gap * min(1.0, SPEED / max(GAIN * float(np.linalg.norm(gap)), 1e-9))
        return Drive(velocity, body.closing, np.array([*speed, 0.0, 0.0, 0.0]))

"""The shape of a hand from its URDF in the tool frame: hulls of its fixed and moving parts, and the fingertip."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pinocchio as pin

from sayso.hardware.arms.urdf import read_urdf
from sayso.hardware.types import Array, RobotSpec

END_M = 0.001  # corners this near to the foremost one belong to the end of the finger


class HandShape:
    """Corners of the boxes around the hand's collision geometry, one (8, 3) m each, in the tool frame.

    The jaw of a `GripperSpec` moves; other grippers count as fixed, open as the URDF draws them.
    """

    def __init__(self, spec: RobotSpec) -> None:
        urdf = read_urdf(spec.urdf)
        self._spec = spec
        self._model = pin.buildModelFromXML(urdf.text)
        self._geometry = pin.buildGeomFromUrdfString(self._model, urdf.text, pin.GeometryType.COLLISION)
        self._jaw = spec.gripper.jaw if spec.gripper else None
        self._tool = self._model.getFrameId(spec.tip)
        self._hand_joint = self._model.frames[self._tool].parentJoint
        self._jaw_joint = self._model.getJointId(self._jaw.joint) if self._jaw else -1

    def fixed(self) -> list[Array]:
        """The parts that keep still while the jaw moves."""
        return list(self._hulls(self._hand_joint, 0.0))

    def jaw(self, opening: float) -> list[Array]:
        """The parts that move, at a gripper opening in [0, 1]; none for a gripper without a jaw."""
        if self._jaw is None or self._spec.gripper is None:
            return []
        return list(self._hulls(self._jaw_joint, self._jaw.angle(opening * self._spec.gripper.width)))

    def fingertip(self) -> Array:
        """The point (3,) m that touches a table below: the end of the fixed finger, or of two closed fingers."""
        if self._jaw is None:
            return np.array([0.0, 0.0, self._spec.gripper.fingertip if self._spec.gripper else 0.0])
        corners = np.concatenate(self.fixed())
        return np.asarray(corners[corners[:, 2] > corners[:, 2].max() - END_M].mean(0))

    def _hulls(self, joint: int, angle: float) -> Iterator[Array]:
        q = pin.neutral(self._model)
        if self._jaw_joint >= 0:
            q[self._model.joints[self._jaw_joint].idx_q] = angle
        data = self._model.createData()
        pin.forwardKinematics(self._model, data, q)
        tool = pin.updateFramePlacement(self._model, data, self._tool)
        for body in self._geometry.geometryObjects:
            if body.parentJoint != joint:
                continue
            body.geometry.computeLocalAABB()
            box = body.geometry.aabb_local
            low, high = np.asarray(box.min_).ravel(), np.asarray(box.max_).ravel()
            corners = np.array([np.where(ends, high, low) for ends in product((0, 1), repeat=3)])
            there = tool.inverse() * data.oMi[joint] * body.placement
            yield corners @ there.rotation.T + there.translation

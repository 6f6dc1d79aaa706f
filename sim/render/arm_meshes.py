"""The visible shapes of an arm as meshes, for pictures with the arm in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.arms.arm_models import ArmModel
from sayso.sim.bullet import pybullet as p
from sayso.sim.bullet import quiet
from sayso.sim.things.files import MeshError, read_mesh
from sayso.sim.things.mesh import Mesh, box, hull, revolved, sphere

COARSE = 400  # faces, above which a link is drawn as its hull


class ArmMeshes:
    """An arm in a PyBullet client of its own, whose links' shapes are asked for in any posture."""

    def __init__(self, model: ArmModel) -> None:
        self.model = model
        self._client = p.connect(p.DIRECT)
        with quiet(1):
            self._body = p.loadURDF(model.lite_urdf, useFixedBase=True, physicsClientId=self._client)
        names = {
            p.getJointInfo(self._body, j, physicsClientId=self._client)[1].decode(): j
            for j in range(p.getNumJoints(self._body, physicsClientId=self._client))
        }
        self._joints = [names[n] for n in model.spec.joints]
        self._fingers = [names[n] for n in model.finger_joints]
        self._shapes = []
        for row in p.getVisualShapeData(self._body, physicsClientId=self._client):
            mesh = _mesh(row)
            if mesh is not None:
                turn = np.array(p.getMatrixFromQuaternion(row[6])).reshape(3, 3)
                self._shapes.append((row[1], mesh.moved(turn, row[5]), np.array(row[7][:3])))

    def posed(self, q: Array, gripper: float) -> list[tuple[Mesh, Array]]:
        """All shapes at joints ``q`` (n,) rad in the base frame, with their colors (3,) in 0..1."""
        c, opening = self._client, self.model.finger_at(gripper)
        for j, value in zip(self._joints, q, strict=True):
            p.resetJointState(self._body, j, float(value), physicsClientId=c)
        for j, sign in zip(self._fingers, self.model.finger_signs, strict=True):
            p.resetJointState(self._body, j, sign * opening, physicsClientId=c)
        out = []
        for link, mesh, color in self._shapes:
            if link >= 0:
                state = p.getLinkState(self._body, link, computeForwardKinematics=True, physicsClientId=c)
                mesh = mesh.moved(np.array(p.getMatrixFromQuaternion(state[5])).reshape(3, 3), state[4])
            out.append((mesh, color))
        return out

    def close(self) -> None:
        """Disconnect the client."""
        p.disconnect(physicsClientId=self._client)


def _mesh(row: tuple) -> Mesh | None:
    """The shape of one row of PyBullet's visual data; None for one that cannot be drawn."""
    kind, dims, file = row[2], np.array(row[3]), row[4].decode()
    if kind == p.GEOM_BOX:
        return box(dims)
    if kind == p.GEOM_SPHERE:
        return sphere(float(dims[0]), 1)
    if kind in (p.GEOM_CYLINDER, p.GEOM_CAPSULE):
        length, radius = float(dims[0]), float(dims[1])
        return revolved([(0, -length / 2), (radius, -length / 2), (radius, length / 2), (0, length / 2)], 12)
    try:
        mesh = read_mesh(Path(file))
    except MeshError:
        return None
    return (hull(mesh.vertices) if len(mesh.faces) > COARSE else mesh).scaled(dims)

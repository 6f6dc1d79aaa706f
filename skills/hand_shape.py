"""The space that the hand and what it carries take up, as points on their surface, and its distance to things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from sayso.hardware.arms.urdf import read_urdf
from sayso.hardware.control.clearance import collision_bodies, vertices
from sayso.hardware.types import Array, Pose, RobotSpec
from sayso.perception.scene import SceneObject

POINTS, SPREAD_M = 80, 0.008
"""At most so many points a body; fewer if all of its surface is so near to one of them."""


@dataclass(frozen=True, slots=True)
class Keepout:
    """A thing to stay ``distance`` m away from: its ``position`` (3,), ``size`` (3,) m, ``yaw`` rad, base frame.

    A ``round`` one is a cylinder, any other a box.
    """

    id: str
    position: Array
    size: Array
    yaw: float
    round: bool
    distance: float

    @classmethod
    def of(cls, thing: SceneObject, distance: float, is_round: bool) -> Keepout:
        """The keepout of a perceived ``thing``."""
        return cls(thing.id, thing.position, thing.size, thing.yaw, is_round, distance)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest point of the hand to a thing: ``gap`` m, negative inside; ``point`` (3,) m, base frame.

    ``away`` (3,) is the unit vector from the thing to the point.
    """

    gap: float
    point: Array
    away: Array


class HandShape:
    """Surface points of all that the last joint of ``spec`` carries, the gripper as wide open as it goes.

    Raises `RobotError` if the arm's collision geometry cannot be read.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self._points = np.vstack([_surface(corners) for corners in _bodies(spec)])

    def points(self, tool: Pose, load: SceneObject | None = None) -> Array:
        """Points (k, 3) m in the base frame with the tool at ``tool``.

        ``load`` is the held object as it was perceived; it moves with the tool.
        """
        points = tool.position + self._points @ tool.rotation.T
        if load is None:
            return points
        c, s = np.cos(load.yaw), np.sin(load.yaw)
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        return np.vstack([points, load.position + (_BOX * load.size / 2) @ turn])


_BOX = np.array([[x, y, z] for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)], dtype=np.float64)


def _bodies(spec: RobotSpec) -> list[Array]:
    """Points (k, 3) m, in the tool's frame, whose convex hulls are the bodies that the last joint carries."""
    model, geometry = collision_bodies(read_urdf(spec.urdf).text, spec.urdf)
    q = pin.neutral(model)
    for name, joint in zip(model.names, model.joints, strict=True):
        if joint.nq == 1 and name not in spec.joints:  # a finger, open
            ends = model.lowerPositionLimit[joint.idx_q], model.upperPositionLimit[joint.idx_q]
            q[joint.idx_q] = max(ends, key=abs)
    if spec.gripper is not None and (jaw := spec.gripper.jaw) is not None:
        q[model.joints[model.getJointId(jaw.joint)].idx_q] = jaw.angle(spec.gripper.width)
    data, placed = model.createData(), pin.GeometryData(geometry)
    pin.framesForwardKinematics(model, data, q)
    pin.updateGeometryPlacements(model, data, geometry, placed)
    tool, last = data.oMf[model.getFrameId(spec.tip)], model.getJointId(spec.joints[-1])
    out = []
    for body, at in zip(geometry.geometryObjects, placed.oMg, strict=True):
        if last in list(model.supports[body.parentJoint]):
            points = vertices(body.geometry) @ at.rotation.T + at.translation
            out.append((points - tool.translation) @ tool.rotation)
    return out


def _surface(corners: Array) -> Array:
    """Points (k, 3) m over the convex hull of ``corners``."""
    ends = _spread(corners, POINTS // 2)
    between = ends[:, None] + np.linspace(0.0, 1.0, 5)[1:4, None, None, None] * (ends[None] - ends[:, None])
    return _spread(np.vstack([ends, between.reshape(-1, 3)]), POINTS)


def _spread(points: Array, most: int) -> Array:
    """At most so many of ``points``, each the farthest from those before."""
    chosen = [int(np.argmax(np.linalg.norm(points - points.mean(axis=0), axis=1)))]
    away = np.linalg.norm(points - points[chosen[0]], axis=1)
    while len(chosen) < most and away.max() > SPREAD_M:
        chosen.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return points[chosen]


def nearest(points: Array, thing: Keepout) -> Nearest:
    """The nearest of the ``points`` (k, 3) to ``thing``."""
    way, gaps = _ways(points, thing)
    i = int(gaps.argmin())
    return Nearest(float(gaps[i]), points[i], way[i])


def _ways(points: Array, thing: Keepout) -> tuple[Array, Array]:
    """Unit vectors (k, 3) from the thing to each point and the distances (k,) m, negative inside."""
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    local, half = (points - thing.position) @ turn, thing.size / 2
    if thing.round:  # a cylinder is a box in the plane through its axis and the point
        flat = np.hypot(local[:, 0], local[:, 1])
        outward = local[:, :2] / np.maximum(flat, 1e-9)[:, None]
        local, half = np.column_stack([flat, local[:, 2]]), half[[0, 2]]
    beyond = np.abs(local) - half
    gap = np.maximum(beyond, 0.0)
    length = np.linalg.norm(gap, axis=1)
    nearest_face = np.where(beyond == beyond.max(axis=1, keepdims=True), 1.0, 0.0)
    outside = (length > 1e-9)[:, None]
    way = np.where(outside, gap / np.maximum(length, 1e-9)[:, None], nearest_face) * np.sign(local)
    if thing.round:
        way = np.column_stack([outward * way[:, :1], way[:, 1]])
    return way @ turn.T, np.where(outside[:, 0], length, beyond.max(axis=1))

"""The space that the hand and what it carries take up, as spheres, and its distance to things on the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.hardware.types import Array, GripperSpec, Pose
from sayso.perception.scene import SceneObject

FINGER_M, FINGER_LENGTH_M = 0.011, 0.036
"""Radius of a finger, and its length above the tool point."""
PALM_M, PALM_TOP_M = 0.037, 0.125
"""Radius of the palm, which spans from the fingers' upper end to this height above the tool point."""
PALM_WIDE_M = 0.068
"""Half the distance of the palm's outermost spheres along the closing axis."""
STEP_M = 0.012


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
    """Spheres of a hand whose tool axis z points from the palm to the fingertips, opened as far as it goes.

    Lengths are those of the gripper ``spec``; None: an arm without a gripper has a palm alone.
    """

    def __init__(self, spec: GripperSpec | None) -> None:
        width = spec.width if spec is not None else 0.0
        tip = spec.fingertip if spec is not None else 0.0
        across = 0 if spec is not None and spec.closing_axis == 0 else 1
        points: list[tuple[float, float, float]] = []  # along the tool's closing axis, across it, along z
        if spec is not None:
            for z in np.arange(tip - FINGER_M, -FINGER_LENGTH_M, -STEP_M):
                points += [(side * (width / 2 + FINGER_M), 0.0, float(z)) for side in (-1.0, 1.0)]
        fingers = len(points)
        for z in np.linspace(-FINGER_LENGTH_M - PALM_M, -PALM_TOP_M, 4):
            points += [(float(y), 0.0, float(z)) for y in np.linspace(-PALM_WIDE_M, PALM_WIDE_M, 5)]
        own = np.array(points)
        self._points = own[:, [0, 1, 2]] if across == 0 else own[:, [1, 0, 2]]
        self._radii = np.array([FINGER_M] * fingers + [PALM_M] * (len(points) - fingers))

    def spheres(self, tool: Pose, load: SceneObject | None = None) -> tuple[Array, Array]:
        """Centers (k, 3) m in the base frame and radii (k,) m with the tool at ``tool``.

        ``load`` is the held object as it was perceived; it moves with the tool.
        """
        points, radii = tool.position + self._points @ tool.rotation.T, self._radii
        if load is not None:
            side, height = float(load.size[:2].max()) / 2, float(load.size[2]) / 2
            corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * 0.6
            edges = corners * [side, side, height]
            c, s = np.cos(load.yaw), np.sin(load.yaw)
            turned = edges @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
            points = np.vstack([points, load.position + turned])
            radii = np.append(radii, np.full(8, 0.4 * max(side, height) * 1.5))
        return points, radii


def nearest(points: Array, radii: Array, thing: Keepout) -> Nearest:
    """The nearest of the spheres (k, 3), (k,) to ``thing``."""
    way, gaps = _ways(points, thing)
    gaps = gaps - radii
    i = int(gaps.argmin())
    return Nearest(float(gaps[i]), points[i], way[i])


def _ways(points: Array, thing: Keepout) -> tuple[Array, Array]:
    """Unit vectors (k, 3) from the thing to each point and the distances (k,) m, negative inside."""
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    local, half = (points - thing.position) @ turn, thing.size / 2
    if thing.round:
        flat = np.hypot(local[:, 0], local[:, 1])
        out = np.maximum(flat - half[0], 0.0)
        scale = np.where(flat > 1e-9, out / np.maximum(flat, 1e-9), 0.0)
        gap = np.column_stack([local[:, :2] * scale[:, None], local[:, 2] - np.clip(local[:, 2], -half[2], half[2])])
        depth = np.column_stack([half[0] - flat, half[2] - np.abs(local[:, 2])])
    else:
        gap = local - np.clip(local, -half, half)
        depth = half - np.abs(local)
    length = np.linalg.norm(gap, axis=1)
    inside = length < 1e-9
    way = np.where(inside[:, None], [0.0, 0.0, 1.0], gap / np.maximum(length, 1e-9)[:, None])
    return way @ turn.T, np.where(inside, -depth.min(axis=1), length)


def closest(points: Array, radii: Array, things: Sequence[Keepout]) -> float:
    """The smallest gap (m) to any of ``things`` beyond its distance; infinite without things."""
    return min((nearest(points, radii, thing).gap - thing.distance for thing in things), default=np.inf)

"""The table in a depth picture: the plane on which things stand, found without any calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame, Pose

SAMPLES, ROUNDS, GRID = 6000, 300, 4
NEAR = 0.008  # m + share of the distance within which a point is of the plane
NEAR_SHARE = 0.006
LEAST_SHARE = 0.12  # of the measured pixels
LOW_TABLE = 0.25  # m: a plane so high over the floor, and parallel to it, is the table
LAYER = 0.02  # m: how thick a layer of points is that is searched for such a plane
CLOSEST, FARTHEST = 0.10, 3.0


class NoTableError(ValueError):
    """There is no table in view; the message is one line that says what was seen instead."""


@dataclass(frozen=True, slots=True)
class TablePlane:
    """``normal`` (3,) unit, toward the camera, and ``distance`` m of the camera from the plane, in camera axes;
    ``share`` of the measured pixels that lie on it.
    """

    normal: Array
    distance: float
    share: float

    def camera_pose(self) -> Pose:
        """The camera over a table at height 0: x ahead along the table, y left, z up, the origin below the camera."""
        up = self.normal
        ahead = np.array([0.0, 0.0, 1.0]) - up[2] * up
        if np.linalg.norm(ahead) < 0.1:  # it looks straight down: ahead is the picture's up
            ahead = np.array([0.0, -1.0, 0.0]) + up[1] * up
        ahead /= np.linalg.norm(ahead)
        rotation = np.stack([ahead, np.cross(up, ahead), up])
        return Pose(np.array([0.0, 0.0, self.distance]), rotation)


def find_table(frame: Frame, seed: int = 0) -> TablePlane:
    """The plane with most of the measured points of ``frame`` on it, among those seen from above and with little below.

    Where that is the floor, the table is the plane above it. Planes from three random points (RANSAC, Fischler and
    Bolles 1981), the best one fitted by least squares. Raises `NoTableError`.
    """
    points = _points(frame)
    if len(points) < 200:
        raise NoTableError("no table in view: the depth picture is nearly empty")
    rng = np.random.default_rng(seed)
    some = points if len(points) <= SAMPLES else points[rng.choice(len(points), SAMPLES, replace=False)]
    near = NEAR + NEAR_SHARE * some[:, 2]
    best, normal, offset = 0.0, np.zeros(3), 0.0
    for _ in range(ROUNDS):
        a, b, c = some[rng.choice(len(some), 3, replace=False)]
        n = np.cross(b - a, c - a)
        length = np.linalg.norm(n)
        if length < 1e-4:
            continue
        n = n / length * (-1 if n @ a > 0 else 1)  # toward the camera, which is at the origin
        gap = (some - a) @ n
        on = np.abs(gap) < near
        # Little lies below a table top; below a wall or a box's face lies the rest of the room.
        score = float(on.mean() - (gap < -2 * near).mean())
        if score > best and -(n @ a) > CLOSEST:
            best, normal, offset = score, n, float(n @ a)
    if best <= 0.0:
        raise NoTableError("no table in view: no plane carries what the depth picture shows")
    normal, offset = _fitted(points, normal, offset)
    above = _layer_above(points @ normal - offset, -offset)
    if above is not None:
        normal, offset = _fitted(points, normal, offset + above)
    share = float((np.abs(points @ normal - offset) < NEAR + NEAR_SHARE * points[:, 2]).mean())
    if share < LEAST_SHARE:
        raise NoTableError(f"no table in view: the largest plane has {share:.0%} of the depth picture")
    return TablePlane(normal, -offset, share)


def _fitted(points: NDArray[np.float64], normal: Array, offset: float) -> tuple[Array, float]:
    """The plane ``normal`` · p = ``offset`` fitted to the points near it."""
    for _ in range(3):
        on = np.abs(points @ normal - offset) < 0.7 * (NEAR + NEAR_SHARE * points[:, 2])
        middle = points[on].mean(0)
        normal = np.linalg.svd(points[on] - middle, full_matrices=False)[2][2]
        normal = normal * (-1 if normal @ middle > 0 else 1)
        offset = float(normal @ middle)
    return normal, offset


def _layer_above(heights: NDArray[np.float64], camera: float) -> float | None:
    """The height (m) of the fullest layer of points at least `LOW_TABLE` over a plane; None if there is no full one.

    ``heights`` (n,) m are those of all points, ``camera`` that of the camera, over the plane.
    """
    edges = np.arange(LOW_TABLE, camera - CLOSEST, LAYER / 2)
    if len(edges) < 3:
        return None
    count = np.histogram(heights, edges)[0]
    pairs = count[1:] + count[:-1]
    best = int(pairs.argmax())
    return float(edges[best + 1]) if pairs[best] >= LEAST_SHARE * len(heights) else None


def _points(frame: Frame) -> NDArray[np.float64]:
    """Measured points (n, 3) m in camera axes, on a grid of pixels."""
    assert frame.depth is not None
    depth = np.nan_to_num(frame.depth[::GRID, ::GRID], nan=0.0, posinf=0.0, neginf=0.0).astype(np.float64)
    v, u = np.nonzero((depth > CLOSEST) & (depth < FARTHEST))
    z, k = depth[v, u], frame.intrinsics
    return np.stack([(u * GRID - k[0, 2]) / k[0, 0] * z, (v * GRID - k[1, 2]) / k[1, 1] * z, z], 1)

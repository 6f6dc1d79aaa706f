"""Outlines of objects seen from above, turned as they stand, and the distance at which two touch."""

from __future__ import annotations

from math import atan2, cos, hypot, pi, sin

import numpy as np

from sayso.hardware.types import Array
from sayso.sim.scenes.scene_spec import ObjectSpec

_CORNERS, _HALVINGS = 32, 30


def touching_distance(a: ObjectSpec, b: ObjectSpec) -> float:
    """How far apart (m) the middles of two objects must be, in the direction in which they lie, not to overlap."""
    dx, dy = b.position[0] - a.position[0], b.position[1] - a.position[1]
    way = atan2(dy, dx)
    first, second = _outline(a), _outline(b)
    near, far = 0.0, float(np.linalg.norm(first, axis=1).max() + np.linalg.norm(second, axis=1).max())
    for _ in range(_HALVINGS):  # both are convex with their middle inside: from one distance on they are apart
        middle = (near + far) / 2
        if _apart(first, second + np.array([middle * cos(way), middle * sin(way)])):
            far = middle
        else:
            near = middle
    return far


def _outline(item: ObjectSpec) -> Array:
    """The corners (n, 2) m of an object around its middle: of its box, or of a polygon about a round one."""
    x, y = item.extents[0] / 2, item.extents[1] / 2
    if item.is_round:
        angles = np.arange(_CORNERS) * 2 * pi / _CORNERS
        return np.column_stack([np.cos(angles), np.sin(angles)]) * max(x, y) / cos(pi / _CORNERS)
    c, s = cos(item.yaw), sin(item.yaw)
    return np.array([[x, y], [-x, y], [-x, -y], [x, -y]]) @ np.array([[c, s], [-s, c]])


def _apart(a: Array, b: Array) -> bool:
    """Whether two convex polygons have no point in common: by a line along an edge of one of them."""
    for corners in (a, b):
        edges = np.roll(corners, -1, axis=0) - corners
        for nx, ny in np.column_stack([-edges[:, 1], edges[:, 0]]):
            one, other = a @ [nx, ny], b @ [nx, ny]
            slack = 1e-9 * hypot(nx, ny)
            if one.max() <= other.min() + slack or other.max() <= one.min() + slack:
                return True
    return False

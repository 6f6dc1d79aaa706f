"""The upright box of a thing from the depth of its own pixels: measured, where the network only estimates."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array

ABOVE = 0.004  # m above the table from which a point is of the thing
STRAY, STRAY_M = 0.65, 0.012  # points farther from the middle than this share of the estimated diagonal are of others
LEAST_POINTS = 8
HIGHEST = 0.02  # share of a thing's points that may be strays above it
STANDS = 0.03  # m between the estimated foot and the table up to which the thing stands on the table
INNER, LEAST_INNER = 0.25, 3  # share of the shorter edge around the middle, and the points there that are enough
NEIGHBORS, SPARSE = 2, 2.5  # a point is a stray if so many others are not within so many distances of neighbors
MOST = 700  # points of which strays are sought
LONG = 1.2  # the longer edge over the shorter one from which the heading counts


@dataclass(frozen=True, slots=True)
class UprightBox:
    """Center ``position`` (3,) m, ``size`` (longer, shorter, height) m, ``yaw`` rad of the longer edge.

    ``fold`` is as in `Instance`. ``fill`` is the share of the rectangle seen from above that the thing fills: about 0.8
    for a disk, 1 for a box; ``dip`` m is how far its middle lies below its top. None if not measured.
    """

    position: Array
    size: Array
    yaw: float
    fold: int
    fill: float | None = None
    dip: float | None = None


def without_strays(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of ``points`` (n, 3) m that one camera measured those that have others near, at most about `MOST`.

    At a thing's edges a depth camera measures points in the air between the thing and what is behind it.
    """
    points = points[:: len(points) // MOST + 1]
    if len(points) <= NEIGHBORS:
        return points
    flat = points - points.mean(0)
    square = (flat**2).sum(1)
    gaps = np.maximum(square[:, None] + square - 2 * flat @ flat.T, 0)
    near = np.sqrt(np.partition(gaps, (1, NEIGHBORS), axis=1))  # the first is the point itself
    return points[near[:, NEIGHBORS] < SPARSE * np.median(near[:, 1])]


def measured(points: NDArray[np.float32], guess: UprightBox, table: float) -> UprightBox:
    """The box around ``points`` (n, 3) m; ``guess`` is the network's, and stays where too little was measured."""
    reach = STRAY * float(np.hypot(*guess.size[:2])) + STRAY_M
    off = np.hypot(*(points[:, :2] - guess.position[:2]).T)
    foot = float(guess.position[2] - guess.size[2] / 2)
    low = table if abs(foot - table) < STANDS else foot
    own = points[(off < reach) & (points[:, 2] > low + ABOVE)]
    if len(own) < LEAST_POINTS:
        return guess
    flat = own[:, :2].astype(np.float32)
    middle, edges, degrees = cv2.minAreaRect(flat)
    fill = float(cv2.contourArea(cv2.convexHull(flat))) / max(edges[0] * edges[1], 1e-9)
    long, short = max(edges), min(edges)
    yaw = float(np.radians(degrees + (0.0 if edges[0] >= edges[1] else 90.0)))
    top = max(float(np.quantile(own[:, 2], 1 - HIGHEST)), low + ABOVE)
    inner = own[np.hypot(*(flat - middle).T) < INNER * short, 2]
    dip = top - float(np.median(inner)) if len(inner) >= LEAST_INNER else None
    size = np.array([long, short, top - low])
    return UprightBox(np.array([*middle, (top + low) / 2]), size, yaw, 2 if long > LONG * short else 4, fill, dip)


def rounded(box: UprightBox, guess: UprightBox) -> UprightBox:
    """The box of a round thing, as wide as the longer edge of what is seen of it.

    The side away from the cameras is hidden: the network's ``guess``, which knows of it, has a share in the place.
    """
    long = float(box.size[0])
    at = np.array([*(box.position[:2] + guess.position[:2]) / 2, box.position[2]])
    return UprightBox(at, np.array([long, long, box.size[2]]), 0.0, 0, box.fill, box.dip)

"""The pixels of a thing whose place, size and turn are known, as a tracker keeps them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame

SLACK, SLACK_SHARE = 0.006, 0.1  # m and share of an edge by which a thing may stick out of its box
FOOT, FOOT_SHARE = 0.004, 0.2  # m and share of the height above the foot from which a pixel is not the table's
HIDDEN = 0.3  # of the box's outline, the visible share below which a thing counts as hidden
CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


def silhouette(frame: Frame, position: Array, size: Array, yaw: float) -> NDArray[np.bool_]:
    """The visible pixels (H, W) of a thing at ``position`` (3,) m with extents ``size`` (3,) m, turned by ``yaw`` rad.

    With depth those whose points lie in its box, none if most of it is hidden; without depth the box's outline.
    """
    height, width = frame.rgb.shape[:2]
    out = np.zeros((height, width), np.bool_)
    turn = np.array([[np.cos(yaw), -np.sin(yaw), 0.0], [np.sin(yaw), np.cos(yaw), 0.0], [0.0, 0.0, 1.0]])
    local = (position + (CORNERS * size) @ turn.T - frame.pose.position) @ frame.pose.rotation
    if local[:, 2].min() <= 0.01:
        return out
    pixels = (local @ frame.intrinsics.T)[:, :2] / local[:, 2:]
    outline = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(outline, cv2.convexHull(np.round(pixels).astype(np.int32)), 1)
    v, u = np.nonzero(cv2.dilate(outline, np.ones((3, 3), np.uint8)))
    if frame.depth is None or not len(v):
        return outline > 0
    depth = np.nan_to_num(frame.depth[v, u].astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    k = frame.intrinsics
    rays = np.stack([(u - k[0, 2]) / k[0, 0], (v - k[1, 2]) / k[1, 1], np.ones(len(u))], 1)
    points = ((rays * depth[:, None]) @ frame.pose.rotation.T + frame.pose.position - position) @ turn
    reach = np.asarray(size) / 2 + np.maximum(SLACK, SLACK_SHARE * np.asarray(size))
    foot = -size[2] / 2 + min(FOOT, FOOT_SHARE * float(size[2]))
    own = (depth > 0) & (np.abs(points) < reach).all(1) & (points[:, 2] > foot)
    if own.sum() >= HIDDEN * outline.sum():
        out[v[own], u[own]] = True
    return out

"""Boxes in the picture: of what an upright box in space looks like, and how much two of them share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame
from sayso.perception.votes import Detection

Box = tuple[float, float, float, float]
"""[x0, y0, x1, y1] in pixels."""
CORNERS, ROUND = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]), 24  # of an outline; points of a round one


def box_of(detection: Detection, frame: Frame) -> Box:
    """The box in the picture (pixels) of the upright box of a thing, or of its cylinder."""
    if detection.fold == 0 or detection.kind == "bowl":
        turn = np.arange(ROUND) * 2 * np.pi / ROUND
        flat = detection.size[0] / 2 * np.stack([np.cos(turn), np.sin(turn)], 1)
    else:
        cos, sin = np.cos(detection.yaw), np.sin(detection.yaw)
        flat = CORNERS * detection.size[:2] / 2 @ np.array([[cos, sin], [-sin, cos]])
    half = float(detection.size[2]) / 2
    points = detection.position + np.concatenate(
        [np.column_stack([flat, np.full(len(flat), h)]) for h in (-half, half)]
    )
    local = (points - frame.pose.position) @ frame.pose.rotation @ frame.intrinsics.T
    pixels = local[:, :2] / np.maximum(local[:, 2:], 1e-6)
    most = np.array(frame.rgb.shape[1::-1]) - 1.0
    low, high = np.clip(pixels.min(0), 0, most), np.clip(pixels.max(0), 0, most)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def shows(frame: Frame, box: Box, point: Array) -> bool:
    """Whether the frame shows a ``point`` (3,) m of the base frame in ``box``."""
    u, v, w = (point - frame.pose.position) @ frame.pose.rotation @ frame.intrinsics.T
    x0, y0, x1, y1 = box
    return bool(w > 0 and x0 * w <= u <= x1 * w and y0 * w <= v <= y1 * w)


def overlap(a: NDArray, b: NDArray) -> float:
    """Intersection over union of two boxes [x0, y0, x1, y1]."""
    edges = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = float(np.prod(np.maximum(edges, 0)))
    return shared / max(float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - shared, 1e-9)

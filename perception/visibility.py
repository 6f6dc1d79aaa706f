"""Whether the place of an object is visibly empty, hidden or filled."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

import numpy as np

from sayso.hardware.types import Array, Frame
from sayso.perception.scene import HOLLOW, SOMETHING
from sayso.perception.track import Track

MARGIN = 0.012
RIM = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], 1)
RIMMED = HOLLOW | {"ring", "plate"}
"""Kinds whose middle is lower than their rim, or open."""
SPREAD = 0.35 * np.stack([g.ravel() for g in np.meshgrid([-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0])], 1)
"""Places (9, 2) over a thing's box, in its edges: the middle of a thing of any shape may be empty, as that of a U."""


class Visibility(Enum):
    """Visibility of a place in all cameras."""

    EMPTY = auto()
    HIDDEN = auto()
    FILLED = auto()


def look_at(track: Track, frames: Sequence[Frame]) -> Visibility:
    """Compare the depth measured in ``frames`` at the place of ``track`` with the depth that it would have.

    One camera with a surface there decides for FILLED; if no camera sees the place, it is HIDDEN.
    """
    points = _probes(track)
    odd = track.kind == SOMETHING  # any one of its places shows it
    gone = len(points) if odd else max(1, len(points) // 2)
    empty = False
    for frame in frames:
        if frame.depth is None:
            continue
        beyond, at = _compare(points, frame, float(track.size.min()))
        if at > 0 and (odd or at >= beyond):
            return Visibility.FILLED
        empty = empty or beyond >= gone
    return Visibility.EMPTY if empty else Visibility.HIDDEN


def _probes(track: Track) -> Array:
    """Points (n, 3) m where the object's material is, or may be: the middle of a block, the rim of a bowl."""
    if track.kind == SOMETHING:
        cos, sin = np.cos(track.yaw), np.sin(track.yaw)
        over = SPREAD * track.size[:2] @ np.array([[cos, sin], [-sin, cos]])
        return track.position + np.column_stack([over, np.zeros(len(over))])
    if track.kind not in RIMMED:
        return track.position[None]
    rim = track.position + np.array([0.0, 0.0, track.size[2] / 2 - 0.006])
    return rim + np.column_stack([RIM * (track.width / 2 - 0.003), np.zeros(len(RIM))])


def seen_past(points: Array, frame: Frame) -> Array:
    """Which of ``points`` (n, 3) m the frame sees past, bool (n,)."""
    gap = _beyond(points, frame)
    return np.asarray(gap > MARGIN)


def _compare(points: Array, frame: Frame, thickness: float) -> tuple[int, int]:
    """How many of ``points`` (n, 3) the frame sees past, and at how many it sees a surface nearby."""
    gap = _beyond(points, frame)
    return int((gap > MARGIN).sum()), int(((gap <= MARGIN) & (gap > -thickness - MARGIN)).sum())


def _beyond(points: Array, frame: Frame) -> Array:
    """How far (n,) m the frame sees past each of ``points`` (n, 3); NaN where it measures nothing."""
    assert frame.depth is not None
    local = (points - frame.pose.position) @ frame.pose.rotation
    pixels = local @ frame.intrinsics.T
    uv = np.round(pixels[:, :2] / np.maximum(pixels[:, 2:], 1e-6)).astype(int)
    height, width = frame.depth.shape
    inside = (uv >= 0).all(1) & (uv[:, 0] < width) & (uv[:, 1] < height) & (local[:, 2] > 0)
    depth = np.full(len(points), np.nan)
    depth[inside] = frame.depth[uv[inside, 1], uv[inside, 0]]
    return np.where(np.isfinite(depth) & (depth > 0), depth, np.nan) - local[:, 2]

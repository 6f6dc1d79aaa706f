"""Whether the place of an object is visibly empty, hidden or filled."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

import numpy as np

from sayso.hardware.types import Array, Frame
from sayso.perception.scene import HOLLOW
from sayso.perception.track import Track

MARGIN = 0.012
RIM = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], 1)


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
    empty = False
    for frame in frames:
        if frame.depth is None:
            continue
        beyond, at = _compare(points, frame, float(track.size.min()))
        if at > 0 and at >= beyond:
            return Visibility.FILLED
        empty = empty or beyond >= max(1, len(points) // 2)
    return Visibility.EMPTY if empty else Visibility.HIDDEN


def _probes(track: Track) -> Array:
    """Points (n, 3) m inside the object's material: the center of a block, the rim of a bowl or ring."""
    if track.kind not in HOLLOW and track.kind != "ring":
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

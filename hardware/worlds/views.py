"""Camera pose, intrinsics and depth conversions for worlds whose simulators use other conventions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sayso.hardware.types import Array, Pose


def looking_at(eye: ArrayLike, target: ArrayLike) -> Pose:
    """Pose of a camera at ``eye`` (3,) m that looks at ``target`` (3,) m with a level horizon; OpenCV axes."""
    position = np.array(eye, dtype=np.float64)
    ahead = np.asarray(target, dtype=np.float64) - position
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return Pose(position, np.stack([right, np.cross(ahead, right), ahead], axis=1))


def pinhole(width: int, height: int, fov: float) -> Array:
    """Intrinsics (3, 3) in pixels for a vertical field of view of ``fov`` degrees and square pixels."""
    f = height / 2 / np.tan(np.radians(fov) / 2)
    return np.array([[f, 0.0, (width - 1) / 2], [0.0, f, (height - 1) / 2], [0.0, 0.0, 1.0]])


def depth_of(buffer: ArrayLike, near: float, far: float) -> np.ndarray:
    """Depth (H, W) float32 m from an OpenGL depth ``buffer`` in 0..1 with clip planes at ``near`` and ``far`` m."""
    z = np.asarray(buffer, dtype=np.float64)
    return np.asarray(near * far / (far - (far - near) * z), dtype=np.float32)

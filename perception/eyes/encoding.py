"""The input of the eyes' network for a frame with depth: color, height, surface, and what was measured."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame

CHANNELS = 11
STRIDE = 2
NEAREST, FARTHEST = 0.05, 3.0
LOW, HIGH = -0.10, 0.40
FINE = 0.06  # m; a second height channel resolves what is flat
FILL = 2.5  # pixels: smaller holes are filled from their surroundings
Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EyeInput:
    """``inputs`` (`CHANNELS`, H, W) float32, and for every output pixel (h, w) the geometry.

    ``points`` (h, w, 3) m in the base frame, ``heading`` (h, w, 2) cosine and sine of the horizontal viewing direction,
    ``known`` (h, w) where a depth was measured or filled; without depth, where the ray meets the table.
    """

    inputs: Image
    points: Image
    heading: Image
    known: NDArray[np.bool_]


def encode(frame: Frame, table: float = 0.0, colors: bool = True) -> EyeInput:
    """Encode a frame of the network's size; ``table`` is the table's height (m) in the base frame.

    Without depth every point is where its ray meets the table. Directions are rotated into a frame along each pixel's
    horizontal viewing direction, so that what is learned holds for any camera pose. Without ``colors`` the network sees
    shape alone.
    """
    k = frame.intrinsics.astype(np.float32)
    rotation = frame.pose.rotation.astype(np.float32)
    height, width = frame.rgb.shape[:2]
    x = (np.arange(width, dtype=np.float32) - k[0, 2]) / k[0, 0]
    y = ((np.arange(height, dtype=np.float32) - k[1, 2]) / k[1, 1])[:, None]
    rays = rotation[:, 0, None, None] * x + rotation[:, 1, None, None] * y + rotation[:, 2, None, None]
    if frame.depth is None:
        below = np.minimum(rays[2], np.float32(-1e-3))  # rays above the horizon never meet the table
        depth = np.minimum(np.float32(table - frame.pose.position[2]) / below, np.float32(FARTHEST))
        known = np.zeros(depth.shape, bool)
    else:
        depth, known = _filled(frame.depth)
    z = depth * rays[2] + np.float32(frame.pose.position[2] - table)
    # Horizontal direction; the image's up direction keeps it defined for a camera that looks straight down.
    ahead = rays[:2] - rotation[:2, 1, None, None]
    ahead /= np.maximum(np.sqrt(ahead[0] ** 2 + ahead[1] ** 2), 1e-6)
    normal = np.einsum("ij,jhw->ihw", rotation, _normals(depth, known, x, y, float(k[0, 0]), float(k[1, 1])))
    inputs = np.zeros((CHANNELS, height, width), dtype=np.float32)
    if colors:
        inputs[:3] = frame.rgb.transpose(2, 0, 1) * np.float32(1 / 127.5) - 1
    inputs[3] = np.clip(z, LOW, HIGH) * 10 - 1
    inputs[4] = np.clip(z, -FINE / 3, FINE) * (2 / FINE) - 1
    inputs[5] = ahead[0] * normal[0] + ahead[1] * normal[1]
    inputs[6] = ahead[0] * normal[1] - ahead[1] * normal[0]
    inputs[7] = normal[2]
    inputs[8] = np.clip(depth, 0, FARTHEST) * 2 - 2
    inputs[3 : 9 if frame.depth is not None else 8] *= known
    inputs[9] = rays[2] / np.sqrt(x**2 + y**2 + 1)
    inputs[10] = known
    some = (slice(None, None, STRIDE),) * 2
    points = (rays[:, *some] * depth[some]).transpose(1, 2, 0) + frame.pose.position.astype(np.float32)
    placed = known if frame.depth is not None else depth < FARTHEST
    return EyeInput(inputs, points, np.ascontiguousarray(ahead[:, *some].transpose(1, 2, 0)), placed[some])


def _filled(depth: NDArray) -> tuple[Image, NDArray[np.bool_]]:
    """The depth with small holes filled, and where it is known then."""
    depth = np.nan_to_num(depth, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    known = (depth > NEAREST) & (depth < FARTHEST)
    depth = np.where(known, depth, np.float32(0))
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), FILL)
    around = cv2.GaussianBlur(depth, (0, 0), FILL)
    fill = ~known & (weight > 0.35)
    return np.where(fill, around / np.maximum(weight, 1e-6), depth).astype(np.float32), known | fill


def _normals(depth: Image, known: NDArray[np.bool_], x: Image, y: Image, fx: float, fy: float) -> Image:
    """Unit surface normals (3, H, W) in camera axes, toward the camera, from differences of smoothed depth."""
    smooth = cv2.medianBlur(depth, 3)
    du, dv = np.zeros_like(depth), np.zeros_like(depth)
    du[:, 1:-1] = (smooth[:, 2:] - smooth[:, :-2]) * np.float32(fx / 2)
    dv[1:-1] = (smooth[2:] - smooth[:-2]) * np.float32(fy / 2)
    out = np.stack([du, dv, -(smooth + x * du + y * dv)])
    out /= np.maximum(np.sqrt((out**2).sum(0)), 1e-6)
    return np.asarray(out * cv2.erode(known.astype(np.float32), np.ones((3, 3), np.uint8)), np.float32)

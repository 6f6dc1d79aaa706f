"""The network's input for a frame with depth: color and geometry, independent of the camera's heading."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame

WIDTH, HEIGHT, FOCAL = 208, 160, 208.4
CHANNELS = 9
STRIDE = 2
FARTHEST = 2.5
LOW, HIGH = -0.05, 0.40
Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """``inputs`` (`CHANNELS`, H, W) float32 for the network and, for each of its output pixels (h, w), the geometry.

    ``points`` (h, w, 3) m in the base frame, ``heading`` (h, w, 2) cosine and sine of the viewing direction projected
    to the horizontal, ``valid`` (h, w) where depth was measured. ``walls`` (h, w, 2): sine and cosine of four times
    the surface normal's heading, scaled by how vertical the surface is.
    """

    inputs: Image
    points: Image
    heading: Image
    valid: NDArray[np.bool_]
    walls: Image


def standard_view(frame: Frame) -> Frame:
    """Resample the frame to the network's resolution and focal length, as seen from the same place."""
    k = frame.intrinsics
    fits = (
        frame.rgb.shape[:2] == (HEIGHT, WIDTH) and abs(k[0, 0] / FOCAL - 1) < 0.15 and abs(k[1, 1] / FOCAL - 1) < 0.15
    )
    if fits:
        return frame
    wanted = np.array([[FOCAL, 0, WIDTH / 2 - 0.5], [0, FOCAL, HEIGHT / 2 - 0.5], [0, 0, 1.0]])
    u = ((np.arange(WIDTH) - wanted[0, 2]) / FOCAL * k[0, 0] + k[0, 2]).astype(np.float32)
    v = ((np.arange(HEIGHT) - wanted[1, 2]) / FOCAL * k[1, 1] + k[1, 2]).astype(np.float32)
    columns, rows = np.meshgrid(u, v)
    rgb = np.asarray(cv2.remap(frame.rgb, columns, rows, cv2.INTER_LINEAR), dtype=np.uint8)
    # Nearest-neighbor: averaged depth would lie between an object and the table behind it, where there is nothing.
    depth = None
    if frame.depth is not None:
        depth = np.asarray(cv2.remap(frame.depth, columns, rows, cv2.INTER_NEAREST), dtype=np.float32)
    return Frame(frame.t, frame.camera, rgb, depth, wanted, frame.pose)


def encode(frame: Frame, table: float = 0.0) -> Encoded:
    """Encode a frame with depth; ``table`` is the table's height (m) in the base frame.

    Directions are rotated into a frame along each pixel's horizontal viewing direction, so that the network's learning
    transfers to other camera poses. Pixels without depth, or farther than `FARTHEST` m, are marked invalid.
    """
    assert frame.depth is not None
    k = frame.intrinsics.astype(np.float32)
    rotation = frame.pose.rotation.astype(np.float32)
    measured = np.isfinite(frame.depth) & (frame.depth > 0.02) & (frame.depth < FARTHEST)
    depth = np.where(measured, frame.depth, np.float32(FARTHEST))
    height, width = depth.shape
    x = (np.arange(width, dtype=np.float32) - k[0, 2]) / k[0, 0]
    y = ((np.arange(height, dtype=np.float32) - k[1, 2]) / k[1, 1])[:, None]
    rays = rotation[:, 0, None, None] * x + rotation[:, 1, None, None] * y + rotation[:, 2, None, None]
    z = depth * rays[2] + np.float32(frame.pose.position[2] - table)
    # Horizontal direction; the image's up direction keeps it defined for a camera that looks straight down.
    ahead = rays[:2] - rotation[:2, 1, None, None]
    ahead /= np.maximum(np.sqrt(ahead[0] ** 2 + ahead[1] ** 2), 1e-6)
    normal = np.einsum("ij,jhw->ihw", rotation, _normals(depth, x, y, float(k[0, 0]), float(k[1, 1])))
    inputs = np.empty((CHANNELS, height, width), dtype=np.float32)
    inputs[:3] = frame.rgb.transpose(2, 0, 1) * np.float32(1 / 127.5) - 1
    inputs[3] = np.clip(z, LOW, HIGH) * 10 - 1
    inputs[4] = ahead[0] * normal[0] + ahead[1] * normal[1]
    inputs[5] = ahead[0] * normal[1] - ahead[1] * normal[0]
    inputs[6] = normal[2]
    inputs[7] = depth * 2 - 2
    inputs[8] = rays[2] / np.sqrt(x**2 + y**2 + 1)
    some = (slice(None, None, STRIDE),) * 2
    points = (rays[:, *some] * depth[some]).transpose(1, 2, 0) + frame.pose.position.astype(np.float32)
    # For a unit vector's horizontal part h, (h[0] + i h[1])⁴ has four times its angle.
    square = (normal[0] + 1j * normal[1])[some] ** 2
    square = square * square
    walls = np.stack([square.imag, square.real], axis=-1).astype(np.float32)
    return Encoded(inputs, points, ahead[:, *some].transpose(1, 2, 0), measured[some], walls)


def _normals(depth: Image, x: Image, y: Image, fx: float, fy: float) -> Image:
    """Unit surface normals (3, H, W) in camera axes, toward the camera, from central differences of depth."""
    du, dv = np.zeros_like(depth), np.zeros_like(depth)
    du[:, 1:-1] = (depth[:, 2:] - depth[:, :-2]) * np.float32(fx / 2)
    dv[1:-1] = (depth[2:] - depth[:-2]) * np.float32(fy / 2)
    out = np.stack([du, dv, -(depth + x * du + y * dv)])
    out /= np.maximum(np.sqrt((out**2).sum(0)), 1e-6)
    return out

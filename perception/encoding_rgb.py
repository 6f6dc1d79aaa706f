"""The network's input for a frame without depth: color, the depth at which each pixel's ray meets the table, and edge
directions projected to the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame
from sayso.perception.encoding import FARTHEST, STRIDE

CHANNELS = 8
EDGE = 40.0  # gray levels per pixel: scale of a strong edge
Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EncodedRgb:
    """``inputs`` (`CHANNELS`, H, W) float32 and, for each of the network's output pixels (h, w), the geometry.

    ``rays`` (h, w, 3) are unit vectors in the base frame, ``lefts`` and ``ups`` (h, w, 3) perpendicular to them;
    ``heading`` (h, w, 2) as in `sayso.perception.encoding.Encoded`; ``depth`` (h, w) m to the table along the optical
    axis, at most `FARTHEST`; ``eye`` (3,) m.
    """

    inputs: Image
    rays: Image
    lefts: Image
    ups: Image
    heading: Image
    depth: Image
    eye: Array


def encode_rgb(frame: Frame, table: float = 0.0) -> EncodedRgb:
    """Encode a frame's colors; ``table`` is the table's height (m) in the base frame.

    As with depth, directions are rotated into a frame along each pixel's horizontal viewing direction.
    """
    k = frame.intrinsics.astype(np.float32)
    rotation = frame.pose.rotation.astype(np.float32)
    height, width = frame.rgb.shape[:2]
    x = (np.arange(width, dtype=np.float32) - k[0, 2]) / k[0, 0]
    y = ((np.arange(height, dtype=np.float32) - k[1, 2]) / k[1, 1])[:, None]
    rays = rotation[:, 0, None, None] * x + rotation[:, 1, None, None] * y + rotation[:, 2, None, None]
    below = np.minimum(rays[2], np.float32(-1e-3))  # rays above the horizon never meet the table
    depth = np.minimum(np.float32(table - frame.pose.position[2]) / below, np.float32(FARTHEST))
    ahead = rays[:2] - rotation[:2, 1, None, None]
    ahead = ahead / np.maximum(np.sqrt(ahead[0] ** 2 + ahead[1] ** 2), 1e-6)
    length = np.sqrt(x**2 + y**2 + 1)
    inputs = np.empty((CHANNELS, height, width), dtype=np.float32)
    inputs[:3] = frame.rgb.transpose(2, 0, 1) * np.float32(1 / 127.5) - 1
    inputs[3] = depth * 2 - 2
    inputs[4] = rays[2] / length
    inputs[5:8] = _edges(frame.rgb, rays, below, ahead, rotation, k)
    some = (slice(None, None, STRIDE),) * 2
    unit = (rays / length)[:, *some].transpose(1, 2, 0)
    heading = ahead[:, *some].transpose(1, 2, 0)
    lefts = np.stack([-heading[..., 1], heading[..., 0], np.zeros_like(heading[..., 0])], -1)
    lefts = lefts - (lefts * unit).sum(-1, keepdims=True) * unit
    lefts /= np.linalg.norm(lefts, axis=-1, keepdims=True)
    return EncodedRgb(
        inputs, unit, lefts, np.cross(unit, lefts), heading, depth[some], frame.pose.position.astype(np.float64)
    )


def _edges(rgb: NDArray[np.uint8], rays: Image, below: Image, ahead: Image, rotation: Image, k: Image) -> Image:
    """The gradient of the steepest color channel, projected to the table: cosine and sine of four times its direction
    relative to the viewing direction, times its strength, and the strength itself (3, H, W).

    A block's upper edges lie along its heading or across it; four times the angle is the same for all of them.
    """
    image = rgb.astype(np.float32)
    du, dv = cv2.Sobel(image, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(image, cv2.CV_32F, 0, 1, scale=1 / 8)
    square = du**2 + dv**2
    steepest = square.argmax(2)[..., None]
    gu, gv = (np.take_along_axis(g, steepest, 2)[..., 0] for g in (du, dv))
    strength = np.tanh(np.sqrt(np.take_along_axis(square, steepest, 2)[..., 0]) / np.float32(EDGE))
    # Jacobian from pixel to table point, up to a positive factor; its columns belong to u and v.
    across = [(rotation[:2, i, None, None] - rays[:2] * (rotation[2, i] / below)) / k[i, i] for i in (0, 1)]
    # A gradient transforms by the inverse transpose; the adjugate has the same direction up to the determinant's sign,
    # which four times the angle ignores.
    gx = across[1][1] * gu - across[0][1] * gv
    gy = -across[1][0] * gu + across[0][0] * gv
    turn = (ahead[0] * gx + ahead[1] * gy) + 1j * (ahead[0] * gy - ahead[1] * gx)
    turn /= np.maximum(np.abs(turn), np.float32(1e-9))
    turn *= turn
    turn *= turn
    return np.stack([turn.real * strength, turn.imag * strength, strength])

"""A camera's picture as the eyes' network takes it: the whole picture, at the network's size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame
from sayso.perception.eyes.encoding import STRIDE

WIDTH, HEIGHT = 224, 160


@dataclass(frozen=True, slots=True)
class Fitted:
    """``frame`` at `WIDTH` × `HEIGHT`, and what of the picture it shows: a pixel (u, v) of it is the picture's
    ``origin`` + (u, v) · ``scale``; ``inside`` (H, W) is false where it lies off the picture."""

    frame: Frame
    origin: tuple[float, float]
    scale: float
    inside: NDArray[np.bool_]


def fitted(frame: Frame) -> Fitted:
    """The whole picture, its longer side filled and the rest black and without depth."""
    height, width = frame.rgb.shape[:2]
    scale = max(width / WIDTH, height / HEIGHT)
    origin = ((width - 1 - (WIDTH - 1) * scale) / 2, (height - 1 - (HEIGHT - 1) * scale) / 2)
    u = (np.arange(WIDTH) * scale + origin[0]).astype(np.float32)
    v = (np.arange(HEIGHT) * scale + origin[1]).astype(np.float32)
    inside = ((v >= -0.5) & (v <= height - 0.5))[:, None] & ((u >= -0.5) & (u <= width - 0.5))[None]
    columns, rows = np.meshgrid(u, v)
    # Averaging before sampling keeps print and edges from turning into noise.
    smooth = cv2.GaussianBlur(frame.rgb, (0, 0), 0.4 * scale) if scale > 1.2 else frame.rgb
    rgb = np.asarray(cv2.remap(smooth, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.uint8)
    depth = None
    if frame.depth is not None:
        # Nearest neighbor: averaged depth would lie between a thing and the table behind it, where there is nothing.
        known = np.nan_to_num(frame.depth, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
        depth = np.asarray(
            cv2.remap(known, columns, rows, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT), np.float32
        )
    intrinsics = frame.intrinsics.astype(np.float64).copy()
    intrinsics[:2, 2] -= origin
    intrinsics[:2] /= scale
    intrinsics[2] = 0, 0, 1
    return Fitted(Frame(frame.t, frame.camera, rgb, depth, intrinsics, frame.pose), origin, scale, inside)


def in_picture(mask: NDArray[np.bool_], view: Fitted, frame: Frame) -> NDArray[np.bool_]:
    """Output pixels ``mask`` (h, w) of a fitted ``view`` as pixels (H, W) of the ``frame`` that was fitted."""
    places: NDArray[np.float32] = np.indices(frame.rgb.shape[:2], dtype=np.float32)
    columns, rows = ((x - o) / (view.scale * STRIDE) for x, o in zip(places[::-1], view.origin, strict=True))
    return np.asarray(cv2.remap(mask.astype(np.float32), np.asarray(columns), np.asarray(rows), cv2.INTER_LINEAR) > 0.5)

"""The look of a thing that a camera saw: a small picture of it, heights above the table, its size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame

SIDE = 48  # pixels
MARGIN = 1.3  # of a thing's longer side in the picture
HEIGHT_UNIT = 0.002  # m
UNKNOWN = 255
LEAST_PIXELS = 20
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Crop:
    """``picture`` (`SIDE`, `SIDE`, 4) uint8: red, green, blue, and 255 where the thing is; what lies around it tells
    the light. ``heights`` (`SIDE`, `SIDE`) uint8 above the table in `HEIGHT_UNIT`, `UNKNOWN` where none was measured.
    ``size`` (longer, shorter, height) m of its upright box.
    """

    picture: NDArray[np.uint8]
    heights: NDArray[np.uint8]
    size: Array


def crop_of(frame: Frame, mask: Mask, size: Array, table: float = 0.0) -> Crop | None:
    """The crop of the thing whose pixels in the frame are ``mask`` (H, W); None if it is hardly seen.

    ``size`` (3,) m are its extents, ``table`` is the table's height in the base frame.
    """
    v, u = np.nonzero(mask)
    if len(v) < LEAST_PIXELS:
        return None
    low, high = np.array([u.min(), v.min()]), np.array([u.max(), v.max()]) + 1
    side = max(round(float((high - low).max() * MARGIN)), 8)
    x, y = np.round((low + high - side) / 2).astype(int)
    rgb, own, depth = (_window(a, int(x), int(y), side) for a in (frame.rgb, mask.astype(np.uint8) * 255, frame.depth))
    assert rgb is not None and own is not None
    how = cv2.INTER_AREA if side > SIDE else cv2.INTER_LINEAR
    picture = np.dstack(
        [cv2.resize(rgb, (SIDE, SIDE), interpolation=how), cv2.resize(own, (SIDE, SIDE), interpolation=how)]
    )
    heights = np.full((SIDE, SIDE), UNKNOWN, np.uint8)
    if depth is not None:
        heights = _heights(frame, depth, (int(x), int(y)), side, table)
    flat = np.sort(np.asarray(size, np.float64)[:2])[::-1]
    return Crop(np.asarray(picture, np.uint8), heights, np.array([*flat, float(size[2])]))


def _window(image: NDArray | None, x: int, y: int, side: int) -> NDArray | None:
    """The square of ``image`` from pixel (x, y) on; 0 beyond its borders."""
    if image is None:
        return None
    height, width = image.shape[:2]
    out = np.zeros((side, side, *image.shape[2:]), image.dtype)
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + side, width), min(y + side, height)
    if x1 > x0 and y1 > y0:
        out[y0 - y : y1 - y, x0 - x : x1 - x] = image[y0:y1, x0:x1]
    return out


def _heights(frame: Frame, depth: NDArray, corner: tuple[int, int], side: int, table: float) -> NDArray[np.uint8]:
    """Heights of a window's surface above the ``table``."""
    step = (np.arange(SIDE) + 0.5) * side / SIDE - 0.5
    place = np.clip(np.round(step).astype(int), 0, side - 1)
    z = np.nan_to_num(depth[np.ix_(place, place)].astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    k = frame.intrinsics
    x, y = (place + corner[0] - k[0, 2]) / k[0, 0], ((place + corner[1] - k[1, 2]) / k[1, 1])[:, None]
    up = frame.pose.rotation[2]
    above = z * (up[0] * x + up[1] * y + up[2]) + frame.pose.position[2] - table
    known = z > 0
    return np.where(known, np.clip(np.round(above / HEIGHT_UNIT), 0, UNKNOWN - 1), UNKNOWN).astype(np.uint8)

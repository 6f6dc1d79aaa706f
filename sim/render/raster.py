"""Triangles to pixels with NumPy: depth and face of every pixel.

Homogeneous edge functions (Olano and Greer 1997): with a triangle's corners as the columns of M, the rows of M⁻¹ times
a pixel's ray are the corners' weights, and their sum is the inverse depth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEAR = 0.03
Float = NDArray[np.float32]


def rays_of(intrinsics: NDArray, width: int, height: int) -> Float:
    """The rays (H, W, 3) through the pixels' centers in camera axes, with unit component along the optical axis."""
    u = (np.arange(width) - intrinsics[0, 2]) / intrinsics[0, 0]
    v = (np.arange(height) - intrinsics[1, 2]) / intrinsics[1, 1]
    rays = np.ones((height, width, 3), np.float32)
    rays[..., 0], rays[..., 1] = u, v[:, None]
    return rays


def rasterize(corners: Float, intrinsics: NDArray, width: int, height: int) -> tuple[Float, NDArray[np.int32], Float]:
    """Depth (H, W) m, infinite where nothing is; face (H, W), -1 there; and the corners' weights (H, W, 3).

    ``corners`` (n, 3, 3) m in camera axes, counterclockwise from outside; faces from behind and faces nearer than
    `NEAR` are not drawn.
    """
    depth = np.full((height, width), np.inf, np.float32)
    face = np.full((height, width), -1, np.int32)
    weights = np.zeros((height, width, 3), np.float32)
    corners = np.asarray(corners, np.float32)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    rows = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], 1)
    volume = np.einsum("ij,ij->i", a, rows[:, 0])
    # Camera axes look along +z, so an outward face that is seen has a negative volume with the eye.
    kept = (volume < -1e-12) & (corners[..., 2].min(1) > NEAR)
    number = np.flatnonzero(kept)
    if not len(number):
        return depth, face, weights
    corners, rows = corners[kept], rows[kept] / volume[kept, None, None]
    pixels = corners[..., :2] / corners[..., 2:] * intrinsics[[0, 1], [0, 1]].astype(np.float32)
    pixels += intrinsics[:2, 2].astype(np.float32)
    low = np.clip(np.ceil(pixels.min(1)), 0, [width, height]).astype(np.int64)
    high = np.clip(np.floor(pixels.max(1)), -1, [width - 1, height - 1]).astype(np.int64)
    wide, tall = (np.maximum(high - low + 1, 0)).T
    counts = wide * tall
    which = np.repeat(np.arange(len(number)), counts)
    inside = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    across = wide[which]
    down = inside // np.maximum(across, 1)
    u = low[which, 0] + inside - down * across
    v = low[which, 1] + down
    x = ((u - intrinsics[0, 2]) / intrinsics[0, 0]).astype(np.float32)
    y = ((v - intrinsics[1, 2]) / intrinsics[1, 1]).astype(np.float32)
    some = rows[which]
    share = some[:, :, 0] * x[:, None] + some[:, :, 1] * y[:, None] + some[:, :, 2]
    hit = (share >= -1e-6).all(1)
    which, share, pixel = which[hit], share[hit], (v * width + u)[hit]
    inverse = share.sum(1)
    # Positive floats order like the integers of the same bits; the face in the low half breaks ties.
    key = inverse.view(np.int32).astype(np.int64) << 32 | np.arange(len(inverse))
    nearest = np.full(width * height, -1, np.int64)
    np.maximum.at(nearest, pixel, key)
    seen = np.flatnonzero(nearest >= 0)
    winner = nearest[seen] & 0xFFFFFFFF
    depth.ravel()[seen] = 1 / inverse[winner]
    face.ravel()[seen] = number[which[winner]]
    weights.reshape(-1, 3)[seen] = share[winner] / inverse[winner, None]
    return depth, face, weights

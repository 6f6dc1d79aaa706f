"""Crops → numbers by which two looks are compared, and the comparison.

The numbers hardly change when a thing is turned about the upright axis or stands in other light: shares of colors with
the brightness taken out, how even and how textured the surface is, extents in metres. What each difference is worth is
learned from rendered views of things, see `sayso.training.looks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.perception.looks.crop import HEIGHT_UNIT, UNKNOWN, Crop

if TYPE_CHECKING:
    import onnxruntime as ort

BINS = 8  # of each of two chromatic axes
COLORS = BINS * BINS
OTHERS = 39
NUMBERS = COLORS + OTHERS
DIFFERENCES = 4 + 2 * OTHERS
LEAST_PIXELS, LEAST_HEIGHTS = 15, 10
MOST_LOG_ODDS = 20.0
SHIFTS = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
Float = NDArray[np.float32]


def described(crop: Crop) -> Float:
    """The numbers (`NUMBERS`,) of a look: first the roots of the shares of `COLORS`, then the others.

    All are 0 for a picture that hardly shows the thing.
    """
    rgb = np.asarray(crop.picture[..., :3] / 255, np.float32)
    own = crop.picture[..., 3] > 127
    inner = cv2.erode(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0  # the border mixes with the table
    if inner.sum() < LEAST_PIXELS:
        inner = own
    if own.sum() < LEAST_PIXELS:
        return np.zeros(NUMBERS, np.float32)
    return np.concatenate([*_colors(rgb, inner), _surface(rgb, own, inner), _shape(crop, own, inner)]).astype(
        np.float32
    )


def _colors(rgb: Float, inner: NDArray[np.bool_]) -> tuple[Float, Float]:
    """Roots of the shares of chromaticities, and their middle and spread."""
    light = rgb[inner] ** 2  # about linear
    share = light / (light.sum(1, keepdims=True) + 1e-3)
    red = np.clip(((share[:, 0] - share[:, 1]) / 2 + 0.5) * BINS, 0, BINS - 1e-3).astype(int)
    blue = np.clip(share[:, 2] * BINS, 0, BINS - 1e-3).astype(int)
    bins = np.bincount(red * BINS + blue, minlength=COLORS).reshape(BINS, BINS).astype(np.float32)
    bins = np.asarray(cv2.GaussianBlur(bins, (0, 0), 0.7, borderType=cv2.BORDER_REPLICATE), np.float32)
    middle, spread = np.median(share, 0), share.std(0)
    quarter = np.percentile(share, [10, 90], axis=0).ravel()
    return np.sqrt(bins.ravel() / bins.sum()), np.concatenate([middle, spread, quarter]).astype(np.float32)


def _surface(rgb: Float, own: NDArray[np.bool_], inner: NDArray[np.bool_]) -> Float:
    """Brightness, its spread, saturation, and texture at two scales."""
    pixels = rgb[inner]
    gray = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)
    ring = (cv2.dilate(own.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & ~own
    around = np.median(rgb[ring], 0) if ring.sum() > LEAST_HEIGHTS else np.full(3, 0.5)
    bright = gray[inner]
    even = bright / (np.median(bright) + 0.05)
    saturation = (pixels.max(1) - pixels.min(1)) / (pixels.max(1) + 0.05)
    texture = []
    for width in (0.8, 2.0):
        smooth = cv2.GaussianBlur(gray, (0, 0), width)
        slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))[inner]
        slope = slope / (np.median(bright) + 0.05)
        texture += [np.log(slope.mean() + 0.02), np.log(np.percentile(slope, 90) + 0.02)]
    return np.array(
        [
            *np.log(np.median(pixels, 0) + 0.05), *(np.median(pixels, 0) / (around + 0.1)),
            bright.mean(), even.std(), *np.percentile(even, [10, 90]), saturation.mean(), saturation.std(), *texture,
        ],
        np.float32,
    )  # fmt: skip


def _shape(crop: Crop, own: NDArray[np.bool_], inner: NDArray[np.bool_]) -> Float:
    """Extents, how full the outline is, and how the height is spread."""
    v, u = np.nonzero(own)
    spread = np.linalg.eigvalsh(np.cov(np.stack([u, v])) + 0.1 * np.eye(2))
    hull = cv2.contourArea(cv2.convexHull(np.stack([u, v], 1).astype(np.float32)))
    known = (crop.heights != UNKNOWN) & inner
    high = np.full(5, 0.5)
    if known.sum() > LEAST_HEIGHTS:
        tall = crop.heights[known] * HEIGHT_UNIT / max(float(crop.size[2]), 0.01)
        high = np.clip(np.percentile(tall, [10, 30, 50, 70, 90]), 0, 1.5)
    size = np.log(np.maximum(crop.size, 1e-3))
    return np.array([*size, size.sum(), np.log(spread[1] / spread[0]) / 2, len(v) / max(hull, 1.0), *high], np.float32)


def differences(a: Float, b: Float) -> Float:
    """How the looks ``a`` (n, `NUMBERS`) and ``b`` (m, `NUMBERS`) differ, (n, m, `DIFFERENCES`)."""
    one, two = (x[:, :COLORS].reshape(-1, BINS, BINS) for x in (a, b))
    # In light of another color all shares move together: the best of small shifts counts, too.
    same = np.stack([np.einsum("nij,mij->nm", np.roll(one, s, (1, 2)), two) for s in SHIFTS])
    none, best = (np.sqrt(np.clip(1 - x, 0, None)) for x in (same[SHIFTS.index((0, 0))], same.max(0)))
    gap = np.abs(a[:, None, COLORS:] - b[None, :, COLORS:])
    return np.concatenate([np.stack([none, none**2, best, best**2], -1), gap, gap**2], -1).astype(np.float32)


class Comparison:
    """The network exported by `sayso.training.looks`: ``differences`` (B, `DIFFERENCES`) → ``odds`` (B, 1), log odds.

    Raises `ValueError` for a model of another shape.
    """

    def __init__(self, session: ort.InferenceSession) -> None:
        shapes = session.get_inputs()[0].shape[1:], session.get_outputs()[0].shape[1:]
        if shapes != ([DIFFERENCES], [1]):
            raise ValueError(f"looks take {DIFFERENCES} differences and give 1 number; this model has {shapes}")
        self._session = session

    def log_odds(self, looks: Float, seen: Float) -> Float:
        """Log odds (n, m) that ``looks`` (n, `NUMBERS`) and ``seen`` (m, `NUMBERS`) are of one thing."""
        given = differences(looks, seen).reshape(-1, DIFFERENCES)
        (out,) = self._session.run(None, {self._session.get_inputs()[0].name: given})
        odds = np.asarray(out, np.float32).reshape(len(looks), len(seen))
        return np.clip(odds, -MOST_LOG_ODDS, MOST_LOG_ODDS)


def all_described(crops: Sequence[Crop]) -> Float:
    """The numbers (n, `NUMBERS`) of ``crops``."""
    return np.stack([described(c) for c in crops]) if crops else np.zeros((0, NUMBERS), np.float32)

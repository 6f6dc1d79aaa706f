"""Fits a lens to pictures of the board by OpenCV (Zhang 2000), and checks whether the pictures suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from sayso.hardware.cameras.calibration import Lens
from sayso.hardware.types import Array
from sayso.perception.calibration.board import Corners

LEAST_VIEWS = 8
GRID = (4, 3)
LEAST_COVERED = 0.6
MOST_RMS, MOST_FOCAL_ERROR = 1.0, 0.01
LEAST_TILT = 12.0  # degrees, of a quarter of the views: boards parallel to the image do not determine focal length
BAD_VIEW = 3.0  # times the median error: above it the picture was blurred by motion


class CalibrationError(ValueError):
    """The pictures do not suffice or contradict each other; the message says what to show."""


@dataclass(frozen=True, slots=True)
class LensFit:
    """``lens`` and residuals: for each of ``views`` its corners' ``errors`` (n, 2) px and its ``rms`` (views,) px.

    ``covered`` is the fraction of the picture where corners were seen, ``focal_error`` the relative standard deviation
    of the focal length, ``tilt`` (degrees) the 75th percentile of the views' tilts, ``left_out`` the number of rejected
    pictures.
    """

    lens: Lens
    views: tuple[Corners, ...]
    errors: tuple[Array, ...]
    rms: Array
    covered: float
    focal_error: float
    tilt: float
    left_out: int

    def problems(self) -> list[str]:
        """Insufficient results with their remedies; empty if the fit is good."""
        found = []
        if self.covered < LEAST_COVERED:
            found.append(
                f"corners were seen in {self.covered:.0%} of the picture, {LEAST_COVERED:.0%} are needed: show the "
                "board at its edges and corners too"
            )
        if self.focal_error > MOST_FOCAL_ERROR:
            found.append(
                f"the focal length is known to {self.focal_error:.1%}, {MOST_FOCAL_ERROR:.0%} is allowed: tilt the "
                "board more, to all sides"
            )
        if self.tilt < LEAST_TILT:
            found.append(
                f"a quarter of the views was tilted by {self.tilt:.0f}° or more, {LEAST_TILT:.0f}° is needed: tilt the "
                "board to all sides"
            )
        if self.lens.rms_px > MOST_RMS:
            found.append(
                f"corners are off by {self.lens.rms_px:.2f} pixels, {MOST_RMS} is allowed: keep the board flat and "
                "still, and give the true size of its squares"
            )
        return found


def fit_lens(views: Sequence[Corners], width: int, height: int) -> LensFit:
    """Fit focal lengths, center, k1, k2, p1, p2. Raises `CalibrationError` if there are too few ``views``."""
    if len(views) < LEAST_VIEWS:
        raise CalibrationError(f"the board was found in {len(views)} pictures; at least {LEAST_VIEWS} are needed")
    kept = list(views)
    fit = _fit(kept, width, height)
    rms = fit[2]
    good = rms <= BAD_VIEW * np.median(rms)
    if not good.all() and good.sum() >= LEAST_VIEWS:
        kept = [v for v, ok in zip(kept, good, strict=True) if ok]
        fit = _fit(kept, width, height)
    lens, errors, rms, focal, tilts = fit
    pixels = np.concatenate([v.pixels for v in kept])
    cells = np.floor(pixels / [width, height] * GRID).astype(int).clip(0, np.array(GRID) - 1)
    covered = len(np.unique(cells, axis=0)) / (GRID[0] * GRID[1])
    return LensFit(
        lens, tuple(kept), tuple(errors), rms, covered, focal, float(np.percentile(tilts, 75)), len(views) - len(kept)
    )


def _fit(views: Sequence[Corners], width: int, height: int) -> tuple[Lens, list[Array], Array, float, list[float]]:
    points = [v.points.astype(np.float32) for v in views]
    pixels = [v.pixels.astype(np.float32) for v in views]
    # Without k3: it helps fisheye lenses only, and distorts ordinary lenses where no corner was seen.
    total, matrix, distortion, turns, shifts, deviations, _, _ = cv2.calibrateCameraExtended(
        points, pixels, (width, height), np.eye(3), np.zeros(5), flags=cv2.CALIB_FIX_K3
    )
    errors = [
        v.pixels - cv2.projectPoints(v.points, turn, shift, matrix, distortion)[0][:, 0]
        for v, turn, shift in zip(views, turns, shifts, strict=True)
    ]
    lens = Lens(
        fx=float(matrix[0, 0]), fy=float(matrix[1, 1]), cx=float(matrix[0, 2]), cy=float(matrix[1, 2]),
        distortion=tuple(np.ravel(distortion)[:5].tolist()), rms_px=float(total),
    )  # fmt: skip
    rms = np.array([float(np.sqrt((e**2).sum(1).mean())) for e in errors])
    tilts = [float(np.degrees(np.arccos(min(abs(cv2.Rodrigues(turn)[0][2, 2]), 1.0)))) for turn in turns]
    return lens, errors, rms, float(np.ravel(deviations)[0] / matrix[0, 0]), tilts

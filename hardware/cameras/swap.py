"""Detects exchanged cameras by comparing each view with thumbnails from calibration, updated since."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.cameras.calibration import look_of
from sayso.hardware.types import Array

# A view counts as another camera's if it correlates better by MARGIN with that one, in AGREE pictures in a row.
MARGIN = 0.15
AGREE = 2
FLAT = 4.0  # gray levels: a view with less contrast cannot be identified
FOLLOW = 0.05  # rate at which the stored thumbnail adapts to light and objects


class SwapWatch:
    """Compares each camera's pictures with all thumbnails; ``looks`` are gray images by camera name.

    A camera without a thumbnail takes its first picture as one, so that only a later exchange is detected.
    """

    def __init__(self, looks: Mapping[str, NDArray[np.uint8] | None]) -> None:
        self._looks = {name: None if look is None else look.astype(np.float64) for name, look in looks.items()}
        self._doubts = dict.fromkeys(looks, 0)

    def see(self, camera: str, rgb: NDArray[np.uint8]) -> str | None:
        """The name of the camera whose view ``rgb`` (H, W, 3) shows, None if it is that of ``camera``."""
        look = look_of(rgb).astype(np.float64)
        own = self._looks[camera]
        if own is None:
            self._looks[camera] = own = look
        alike = {name: likeness(look, other) for name, other in self._looks.items() if other is not None}
        if look.std() < FLAT:
            return None
        best = max(alike, key=lambda name: alike[name])
        if best == camera or alike[best] < alike[camera] + MARGIN:
            self._doubts[camera] = 0
            self._looks[camera] = own + FOLLOW * (look - own)
            return None
        self._doubts[camera] += 1
        return best if self._doubts[camera] >= AGREE else None


def likeness(a: Array, b: Array) -> float:
    """Correlation in -1..1 of two gray images, independent of brightness and contrast."""
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm > 0 else 0.0

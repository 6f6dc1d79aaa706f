"""Whether two cameras were exchanged: each view is known by how it looked when its place was found, and ever since."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.cameras.calibration import look_of
from sayso.hardware.types import Array

# A view that is like another camera's, by this much more than like its own, in this many pictures running.
MARGIN = 0.15
AGREE = 2
FLAT = 4.0  # grey levels: a view with less contrast than this looks like no other, and like none
FOLLOW = 0.05  # how fast the remembered look follows light and objects


class SwapWatch:
    """Compares each camera's pictures with how all of them look; ``looks`` are small grey images by camera's name.

    A camera without a look gets its first picture for one: then only a later exchange is noticed.
    """

    def __init__(self, looks: Mapping[str, NDArray[np.uint8] | None]) -> None:
        self._looks = {name: None if look is None else look.astype(np.float64) for name, look in looks.items()}
        self._doubts = dict.fromkeys(looks, 0)

    def see(self, camera: str, rgb: NDArray[np.uint8]) -> str | None:
        """The name of the camera whose view the picture (H, W, 3) of ``camera`` shows, None while it is its own."""
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
    """Correlation in -1..1 of two grey images, whatever their brightness and contrast."""
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm > 0 else 0.0

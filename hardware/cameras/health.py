"""Detects frozen and black pictures from the pixels alone."""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from statistics import median
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.robot import RobotError

# Every fault is detected within 0.5 s if the camera delivers at least 5 pictures a second.
FROZEN_S, BLACK_S = 0.3, 0.15
# A lossy codec may repeat a picture exactly until something moves, or until its next key frame.
QUIET_FROZEN_S = 10.0
TILES, NOISY_TILES, CHANGES_KEPT, CHANGES_NEEDED = 6, 0.6, 10, 3
DARK = 24
BRIGHTEST = 99.0


class Fault(StrEnum):
    """Camera faults, as named in events."""

    LOST = "lost"
    LATE = "late"
    FROZEN = "frozen"
    BLACK = "black"
    SWAPPED = "swapped"


class CameraError(RobotError):
    """A camera has no usable picture; ``fault`` says why."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


class Health:
    """Checks pictures (H, W, 3) uint8 in order of their times ``t`` in s.

    Sensor noise changes almost every part of each picture. A camera that showed such noise and then repeats a picture
    exactly for `FROZEN_S` is frozen. A codec may remove the noise, so that pictures differ only where something moves;
    such a camera is frozen after `QUIET_FROZEN_S`.
    A camera whose brightest percentile stays below `DARK` for `BLACK_S` is black: covered, unlit, or without sensor.
    """

    def __init__(self) -> None:
        self._print = -1
        self._last: NDArray[np.uint8] | None = None
        self._since = 0.0
        self._repeats = 0
        self._dark_since: float | None = None
        # Of each recent change: the share of tiles that changed, and how long (s) the picture had been the same.
        self._changes: deque[tuple[float, float]] = deque(maxlen=CHANGES_KEPT)

    def judge(self, rgb: NDArray[np.uint8], t: float) -> tuple[Fault, str] | None:
        """The fault and its description; None without a fault."""
        dark = float(np.percentile(rgb[::4, ::4], BRIGHTEST)) < DARK
        self._dark_since = (t if self._dark_since is None else self._dark_since) if dark else None
        fingerprint = crc32(np.ascontiguousarray(rgb).data)
        if fingerprint != self._print:
            if self._last is not None and self._last.shape == rgb.shape:
                self._changes.append((_tiles_changed(rgb, self._last), t - self._since))
            self._last = rgb.copy()
            self._print, self._since, self._repeats = fingerprint, t, 0
        else:
            self._repeats += 1
        if self._dark_since is not None and t - self._dark_since >= BLACK_S:
            return Fault.BLACK, f"black pictures for {t - self._dark_since:.1f} s: is it covered, is there light?"
        if self._repeats > 1 and t - self._since >= (FROZEN_S if self._noisy() else QUIET_FROZEN_S):
            return Fault.FROZEN, f"the same picture for {t - self._since:.1f} s"
        return None

    def _noisy(self) -> bool:
        """Whether every recent picture was new in most tiles, as sensor noise makes it."""
        if len(self._changes) < CHANGES_NEEDED:
            return False
        return median(s for s, _ in self._changes) >= NOISY_TILES and max(d for _, d in self._changes) < FROZEN_S


def _tiles_changed(rgb: NDArray[np.uint8], before: NDArray[np.uint8]) -> float:
    """The share of `TILES` x `TILES` parts of the picture in which a pixel changed."""
    rows = np.array_split(rgb != before, TILES)
    return float(np.mean([tile.any() for row in rows for tile in np.array_split(row, TILES, axis=1)]))

"""What is wrong with a camera's pictures: frozen or black ones are noticed by looking at them alone."""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from statistics import median
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.robot import RobotError

# All are noticed within half a second; a camera needs to give five pictures a second or more for that.
FROZEN_S, BLACK_S = 0.3, 0.15
# A lossy codec may give the same picture again and again until something moves, or until its next whole picture.
QUIET_FROZEN_S = 10.0
TILES, NOISY_TILES, CHANGES_KEPT, CHANGES_NEEDED = 6, 0.6, 10, 3
DARK = 24
BRIGHTEST = 99.0


class Fault(StrEnum):
    """What can be wrong with a camera: the names of the events."""

    LOST = "lost"
    LATE = "late"
    FROZEN = "frozen"
    BLACK = "black"
    SWAPPED = "swapped"


class CameraError(RobotError):
    """A camera has no picture that may be acted upon; ``fault`` says why."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


class Health:
    """Judges pictures (H, W, 3) uint8 as they come, at times ``t`` in s.

    A sensor's noise changes something nearly everywhere in each picture. A camera that showed it, and then repeats a
    picture to the bit for `FROZEN_S`, is frozen. A codec may take the noise out: its pictures differ where something
    moves, or once in a while; a camera like that is frozen after `QUIET_FROZEN_S`.
    One whose brightest parts stay below `DARK` for `BLACK_S` is black: covered, unlit, or without its sensor.
    """

    def __init__(self) -> None:
        self._print = -1
        self._last: NDArray[np.uint8] | None = None
        self._since = 0.0
        self._repeats = 0
        self._dark_since: float | None = None
        # Of the last changes: the share of the picture's tiles that changed, and for how long it had been the same.
        self._changes: deque[tuple[float, float]] = deque(maxlen=CHANGES_KEPT)

    def judge(self, rgb: NDArray[np.uint8], t: float) -> tuple[Fault, str] | None:
        """What is wrong and since when, in words; None if nothing is."""
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
            return Fault.BLACK, f"nothing but black for {t - self._dark_since:.1f} s: is it covered, is there light?"
        if self._repeats > 1 and t - self._since >= (FROZEN_S if self._noisy() else QUIET_FROZEN_S):
            return Fault.FROZEN, f"the same picture for {t - self._since:.1f} s"
        return None

    def _noisy(self) -> bool:
        """Whether each of the last pictures was new, and nearly everywhere."""
        if len(self._changes) < CHANGES_NEEDED:
            return False
        return median(s for s, _ in self._changes) >= NOISY_TILES and max(d for _, d in self._changes) < FROZEN_S


def _tiles_changed(rgb: NDArray[np.uint8], before: NDArray[np.uint8]) -> float:
    """The share of `TILES` x `TILES` parts of the picture in which any pixel changed."""
    rows = np.array_split(rgb != before, TILES)
    return float(np.mean([tile.any() for row in rows for tile in np.array_split(row, TILES, axis=1)]))

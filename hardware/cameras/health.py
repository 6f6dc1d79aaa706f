"""What is wrong with a camera's pictures: frozen or black ones are noticed by looking at them alone."""

from __future__ import annotations

from enum import StrEnum
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hardware.robot import RobotError

# All are noticed within half a second; a camera needs to give five pictures a second or more for that.
FROZEN_S, BLACK_S = 0.3, 0.15
DARK = 24
BRIGHTEST = 99.0


class Fault(StrEnum):
    """What can be wrong with a camera: the names of the events."""

    LOST = "lost"
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

    No sensor gives the same picture twice, to the bit: one that repeats itself for `FROZEN_S` is frozen. One whose
    brightest parts stay below `DARK` for `BLACK_S` is black: covered, unlit, or without its sensor.
    """

    def __init__(self) -> None:
        self._print = -1
        self._since = 0.0
        self._repeats = 0
        self._dark_since: float | None = None

    def judge(self, rgb: NDArray[np.uint8], t: float) -> tuple[Fault, str] | None:
        """What is wrong and since when, in words; None if nothing is."""
        dark = float(np.percentile(rgb[::4, ::4], BRIGHTEST)) < DARK
        self._dark_since = (t if self._dark_since is None else self._dark_since) if dark else None
        fingerprint = crc32(np.ascontiguousarray(rgb).data)
        if fingerprint != self._print:
            self._print, self._since, self._repeats = fingerprint, t, 0
        else:
            self._repeats += 1
        if self._dark_since is not None and t - self._dark_since >= BLACK_S:
            return Fault.BLACK, f"nothing but black for {t - self._dark_since:.1f} s: is it covered, is there light?"
        if self._repeats > 1 and t - self._since >= FROZEN_S:
            return Fault.FROZEN, f"the same picture for {t - self._since:.1f} s"
        return None

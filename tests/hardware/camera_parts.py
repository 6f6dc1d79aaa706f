"""Calibrations, views and fake devices for the tests of cameras."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.cameras.calibration import CameraCalibration, Lens, Place, look_of
from sayso.hardware.cameras.source import Picture, SourceError
from sayso.hardware.clock import Clock
from sayso.hardware.types import Pose

WIDTH, HEIGHT = 96, 64
HERE = Place.of(Pose(np.array([0.5, 0.1, 0.7]), np.diag([1.0, -1.0, -1.0])))


def view(seed: int) -> NDArray[np.uint8]:
    """What a camera sees: patches of any brightness, without noise."""
    patches = np.random.default_rng(seed).integers(30, 255, (4, 6, 3), np.uint8)
    return np.asarray(cv2.resize(patches, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)


def noisy(rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The same with a sensor's noise: no two are alike."""
    return np.clip(rgb + rng.normal(0, 2, rgb.shape), 0, 255).astype(np.uint8)


def calibration(name: str, seed: int | None = None) -> CameraCalibration:
    """A calibrated camera; with ``seed`` it knows how `view` looks."""
    look = "" if seed is None else look_of(view(seed)).tobytes().hex()
    lens = Lens(fx=90.0, fy=90.0, cx=WIDTH / 2, cy=HEIGHT / 2)
    return CameraCalibration(schema=1, camera=name, width=WIDTH, height=HEIGHT, lens=lens, place=HERE, look=look)


class FakeDevice:
    """A device that gives a picture each ``period`` s and fails on request: frozen, black, gone, or as another's."""

    def __init__(self, seed: int, clock: Clock, period: float = 0.1) -> None:
        self.seen, self.fault = view(seed), ""
        self.opened = 0
        self._clock, self._period, self._rng = clock, period, np.random.default_rng(seed)
        self._last = self.seen

    def open(self, address: str, width: int, height: int) -> FakeDevice:
        """What a camera's process opens."""
        self.opened += 1
        if self.fault == "gone":
            raise SourceError(f"the camera {address} cannot be opened")
        return self

    def read(self) -> Picture:
        """The next picture, a period later."""
        self._clock.sleep_until(self._clock.now() + self._period)
        if self.fault == "gone":
            raise SourceError("no picture")
        if self.fault != "frozen":
            self._last = noisy(self.seen if self.fault != "black" else np.zeros_like(self.seen), self._rng)
        return Picture(self._last)

    def close(self) -> None:
        """Nothing to let go of."""

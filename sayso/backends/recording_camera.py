"""A camera that records its pictures for the video of a run."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.robot import Camera
from sayso.hardware.types import Frame


class RecordingCamera(Camera):
    """Wraps a camera and stores every picture that is read, as JPEG."""

    fps = 5.0

    def __init__(self, camera: Camera) -> None:
        self.name, self._camera = camera.name, camera
        self.times: list[float] = []
        self._pictures: list[NDArray[np.uint8]] = []

    def read(self) -> Frame:
        """The newest frame."""
        frame = self._camera.read()
        self.times.append(frame.t)
        self._pictures.append(np.asarray(cv2.imencode(".jpg", frame.rgb[..., ::-1])[1], np.uint8))
        return frame

    def clear(self) -> None:
        """Delete all pictures."""
        self.times.clear()
        self._pictures.clear()

    def frames(self) -> Iterator[NDArray[np.uint8]]:
        """The stored pictures, (H, W, 3) uint8 RGB each."""
        for picture in self._pictures:
            yield np.asarray(cv2.imdecode(picture, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]

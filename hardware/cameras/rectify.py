"""Takes the lens' distortion out of pictures, so that everything above sees a pinhole camera."""

from __future__ import annotations

import cv2
import numpy as np

from sayso.hardware.cameras.calibration import CameraCalibration
from sayso.hardware.cameras.source import Picture


class Rectifier:
    """Maps what a camera gives to what a pinhole camera with the same matrix would; nothing where nothing was seen."""

    def __init__(self, calibration: CameraCalibration) -> None:
        distortion = np.array(calibration.lens.distortion)
        self._maps = None
        if np.any(distortion):
            k, size = calibration.lens.matrix, (calibration.width, calibration.height)
            self._maps = cv2.initUndistortRectifyMap(k, distortion, np.eye(3), k, size, cv2.CV_16SC2)

    def __call__(self, picture: Picture) -> Picture:
        """The picture of a pinhole camera; depth is never averaged."""
        if self._maps is None:
            return picture
        rgb = np.asarray(cv2.remap(picture.rgb, *self._maps, cv2.INTER_LINEAR), np.uint8)
        depth = None
        if picture.depth is not None:
            depth = np.asarray(cv2.remap(picture.depth, *self._maps, cv2.INTER_NEAREST), np.float32)
        return Picture(rgb, depth)

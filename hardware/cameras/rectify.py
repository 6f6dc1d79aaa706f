"""Removes the lens distortion from pictures, so that all other code can assume a pinhole camera."""

from __future__ import annotations

import cv2
import numpy as np

from sayso.hardware.cameras.calibration import CameraCalibration
from sayso.hardware.cameras.source import Picture


class Rectifier:
    """Maps pictures to those of a pinhole camera with the same matrix; pixels outside the view are 0."""

    def __init__(self, calibration: CameraCalibration) -> None:
        distortion = np.array(calibration.lens.distortion)
        self._maps = None
        if np.any(distortion):
            k, size = calibration.lens.matrix, (calibration.width, calibration.height)
            self._maps = cv2.initUndistortRectifyMap(k, distortion, np.eye(3), k, size, cv2.CV_16SC2)

    def __call__(self, picture: Picture) -> Picture:
        """The undistorted picture; depth uses nearest-neighbor sampling, because averages of depth are wrong."""
        if self._maps is None:
            return picture
        rgb = np.asarray(cv2.remap(picture.rgb, *self._maps, cv2.INTER_LINEAR), np.uint8)
        depth = None
        if picture.depth is not None:
            depth = np.asarray(cv2.remap(picture.depth, *self._maps, cv2.INTER_NEAREST), np.float32)
        return Picture(rgb, depth)

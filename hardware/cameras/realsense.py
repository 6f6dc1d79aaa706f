"""Intel RealSense cameras. Written from the maker's documentation and untested: no such camera was available."""

from __future__ import annotations

from typing import Any

import numpy as np

from sayso.hardware.cameras.source import Picture, SourceError

FPS, WAIT_MS = 30, 450


class RealSense:
    """Color, and depth aligned to it, from the camera with ``serial`` number, or from the only camera if it is empty.

    Needs ``pip install 'sayso[realsense]'``. Raises `SourceError`.
    """

    def __init__(self, serial: str, width: int, height: int) -> None:
        try:
            import pyrealsense2
        except ModuleNotFoundError:
            raise SourceError("RealSense cameras need: pip install 'sayso[realsense]'") from None
        self._serial, self._pipeline = serial, pyrealsense2.pipeline()
        config = pyrealsense2.config()
        if serial:
            config.enable_device(serial)
        config.enable_stream(pyrealsense2.stream.color, width, height, pyrealsense2.format.rgb8, FPS)
        config.enable_stream(pyrealsense2.stream.depth, width, height, pyrealsense2.format.z16, FPS)
        try:
            profile = self._pipeline.start(config)
        except RuntimeError as error:
            raise SourceError(f"the RealSense camera {serial or '(any)'} cannot be opened: {error}") from error
        self._align: Any = pyrealsense2.align(pyrealsense2.stream.color)
        self._unit = float(profile.get_device().first_depth_sensor().get_depth_scale())

    def read(self) -> Picture:
        """The next picture; depth is 0 m where none was measured. Raises `SourceError` if no picture comes in time."""
        try:
            frames = self._align.process(self._pipeline.wait_for_frames(WAIT_MS))
        except RuntimeError as error:
            raise SourceError(f"the RealSense camera {self._serial} gives no picture: {error}") from error
        rgb = np.array(frames.get_color_frame().get_data(), dtype=np.uint8)
        depth = np.array(frames.get_depth_frame().get_data(), dtype=np.float32) * np.float32(self._unit)
        return Picture(rgb, depth)

    def close(self) -> None:
        """Release the device; safe to call twice."""
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            pipeline.stop()

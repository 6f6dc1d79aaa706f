"""The contract of a picture source, which a camera's process opens and reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.robot import RobotError


class SourceError(RobotError):
    """A device gives no pictures; the message names the device and the remedy."""


@dataclass(frozen=True, slots=True)
class Picture:
    """``rgb`` (H, W, 3) uint8 before undistortion; ``depth`` (H, W) float32 m along the optical axis, or None."""

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32] | None = None


class Source(Protocol):
    """An open device. `read` blocks until the next picture, at most about 0.5 s."""

    def read(self) -> Picture:
        """The next picture. Raises `SourceError` if there is none: the caller must reopen the device."""
        ...

    def close(self) -> None:
        """Release the device; safe to call twice."""
        ...


def open_source(address: str, width: int, height: int) -> Source:
    """Open ``address`` with pictures of ``width`` x ``height`` pixels: realsense, realsense:SERIAL, a network camera
    with depth (rgbd+http://…), or any camera of OpenCV. Raises `SourceError`.
    """
    if address == "realsense" or address.startswith("realsense:"):
        from sayso.hardware.cameras.realsense import RealSense

        return RealSense(address.partition(":")[2], width, height)
    if address.startswith("rgbd+"):
        from sayso.hardware.cameras.rgbd_stream import RgbdStream

        return RgbdStream(address)
    from sayso.hardware.cameras.opencv import OpenCVSource

    return OpenCVSource(address, width, height)

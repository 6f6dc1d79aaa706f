"""Cameras that OpenCV opens: a webcam by number or device file, a video file, a network camera's URL (MJPEG, RTSP)."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from sayso.hardware.cameras.source import Picture, SourceError
from sayso.hardware.clock import Clock, MonotonicClock

OPEN_MS, READ_MS = 3000, 450
BY_ID = Path("/dev/v4l/by-id")
A_CAMERA_IS = "a camera is a number, a device such as /dev/video0, a video file or a URL"


class OpenCVSource:
    """An open OpenCV camera. A file plays at its own rate and ends; a webcam is asked for the given size in pixels.

    Raises `SourceError` if the camera cannot be opened.
    """

    def __init__(self, address: str, width: int, height: int, clock: Clock | None = None) -> None:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # the SourceError reports the cause
        self._address, self._clock = address, clock or MonotonicClock()
        self._period, self._due = 0.0, self._clock.now()
        if (number := webcam_number(address)) is not None:
            _check_device(number)
            self._capture = cv2.VideoCapture(number)
            if self._capture.isOpened():
                # MJPG: raw VGA from two cameras exceeds the bandwidth of one USB 2 bus.
                self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
                self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
                self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
                self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        elif "://" in address:
            timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
            self._capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, timeouts)
        else:
            if not Path(address).is_file():
                what = "device" if address.startswith("/dev/") else "file"
                raise SourceError(f"there is no {what} {address}; {A_CAMERA_IS}")
            self._capture = cv2.VideoCapture(address)
            self._period = 1.0 / max(self._capture.get(cv2.CAP_PROP_FPS), 1.0)
        if not self._capture.isOpened():
            self.close()
            if self._period:
                raise SourceError(f"the file {address} is no video that can be read; {A_CAMERA_IS}")
            raise SourceError(f"the camera {address} cannot be opened: is it plugged in and switched on?")

    def read(self) -> Picture:
        """The next picture. Raises `SourceError` if none comes in time or the file has ended."""
        if self._period:
            self._clock.sleep_until(self._due)
            self._due = max(self._due, self._clock.now() - self._period) + self._period
        good, bgr = self._capture.read()
        if not good or bgr is None:
            what = "has ended" if self._period else "gives no picture: is another program using it, is it unplugged?"
            raise SourceError(f"the camera {self._address} {what}")
        return Picture(np.ascontiguousarray(bgr[..., ::-1]))

    def close(self) -> None:
        """Release the device."""
        self._capture.release()


def webcam_number(address: str) -> int | None:
    """The number of the webcam at ``address``: 0, /dev/video0, or a link to one; None for other cameras."""
    if address.isdecimal():
        return int(address)
    if not address.startswith("/") and "/" not in address:
        return None
    found = re.fullmatch(r"/dev/video(\d+)", str(Path(address).resolve()))
    return int(found[1]) if found else None


def _check_device(number: int) -> None:
    device = Path(f"/dev/video{number}")
    if sys.platform != "linux":
        return
    if not device.exists():
        there = sorted(str(d) for d in device.parent.glob("video*"))
        raise SourceError(f"there is no camera {number} ({device}); there are: {', '.join(there) or 'none'}")
    if not os.access(device, os.R_OK | os.W_OK):
        raise SourceError(
            f"no permission to use the camera {number} ({device}): sudo usermod -aG video $USER,"
            " then log out and in again"
        )


def device_of(address: str, folder: Path = BY_ID) -> str:
    """The /dev/v4l/by-id name of the webcam at ``address``, independent of its number; empty if unknown."""
    number = webcam_number(address)
    if number is not None:
        with suppress(OSError):
            for link in sorted(folder.iterdir()):
                if link.resolve().name == f"video{number}":
                    return link.name
    return ""

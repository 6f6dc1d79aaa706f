"""A camera's process: opens the device, decodes, detects faults and publishes the newest picture."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait

from sayso.hardware.cameras.calibration import CameraCalibration
from sayso.hardware.cameras.health import Fault, Health
from sayso.hardware.cameras.messages import Shot
from sayso.hardware.cameras.rectify import Rectifier
from sayso.hardware.cameras.source import Picture, Source, SourceError, open_source
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.ipc.channel import ChannelAddress, Publisher
from sayso.hardware.process.supervisor import Heartbeat

AGAIN_S = 0.3
LIFE_S = 0.5


@dataclass(frozen=True, slots=True)
class CameraPlan:
    """A camera's ``address`` (see `sayso.hardware.cameras.source.open_source`) and ``calibration``, which names it.

    ``open`` runs in the camera's process; packages that add cameras may replace it. ``depth``: it measures depth.
    """

    address: str
    calibration: CameraCalibration
    depth: bool = False
    open: Callable[[str, int, int], Source] = open_source


def run_camera(beat: Heartbeat, plan: CameraPlan, channel: ChannelAddress[Shot]) -> None:
    """Publish pictures until the session's process ends; a lost device is reopened every `AGAIN_S`."""
    os.environ["OPENCV_FFMPEG_LOGLEVEL"] = "-8"
    parent = multiprocessing.parent_process()
    gone = [parent.sentinel] if parent else []
    writer = Publisher(channel)
    work = CameraWork(plan, MonotonicClock(), lambda shot: writer.write(shot, shot.t, shot.t + LIFE_S))
    try:
        while not (gone and wait(gone, 0)):
            beat()
            work.step()
    finally:
        work.close()
        writer.close()


class CameraWork:
    """The work of a camera's process, one picture a step: open or read, check, and ``post``."""

    def __init__(self, plan: CameraPlan, clock: Clock, post: Callable[[Shot], object]) -> None:
        self._plan, self._clock, self._post = plan, clock, post
        self._rectify = Rectifier(plan.calibration)
        self._health = Health()
        self._source: Source | None = None

    def step(self) -> None:
        """Read one picture, or try once to open the device."""
        calibration = self._plan.calibration
        try:
            if self._source is None:
                self._source = self._plan.open(self._plan.address, calibration.width, calibration.height)
                self._health = Health()
            picture = self._source.read()
            self._check(picture)
        except SourceError as error:
            self.close()
            now = self._clock.now()
            self._post(Shot(now, None, Fault.LOST, str(error)))
            self._clock.sleep_until(now + AGAIN_S)
            return
        now = self._clock.now()
        fault, text = self._health.judge(picture.rgb, now) or (None, "")
        self._post(Shot(now, self._rectify(picture), fault, text))

    def close(self) -> None:
        """Release the device; safe to call twice."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _check(self, picture: Picture) -> None:
        c, (height, width) = self._plan.calibration, picture.rgb.shape[:2]
        if (width, height) != (c.width, c.height):
            raise SourceError(
                f"the camera {self._plan.address} gives pictures of {width} x {height}, '{c.camera}' was calibrated "
                f"at {c.width} x {c.height}: calibrate it at that size, or check that it is the same camera"
            )
        if self._plan.depth and picture.depth is None:
            raise SourceError(f"the camera {self._plan.address} measures no depth")

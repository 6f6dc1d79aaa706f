"""One real camera: the process that reads the device and judges its pictures, and the `Camera` that takes them from
the channel."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait

from sayso.hardware.cameras.calibration import CameraCalibration
from sayso.hardware.cameras.health import CameraError, Fault, Health
from sayso.hardware.cameras.messages import Shot
from sayso.hardware.cameras.rectify import Rectifier
from sayso.hardware.cameras.source import Picture, Source, SourceError, open_source
from sayso.hardware.cameras.swap import SwapWatch
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.ipc.channel import ChannelAddress, Publisher
from sayso.hardware.process.supervisor import Heartbeat
from sayso.hardware.robot import Camera, RobotError
from sayso.hardware.types import Frame

AGAIN_S = 0.3
LIFE_S = 0.5
POLL_S = 0.05  # longest usual time between two looks at the channel
STARVED = 0.5  # fraction of the time without a picture


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


@dataclass(frozen=True, slots=True)
class CameraEvent:
    """At ``t`` s the state of ``camera`` changed: a fault, or None on recovery; ``text`` gives details."""

    t: float
    camera: str
    fault: Fault | None
    text: str


class DeviceCamera(Camera):
    """A real camera: undistorted frames with the pose in the base frame; stale or faulty frames are refused.

    ``starved`` returns the total time (s) that the camera's process waited for a CPU. If no picture comes and that
    process, or the reader here, had no CPU for `STARVED` of the time, the fault is LATE instead of LOST.
    """

    def __init__(
        self, plan: CameraPlan, newest: Callable[[], Shot | None], watch: SwapWatch, clock: Clock, max_age_s: float,
        starved: Callable[[], float] = lambda: 0.0,
    ) -> None:  # fmt: skip
        if plan.calibration.place is None:
            raise RobotError(
                f"the camera '{plan.calibration.camera}' has no pose in its calibration yet: run 'sayso calibrate "
                "hand-eye'"
            )
        self.name = plan.calibration.camera
        self.events: list[CameraEvent] = []
        self._calibration, self._newest, self._watch = plan.calibration, newest, watch
        self._pose, self._intrinsics = plan.calibration.place.pose, plan.calibration.lens.matrix
        self._clock, self._max_age_s = clock, max_age_s
        self._frame: Frame | None = None
        self._fault: tuple[Fault, str] | None = None
        self._last_t: float | None = None  # time of the last picture
        self._starved, self._starved_before = starved, 0.0
        self._looked_t, self._own_wait = clock.now(), 0.0  # CPU wait of the reader since the last picture, s
        self._lock = threading.Lock()

    def read(self) -> Frame:
        """The newest frame, at most ``max_age_s`` old. Raises `CameraError` with the fault if there is none."""
        fault, frame = self.look()
        if fault is not None or frame is None:
            what, text = fault or (Fault.LOST, "no picture yet")
            raise CameraError(what, f"the camera '{self.name}' is {what}: {text}")
        return frame

    def look(self) -> tuple[tuple[Fault, str] | None, Frame | None]:
        """The fault (None without one) and the newest frame, even a stale one, for display; thread-safe."""
        with self._lock:
            before, self._looked_t = self._looked_t, self._clock.now()
            self._own_wait += max(self._looked_t - before - POLL_S, 0.0)
            shot = self._newest()
            if shot is not None:
                self._take(shot)
            age = 0.0 if self._last_t is None else self._looked_t - self._last_t
            if age > self._max_age_s and (self._fault is None or self._fault[0] not in (Fault.LOST, Fault.LATE)):
                self._say(self._no_picture(age))
            return self._fault, self._frame

    def _no_picture(self, age: float) -> tuple[Fault, str]:
        waited = max(self._starved() - self._starved_before, self._own_wait)
        if waited < STARVED * age:
            return Fault.LOST, f"no picture for {age:.1f} s"
        return Fault.LATE, (f"no picture for {age:.1f} s; its reader had no CPU for {waited:.1f} s: end other programs")

    def _take(self, shot: Shot) -> None:
        if shot.picture is None:
            # The camera's process reports the loss: no need to wait for the age limit.
            self._say(None if shot.fault is None else (shot.fault, shot.text))
            return
        self._last_t = shot.t
        self._starved_before, self._own_wait = self._starved(), 0.0
        self._frame = Frame(shot.t, self.name, shot.picture.rgb, shot.picture.depth, self._intrinsics, self._pose)
        fault = None if shot.fault is None else (shot.fault, shot.text)
        if fault is None and (other := self._watch.see(self.name, shot.picture.rgb)) is not None:
            fault = Fault.SWAPPED, f"it shows the view of '{other}': exchange their cables or addresses"
        self._say(fault)

    def _say(self, fault: tuple[Fault, str] | None) -> None:
        before, self._fault = self._fault, fault
        if (before and before[0]) != (fault and fault[0]):
            what, text = fault or (None, "sees again")
            self.events.append(CameraEvent(self._clock.now(), self.name, what, text))

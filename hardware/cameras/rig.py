"""All cameras of a session: keeps their processes running, reads their newest pictures and reports faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Self

from sayso.hardware.cameras.device_camera import POLL_S, CameraEvent, CameraPlan, DeviceCamera, run_camera
from sayso.hardware.cameras.health import CameraError, Fault
from sayso.hardware.cameras.messages import Shot, ShotMessage
from sayso.hardware.cameras.opencv import webcam_number
from sayso.hardware.cameras.starved import waited_s
from sayso.hardware.cameras.swap import SwapWatch
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.ipc.channel import Channel, Subscriber
from sayso.hardware.process.supervisor import ProcessEvent, ProcessPlan, ProcessTable
from sayso.hardware.robot import RobotError

MAX_AGE_S = 0.4
OPENING_S, DOUBTS_S = 30.0, 5.0  # limit for the first picture; time that an opened camera may show a fault at start
HANG_S = 10.0  # opening a network camera takes a few seconds


class CameraRig:
    """Runs one process for each of ``plans``; entering starts them and waits for their first pictures.

    ``cameras`` are the `Camera`s, ``events`` their faults and recoveries, ``news`` the events of their processes.
    Raises `RobotError` if a camera cannot be opened, or if two have the same name or address.
    """

    def __init__(self, plans: Sequence[CameraPlan], max_age_s: float = MAX_AGE_S) -> None:
        for what, values in (
            ("name", [p.calibration.camera for p in plans]),
            ("address", [_device(p.address) for p in plans]),
        ):
            if len(set(values)) < len(values):
                raise RobotError(f"two cameras have the same {what}: {', '.join(values)}")
        self.clock, self.news = MonotonicClock(), list[ProcessEvent]()
        self._plans = tuple(plans)
        watch = SwapWatch({p.calibration.camera: p.calibration.picture for p in plans})
        self._channels = [Channel(ShotMessage(p.calibration.width, p.calibration.height, p.depth)) for p in plans]
        self._subscribers = [Subscriber(channel.address) for channel in self._channels]
        self.cameras = tuple(
            DeviceCamera(
                plan, _newest(reader), watch, self.clock, max_age_s, partial(self._waited, plan.calibration.camera)
            )
            for plan, reader in zip(plans, self._subscribers, strict=True)
        )
        self._table: ProcessTable | None = None
        self._thread: threading.Thread | None = None
        self._gone = threading.Event()

    @property
    def events(self) -> list[CameraEvent]:
        """Faults and recoveries of all cameras, in order of time."""
        return sorted((e for camera in self.cameras for e in camera.events), key=lambda e: e.t)

    def __enter__(self) -> Self:
        self._gone.clear()
        self._table = ProcessTable(
            [
                ProcessPlan(f"camera {plan.calibration.camera}", run_camera, (plan, channel.address), HANG_S)
                for plan, channel in zip(self._plans, self._channels, strict=True)
            ]
        )
        try:
            self._wait()
        except BaseException:
            self.close()
            raise
        self._thread = threading.Thread(target=self._look_after, name="sayso-cameras", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; safe to call twice."""
        self._gone.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._table is not None:
            self._table.close()
            self._table = None
        for close in (*(r.close for r in self._subscribers), *(p.close for p in self._channels)):
            close()

    def _wait(self) -> None:
        """Wait until every camera has given a picture without fault; raise the first lasting fault."""
        assert self._table is not None
        until, opening = self.clock.now() + OPENING_S, set(self.cameras)
        while opening and self.clock.now() < until and not self._table.failed:
            self.news += self._table.poll()
            self.clock.sleep_until(self.clock.now() + POLL_S / 5)
            for camera in tuple(opening):
                fault, frame = camera.look()
                if frame is not None and fault is None:
                    opening.discard(camera)
                elif fault is not None and (frame is None or self.clock.now() > camera.events[-1].t + DOUBTS_S):
                    raise CameraError(fault[0], f"the camera '{camera.name}' is {fault[0]}: {fault[1]}")
        if self._table.failed:
            raise RobotError(self._table.failed)
        if opening:
            names = ", ".join(sorted(c.name for c in opening))
            raise CameraError(Fault.LOST, f"no picture from {names} within {OPENING_S:.0f} s")

    def _waited(self, camera: str) -> float:
        """Total time (s) that a camera's process waited for a CPU."""
        process = self._table.process(f"camera {camera}") if self._table is not None else None
        return 0.0 if process is None else waited_s(process.pid)

    def _look_after(self) -> None:
        """Thread: restart dead processes, and detect faults even when no frame is requested."""
        while not self._gone.wait(POLL_S):
            assert self._table is not None
            self.news += self._table.poll()
            for camera in self.cameras:
                camera.look()


def _device(address: str) -> str:
    """One name for all addresses of the same webcam."""
    number = webcam_number(address)
    return address if number is None else f"/dev/video{number}"


def _newest(reader: Subscriber[Shot]) -> Callable[[], Shot | None]:
    def read() -> Shot | None:
        message = reader.new()
        return message.value if message else None

    return read

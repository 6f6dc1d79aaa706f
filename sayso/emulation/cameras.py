"""The cameras of an emulated arm, rendered in a separate process.

Rendering holds Python's lock for tens of milliseconds at a time, which would delay the answers of an emulated
controller or bus.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sayso.emulation.board_drawing import BoardDrawing
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.emulated.mjpeg import MjpegServer
from sayso.hardware.process.spawn import interrupts_held
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array
from sayso.sim.camera import CameraSpec, SimCamera, cameras_for
from sayso.sim.device import SimDevice
from sayso.sim.physics import Physics

SENSOR_NOISE = 1.5  # gray levels
SHOWN_HZ = 50.0  # rate of the world's state updates to the process
LEAVE_S = 5.0


class EmulatedCameras:
    """Renders the world of ``device`` and serves it as `MjpegServer` does, with and without depth.

    ``size`` (width, height) px replaces that of training. Raises `RobotError` if ``port`` is taken; 0 selects a free
    one.
    """

    faults = MjpegServer.faults

    def __init__(
        self, device: SimDevice, fps: float = 10.0, port: int = 0, size: tuple[int, int] | None = None
    ) -> None:
        self.specs = camera_specs(device.world, size)
        self.board: Callable[[], Array | None] = lambda: None  # pose (4, 4) of a board in view, base frame
        self._device, self._clock, world = device, MonotonicClock(), device.world
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        made = world.scene, world.arm, world.appearance
        self._process = context.Process(
            target=_serve, args=(other, made, self._snapshot(), fps, port, size), daemon=True
        )
        with interrupts_held():
            self._process.start()
        other.close()
        self._asking, self._open = threading.Lock(), True
        self.urls: dict[str, str] = {}
        try:
            self.urls = self._ask("urls")
        except RobotError:
            self.close()
            raise
        threading.Thread(target=self._show, name="what cameras see", daemon=True).start()

    def fault(self, camera: str, what: str) -> None:
        """Inject a fault in one camera. Raises `ValueError` for an unknown camera or fault."""
        if camera not in self.urls or what not in self.faults:
            raise ValueError(f"no fault '{what}' of '{camera}'; there are: {self.faults} of {list(self.urls)}")
        self._ask("fault", camera, what)

    def recover(self) -> None:
        """Clear all faults."""
        self._ask("recover")

    def see(self, camera: str) -> NDArray[np.uint8]:
        """The present image of ``camera`` without faults, (H, W, 3) uint8."""
        seen: NDArray[np.uint8] = self._ask("see", camera)
        return seen

    def close(self) -> None:
        """Stop serving; safe to call twice."""
        self._open = False
        self._pipe.close()
        self._process.join(LEAVE_S)
        self._process.kill()

    def _ask(self, *what: str) -> Any:
        with self._asking:
            try:
                self._pipe.send(what)
                answer = self._pipe.recv()
            except (OSError, EOFError):
                raise RobotError("the process of the emulated cameras has ended") from None
        if isinstance(answer, RobotError):
            raise answer
        return answer

    def _snapshot(self) -> NDArray[np.float64]:
        with self._device.lock:
            return self._device.world.snapshot()

    def _show(self) -> None:
        while self._open:
            with suppress(RobotError):
                self._tell_where()
            self._clock.sleep_until(self._clock.now() + 1 / SHOWN_HZ)

    def _tell_where(self) -> None:
        shown = {"where": self._snapshot(), "board": self.board()}
        with self._asking, suppress(OSError):
            self._pipe.send(shown)


def camera_specs(world: Physics, size: tuple[int, int] | None) -> list[CameraSpec]:
    """The cameras of training, with pictures of ``size`` (width, height) px if given."""
    specs = cameras_for(world.arm.spec)
    return list(specs) if size is None else [replace(c, width=size[0], height=size[1]) for c in specs]


class _Stage:
    """A copy of the world, for rendering only."""

    def __init__(self, world: Physics, where: NDArray[np.float64]) -> None:
        self.world, self.where, self.lock = world, where, threading.Lock()
        self.board: Array | None = None
        self._rng = np.random.default_rng()
        self._drawing = BoardDrawing()

    def grab(self, camera: SimCamera) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
        with self.lock:
            self.world.show(self.where)
            frame, board = camera.read(), self.board
            if board is not None:
                frame = self._drawing.before(frame, board)
            # Without noise, a static scene would repeat exactly and count as a frozen camera.
            noisy = frame.rgb + self._rng.normal(0.0, SENSOR_NOISE, frame.rgb.shape)
        assert frame.depth is not None
        return np.clip(np.round(noisy), 0, 255).astype(np.uint8), frame.depth


def _serve(
    pipe: Connection,
    made: tuple[Any, Any, Any],
    where: NDArray[np.float64],
    fps: float,
    port: int,
    size: tuple[int, int] | None,
) -> None:
    world = Physics(*made)
    stage = _Stage(world, where)
    cameras = [SimCamera(world, MonotonicClock(), c) for c in camera_specs(world, size)]
    try:
        server = MjpegServer({camera.name: partial(stage.grab, camera) for camera in cameras}, fps, port)
    except RobotError as error:
        pipe.recv()
        pipe.send(error)
        return
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            told = pipe.recv()
            if isinstance(told, dict):
                stage.where, stage.board = told["where"], told["board"]
            else:
                pipe.send(_answer(server, *told))
    server.close()


def _answer(server: MjpegServer, what: str, *more: str) -> Any:
    match what:
        case "urls":
            return server.urls
        case "see":
            return server.see(*more)
        case "fault":
            server.fault(*more)
        case "recover":
            server.recover()
    return None

"""Emulated devices by name: combines arms, protocols and simulated worlds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from sayso.backends.robot_config import RobotConfig, check_free, robot_path
from sayso.emulation.cameras import EmulatedCameras
from sayso.hardware.cameras.calibration import CameraCalibration, Lens, Place, look_of, write_camera
from sayso.hardware.cameras.open import camera_file
from sayso.hardware.clock import MonotonicClock
from sayso.hardware.emulated.device import Device, Emulator
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.camera import SimCamera
from sayso.sim.device import SimDevice
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.scenes.scene_spec import SceneSpec

CAN_CHANNEL = "udp_multicast:239.74.163.2"


def _ur5e(device: Device, host: str) -> Emulator:
    from sayso.hardware.emulated.ur.controller import UrController

    return UrController(device, host)


def _panda(device: Device, host: str) -> Emulator:
    from sayso.hardware.emulated.franka.control_box import FrankaController

    return FrankaController(device, host)


def _piper(device: Device, host: str) -> Emulator:
    from sayso.hardware.emulated.piper import PiperArm

    # A CAN bus over UDP reaches other processes without privileges; HOST may name a SocketCAN interface.
    return PiperArm(device, host if ":" in host else CAN_CHANNEL)


def _so101(device: Device, host: str) -> Emulator:
    from sayso.hardware.emulated.servo.sts import StsBus

    return StsBus(device)


def _koch(device: Device, host: str) -> Emulator:
    from sayso.hardware.emulated.servo.dynamixel import DynamixelBus

    return DynamixelBus(device)


EMULATORS: dict[str, Callable[[Device, str], Emulator]] = {
    "so101": _so101,
    "koch": _koch,
    "ur5e": _ur5e,
    "panda": _panda,
    "piper": _piper,
}


@contextmanager
def emulated_arm(
    name: str, scene: SceneSpec, host: str = "127.0.0.1", seed: int = 0
) -> Iterator[tuple[Emulator, Physics, SimDevice]]:
    """The device ``name`` of `EMULATORS` with its arm in ``scene``, as a context manager.

    An arm with a rest pose starts there without torque, as if just plugged in; if an object occupies that place, it
    starts at home. Raises `RobotError` if the address is taken. Users of the world must hold the lock of its
    `SimDevice`.
    """
    world = Physics(scene, ARMS[name](), random_appearance(np.random.default_rng(seed), len(scene.objects)))
    try:
        if world.arm.spec.rest is not None:
            world.set_joints(world.arm.spec.rest, 0.3)
            if world.arm_touches():
                world.set_joints(world.arm.spec.home)
        with SimDevice(world) as device:
            emulator = EMULATORS[name](device, host)
            try:
                yield emulator, world, device
            finally:
                emulator.close()
    finally:
        world.close()


@contextmanager
def emulated(name: str, scene: SceneSpec, host: str = "127.0.0.1", seed: int = 0) -> Iterator[tuple[Emulator, Physics]]:
    """`emulated_arm` without its `SimDevice`, for callers that do not access the world."""
    with emulated_arm(name, scene, host, seed) as (emulator, world, _):
        yield emulator, world


def save_robot(name: str, arm: str, port: str, world: Physics, cameras: EmulatedCameras) -> Path:
    """Save an emulated ``arm`` at ``port`` as the robot ``name``, with calibrated cameras; return its file.

    Raises `UserError` if a real robot has that name, or if saving fails.
    """
    check_free(name, arm)
    folder = robot_path(name).with_suffix("")
    addresses = [f"{c}=rgbd+{url.removesuffix('.mjpg')}.rgbd" for c, url in cameras.urls.items()]
    serial = arm in ("so101", "koch")
    kept = RobotConfig(
        robot=arm,
        port=port,
        options={"answer_ms": "300"} if serial else {},  # a program may answer later than a servo
        cameras=tuple(addresses),
        calibrations=str(folder),
        realtime=not serial,  # the kernel forwards data of a pseudo-terminal at ordinary priority
        emulated=True,
    )
    file = kept.save(name)
    for camera in (SimCamera(world, MonotonicClock(), c) for c in cameras.specs):
        k = camera.intrinsics
        lens = Lens(fx=k[0, 0], fy=k[1, 1], cx=k[0, 2], cy=k[1, 2])
        found = CameraCalibration(
            camera=camera.name, width=camera.spec.width, height=camera.spec.height, lens=lens,
            place=Place.of(camera.pose), look=look_of(cameras.see(camera.name)).tobytes().hex(),
        )  # fmt: skip
        write_camera(camera_file(camera.name, folder), found)
    return file


def truth_of(world: Physics, device: SimDevice) -> str:
    """Ground truth of the objects before an emulated arm, as one line of JSON."""
    with device.lock:
        truth = world.truth()
    return json.dumps({k: [*o.position.tolist(), *o.quaternion.tolist()] for k, o in truth.items()})


def joints_of(device: SimDevice) -> str:
    """Time (s, this computer's monotonic clock), joint positions and velocities as one line of JSON."""
    state = device.read()
    return json.dumps([MonotonicClock().now(), state.position.tolist(), state.velocity.tolist()])


def obey(
    emulator: Emulator, line: str, cameras: EmulatedCameras | None = None, truth: Callable[[], str] | None = None,
    joints: Callable[[], str] | None = None, hand: Callable[[str], str | None] | None = None,
) -> str:  # fmt: skip
    """Execute a line: a fault's name, "recover", "events", "truth", "joints" or a command of ``hand``; return one line
    as the answer.
    """
    line = line.strip()
    if hand is not None and (done := hand(line)) is not None:
        return done
    if line == "joints" and joints is not None:
        return joints()
    if line == "truth" and truth is not None:
        return truth()
    if line == "events":
        return "events: " + "; ".join(emulator.events)
    if line == "recover":
        emulator.recover()
        if cameras is not None:
            cameras.recover()
        return "recovered"
    with suppress(ValueError):
        emulator.fault(line)
        return f"fault {line}"
    what, _, camera = line.partition(" ")
    if cameras is not None:
        with suppress(ValueError):
            cameras.fault(camera, what)
            return f"fault {line}"
    more = (*getattr(emulator, "handling", ()), "recover", "events")
    return f"no fault '{line}'; there are: {', '.join((*fault_names(emulator, cameras), *more))}"


def fault_names(emulator: Emulator, cameras: EmulatedCameras | None = None) -> list[str]:
    """The fault lines that `obey` accepts."""
    seen = [f"{what} {camera}" for what in cameras.faults for camera in cameras.urls] if cameras is not None else []
    return [*emulator.faults, *seen]

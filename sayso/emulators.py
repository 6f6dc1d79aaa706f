"""Emulated devices by name: which arm stands behind which protocol, in a simulated world."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import numpy as np

from hardware.emulated.device import Device, Emulator
from sim.arms import ARMS
from sim.device import SimDevice
from sim.spec import SceneSpec
from sim.world import World, random_appearance


def _ur5e(device: Device, host: str) -> Emulator:
    from hardware.emulated.ur import UrController

    return UrController(device, host)


EMULATORS: dict[str, Callable[[Device, str], Emulator]] = {"ur5e": _ur5e}


@contextmanager
def emulated(name: str, scene: SceneSpec, host: str = "127.0.0.1", seed: int = 0) -> Iterator[tuple[Emulator, World]]:
    """The device ``name`` of `EMULATORS` with its arm in ``scene``, open until the end.

    Raises `RobotError` if its address is taken. Whoever touches the world holds the lock of its `SimDevice`.
    """
    world = World(scene, ARMS[name](), random_appearance(np.random.default_rng(seed), len(scene.objects)))
    try:
        with SimDevice(world) as device:
            emulator = EMULATORS[name](device, host)
            try:
                yield emulator, world
            finally:
                emulator.close()
    finally:
        world.close()


def obey(emulator: Emulator, line: str) -> str:
    """Carry out a line: a fault's name, "recover" or "events". Returns what to answer, on one line."""
    line = line.strip()
    if line == "events":
        return "events: " + "; ".join(emulator.events)
    if line == "recover":
        emulator.recover()
        return "recovered"
    with suppress(ValueError):
        emulator.fault(line)
        return f"fault {line}"
    return f"no fault '{line}'; there are: {', '.join(emulator.faults)}, recover, events"

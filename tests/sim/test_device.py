"""The physics behind an emulated arm: in real time, and slower rather than in bursts."""

import threading

import numpy as np
import pytest

from sayso.hardware.control.readings import JUMP_FACTOR, JUMP_SLACK_RAD
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.device import LATE_S, SimDevice
from sayso.sim.physics import PHYSICS_HZ, Physics, random_appearance
from sayso.sim.scenes.scene_file import load_scene

STALL_AT, STALL_S, STEPS = 20, 1.0, 60


class StallingClock:
    """Waiting jumps to the time waited for, but once the computer stands still meanwhile; stops after `STEPS`."""

    def __init__(self, stall_at: int = STALL_AT) -> None:
        self._stall_at = stall_at
        self.t, self.waits = 0.0, list[tuple[float, float]]()  # what was waited for, and when
        self.enough, self.over = threading.Event(), threading.Event()

    def now(self) -> float:
        return self.t

    def sleep_until(self, t: float) -> None:
        self.waits.append((t, self.t))
        self.t = max(self.t, t) + (STALL_S if len(self.waits) == self._stall_at else 0.0)
        if len(self.waits) >= STEPS:
            self.enough.set()
            self.over.wait()


@pytest.mark.parametrize("arm", ["so101", "koch", "ur5e", "panda", "piper"])
def test_a_computer_that_stood_still_gets_slower_physics_and_not_a_burst(arm: str) -> None:
    scene = load_scene("tabletop")
    world = Physics(scene, ARMS[arm](), random_appearance(np.random.default_rng(1), len(scene.objects)))
    clock = StallingClock()
    device = SimDevice(world, clock)
    assert clock.enough.wait(60.0)
    clock.over.set()
    device.close()
    world.close()
    period = 1 / device.spec.control_hz
    late = [when - t for t, when in clock.waits]
    assert max(late[:STALL_AT]) <= 0.0  # at its pace before,
    assert max(late) <= LATE_S + 1e-9  # never far behind after it,
    at_once = sum(x >= 0.0 for x in late[STALL_AT:])
    assert at_once >= 1  # a few steps at once,
    top = device.spec.velocity
    allowed = JUMP_FACTOR * period * top + JUMP_SLACK_RAD
    assert (at_once * period * top <= allowed).all()  # but no jump that a loop would take for a wrong reading,
    assert all(x < 0.0 for x in late[STALL_AT + at_once :])  # and at its pace again


@pytest.mark.parametrize("arm", ["so101", "koch", "ur5e"])
def test_a_second_of_physics_takes_a_second(arm: str) -> None:
    world = Physics(load_scene("tabletop"), ARMS[arm]())
    clock = StallingClock(stall_at=0)
    device = SimDevice(world, clock)
    assert clock.enough.wait(60.0)
    seconds = device.read().t
    clock.over.set()
    device.close()
    world.close()
    # A period need not be a multiple of the physics' step.
    assert seconds == pytest.approx(STEPS / device.spec.control_hz, abs=1.5 / PHYSICS_HZ)

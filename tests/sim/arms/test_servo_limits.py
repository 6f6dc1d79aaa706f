"""An arm of servos is no faster, steeper or stronger than they are, and limp it is moved by hand."""

import re
from collections.abc import Iterator

import numpy as np
import pytest

from sayso.emulation.hand import Hand
from sayso.hardware.clock import FakeClock, MonotonicClock
from sayso.hardware.types import Array
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.device import SimDevice
from sayso.sim.physics import Physics
from sayso.sim.scenes.scene_spec import SceneSpec

FASTEST, STEEPEST = 5.45, 39.0
REAL = MonotonicClock()


class Quick(FakeClock):
    """Lets others have their turn, no more."""

    def sleep_until(self, t: float) -> None:
        super().sleep_until(t)
        REAL.sleep_until(REAL.now() + 2e-4)


@pytest.fixture
def device() -> Iterator[SimDevice]:
    """Its physics run as fast as they can."""
    world = Physics(SceneSpec(()), ARMS["so101"]())
    with SimDevice(world, Quick()) as found:
        yield found
    world.close()


def limited(device: SimDevice, speed: float = FASTEST, steepest: float = STEEPEST, torque: float = 1.9) -> None:
    device.limit(*(np.full(6, x) for x in (speed, steepest, torque)))


def watch(device: SimDevice, seconds: float) -> tuple[Array, Array]:
    """Positions (k, 5) rad and speeds (k, 5) rad/s over the physics' next seconds."""
    end, states = device.read().t + seconds, [device.read()]
    until = REAL.now() + 60.0
    while device.read().t < end and REAL.now() < until:
        if device.read().t > states[-1].t:
            states.append(device.read())
        REAL.sleep_until(REAL.now() + 1e-4)
    return np.array([s.position for s in states]), np.array([abs(s.velocity) for s in states])


@pytest.mark.parametrize(("speed", "steepest"), [(FASTEST, STEEPEST), (1.0, STEEPEST), (FASTEST, 5.0)])
def test_a_step_is_as_fast_as_the_servo_and_does_not_overshoot(
    device: SimDevice, speed: float, steepest: float
) -> None:
    limited(device, speed, steepest)
    start = device.read().position
    device.follow(start + np.array([1.05, 0, 0, 0, 0]), np.zeros(5), 1.0)
    way, speeds = watch(device, 2.5)
    moved = way[:, 0] - start[0]
    assert speeds[:, 0].max() == pytest.approx(min(speed, np.sqrt(1.05 * steepest)), rel=0.2)
    assert moved[-1] == pytest.approx(1.05, abs=0.02) and moved.max() < 1.07


def test_a_weak_servo_does_not_lift_the_arm(device: SimDevice) -> None:
    limited(device, torque=0.05)
    start = device.read().position
    way, _ = watch(device, 2.0)
    assert np.abs(way[-1] - start).max() > 0.5, "it falls"


def test_the_jaw_opens_further_than_the_width_it_is_used_for(device: SimDevice) -> None:
    limited(device)
    jaw = device.spec.gripper.jaw if device.spec.gripper else None
    assert jaw is not None and device.spec.gripper is not None
    whole = jaw.opening(jaw.wide) / device.spec.gripper.width
    device.follow(device.read().position, np.zeros(5), whole)
    watch(device, 2.0)
    assert device.read().gripper == pytest.approx(whole, abs=0.02) and whole > 1.4


def test_a_limp_arm_is_moved_by_hand_and_held_there(device: SimDevice) -> None:
    limited(device)
    hand = Hand(device)
    refused = hand.obey("move elbow_flex 30")
    assert refused == "cannot move elbow_flex 30: elbow_flex is switched on; a hand cannot move it"
    device.power([False] * 6)
    assert hand.obey("move elbow_flex 30 shoulder_lift -40 gripper 100") == (
        "done: move elbow_flex 30 shoulder_lift -40 gripper 100"
    )
    watch(device, 1.0)
    state = device.read()
    assert np.degrees(state.position[[1, 2]]) == pytest.approx([-40, 30], abs=0.5) and state.gripper > 1.4
    device.power([True] * 6)
    watch(device, 0.5)
    assert np.degrees(device.read().position[[1, 2]]) == pytest.approx([-40, 30], abs=2), "held where the hand left it"
    device.power([False] * 6)
    assert hand.obey("let go") == "done: let go"
    watch(device, 1.5)
    assert abs(np.degrees(device.read().position[1]) + 40) > 10, "and it falls"


def test_a_sweep_reaches_all_ends(device: SimDevice) -> None:
    limited(device)
    device.power([False] * 6)
    seen = [device.read().position]
    hand = Hand(device, Watching(device, seen))
    assert hand.obey("sweep") == "done: sweep"
    way = np.array(seen)
    assert np.allclose(way.min(axis=0), [hand._ranges[k][0] for k in range(5)], atol=0.02)
    assert np.allclose(way.max(axis=0), [hand._ranges[k][1] for k in range(5)], atol=0.02)


class Watching(MonotonicClock):
    """Looks at the arm while the hand waits."""

    def __init__(self, device: SimDevice, seen: list[Array]) -> None:
        self._device, self._seen = device, seen

    def sleep_until(self, t: float) -> None:
        self._seen.append(self._device.read().position)
        super().sleep_until(min(t, self.now() + 1e-3))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("move elbow 3", "there is no joint elbow; there are: shoulder_pan, .*, gripper"),
        ("move elbow_flex far", "'far' is no number"),
        ("move elbow_flex 120", "elbow_flex goes from -97 to 97 degrees"),
        ("move gripper 101", "gripper goes from 0 to 100 %"),
        ("move elbow_flex", "a hand can move JOINT DEGREES"),
    ],
)
def test_what_a_hand_cannot_do_is_told(device: SimDevice, line: str, says: str) -> None:
    assert re.search(says, Hand(device).obey(line) or "")


def test_other_lines_are_not_the_hands(device: SimDevice) -> None:
    assert Hand(device).obey("recover") is None

"""Cameras over an emulated arm render elsewhere, and see what is before the arm all the same."""

from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from sayso.emulation.cameras import EmulatedCameras
from sayso.hardware.clock import FakeClock
from sayso.hardware.robot import RobotError
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.camera import SimCamera, cameras_for
from sayso.sim.device import SimDevice
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.scenes.scene_file import load_scene
from tests.waiting import until

NOISY = 8  # grey levels


@pytest.fixture(scope="module")
def device() -> Iterator[SimDevice]:
    scene = load_scene("tabletop")
    world = Physics(scene, ARMS["panda"](), random_appearance(np.random.default_rng(1), len(scene.objects)))
    with SimDevice(world) as found:
        yield found
    world.close()


@pytest.fixture(scope="module")
def cameras(device: SimDevice) -> Iterator[EmulatedCameras]:
    with closing(EmulatedCameras(device)) as found:
        yield found


def differ(device: SimDevice, cameras: EmulatedCameras) -> float:
    """The share of pixels in which the cameras' pictures and the world's own are not the same."""
    shares = []
    for spec in cameras_for(device.spec):
        with device.lock:
            own = SimCamera(device.world, FakeClock(), spec).read().rgb.astype(int)
        shares.append((np.abs(own - cameras.see(spec.name)) > NOISY).any(-1).mean())
    return float(max(shares))


def test_they_see_the_arm_and_objects_where_they_are_now(device: SimDevice, cameras: EmulatedCameras) -> None:
    assert differ(device, cameras) < 0.001
    before = {name: cameras.see(name).astype(int) for name in cameras.urls}
    with device.lock:
        device.world.place("b1", np.array([0.62, -0.2, 0.03]), 0.4)
    before_it = device.read().position
    device.follow(device.spec.home + 0.15, np.zeros(device.spec.dof), 0.3)

    def arrived() -> bool:
        now = device.read()
        return bool(np.abs(now.position - before_it).max() > 0.1 and np.abs(now.velocity).max() < 0.005)

    until(arrived, "the arm's arrival")
    assert differ(device, cameras) < 0.005, "the arm may still creep"
    for name, picture in before.items():
        assert (np.abs(picture - cameras.see(name)) > NOISY).any(-1).mean() > 0.01, "it would be noticed"


def test_a_snapshot_puts_another_world_into_the_same_state(device: SimDevice) -> None:
    other = Physics(device.world.scene, device.world.arm, device.world.appearance)
    with device.lock:
        where = device.world.snapshot()
    other.show(where)
    assert np.allclose(other.snapshot(), where, atol=1e-6)
    other.close()


def test_what_is_not_there_cannot_fail(cameras: EmulatedCameras) -> None:
    for camera, what in (("middle", "black"), ("left", "foggy")):
        with pytest.raises(ValueError, match=f"no fault '{what}' of '{camera}'; there are:"):
            cameras.fault(camera, what)


def test_a_port_that_is_taken_is_one_line(device: SimDevice, cameras: EmulatedCameras) -> None:
    port = int(next(iter(cameras.urls.values())).split(":")[2].split("/")[0])
    with pytest.raises(RobotError, match=f"cannot serve cameras at 127.0.0.1:{port}"):
        EmulatedCameras(device, port=port)

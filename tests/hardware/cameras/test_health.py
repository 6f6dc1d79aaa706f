"""Cameras that fail: each fault is named within half a second, and a picture in doubt reaches nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sayso.hardware.cameras.device_camera import CameraPlan, CameraWork, DeviceCamera
from sayso.hardware.cameras.health import CameraError, Fault, Health
from sayso.hardware.cameras.messages import Shot
from sayso.hardware.cameras.rig import MAX_AGE_S
from sayso.hardware.cameras.starved import waited_s
from sayso.hardware.cameras.swap import SwapWatch
from sayso.hardware.check import check_camera
from sayso.hardware.clock import FakeClock
from tests.hardware.camera_parts import FakeDevice, calibration, noisy, view

LATEST_S = 0.5


class Pair:
    """Two cameras without processes, on a clock set by hand."""

    def __init__(self, period: float = 0.1) -> None:
        self.clock = FakeClock(100.0)
        self.devices = {name: FakeDevice(seed, self.clock, period / 2) for seed, name in enumerate(("left", "right"))}
        plans = [CameraPlan(n, calibration(n, s), open=self.devices[n].open) for s, n in enumerate(self.devices)]
        watch = SwapWatch({p.address: p.calibration.picture for p in plans})
        self.posted: dict[str, list[Shot]] = {n: [] for n in self.devices}
        self.works = [CameraWork(p, self.clock, self.posted[p.address].append) for p in plans]
        self.starved = 0.0
        self.left, self.right = (
            DeviceCamera(p, self._newest(p.address), watch, self.clock, MAX_AGE_S, lambda: self.starved) for p in plans
        )

    def _newest(self, name: str) -> Callable[[], Shot | None]:
        return lambda: self.posted[name].pop() if self.posted[name] else None

    def run(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while self.clock.now() < until:
            for work in self.works:
                work.step()
            self.left.look()
            self.right.look()


@pytest.mark.parametrize("fault", [Fault.FROZEN, Fault.BLACK, Fault.LOST])
@pytest.mark.parametrize("period", [0.033, 0.1, 0.2])
def test_a_fault_is_known_within_half_a_second_and_ends_with_it(fault: Fault, period: float) -> None:
    pair = Pair(period)
    pair.run(1.0)
    assert check_camera(pair.left) == [] and pair.left.events == []
    began, pair.devices["left"].fault = pair.clock.now(), "gone" if fault is Fault.LOST else str(fault)
    pair.run(1.0)
    (event,) = pair.left.events
    assert event.fault is fault and event.camera == "left" and event.t - began <= LATEST_S
    with pytest.raises(CameraError, match=f"'left' is {fault}") as error:
        pair.left.read()
    assert error.value.fault is fault
    assert pair.right.read().camera == "right" and pair.right.events == []
    pair.devices["left"].fault = ""
    pair.run(1.0)
    assert pair.left.events[-1].fault is None and check_camera(pair.left) == []


def test_exchanged_cameras_are_known_within_half_a_second() -> None:
    pair = Pair()
    pair.run(1.0)
    began = pair.clock.now()
    left, right = pair.devices.values()
    left.seen, right.seen = right.seen, left.seen
    pair.run(1.0)
    for camera, other in ((pair.left, "right"), (pair.right, "left")):
        assert camera.events[0].fault is Fault.SWAPPED and camera.events[0].t - began <= LATEST_S
        with pytest.raises(CameraError, match=f"swapped: it shows the view of '{other}'"):
            camera.read()


def test_cameras_that_were_exchanged_before_the_start_are_known_by_their_calibration() -> None:
    pair = Pair()
    left, right = pair.devices.values()
    left.seen, right.seen = right.seen, left.seen
    pair.run(0.5)
    assert {pair.left.events[0].fault, pair.right.events[0].fault} == {Fault.SWAPPED}


def test_slow_change_of_light_and_what_moves_through_the_picture_is_no_exchange() -> None:
    pair = Pair()
    rng = np.random.default_rng(5)
    seen = {name: device.seen.astype(float) for name, device in pair.devices.items()}
    for k in range(60):
        for name, device in pair.devices.items():
            image = seen[name] * (0.6 + 0.4 * np.cos(k / 20))
            v, u = rng.integers(0, 40), rng.integers(0, 60)
            image[v : v + 24, u : u + 36] = rng.integers(0, 255, 3)
            device.seen = np.clip(image + 10, 0, 255).astype(np.uint8)
        pair.run(0.1)
    assert pair.left.events == [] and pair.right.events == []


def test_a_camera_of_another_size_is_refused_by_name_and_size() -> None:
    pair = Pair()
    pair.devices["left"].seen = view(0)[:32, :48]
    pair.run(0.3)
    with pytest.raises(CameraError, match="pictures of 48 x 32, 'left' was calibrated at 96 x 64"):
        pair.left.read()


def test_a_process_that_posts_nothing_is_a_lost_camera() -> None:
    pair = Pair()
    pair.run(0.5)
    pair.works = pair.works[1:]
    pair.run(MAX_AGE_S + 0.1)
    with pytest.raises(CameraError, match="'left' is lost: no picture for 0"):
        pair.left.read()


def test_a_process_that_gets_no_processor_is_late_and_its_camera_not_lost() -> None:
    pair = Pair()
    pair.starved = 7.0  # long ago
    pair.run(0.5)
    left, pair.works = pair.works[0], pair.works[1:]
    pair.starved += 0.3
    pair.run(MAX_AGE_S + 0.1)
    with pytest.raises(CameraError, match=r"'left' is late: no picture for 0.\d s; its reader had no CPU"):
        pair.left.read()
    pair.works.append(left)
    pair.run(0.3)
    assert pair.left.events[-1].fault is None
    pair.works.pop()
    pair.run(MAX_AGE_S + 0.1)
    assert pair.left.events[-1].fault is Fault.LOST  # this time nobody was starved


def test_whoever_looks_too_late_does_not_call_the_camera_lost() -> None:
    pair = Pair()
    pair.run(0.5)
    pair.clock.t += 1.0  # this program stood still, and so did the cameras' processes
    assert pair.left.look()[0] is not None and pair.left.events[-1].fault is Fault.LATE


def test_how_long_a_process_waited_is_read_from_the_kernel(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/schedstat").write_text("123 2500000000 9\n")
    (tmp_path / "8").mkdir()
    (tmp_path / "8/schedstat").write_text("?\n")
    assert [waited_s(pid, tmp_path) for pid in (7, 8, 9, None)] == [2.5, 0.0, 0.0, 0.0]


def through_codec(rgb: NDArray[np.uint8], rng: np.random.Generator, noise: float, quality: int) -> NDArray[np.uint8]:
    """A static view with a sensor's noise as it comes out of a lossy codec."""
    seen = np.clip(np.round(rgb + rng.normal(0, noise, rgb.shape)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8)


@pytest.mark.parametrize(("noise", "quality"), [(0.0, 90), (0.12, 90), (0.14, 50), (0.18, 20)])
def test_a_codec_that_takes_the_noise_out_is_not_taken_for_frozen(noise: float, quality: int) -> None:
    health, rng, repeats, before = Health(), np.random.default_rng(1), 0, None
    scene = view(3)
    for k in range(240):  # eight seconds
        if k >= 120:  # something moves through it, and stands still again
            scene = view(3)
            scene[10:26, min(k - 120, 60) : min(k - 120, 60) + 16] = 0
        picture = through_codec(scene, rng, noise, quality)
        repeats += before is not None and np.array_equal(picture, before)
        before = picture
        assert health.judge(picture, k / 30) is None
    assert repeats > 20, "it is of the kind that repeats itself"


def test_pictures_between_two_whole_ones_of_a_video_codec_are_not_frozen() -> None:
    health, rng = Health(), np.random.default_rng(2)
    picture = noisy(view(3), rng)
    for k in range(600):
        if k % 60 == 0:  # every two seconds
            picture = noisy(view(3), rng)
        assert health.judge(picture, k / 30) is None


@pytest.mark.parametrize("quality", [0, 20, 60, 92])
def test_a_camera_that_had_noise_is_known_to_be_frozen_at_once(quality: int) -> None:
    health, rng = Health(), np.random.default_rng(4)
    for k in range(15):
        picture = through_codec(view(3), rng, 1.5, quality) if quality else noisy(view(3), rng)
        assert health.judge(picture, k / 30) is None
    found = [health.judge(picture, (15 + k) / 30) for k in range(15)]
    assert found[-1] is not None and found[-1][0] is Fault.FROZEN


def test_a_camera_that_never_changes_is_frozen_in_the_end() -> None:
    health, picture = Health(), view(5)
    found = [health.judge(picture, k / 10) for k in range(150)]
    assert found[0] is None and found[-1] is not None and found[-1][0] is Fault.FROZEN

"""Cameras in processes of their own, on a network camera's stream and its faults."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from sayso.hardware.cameras.calibration import Lens
from sayso.hardware.cameras.device_camera import CameraPlan
from sayso.hardware.cameras.health import CameraError, Fault
from sayso.hardware.cameras.open import name_and_address
from sayso.hardware.cameras.opencv import OpenCVSource, device_of, webcam_number
from sayso.hardware.cameras.rig import CameraRig
from sayso.hardware.cameras.source import SourceError
from sayso.hardware.check import check_camera
from sayso.hardware.clock import FakeClock
from sayso.hardware.emulated.mjpeg import MjpegServer
from sayso.hardware.robot import RobotError
from tests.hardware.camera_parts import HEIGHT, WIDTH, calibration, noisy, view

PATIENCE_S = 60.0


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    rng = np.random.default_rng(0)
    server = MjpegServer({n: partial(noisy, view(s), rng) for s, n in enumerate(("left", "right"))}, fps=20.0)
    yield server
    server.close()


def plans(server: MjpegServer) -> list[CameraPlan]:
    return [CameraPlan(server.urls[n], calibration(n, s)) for s, n in enumerate(("left", "right"))]


def await_fault(rig: CameraRig, camera: str, fault: Fault | None) -> None:
    """Until the newest event of the camera is this one; a busy machine may take its time."""
    for _ in range(round(PATIENCE_S / 0.05)):
        events = [e for e in rig.events if e.camera == camera]
        if events and events[-1].fault is fault:
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"{camera} never was {fault}: {rig.events}")


def test_a_stream_is_read_as_it_is_sent_and_its_faults_are_named(server: MjpegServer) -> None:
    with CameraRig(plans(server)) as rig:
        for camera, seed in zip(rig.cameras, (0, 1), strict=True):
            await_health(rig, camera.name)
            assert check_camera(camera) == []
            frame = camera.read()
            assert frame.depth is None and frame.rgb.shape == (HEIGHT, WIDTH, 3)
            assert np.abs(frame.rgb.astype(int) - view(seed)).mean() < 8  # JPEG and noise
        for what, fault in (("frozen", Fault.FROZEN), ("black", Fault.BLACK), ("gone", Fault.LOST)):
            server.fault("left", what)
            await_fault(rig, "left", fault)
            with pytest.raises(CameraError):
                rig.cameras[0].read()
            server.recover()
            await_fault(rig, "left", None)


def await_health(rig: CameraRig, camera: str) -> None:
    """A machine too busy for twenty pictures a second may have lost one meanwhile."""
    if any(e.camera == camera for e in rig.events):
        await_fault(rig, camera, None)


def test_what_cannot_be_opened_is_said_at_once(server: MjpegServer, tmp_path: Path) -> None:
    left = plans(server)[0]
    with pytest.raises(RobotError, match="two cameras have the same name: left, left"):
        CameraRig([left, left])
    server.close()
    with pytest.raises(CameraError, match=r"'left' is lost: the camera http.* cannot be opened"), CameraRig([left]):
        pass
    nowhere = left.calibration.model_copy(update={"place": None})
    with pytest.raises(RobotError, match=r"'left' has no pose in its calibration yet.*sayso calibrate hand-eye"):
        CameraRig([replace(left, calibration=nowhere)])


def test_a_video_file_plays_at_its_own_pace_and_ends(tmp_path: Path) -> None:
    path = str(tmp_path / "seen.avi")
    video = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 20.0, (WIDTH, HEIGHT))
    for _ in range(4):
        video.write(view(0)[..., ::-1])
    video.release()
    clock = FakeClock(7.0)
    source = OpenCVSource(path, WIDTH, HEIGHT, clock)
    assert [source.read().rgb.shape for _ in range(4)] == 4 * [(HEIGHT, WIDTH, 3)]
    assert clock.now() == pytest.approx(7.0 + 3 / 20)
    with pytest.raises(SourceError, match="has ended"):
        source.read()
    with pytest.raises(SourceError, match="there is no file"):
        OpenCVSource(str(tmp_path / "none.mp4"), WIDTH, HEIGHT)
    with pytest.raises(SourceError, match="no camera 97"):
        OpenCVSource("97", WIDTH, HEIGHT)


def test_a_webcam_is_known_by_its_own_name_whichever_number_it_has(tmp_path: Path) -> None:
    (tmp_path / "usb-Maker_Webcam_1234-video-index0").symlink_to("../../video2")
    assert device_of("2", tmp_path) == "usb-Maker_Webcam_1234-video-index0"
    assert device_of("0", tmp_path) == "" and device_of("http://x/y", tmp_path) == ""


def test_a_webcam_is_named_by_its_number_its_device_or_its_link(tmp_path: Path) -> None:
    link = tmp_path / "usb-Maker_Webcam_1234-video-index0"
    link.symlink_to("/dev/video97")
    for address in ("97", "/dev/video97", str(link)):
        assert webcam_number(address) == 97 and device_of(address, tmp_path) == link.name
        with pytest.raises(SourceError, match=r"there is no camera 97 \(/dev/video97\)"):
            OpenCVSource(address, WIDTH, HEIGHT)
    for address in ("film.mp4", "/dev/v4l/by-id/usb-gone", "http://10.0.0.2/video0", "/dev/video", "video97"):
        assert webcam_number(address) is None
    with pytest.raises(SourceError, match="there is no device /dev/v4l/by-id/usb-gone"):
        OpenCVSource("/dev/v4l/by-id/usb-gone", WIDTH, HEIGHT)
    assert name_and_address("/dev/video97") == ("video97", "/dev/video97")
    with pytest.raises(RobotError, match="same address"):
        CameraRig([CameraPlan("97", calibration("left")), CameraPlan("/dev/video97", calibration("right"))])


def test_distortion_is_taken_out_of_the_pictures() -> None:
    from sayso.hardware.cameras.rectify import Rectifier
    from sayso.hardware.cameras.source import Picture

    lens = Lens(fx=90.0, fy=90.0, cx=47.5, cy=31.5, distortion=(-0.25, 0.05, 0.001, -0.002, 0.0))
    distorted = calibration("left").model_copy(update={"lens": lens})
    points = np.array([[0.1, 0.05, 1.0], [-0.3, 0.2, 1.0], [0.25, -0.2, 1.0]])
    pixels = cv2.projectPoints(points, np.zeros(3), np.zeros(3), lens.matrix, np.array(lens.distortion))[0][:, 0]
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    v, u = np.mgrid[:HEIGHT, :WIDTH]
    for x, y in pixels:
        image += (200 * np.exp(-((u - x) ** 2 + (v - y) ** 2) / 4))[..., None].astype(np.uint8)
    straight = Rectifier(distorted)(Picture(image)).rgb[..., 0].astype(float)
    for point in points:
        x, y, _ = lens.matrix @ point
        near = straight * (np.hypot(u - x, v - y) < 6)
        assert np.hypot((near * u).sum() / near.sum() - x, (near * v).sum() / near.sum() - y) < 0.2

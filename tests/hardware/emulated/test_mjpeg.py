"""Emulated network cameras: OpenCV opens them as it opens any, and they fail as cameras fail."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sayso.hardware.emulated.mjpeg import MjpegServer
from sayso.hardware.robot import RobotError


class Scene:
    """Red on the left camera and blue on the right; each picture a little brighter than the one before."""

    def __init__(self) -> None:
        self.taken = 0

    def picture(self, channel: int) -> NDArray[np.uint8]:
        self.taken += 1
        rgb = np.full((48, 64, 3), 20, np.uint8)
        rgb[..., channel] = 100 + self.taken % 100
        return rgb


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def server(scene: Scene) -> Iterator[MjpegServer]:
    server = MjpegServer({"left": lambda: scene.picture(0), "right": lambda: scene.picture(2)}, fps=100.0)
    yield server
    server.close()


def single(server: MjpegServer, name: str) -> NDArray[np.uint8]:
    with urllib.request.urlopen(server.urls[name].replace(".mjpg", ".jpg"), timeout=60) as answer:
        picture = cv2.imdecode(np.frombuffer(answer.read(), np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture[..., ::-1], np.uint8)


def until(what: Callable[[], bool]) -> None:
    """Wait for the next frame period, however late a busy computer makes it."""
    end = time.monotonic() + 60.0
    while not what():
        assert time.monotonic() < end


def test_opencv_reads_each_stream_in_its_own_colors(server: MjpegServer) -> None:
    for name, channel in (("left", 0), ("right", 2)):
        stream = cv2.VideoCapture(server.urls[name])
        frames = [stream.read() for _ in range(3)]
        stream.release()
        assert all(ok and bgr.shape == (48, 64, 3) for ok, bgr in frames)
        rgb = frames[-1][1][..., ::-1].reshape(-1, 3).mean(0)
        assert np.argmax(rgb) == channel and rgb[channel] > 80 and np.delete(rgb, channel).max() < 40


def test_nothing_is_rendered_while_nobody_looks(server: MjpegServer, scene: Scene) -> None:
    assert scene.taken == 0
    single(server, "left")
    assert scene.taken == 1


def test_a_frozen_camera_sends_on_what_it_saw_last_and_a_black_one_nothing(server: MjpegServer, scene: Scene) -> None:
    first = single(server, "left")
    server.fault("left", "frozen")
    for _ in range(3):
        assert np.array_equal(single(server, "left"), first)
    server.fault("left", "black")
    until(lambda: single(server, "left").max() < 8)
    assert single(server, "right").max() > 80
    server.recover()
    until(lambda: single(server, "left").max() > 80)


def test_a_camera_that_is_gone_sends_no_more(server: MjpegServer, scene: Scene) -> None:
    with urllib.request.urlopen(server.urls["left"], timeout=2.0) as stream:
        stream.read(500)
        server.fault("left", "gone")
        with pytest.raises(TimeoutError):
            while True:
                stream.read(500)


def test_what_is_not_there_is_said(server: MjpegServer) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/../secrets", timeout=5)
    assert error.value.code == 404
    with pytest.raises(ValueError, match="no fault 'dirty' of 'left'"):
        server.fault("left", "dirty")
    with pytest.raises(RobotError, match=f"cannot serve cameras at 127.0.0.1:{server.port}"):
        MjpegServer({}, port=server.port)
    server.close()
    server.close()

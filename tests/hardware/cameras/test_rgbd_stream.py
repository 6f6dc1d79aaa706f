"""A network camera with depth: what its other end sends is what arrives, and what is wrong is said."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import numpy as np
import pytest
from numpy.typing import NDArray

from sayso.hardware.cameras.open import camera_plan
from sayso.hardware.cameras.rgbd_stream import DEPTH_UNIT, RgbdStream
from sayso.hardware.cameras.source import SourceError, open_source
from sayso.hardware.emulated.mjpeg import MjpegServer
from sayso.hardware.robot import RobotError

DEPTH = np.linspace(0.3, 1.7, 48 * 64, dtype=np.float32).reshape(48, 64)


def grab() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    depth = DEPTH.copy()
    depth[0] = (np.nan, -1.0, 0.0, 7.0) * 16  # not measured, or too far for 16 bits
    return np.full((48, 64, 3), (200, 120, 30), np.uint8), depth


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    server = MjpegServer({"left": grab, "flat": lambda: grab()[0]}, fps=100.0)
    yield server
    server.close()


def address(server: MjpegServer, camera: str = "left") -> str:
    return f"rgbd+http://127.0.0.1:{server.port}/{camera}.rgbd"


def test_colors_and_depth_arrive_together(server: MjpegServer) -> None:
    source = open_source(address(server), 64, 48)
    for _ in range(3):
        picture = source.read()
        assert np.abs(picture.rgb.reshape(-1, 3).mean(0) - (200, 120, 30)).max() < 4
        assert picture.depth is not None and picture.depth.dtype == np.float32
        assert np.abs(picture.depth[1:] - DEPTH[1:]).max() <= DEPTH_UNIT
        assert (picture.depth[0] == 0).all()
    source.close()
    source.close()


def test_a_camera_that_is_gone_is_said_in_time(server: MjpegServer) -> None:
    source = RgbdStream(address(server))
    source.read()
    server.fault("left", "gone")
    with pytest.raises(SourceError, match="gives no picture"):
        for _ in range(20):
            source.read()
    source.close()


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (b"<html>\n<body>Hello.</body>\n</html>", "gives no picture: it has ended"),
        (b"", "gives no picture: it has ended"),
        (b"\n" * 5_000, "gives no picture: no size"),
    ],
)
@pytest.mark.timeout(20)
def test_a_plain_page_is_no_camera(page: bytes, says: str) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Page) as http:
        Thread(target=http.handle_request, daemon=True).start()
        source = RgbdStream(f"rgbd+http://127.0.0.1:{http.server_port}/x")
        with pytest.raises(SourceError, match=says):
            source.read()
        source.close()


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("rgbd+ftp://x/y", "is no camera with depth: rgbd\\+http://"),
        ("rgbd+http://127.0.0.1:1/left.rgbd", "cannot be opened"),
    ],
)
def test_what_is_no_such_camera_is_said(what: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        RgbdStream(what)


def test_a_camera_without_depth_is_said(server: MjpegServer) -> None:
    with pytest.raises(SourceError, match="answers 404"):
        RgbdStream(address(server, "flat"))


def test_it_needs_a_calibration_as_any_camera(server: MjpegServer, tmp_path) -> None:
    with pytest.raises(RobotError, match="there is no camera calibration"):
        camera_plan(address(server), tmp_path)

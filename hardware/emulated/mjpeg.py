"""A network camera server: frames as MJPEG over HTTP, one path per camera, on the loopback address.

A camera with depth has a second stream, .rgbd, which alternates between a JPEG and its depth as 16-bit PNG in
`DEPTH_UNIT` m, 0 for none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.robot import RobotError

Grab = Callable[[], NDArray[np.uint8] | tuple[NDArray[np.uint8], NDArray[np.float32]]]
DEPTH_UNIT = 1e-4
BOUNDARY = "frame"
TIMEOUT_S = 5.0


class MjpegServer:
    """Serves ``cameras``, functions that return an RGB image (H, W, 3) uint8, at ``fps`` Hz while clients watch.

    A function may also return depth (H, W) float32 m. ``urls`` are the streams by camera; .jpg in place of .mjpg gives
    a single picture. `fault` makes a camera freeze, go black or stop answering. Raises `RobotError` if the port is
    taken; 0 selects a free one.
    """

    faults = ("frozen", "black", "gone")

    def __init__(
        self, cameras: Mapping[str, Grab], fps: float = 10.0, port: int = 0, clock: Clock | None = None
    ) -> None:
        self._cameras, self._period, self._clock = dict(cameras), 1.0 / fps, clock or MonotonicClock()
        self._faults: dict[str, str] = {}
        self._newest: dict[str, tuple[float, bytes, bytes]] = {}
        self._locks = {name: threading.Lock() for name in cameras}
        self._open = True
        server = self

        class Handler(BaseHTTPRequestHandler):
            timeout = TIMEOUT_S

            def do_GET(self) -> None:
                server._serve(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        try:
            self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        except OSError as error:
            raise RobotError(f"cannot serve cameras at 127.0.0.1:{port}: {error.strerror}") from error
        self._http.daemon_threads = True
        self.port: int = self._http.server_address[1]
        self.urls = {name: f"http://127.0.0.1:{self.port}/{name}.mjpg" for name in cameras}
        threading.Thread(target=self._http.serve_forever, name="emulated cameras", daemon=True).start()

    def fault(self, camera: str, what: str) -> None:
        """Inject a fault in one camera. Raises `ValueError` for an unknown camera or fault."""
        if camera not in self._cameras or what not in self.faults:
            raise ValueError(f"no fault '{what}' of '{camera}'; there are: {self.faults} of {list(self._cameras)}")
        self._faults[camera] = what

    def see(self, camera: str) -> NDArray[np.uint8]:
        """The present image of ``camera`` without faults, (H, W, 3) uint8."""
        return self._grab(camera)[0]

    def recover(self) -> None:
        """Clear all faults."""
        self._faults.clear()

    def close(self) -> None:
        """Stop serving; safe to call twice."""
        if self._open:
            self._open = False
            self._http.shutdown()
            self._http.server_close()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        name, _, kind = request.path.lstrip("/").rpartition(".")
        if name not in self._cameras or kind not in ("mjpg", "jpg", "rgbd"):
            request.send_error(404, f"there are: {', '.join(self.urls.values())}")
            return
        if kind == "rgbd" and not self._picture(name)[1]:
            request.send_error(404, f"{name} measures no depth")
            return
        request.send_response(200)
        if kind == "jpg":
            picture, _ = self._picture(name)
            request.send_header("Content-Type", "image/jpeg")
            request.send_header("Content-Length", str(len(picture)))
            request.end_headers()
            request.wfile.write(picture)
            return
        request.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        request.send_header("Cache-Control", "no-store")
        request.end_headers()
        while self._open:
            began = self._clock.now()
            if self._faults.get(name) != "gone":
                picture, depth = self._picture(name)
                parts = _part("jpeg", picture) + (_part("png", depth) if kind == "rgbd" else b"")
                try:
                    request.wfile.write(parts)
                except OSError:
                    return
            self._clock.sleep_until(began + self._period)

    def _grab(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float32] | None]:
        seen = self._cameras[name]()
        return seen if isinstance(seen, tuple) else (seen, None)

    def _picture(self, name: str) -> tuple[bytes, bytes]:
        """The newest picture and its depth as bytes, empty without depth; shared by all clients."""
        with self._locks[name]:
            fault, (t, picture, depth) = self._faults.get(name), self._newest.get(name, (-np.inf, b"", b""))
            if (fault == "frozen" and picture) or self._clock.now() - t < 0.5 * self._period:
                return picture, depth
            rgb, far = self._grab(name)
            if fault == "black":
                rgb = np.zeros_like(rgb)
            picture = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()
            depth = b"" if far is None else _depth_png(far)
            self._newest[name] = (self._clock.now(), picture, depth)
            return picture, depth


def _part(kind: str, content: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: image/{kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content + b"\r\n"


def _depth_png(depth: NDArray[np.float32]) -> bytes:
    units = np.round(depth / DEPTH_UNIT)
    raw = np.where((units > 0) & (units < 2**16), units, 0).astype(np.uint16)
    return cv2.imencode(".png", raw, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()

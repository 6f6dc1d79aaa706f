"""A network camera with depth: HTTP parts that alternate between JPEG and 16-bit PNG depth in 0.1 mm."""

from __future__ import annotations

import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.cameras.source import Picture, SourceError

PREFIX = "rgbd+"
DEPTH_UNIT = 1e-4
OPEN_S, READ_S = 3.0, 0.45
MAX_LINE, MAX_LINES, MAX_PICTURE = 1_000, 100, 20_000_000


class RgbdStream:
    """An open stream at ``address``, `PREFIX` and an http URL. Raises `SourceError` if the stream cannot be opened."""

    def __init__(self, address: str) -> None:
        self._address, url = address, urlsplit(address.removeprefix(PREFIX))
        if url.scheme != "http" or not url.hostname:
            raise SourceError(f"{address} is no camera with depth: {PREFIX}http://HOST:PORT/PATH is one")
        try:
            self._http = HTTPConnection(url.hostname, url.port, timeout=OPEN_S)
            self._http.request("GET", url.path or "/")
            self._socket = self._http.sock  # http.client drops its reference once the response has begun
            self._stream: HTTPResponse = self._http.getresponse()
            if self._stream.status != 200:
                raise SourceError(f"the camera {address} answers {self._stream.status} {self._stream.reason}")
            self._socket.settimeout(READ_S)
        except ValueError:  # its message would quote the port, which may contain part of a password
            raise SourceError(f"{address} is no camera with depth: its port is not a number") from None
        except (OSError, HTTPException) as error:
            raise SourceError(f"the camera {address} cannot be opened: {error}; is it switched on?") from error

    def read(self) -> Picture:
        """The next picture with depth, 0 m where none was measured. Raises `SourceError` if none comes in time."""
        try:
            rgb = cv2.imdecode(self._part(), cv2.IMREAD_COLOR)
            depth = cv2.imdecode(self._part(), cv2.IMREAD_UNCHANGED)
        except (OSError, HTTPException, ValueError) as error:
            raise SourceError(f"the camera {self._address} gives no picture: {error}") from error
        if rgb is None or depth is None or depth.dtype != np.uint16 or depth.shape != rgb.shape[:2]:
            raise SourceError(f"the camera {self._address} does not send pictures with depth")
        return Picture(np.ascontiguousarray(rgb[..., ::-1]), depth.astype(np.float32) * np.float32(DEPTH_UNIT))

    def close(self) -> None:
        """Close the connection."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._http.close()

    def _part(self) -> NDArray[np.uint8]:
        """The body of the next part of the stream."""
        length = -1
        for _ in range(MAX_LINES):
            line = self._stream.readline(MAX_LINE)
            if not line:  # end of stream: an empty line would still have its newline
                raise ValueError("it has ended")
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
            if not line.strip() and length >= 0:
                break
        else:
            raise ValueError(f"no size of a picture in {MAX_LINES} lines")
        if not 0 < length <= MAX_PICTURE:
            raise ValueError(f"a picture of {length} bytes")
        content = self._stream.read(length)
        if len(content) < length:
            raise ValueError("it has ended")
        return np.frombuffer(content, np.uint8)

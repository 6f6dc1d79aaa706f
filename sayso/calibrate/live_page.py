"""A page on this computer with the camera's live picture, what to do next, and a person's clicks in the picture."""

from __future__ import annotations

import json
import secrets
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.errors import UserError
from sayso.hardware.types import Array

MOST_BYTES = 200
TIMEOUT_S = 5.0
Mark = tuple[float, float] | str  # a pixel, or a word: "undo", "done"
WORDS = ("undo", "done")


class LivePage:
    """Serves the page at ``url`` until `close`; `show` replaces what it shows.

    Only this computer reaches the page, and only by the secret in ``url``. ``marks`` false: clicks are not asked for.
    Raises `UserError` if the port is taken; 0 selects a free one.
    """

    def __init__(self, title: str, marks: bool = False, port: int = 0) -> None:
        self._state: dict[str, object] = {"title": title, "hint": "waiting for the camera", "marks": marks}
        self._picture, self._clicks, secret = b"", deque[Mark](maxlen=100), secrets.token_urlsafe(9)
        page, root = self, f"/{secret}/"

        class Handler(BaseHTTPRequestHandler):
            timeout = TIMEOUT_S

            def do_GET(self) -> None:
                what = self.path.partition("?")[0]
                if what == root:
                    own = files("sayso.calibrate").joinpath("live_page.html").read_bytes()
                    self._send("text/html; charset=utf-8", own)
                elif what == root + "picture.jpg" and page._picture:
                    self._send("image/jpeg", page._picture)
                elif what == root + "state":
                    self._send("application/json", json.dumps(page._state).encode())
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                mark = _mark(self.rfile.read(min(int(self.headers.get("Content-Length") or 0), MOST_BYTES)))
                if self.path != root + "mark" or mark is None:
                    self.send_error(404)
                    return
                page._clicks.append(mark)
                self._send("application/json", b"{}")

            def _send(self, kind: str, content: bytes) -> None:
                self.send_response(200)
                for name, value in (
                    ("Content-Type", kind), ("Content-Length", str(len(content))), ("Cache-Control", "no-store"),
                    ("X-Frame-Options", "DENY"),
                ):  # fmt: skip
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        try:
            self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        except OSError as error:
            raise UserError(f"cannot serve the live page at 127.0.0.1:{port}: {error.strerror}") from error
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}{root}"
        threading.Thread(target=self._http.serve_forever, name="live page", daemon=True).start()

    def show(self, rgb: NDArray[np.uint8], hint: str, done: str = "") -> None:
        """Show a picture (H, W, 3) with the ``hint`` for the next step, and what is ``done``."""
        self._picture = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
        self._state = self._state | {"hint": hint, "done": done}

    def show_board(self, rgb: NDArray[np.uint8], corners: Array | None, hint: str, done: str) -> None:
        """Show a picture with the board's ``corners`` (n, 2) px in it, None where the board is not seen."""
        out = rgb.copy()
        for u, v in corners if corners is not None else ():
            cv2.circle(out, (round(u), round(v)), 3, (90, 220, 120), 1, cv2.LINE_AA)
        self.show(out, hint, done)

    def mark(self) -> Mark | None:
        """The oldest click or word that was not taken yet, None without one."""
        return self._clicks.popleft() if self._clicks else None

    def typed(self, text: str) -> bool:
        """Take a mark that was typed: "U V", "undo" or "done"; return whether it is one."""
        parts = text.replace(",", " ").split()
        if len(parts) == 1 and parts[0] in WORDS:
            self._clicks.append(parts[0])
            return True
        try:
            u, v = map(float, parts)
        except ValueError:
            return False
        self._clicks.append((u, v))
        return bool(np.isfinite([u, v]).all())

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()


def _mark(content: bytes) -> Mark | None:
    try:
        given = json.loads(content)
        if given in WORDS:
            return str(given)
        u, v = map(float, given)
        return (u, v) if np.isfinite([u, v]).all() else None
    except (ValueError, TypeError):
        return None

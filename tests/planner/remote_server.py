"""A model server on this machine that answers from a script, faults included."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene, SceneObject

Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Script:
    """What the server does, one behaviour a request (the last one goes on for ever), and what it was asked."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.release = threading.Event()
        self.url = ""

    def next(self) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


def says(content: object, status: int = 200) -> Behaviour:
    """A chat completion with ``content`` (made JSON unless it is text)."""
    text = content if isinstance(content, str) else json.dumps(content)
    return replies(json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}), status)


def replies(body: str | bytes, status: int = 200, length: int | None = None, **headers: str) -> Behaviour:
    """Any body; ``length`` lies about its size."""
    data = body.encode() if isinstance(body, str) else body

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data) if length is None else length))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return behave


@contextmanager
def serving(script: Script) -> Iterator[str]:
    """The server's base URL; at the end every hanging behaviour is let go (they wait for ``script.release``)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            script.paths.append(self.path)
            script.headers.append(dict(self.headers))
            script.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            try:
                script.next()(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield script.url
    finally:
        script.release.set()
        server.shutdown()
        server.server_close()


def thing(object_id: str, color: str, kind: str, x: float, y: float, held: bool = False) -> SceneObject:
    size = np.array([0.15, 0.15, 0.055]) if kind == "bowl" else np.full(3, 0.04)
    return SceneObject(object_id, {kind: 1.0}, {color: 1.0}, np.array([x, y, 0.02]), size, held=held)


def table(*extra: SceneObject, held: str | None = None) -> Scene:
    """A red and a green block, a blue and a yellow bowl."""
    objects = (
        thing("b1", "red", "block", 0.45, 0.10, held == "b1"),
        thing("b2", "green", "block", 0.50, -0.05, held == "b2"),
        thing("w1", "blue", "bowl", 0.55, -0.20),
        thing("w2", "yellow", "bowl", 0.55, 0.22),
        *extra,
    )
    return Scene(0.0, objects, Pose(np.array([0.4, 0.0, 0.3]), np.diag([1.0, -1.0, -1.0])), held=held)

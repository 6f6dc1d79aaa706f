"""A gateway and a page server in threads of the test, without a session: what pages ask for is written down."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from websockets.sync.client import ClientConnection, connect

from sayso.console.auth import Authorizer
from sayso.console.broadcaster import Broadcaster
from sayso.console.gateway import Gateway
from sayso.console.messages import ClientMessage
from sayso.console.page_server import make_app, settings
from sayso.console.snapshot import motion_keys
from sayso.console.speech.whisper import Recognizer
from sayso.runtime.hearing.command_client import SessionEntry, Stopped
from tests.waiting import until

TOKEN = "a-token-for-the-tests"
ENTRY = SessionEntry("test", Path("/nowhere"))
STATE = {"phase": "waits", "stands": False, "things": [], "speed": 1.0}


class Served:
    """``url`` leads through the gateway to the page server, whose ``broadcaster`` is used with `on_loop`."""

    def __init__(
        self, stop: Callable[[], Iterable[Stopped]] | None = None, port: int = 0,
        recognizer: Callable[[], Recognizer] | None = None,
    ) -> None:  # fmt: skip
        self._recognizer = recognizer
        self.asked: list[ClientMessage] = []
        self.port = port
        self.stops = 0
        self._stop = stop or (lambda: [Stopped(ENTRY, answered=True)])
        self._goes_on = True

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="sayso-")
        path = f"{self._folder.name}/page"
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.gateway = Gateway(self._server, Authorizer(TOKEN), path, self.stop)
        self._threads = [
            threading.Thread(target=self.gateway.serve, args=(lambda: self._goes_on,)),
            threading.Thread(target=lambda: asyncio.run(self._serve(path))),
        ]
        for thread in self._threads:
            thread.start()
        until(lambda: Path(path).exists() and self._uvicorn.started, "the page server's start")
        self.on_loop(
            lambda: self.broadcaster.take_hello(
                {"session": "test", "robot": "sim", "hold_to_run": True, "keys": motion_keys()}
            )
        )
        self.on_loop(lambda: self.broadcaster.take_state(STATE))
        return self

    async def _serve(self, path: str) -> None:
        self.loop, self.broadcaster = asyncio.get_running_loop(), Broadcaster(self.asked.append)
        self._uvicorn = uvicorn.Server(
            settings(make_app(self.broadcaster, Authorizer(TOKEN), recognizer=self._recognizer), uds=path)
        )
        self._uvicorn.install_signal_handlers = lambda: None  # type: ignore[method-assign,attr-defined]
        with suppress(asyncio.CancelledError):
            await self._uvicorn.serve()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._goes_on = False
        self._uvicorn.should_exit = self._uvicorn.force_exit = True
        for thread in self._threads:
            thread.join(20)
        self._server.close()
        self._folder.cleanup()

    @property
    def address(self) -> str:
        """What a terminal shows."""
        return f"{self.url}#token={TOKEN}"

    def stop(self) -> Iterable[Stopped]:
        self.stops += 1
        return self._stop()

    def on_loop(self, work: Callable[[], None]) -> None:
        """Do ``work`` in the page server's event loop, and wait for it."""
        done = threading.Event()
        self.loop.call_soon_threadsafe(lambda: (work(), done.set()))
        assert done.wait(20)

    def request(self, method: str, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        """Ask by HTTP: status, body, headers. ``Host=`` another one, ``Authorization=``…"""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            answer = client.getresponse()
            return answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            client.close()

    def page(self, client: str = "one", token: str = TOKEN, **more: Any) -> PageSocket:
        """Open a WebSocket as a page does."""
        return PageSocket(
            connect(
                f"ws://127.0.0.1:{self.port}/live?client={client}", subprotocols=["sayso", f"token.{token}"],
                max_size=None, legacy=True, **more,
            )
        )  # fmt: skip


class PageSocket:
    """A page's end of its WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, **command: Any) -> int:
        """Send a command; its id."""
        self._id += 1
        self.socket.send(json.dumps(command | {"id": self._id}))
        return self._id

    def news(self, what: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The next text message for which ``what`` is true."""
        while True:
            message = self.socket.recv(timeout=20)
            if isinstance(message, str) and what(found := json.loads(message)):
                return dict(found)

    def reply(self, command: int) -> dict[str, Any]:
        """The answer to a command."""
        found = self.news(lambda n: any(r["re"] == command for r in n.get("replies", [])))
        return next(dict(r) for r in found["replies"] if r["re"] == command)

    def picture(self) -> dict[str, Any]:
        """The description of the next picture, which is confirmed only by `send`."""
        while isinstance(message := self.socket.recv(timeout=20), str):
            pass
        size = int.from_bytes(message[:4], "big")
        assert message[4 + size : 6 + size] == b"\xff\xd8", "a JPEG"
        return dict(json.loads(message[4 : 4 + size]))


class SlowNetwork:
    """Passes connections on to ``port`` with at most ``bytes_s`` in each direction, ``late_s`` late."""

    def __init__(self, port: int, bytes_s: float = 60_000.0, late_s: float = 0.15) -> None:
        self._to, self._bytes_s, self._late_s = port, bytes_s, late_s

    def __enter__(self) -> Self:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                there = socket.create_connection(("127.0.0.1", self._to))
                for a, b in ((client, there), (there, client)):
                    threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    def _pump(self, a: socket.socket, b: socket.socket) -> None:
        with suppress(OSError):
            while data := a.recv(4096):
                threading.Event().wait(self._late_s if len(data) < 200 else len(data) / self._bytes_s)
                b.sendall(data)
        for end in (a, b):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

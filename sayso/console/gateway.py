"""The console's gateway: a process that owns the public port, takes STOP itself and passes the rest to the page server.

Standard library only, with a thread for each connection. A STOP goes from its own thread straight to the session, as
`sayso stop` does: through the session's socket, else by the stop flag of the arm's loop. It works while the page
server or the session hangs, and however many other connections are open.
"""

from __future__ import annotations

import json
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait

from sayso.console.auth import MAX_BODY, Authorizer
from sayso.errors import UserError
from sayso.hardware.process.supervisor import Heartbeat
from sayso.runtime.hearing.command_client import Stopped
from sayso.runtime.hearing.command_client import stop as stop_session

MAX_HEAD, HEAD_S = 16_384, 5.0
MAX_PENDING, MAX_PASSED = 64, 64  # connections whose request is incomplete; connections to the page server
CHUNK = 65_536
LOOK_S = 0.5
IDLE_S = 60.0  # longest silence of a connection to the page server, whose sockets ping more often
SECURITY = (
    "Cache-Control: no-store", "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff", "Connection: close",
)  # fmt: skip
STARTING = (
    '<!doctype html><meta charset="utf-8"><title>Sayso</title><script>setTimeout(() => location.reload(), 700)</script>'
    "<p>The console starts. To stop the arm meanwhile, type in a terminal of its computer: <code>sayso stop</code></p>"
)


class BadRequest(Exception):
    """A request that is not passed on: status and reason."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an HTTP request, and the bytes ``after`` it."""

    method: str
    path: str
    headers: dict[str, str]
    lines: tuple[bytes, ...] = field(repr=False)
    after: bytes = field(default=b"", repr=False)

    @property
    def upgrades(self) -> bool:
        """Whether it opens a WebSocket."""
        return self.headers.get("upgrade", "").lower() == "websocket"

    def passed_on(self) -> bytes:
        """The head for the page server: one request a connection, so that a STOP never comes second on one."""
        kept = [line for line in self.lines if self.upgrades or not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*kept, *([] if self.upgrades else [b"Connection: close"]), b"", b""]) + self.after


def parse_head(data: bytes) -> Head:
    """The head of ``data``, which holds an empty line. Raises `BadRequest`."""
    top, _, after = data.partition(b"\r\n\r\n")
    lines = tuple(top.split(b"\r\n"))
    try:
        method, path, version = lines[0].decode("ascii").split(" ")
        pairs = [line.decode("latin-1").split(":", 1) for line in lines[1:]]
        headers = {name.lower(): value.strip() for name, value in pairs}
    except ValueError:
        raise BadRequest("400 Bad Request", "this is no HTTP request") from None
    names = [name.lower() for name, _ in pairs]
    if not version.startswith("HTTP/1.") or any(name != name.strip() for name in names):
        raise BadRequest("400 Bad Request", "this is no HTTP/1.1 request")
    if names.count("host") != 1 or names.count("content-length") > 1 or names.count("origin") > 1:
        raise BadRequest("400 Bad Request", "one host, one length and one origin are allowed")
    return Head(method, path, headers, lines, after)


class Gateway:
    """Serves the connections of ``server`` for ``auth``; ``stop`` stops the session, ``page`` is the page's socket."""

    def __init__(
        self, server: socket.socket, auth: Authorizer, page: str, stop: Callable[[], Iterable[Stopped]]
    ) -> None:
        self._server, self._auth, self._page, self._stop = server, auth, page, stop
        self._pending: dict[socket.socket, float] = {}
        self._passed = 0
        self._lock = threading.Lock()
        server.settimeout(LOOK_S)

    def serve(self, goes_on: Callable[[], bool]) -> None:
        """Accept connections while ``goes_on()``, which is asked every `LOOK_S`."""
        while goes_on():
            try:
                client, _ = self._server.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                if len(self._pending) >= MAX_PENDING:  # who dawdles longest makes room
                    oldest = min(self._pending, key=lambda c: self._pending[c])
                    del self._pending[oldest]
                    with suppress(OSError):
                        oldest.shutdown(socket.SHUT_RDWR)
                self._pending[client] = time.monotonic()
            threading.Thread(target=self._answer, args=(client,), name="sayso-gateway", daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            try:
                try:
                    head = _read_head(client)
                    self._check(head)
                finally:
                    with self._lock:
                        self._pending.pop(client, None)
                if head.path == "/stop":
                    self._take_stop(client, head)
                else:
                    self._pass_on(client, head)
            except BadRequest as error:
                client.settimeout(HEAD_S)
                client.sendall(_answer(error.status, "text/plain; charset=utf-8", str(error)))

    def _check(self, head: Head) -> None:
        """Raise `BadRequest` unless the request may go on; the page server checks tokens of what it serves."""
        headers = head.headers
        if problem := self._auth.host(headers["host"]):
            raise BadRequest("421 Misdirected Request", problem)
        if problem := self._auth.origin(headers.get("origin"), headers["host"]):
            raise BadRequest("403 Forbidden", problem)
        length = headers.get("content-length", "0")
        if "transfer-encoding" in headers or not length.isascii() or not length.isdigit():
            raise BadRequest("411 Length Required", "a body needs its length")
        if int(length) > MAX_BODY:
            raise BadRequest("413 Content Too Large", f"a body has at most {MAX_BODY} bytes")
        if head.path == "/stop":
            if head.method != "POST":
                raise BadRequest("405 Method Not Allowed", "POST stops")
            if problem := self._auth.bearer(headers.get("authorization")):
                raise BadRequest("401 Unauthorized", problem)
        elif head.method != "GET":
            raise BadRequest("405 Method Not Allowed", "only GET is allowed here")

    def _take_stop(self, client: socket.socket, head: Head) -> None:
        began = time.monotonic()
        try:
            found = list(self._stop())
            told: dict[str, object] = {
                "stopped": bool(found) and all(one.taken and (one.answered or one.pressed) for one in found),
                "by": "session" if all(one.answered for one in found) else "flag",
                "why": "" if all(one.taken for one in found) else "the arm's control loop has not taken the stop",
            }
            if not told["stopped"] and not told["why"]:
                told["why"] = "the session does not answer"
        except UserError as error:
            told = {"stopped": False, "by": "", "why": str(error)}
        told["ms"] = round((time.monotonic() - began) * 1e3, 1)
        client.settimeout(HEAD_S)
        client.sendall(_answer("200 OK", "application/json", json.dumps(told)))

    def _pass_on(self, client: socket.socket, head: Head) -> None:
        with self._lock:
            if self._passed >= MAX_PASSED:
                raise BadRequest("503 Service Unavailable", "too many pages are open")
            self._passed += 1
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as page:
                page.settimeout(HEAD_S)
                try:
                    page.connect(self._page)
                except OSError:
                    client.sendall(_answer("503 Service Unavailable", "text/html; charset=utf-8", STARTING))
                    return
                page.sendall(head.passed_on())
                for end in (client, page):
                    end.settimeout(IDLE_S)
                back = threading.Thread(target=_pump, args=(page, client), name="sayso-gateway-back", daemon=True)
                back.start()
                _pump(client, page)
                back.join()
        finally:
            with self._lock:
                self._passed -= 1


def _read_head(client: socket.socket) -> Head:
    data, until = b"", time.monotonic() + HEAD_S
    while b"\r\n\r\n" not in data:
        if len(data) > MAX_HEAD:
            raise BadRequest("431 Request Header Fields Too Large", f"a head has at most {MAX_HEAD} bytes")
        client.settimeout(max(until - time.monotonic(), 0.001))
        try:
            more = client.recv(4096)
        except TimeoutError:
            raise BadRequest("408 Request Timeout", f"a request is complete within {HEAD_S:g} s") from None
        if not more:
            raise OSError("closed")
        data += more
    return parse_head(data)


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Copy until either end closes; then close both directions, so that the other thread ends, too."""
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _answer(status: str, kind: str, body: str) -> bytes:
    content = body.encode()
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(content)}", *SECURITY, "", "")
    return "\r\n".join(lines).encode() + content


def run_gateway(beat: Heartbeat, server: socket.socket, token: str, page: str, session: str) -> None:
    """Serve until the session's process ends; ``session`` is its id, ``page`` the page server's socket."""
    parent = multiprocessing.parent_process()
    gone = [parent.sentinel] if parent else []

    def goes_on() -> bool:
        beat()
        return not (gone and wait(gone, 0))

    Gateway(server, Authorizer(token), page, lambda: stop_session(session)).serve(goes_on)

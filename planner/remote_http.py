"""One HTTP exchange that ends by its deadline, whatever the other side does.

Socket timeouts count from the last byte, so a server that drips, a name server that hangs or a stalled handshake
outlives them. Here the exchange runs in a thread of its own and the caller waits no longer than the deadline;
then the socket is shut, which ends the thread too.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

from planner.errors import PlannerError

MAX_REPLY = 256 * 1024
_CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and the body as text, whatever the status."""

    status: int
    text: str


class Call:
    """The exchanges that answer one question; all of them together have ``deadline_s`` seconds of real time.

    A network's deadline is the wall's, not the robot's, so this clock is not injected.
    """

    def __init__(self, deadline_s: float) -> None:
        self.deadline_s = min(deadline_s, 3600.0)  # sockets take no infinite timeout
        self._end = time.monotonic() + self.deadline_s
        self._wake = threading.Event()
        self._cancelled = False
        self._sockets: list[socket.socket] = []

    def left(self) -> float:
        """Seconds left; raises `PlannerError` when there are none or the call was cancelled."""
        if self._cancelled:
            raise PlannerError("the request was withdrawn")
        left = self._end - time.monotonic()
        if left <= 0:
            raise PlannerError(f"no answer within {self.deadline_s:g} s")
        return left

    def cancel(self) -> None:
        """End the call at once; whoever waits in `post` gets a `PlannerError`. Any thread may call it."""
        self._cancelled = True
        self._wake.set()

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        """POST ``body`` and return the reply; raises `PlannerError` if none of at most `MAX_REPLY` bytes comes."""
        self._wake.clear()
        left = self.left()
        outcome: list[Reply | Exception] = []

        def run() -> None:
            try:
                outcome.append(self._exchange(url, body, headers, left))
            except Exception as error:
                outcome.append(error)
            finally:
                self._wake.set()

        threading.Thread(target=run, daemon=True, name="remote-planner").start()
        self._wake.wait(left)
        result = outcome[0] if outcome else None
        if isinstance(result, Reply):
            return result
        if result is None:
            self._shut()
            self.left()
        if isinstance(result, PlannerError):
            raise result
        if result is None or isinstance(result, TimeoutError):
            raise PlannerError(f"no answer within {self.deadline_s:g} s")
        raise PlannerError(_explain(result)) from result

    def _exchange(self, url: str, body: bytes, headers: dict[str, str], timeout: float) -> Reply:
        request = urllib.request.Request(url, body, headers, method="POST")
        try:
            response = _opener(url, self._sockets).open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            data = bytearray()
            while piece := response.read1(_CHUNK):
                data += piece
                if len(data) > MAX_REPLY:
                    raise PlannerError(f"the answer is larger than {MAX_REPLY // 1024} kB")
                self.left()
            if getattr(response, "length", None):
                raise PlannerError("the connection broke in the middle of the answer")
            return Reply(response.status, data.decode("utf-8", "replace"))

    def _shut(self) -> None:
        for sock in self._sockets:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def one_line(text: str, limit: int = 200) -> str:
    """``text`` without line breaks and control characters, cut to ``limit`` characters."""
    line = " ".join(re.sub(r"[^\x20-\x7e\xa0-\U0010ffff]", " ", text[: 8 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def is_loopback(url: str) -> bool:
    """Whether ``url`` names this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _explain(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ConnectionRefusedError):
        return "the connection was refused; is the server running?"
    if isinstance(reason, socket.gaierror):
        return "the host name is not known"
    if isinstance(reason, TimeoutError):
        return "the connection timed out"
    if isinstance(reason, ssl.SSLError):
        return f"no secure connection: {one_line(str(reason))}"
    if isinstance(reason, http.client.IncompleteRead):
        return "the connection broke in the middle of the answer"
    if isinstance(reason, ConnectionError):
        return "the server closed the connection without an answer"
    if isinstance(reason, http.client.HTTPException):
        return "the server does not speak HTTP"
    return one_line(f"{type(reason).__name__}: {reason}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    # urllib would carry the API key along to wherever the redirect points.
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def _opener(url: str, sockets: list[socket.socket]) -> urllib.request.OpenerDirector:
    """An opener that notes its sockets, follows no redirects and goes to this machine without a proxy."""

    class Plain(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    class Secure(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.append(self.sock)

    class Handler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
        def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Plain, request)

        def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Secure, request, context=ssl.create_default_context())

    proxies = urllib.request.ProxyHandler({} if is_loopback(url) else None)
    return urllib.request.build_opener(proxies, Handler, _NoRedirect)

"""One HTTP exchange that ends by its deadline with any server.

Socket timeouts count from the last byte, so a dripping server, a hanging name server or a stalled handshake outlives
them. Here the exchange runs in its own thread and the caller waits no longer than the deadline;
then the socket is shut, which also ends the thread.
"""

from __future__ import annotations

import email.utils
import http.client
import ipaddress
import math
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sayso.planner.errors import PlannerError

MAX_REPLY = 256 * 1024
_CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status of any kind, the body as text, the wait (s) that the server asks for, and its redirect."""

    status: int
    text: str
    retry_after_s: float | None = None
    location: str = ""


class Call:
    """The HTTP exchanges of one question, with a common deadline of ``deadline_s`` s.

    The deadline is wall-clock time, so the clock is not injected.
    """

    def __init__(self, deadline_s: float) -> None:
        self.deadline_s = min(deadline_s, 3600.0)  # sockets take no infinite timeout
        self._end = time.monotonic() + self.deadline_s
        self._wake = threading.Event()
        self._cancelled = False
        self._sockets: list[socket.socket] = []

    def left(self) -> float:
        """Seconds left; raises `PlannerError` after the deadline or a cancel."""
        if self._cancelled:
            raise PlannerError("the request was withdrawn")
        left = self._end - time.monotonic()
        if left <= 0:
            raise PlannerError(f"no answer within {self.deadline_s:g} s")
        return left

    @property
    def is_cancelled(self) -> bool:
        """Whether the question was withdrawn."""
        return self._cancelled

    def wait(self, seconds: float) -> None:
        """Wait ``seconds``; raises `PlannerError` if the call is cancelled."""
        self._wake.clear()
        self.left()
        self._wake.wait(seconds)
        self.left()

    def cancel(self) -> None:
        """End the call at once, from any thread; `post` and `wait` then raise `PlannerError`."""
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
            data, unpack = bytearray(), _unpacker(response.headers.get("Content-Encoding", ""))
            while piece := response.read1(_CHUNK):
                data += unpack.decompress(piece, MAX_REPLY + 1 - len(data)) if unpack else piece
                if len(data) > MAX_REPLY:
                    raise PlannerError(f"the answer is larger than {MAX_REPLY // 1024} kB")
                self.left()
            if getattr(response, "length", None) or (unpack and data and not unpack.eof):
                raise PlannerError("the connection broke in the middle of the answer")
            text = data.decode("utf-8-sig", "replace")
            return Reply(response.status, text, _retry_after(response.headers), response.headers.get("Location", ""))

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


def is_loopback(host: str) -> bool:
    """Whether ``host`` names this computer."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unpacker(encoding: str) -> Any:
    """The decoder of a body's ``Content-Encoding``, which some proxies add unasked; None for a plain body."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise PlannerError(f"the answer is compressed as '{one_line(encoding, 20)}'; gzip and deflate can be read")
    return zlib.decompressobj(zlib.MAX_WBITS | 32)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait; None without a known header."""
    after = headers.get("Retry-After", "").strip()
    try:
        if "retry-after-ms" in headers:
            seconds = float(headers["retry-after-ms"]) / 1000
        elif re.fullmatch(r"[\d.]+", after):
            seconds = float(after)
        else:
            # Prefer the server's clock: ours may be off.
            now = headers.get("Date") or email.utils.formatdate(time.time(), usegmt=True)
            due, sent = (email.utils.parsedate_to_datetime(text).timestamp() for text in (after, now))
            seconds = due - sent
    except (ValueError, TypeError):
        return None
    return seconds if 0 <= seconds < math.inf else None


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
    if isinstance(reason, zlib.error):
        return "the answer is not compressed as it says"
    if isinstance(reason, http.client.HTTPException):
        return "the server does not speak HTTP"
    return one_line(f"{type(reason).__name__}: {reason}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    # urllib would send the API key to the redirect's target.
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def _opener(url: str, sockets: list[socket.socket]) -> urllib.request.OpenerDirector:
    """An opener that records its sockets, follows no redirects and uses no proxy for this computer."""

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

    proxies = urllib.request.ProxyHandler({} if is_loopback(urlsplit(url).hostname or "") else None)
    return urllib.request.build_opener(proxies, Handler, _NoRedirect)

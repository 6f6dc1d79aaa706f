"""TCP servers for emulated devices, with one thread per connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

from sayso.hardware.robot import RobotError

Serve = Callable[[socket.socket], None]


class TcpServer:
    """Listens on ``host``:``port`` and runs ``serve`` for each client in a separate thread.

    ``serve`` returns, or raises OSError, when its client has disconnected. Raises `RobotError` if the port is taken;
    port 0 selects a free one.
    """

    def __init__(self, host: str, port: int, serve: Serve) -> None:
        self._serve = serve
        self._clients: set[socket.socket] = set()
        self._open = True
        try:
            self._listener = socket.create_server((host, port))
        except OSError as error:
            raise RobotError(f"cannot listen on {host}:{port}: {error.strerror}; another host is --host") from error
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def drop(self) -> None:
        """Close every connection; new ones are accepted."""
        for client in tuple(self._clients):
            _close(client)

    def close(self) -> None:
        """Stop listening and close every connection; safe to call twice."""
        self._open = False
        _close(self._listener)
        self.drop()

    def _accept(self) -> None:
        while self._open:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients.add(client)
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        try:
            with suppress(OSError):  # the client disconnected, or was dropped
                self._serve(client)
        finally:
            self._clients.discard(client)
            _close(client)


def _close(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits on the socket; close() alone does not
    sock.close()


def text_lines(client: socket.socket, limit: int = 4096) -> Iterator[str]:
    """The lines that a client sends, without line ends; a line over ``limit`` bytes ends the iteration."""
    with client.makefile("rb") as stream:
        while (line := stream.readline(limit + 1)) and len(line) <= limit:
            yield line.decode(errors="replace").strip()

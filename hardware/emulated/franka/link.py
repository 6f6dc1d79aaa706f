"""One of libfranka's two servers: requests over TCP, states and commands over UDP."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress

from sayso.hardware.emulated.franka.wire import CONNECT, Framing
from sayso.hardware.emulated.tcp import TcpServer

MAX_MESSAGE = 4096
LEAVING_S = 1.0
Handle = Callable[[int, int, bytes], None]


class FrankaLink:
    """Serves one client at a time on ``host``:``port``; ``handle`` receives each request's command, number and body.

    ``on_left`` is called when the client has disconnected. Raises `RobotError` if the port is taken.
    """

    def __init__(self, host: str, port: int, framing: Framing, handle: Handle, on_left: Callable[[], None]) -> None:
        self._framing, self._handle, self._on_left = framing, handle, on_left
        self._sending, self._master = threading.Lock(), threading.Lock()
        self._client: socket.socket | None = None
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((host, 0))
        self._udp.setblocking(False)
        self._address: tuple[str, int] | None = None
        self._tcp = TcpServer(host, port, self._serve)

    @property
    def connected(self) -> bool:
        """Whether a client receives states."""
        return self._address is not None

    def answer(self, command: int, number: int, status: int, payload: bytes = b"") -> None:
        """Answer request ``number`` if its client is still connected."""
        with self._sending, suppress(OSError):
            if self._client is not None:
                self._client.sendall(self._framing.message(command, number, status, payload))

    def send_state(self, state: bytes) -> None:
        """Send a state, including its number, if there is a client."""
        if (address := self._address) is not None:
            with suppress(OSError):
                self._udp.sendto(state, address)

    def datagrams(self) -> list[bytes]:
        """The datagrams received since the last call, oldest first."""
        found = []
        with suppress(OSError):
            while True:
                found.append(self._udp.recv(MAX_MESSAGE))
        return found

    def drop(self) -> None:
        """Close the connection."""
        self._tcp.drop()

    def close(self) -> None:
        """Close the connection and stop listening."""
        self._tcp.close()
        self._udp.close()

    def _serve(self, client: socket.socket) -> None:
        if not self._master.acquire(timeout=LEAVING_S):
            return  # one client at a time; waits for a client that is disconnecting
        self._client = client
        header, stream = self._framing.header, client.makefile("rb")
        try:
            while len(head := stream.read(header.size)) == header.size:
                command, number, size = header.unpack(head)
                if not header.size <= size <= MAX_MESSAGE:
                    return
                body = stream.read(size - header.size)
                if command == CONNECT:
                    self._connect(client, number, body)
                else:
                    self._handle(command, number, body)
        except struct.error:
            return
        finally:
            self._client = self._address = None
            self._on_left()
            self._master.release()

    def _connect(self, client: socket.socket, number: int, body: bytes) -> None:
        version, port = struct.unpack("<HH", body[:4])
        with self._sending:
            client.sendall(self._framing.connected(number, version))
        if version == self._framing.version:
            self._address = client.getpeername()[0], port

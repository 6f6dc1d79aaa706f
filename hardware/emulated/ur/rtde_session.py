"""The server's side of one RTDE connection: recipe set-up, output at the client's rate, and input."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable

from sayso.hardware.emulated.ur.rtde import INPUT_TYPES, OUTPUT_TYPES, VERSION, Recipe, Value, package, packages

Take = Callable[[dict[str, Value]], None]


class RtdeSession:
    """One RTDE client with its recipes; ``take`` receives the variables that the client sends."""

    def __init__(self, client: socket.socket, take: Take, hz: float, version: tuple[int, int, int, int]) -> None:
        self._client, self._take, self._hz, self._version = client, take, hz, version
        self._outputs: Recipe | None = None
        self._every = 1
        self._started = False
        self._inputs: list[Recipe] = []
        self._sending = threading.Lock()
        self._unsent = b""

    def serve(self) -> None:
        """Answer until the client disconnects or sends invalid data."""
        buffer = bytearray()
        while data := self._client.recv(65536):
            buffer += data
            try:
                for kind, payload in packages(buffer):
                    self._answer(kind, payload)
            except (ValueError, struct.error, IndexError):
                return

    def wants(self, *names: str) -> bool:
        """Whether the client receives data now and, if ``names`` are given, at least one of them."""
        started, outputs = self._started, self._outputs
        return started and outputs is not None and (not names or any(name in outputs.names for name in names))

    def has_mail(self) -> bool:
        """Whether received data is still unread, because this computer is busy."""
        try:
            return bool(select.select([self._client], [], [], 0)[0])
        except (OSError, ValueError):  # disconnected
            return False

    def publish(self, cycle: int, values: dict[str, Value]) -> None:
        """Send the requested variables at the client's rate; a client that reads too slowly misses some."""
        if not self._started or self._outputs is None or cycle % self._every:
            return
        with self._sending:
            if not self._unsent:
                self._unsent = package(b"U", b"\x01" + self._outputs.pack(values))
            self._flush()

    def _flush(self) -> None:
        try:
            self._unsent = self._unsent[self._client.send(self._unsent, socket.MSG_DONTWAIT) :]
        except OSError:  # buffer full, or disconnected, which the reading thread notices
            return

    def _send(self, kind: bytes, payload: bytes) -> None:
        with self._sending:
            self._client.sendall(self._unsent + package(kind, payload))
            self._unsent = b""

    def _answer(self, kind: bytes, payload: bytes) -> None:
        match kind:
            case b"V":
                (version,) = struct.unpack(">H", payload)
                self._send(kind, bytes([version == VERSION]))
            case b"v":
                self._send(kind, struct.pack(">IIII", *self._version))
            case b"O":
                (hz,) = struct.unpack_from(">d", payload)
                recipe = Recipe.of(payload[8:], OUTPUT_TYPES)
                self._outputs = recipe if recipe.valid else None
                self._every = max(1, round(self._hz / min(max(hz, 1.0), self._hz)))
                self._send(kind, recipe.answer(1))
            case b"I":
                recipe = Recipe.of(payload, INPUT_TYPES)
                if recipe.valid:
                    self._inputs.append(recipe)
                self._send(kind, recipe.answer(len(self._inputs)))
            case b"S":
                self._started = self._outputs is not None
                self._send(kind, bytes([self._started]))
            case b"P":
                self._started = False
                self._send(kind, b"\x01")
            case b"U":
                self._take(self._inputs[payload[0] - 1].unpack(payload[1:]))

"""The session's end of the line to the page server, which comes and goes without anyone waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Connection, Listener

from pydantic import ValidationError

from sayso.console.messages import ClientMessage


class PageChannel:
    """Listens at ``path``; the newest page server that calls is the one that is spoken to.

    ``take`` receives each command and ``joined`` is called for each new page server, both in the channel's thread.
    `send` may block for as long as the page server does not read: only a thread that nothing waits for may call it.
    """

    def __init__(self, path: str, take: Callable[[ClientMessage], None], joined: Callable[[], None]) -> None:
        self._path, self._take, self._joined = path, take, joined
        self._listener = Listener(path, "AF_UNIX")
        self._current: Connection | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._accept, name="sayso-console-channel", daemon=True)
        self._thread.start()

    def send(self, message: bytes) -> bool:
        """Send ``message``; False if no page server took it."""
        current = self._current
        if current is None:
            return False
        try:
            current.send_bytes(message)
            return True
        except (OSError, ValueError):
            self._drop(current)
            return False

    def close(self) -> None:
        """End the line."""
        self._ended = True
        with suppress(OSError):
            Client(self._path, "AF_UNIX").close()  # a plain close does not wake a thread that waits in accept()
        self._thread.join(1.0)
        self._listener.close()
        if self._current is not None:
            self._drop(self._current)

    def _drop(self, connection: Connection) -> None:
        if self._current is connection:
            self._current = None
        with suppress(OSError):
            connection.close()

    def _accept(self) -> None:
        while not self._ended:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            if self._ended:
                connection.close()
                return
            before, self._current = self._current, connection
            if before is not None:
                self._drop(before)
            self._joined()
            threading.Thread(target=self._read, args=(connection,), name="sayso-console-commands", daemon=True).start()

    def _read(self, connection: Connection) -> None:
        while True:
            try:
                message = connection.recv_bytes()
            except (EOFError, OSError):
                self._drop(connection)
                return
            with suppress(ValidationError):  # the page server has checked it: of another version at most
                self._take(ClientMessage.model_validate_json(message))

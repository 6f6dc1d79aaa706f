"""The server of `sayso say`, `sayso stop` and `sayso sessions` in other terminals of the same user.

A Unix domain socket in a folder that only this user may enter, with a JSON note about the session beside it;
line-delimited JSON both ways.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.runtime.hearing.command_client import (
    MAX_LINE,
    MAX_PHRASE,
    NOTE,
    SOCKET,
    TIMEOUT_S,
    address_of,
    runtime_folder,
)
from sayso.runtime.hearing.understood import Understood

BACKLOG = 64
REFRESH_S = 0.25
ID_LETTERS, ID_LENGTH = "bcdfghjkmnpqrstvwxz23456789", 4
MAX_DOING = 200


class Hears(Protocol):
    """Receives stops; a receiver of words also has ``say(text)``, which may return what it `Understood`."""

    def stop(self) -> None:
        """Stop the arm; any thread may call this."""
        ...


class Message(BaseModel):
    """One line from a client: a stop, words, or a ping."""

    model_config = ConfigDict(extra="forbid", strict=True)
    do: Literal["say", "stop", "who"]
    text: str = Field("", max_length=MAX_PHRASE)
    viewpoint_yaw: float | None = Field(None, ge=-7, le=7)


class CommandServer:
    """Takes words and stops for ``hearer`` while it is entered; every client has a thread, so none waits for another.

    Enter the server before the arm connects, and leave it after the arm has disconnected. The server writes a file for
    `sayso sessions` under a short `id`: ``robot`` in the user's words, the activity ``doing``, and ``stop_line``, the
    name of the `StopFlag` of the arm's loop ("" before there is one), by which `sayso stop` reaches the arm if this
    process hangs. Both may be functions, which are called every `REFRESH_S`, and by `refresh` at once. Raises
    `UserError` if no socket can be opened.
    """

    def __init__(
        self,
        hearer: Hears,
        robot: str = "sim",
        doing: str | Callable[[], str] = "",
        stop_line: str | Callable[[], str] = "",
    ) -> None:
        self._hearer, self._robot, self._doing, self._stop_line = hearer, robot, doing, stop_line
        self._say: Callable[..., object] | None = getattr(hearer, "say", None)
        self._folder, self._since, self._lock = runtime_folder(), time.time(), threading.Lock()
        self._written: dict[str, Any] = {}
        self._ended = threading.Event()
        self.id = "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))
        self.path = self._folder / (self.id + SOCKET)

    def __enter__(self) -> Self:
        draft = self.path.with_suffix(".new")
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.refresh()
            with address_of(draft) as address:
                self._server.bind(address)
            draft.chmod(0o600)
            self._server.listen(BACKLOG)
            draft.rename(self.path)  # after listen(): clients remove a socket that refuses connections
        except (OSError, UserError) as error:
            self._server.close()
            self._remove()
            raise UserError(f"cannot listen on {self.path}: {error}") from error
        self._threads = [
            threading.Thread(target=self._serve, name="sayso-listener", daemon=True),
            threading.Thread(target=self._keep_fresh, name="sayso-session", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._remove()
            self._ended.set()
        # A plain close does not wake a thread that waits in accept().
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(TIMEOUT_S)  # a living thread would keep the session and its libraries until Python exits

    def refresh(self) -> None:
        """Write the note: activity and stop line of the session. Raises `UserError` if that fails."""
        note = {
            "id": self.id,
            "pid": os.getpid(),
            "robot": self._robot,
            "doing": _ask(self._doing)[:MAX_DOING],
            "since": self._since,
            "stop_line": _ask(self._stop_line),
            "words": self._say is not None,
        }
        with self._lock:
            if note != self._written and not self._ended.is_set():
                write_atomic(self.path.with_suffix(NOTE), json.dumps(note) + "\n")
                self._written = note

    def _remove(self) -> None:
        for suffix in (SOCKET, NOTE, ".new"):
            with suppress(OSError):
                self.path.with_suffix(suffix).unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), name="sayso-client", daemon=True).start()

    def _keep_fresh(self) -> None:
        """Refresh the note in a separate thread, so that busy clients cannot delay a new stop line."""
        while not self._ended.wait(REFRESH_S):
            with suppress(UserError):  # with a full disk the server still takes stops
                self.refresh()

    def _answer(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(TIMEOUT_S)
            with client.makefile("rb") as lines:
                while (line := lines.readline(MAX_LINE)).endswith(b"\n"):
                    client.sendall(json.dumps(self._take(line)).encode() + b"\n")

    def _take(self, line: bytes) -> dict[str, Any]:
        try:
            message = Message.model_validate_json(line)
        except ValidationError as error:
            return {"ok": False, "error": f"not understood: {error.errors()[0]['msg']}"}
        if message.do == "say" and self._say is None:
            return {"ok": False, "error": "it takes no words, only stops"}
        try:
            if message.do == "stop":
                self._hearer.stop()
                return {"ok": True, "stop_line": _ask(self._stop_line)}
            elif self._say is not None and message.do == "say":
                heard = self._say(message.text, **_looking(message.viewpoint_yaw))
                if isinstance(heard, Understood):
                    return {"ok": bool(heard), "understood": str(heard), "level": heard.level, "error": str(heard)}
            else:
                self.refresh()
        except Exception as error:
            # The client must learn of any failure: `sayso stop` then sets the stop flag itself.
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}
        return {"ok": True}


def _looking(viewpoint_yaw: float | None) -> dict[str, float]:
    return {} if viewpoint_yaw is None else {"viewpoint_yaw": viewpoint_yaw}


def _ask(what: str | Callable[[], str]) -> str:
    return what if isinstance(what, str) else what()

"""Words from another terminal: ``sayso say`` and ``sayso stop`` reach the newest ``sayso run`` of the same user.

A Unix domain socket in a folder that only this user may enter; line-delimited JSON both ways.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hardware.clock import SimulatedClock
from sayso.errors import UserError
from sayso.inbox import Inbox

MAX_LINE = 65_536
MAX_PHRASE = 500
BACKLOG = 64
TIMEOUT_S = 5.0
# Waiting less than this is left to later steps: a sleep is not that exact.
NAP_S = 0.002


class Message(BaseModel):
    """One line from a client: a stop, or words."""

    model_config = ConfigDict(extra="forbid", strict=True)
    do: Literal["say", "stop"]
    text: str = Field("", max_length=MAX_PHRASE)


def runtime_folder() -> Path:
    """This user's folder for sockets, made with mode 0700. Raises `UserError` if somebody else could get in."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(base) / "sayso" if base else Path(tempfile.gettempdir()) / f"sayso-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise UserError(f"cannot use {folder} for sayso say and stop: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise UserError(f"{folder} is not safe: it must be a folder of yours with mode 0700; remove it and try again")
    return folder


class Listener:
    """Takes words and stops for ``inbox`` while it is entered; every client has a thread, so none waits for another."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.path = runtime_folder() / f"{time.time_ns():020d}-{os.getpid()}.sock"

    def __enter__(self) -> Self:
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._server.bind(str(self.path))
            self.path.chmod(0o600)
            self._server.listen(BACKLOG)
        except OSError as error:
            self._server.close()
            raise UserError(f"cannot listen on {self.path}: {error}") from error
        threading.Thread(target=self._serve, name="sayso-listener", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.path.unlink(missing_ok=True)
        # A plain close does not wake a thread that waits in accept().
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client,), name="sayso-client", daemon=True).start()

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
        if message.do == "stop":
            self._inbox.stop()
        else:
            self._inbox.say(message.text)
        return {"ok": True}


def send(do: Literal["say", "stop"], text: str = "") -> None:
    """Hand words or a stop to the newest running session. Raises `UserError` if there is none, or if it refuses."""
    try:
        line = Message(do=do, text=text).model_dump_json().encode() + b"\n"
    except ValidationError as error:
        raise UserError(f"that cannot be said: {error.errors()[0]['msg']}") from error
    for path in sorted(runtime_folder().glob("*.sock"), reverse=True):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(TIMEOUT_S)
            try:
                _connect(client, path)
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)  # left behind by a run that was killed
                continue
            except FileNotFoundError:
                continue
            except OSError as error:
                raise UserError(f"the running session does not answer: {error}") from error
            try:
                client.sendall(line)
                with client.makefile("rb") as lines:
                    answer = json.loads(lines.readline(MAX_LINE) or b'{"ok": false, "error": "it has ended"}')
            except (OSError, ValueError) as error:
                raise UserError(f"the running session does not answer: {error}") from error
            if not answer["ok"]:
                raise UserError(f"the running session did not take it: {answer['error']}")
            return
    raise UserError('no sayso run is under way; start one, for example: sayso run "stack all the blocks" --live')


def _connect(client: socket.socket, path: Path) -> None:
    """Connect, and wait while too many others do: a Unix socket with a time-out does not queue them itself."""
    last = time.monotonic() + TIMEOUT_S
    while True:
        try:
            return client.connect(str(path))
        except BlockingIOError:
            if time.monotonic() > last:
                raise
            time.sleep(0.01)


def keep_real_time(clock: SimulatedClock) -> None:
    """Make ``clock`` run no faster than the computer's own from now on, so that people can talk to a simulation."""
    step, start, began = clock.on_step, clock.now(), time.monotonic()

    def step_and_wait() -> None:
        if step is not None:
            step()
        ahead = clock.now() - start - (time.monotonic() - began)
        if ahead > NAP_S:
            time.sleep(ahead)

    clock.on_step = step_and_wait

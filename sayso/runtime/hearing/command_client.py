"""The client of this user's sessions, for other terminals; standard library only, so that a stop needs no imports."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sayso.errors import UserError
from sayso.hardware.ipc.outside_stop import press_from_outside, taken_from_outside

MAX_LINE = 65_536
MAX_PHRASE = 500
TIMEOUT_S = 5.0
HUNG_S = 0.1  # without an answer to a stop by then, the client sets the arm's stop flag
STOP_S = 1.0  # longest wait for the answer to a stop
PATH_CHARS = 100  # a socket's address holds a few more
SOCKET, NOTE = ".sock", ".json"
ANSWERS = ("error", "stop_line", "understood", "level")


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """The note of a session: ``since`` s of the wall clock, ``stop_line`` of its arm, "" if none.

    ``words``: whether the session takes words beside stops.
    """

    id: str
    folder: Path
    pid: int = 0
    robot: str = "?"
    doing: str = ""
    since: float = 0.0
    stop_line: str = ""
    words: bool = True

    def __str__(self) -> str:
        return f"{self.id} ({', '.join(part for part in (self.robot, self.doing) if part)})"


@dataclass(frozen=True, slots=True)
class Stopped:
    """The result of a stop: the session ``answered``; the client ``pressed`` the arm's stop flag.

    ``taken``: the arm's control process has read the stop.
    """

    session: SessionEntry
    answered: bool
    pressed: bool = False
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Answered:
    """What the ``session`` understood of a phrase, in one line, and its level; "" if it does not say."""

    session: SessionEntry
    understood: str = ""
    level: str = ""


class NoAnswerError(Exception):
    """The session exists but does not answer."""


class GoneError(Exception):
    """The session has ended."""


def runtime_folders() -> list[Path]:
    """The folders with this user's sessions, the usual one first.

    A terminal without XDG_RUNTIME_DIR (cron, su) finds the desktop's sessions and the reverse; a terminal with another
    XDG_RUNTIME_DIR uses that folder alone.
    """
    base, user = os.environ.get("XDG_RUNTIME_DIR"), os.getuid()
    usual = Path(f"/run/user/{user}")
    fallback = Path(f"/tmp/sayso-{user}")
    if base and Path(base).is_absolute() and Path(base) != usual:
        return [Path(base) / "sayso"]
    return [usual / "sayso", fallback] if os.access(usual, os.W_OK) else [fallback]


def runtime_folder() -> Path:
    """This user's folder for sessions, made with mode 0700. Raises `UserError` if other users could enter."""
    problem: OSError | None = None
    for folder in runtime_folders():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = folder.lstat()
        except OSError as error:
            problem = problem or error
            continue
        if not _is_ours(found):
            raise UserError(
                f"{folder} is not safe: it must be a folder of yours with mode 0700; remove it and try again"
            )
        return folder
    assert problem is not None
    raise UserError(f"cannot use {problem.filename} for sayso say and stop: {problem.strerror}")


def sessions() -> list[SessionEntry]:
    """All running sessions, oldest first; removes the files of ended ones."""
    return [entry for entry in _written_down() if _is_there(entry)]


def stop(
    session: str | None = None, robot: str | None = None, tell: Callable[[Stopped], None] = lambda _: None
) -> list[Stopped]:
    """Stop the named sessions in parallel, or all without a name.

    If a session does not answer, the client sets its arm's stop flag, where there is one. ``tell`` receives each result
    at once, from the session's thread. Raises `UserError` if there is no session.
    """
    out: list[Stopped] = []

    def one(entry: SessionEntry) -> None:
        with suppress(GoneError):
            out.append(_stop(entry))
            tell(out[-1])

    _side_by_side(one, [e for e in _written_down() if _is_meant(e, session, robot)])
    if not out:
        raise _nobody(session, robot)
    return out


def say(
    text: str, session: str | None = None, robot: str | None = None, viewpoint_yaw: float | None = None
) -> Answered:
    """Send ``text`` to the session, from a speaker who looks along ``viewpoint_yaw`` rad; its answer.

    Raises `UserError` if none or several match, or nobody can take it.
    """
    if len(text) > MAX_PHRASE:
        raise UserError(f"the phrase has {len(text)} characters; at most {MAX_PHRASE} are allowed")
    meant = [e for e in sessions() if _is_meant(e, session, robot)]
    if not meant:
        raise _nobody(session, robot)
    hear = [e for e in meant if e.words]
    if len(hear) > 1:
        raise UserError(f"several sessions are under way; say which with --session: {_list(hear)}")
    if not hear:
        raise UserError(f"this takes no words, only a stop: {_list(meant)}")
    entry = hear[0]
    try:
        answer = ask(entry, "say", text, viewpoint_yaw=viewpoint_yaw)
    except GoneError:
        raise UserError(f"session {entry} has just ended") from None
    except NoAnswerError as error:
        raise UserError(f"session {entry} does not answer: {error}") from None
    if not answer["ok"]:
        raise UserError(f"session {entry} did not take it: {answer['error']}")
    return Answered(entry, answer["understood"], answer["level"])


def answers(entries: Sequence[SessionEntry]) -> list[tuple[SessionEntry, bool]]:
    """Each session's fresh note and whether it answers, asked in parallel."""
    out: dict[str, tuple[SessionEntry, bool]] = {}

    def one(entry: SessionEntry) -> None:
        with suppress(GoneError):
            try:
                ask(entry, "who", timeout_s=STOP_S)
                out[entry.id] = _read(entry.folder / (entry.id + NOTE)), True
            except NoAnswerError:
                out[entry.id] = entry, False

    _side_by_side(one, entries)
    return [out[e.id] for e in entries if e.id in out]


def ask(
    entry: SessionEntry, do: Literal["say", "stop", "who"], text: str = "", timeout_s: float = TIMEOUT_S,
    viewpoint_yaw: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The session's answer. Raises `NoAnswerError` on time-out, `GoneError` if the session has ended."""
    last = time.monotonic() + timeout_s
    with _connected(entry, last) as client:
        return _answer(client, do, text, last, viewpoint_yaw)


def _stop(entry: SessionEntry) -> Stopped:
    began, pressed, line = time.monotonic(), False, entry.stop_line
    try:
        with _connected(entry, began + HUNG_S) as client:
            try:
                answer = _answer(client, "stop", "", began + HUNG_S)
            except NoAnswerError:
                pressed = press_from_outside(line)
                answer = _read_answer(client, began + STOP_S)
            answered, line = answer["ok"], answer["stop_line"] or line
    except GoneError:
        _remove(entry)
        raise
    except NoAnswerError:
        answered = False
    if not answered and not pressed:
        pressed = press_from_outside(line)
    taken = taken_from_outside(line, began + STOP_S)
    if not taken and not pressed:
        pressed = press_from_outside(line)
    return Stopped(entry, answered, pressed, taken)


def _written_down() -> list[SessionEntry]:
    found = []
    for folder in runtime_folders():
        with suppress(OSError):
            if _is_ours(folder.lstat()):
                found += [_read(path.with_suffix(NOTE)) for path in folder.glob(f"*{SOCKET}")]
    return sorted(found, key=lambda e: (e.since, e.id))


def _is_meant(entry: SessionEntry, session: str | None, robot: str | None) -> bool:
    return session in (None, entry.id) and robot in (None, entry.robot)


def _nobody(session: str | None, robot: str | None) -> UserError:
    there = sessions()
    if not there:
        return UserError(
            'no sayso session is under way; start one, for example: sayso run "stack all the blocks" --live'
        )
    names = {"the name": session, "the robot": robot}
    named = " and ".join(f"{what} '{name}'" for what, name in names.items() if name is not None)
    return UserError(f"no session has {named}; there are: {_list(there)}")


def _side_by_side(one: Callable[[SessionEntry], None], entries: Sequence[SessionEntry]) -> None:
    threads = [threading.Thread(target=one, args=(entry,)) for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _is_there(entry: SessionEntry) -> bool:
    """Whether the session runs; for a dead one, sets its arm's stop flag once more and removes its files."""
    try:
        with _connected(entry, time.monotonic() + HUNG_S):
            pass
    except NoAnswerError:
        # Forked children keep a dead session's socket open: check its process too.
        if entry.pid and not _runs(entry.pid):
            _remove(entry)
            return False
    except GoneError:
        _remove(entry)
        return False
    return True


def _remove(entry: SessionEntry) -> None:
    press_from_outside(entry.stop_line)
    for suffix in (SOCKET, NOTE):
        with suppress(OSError):
            (entry.folder / (entry.id + suffix)).unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


@contextmanager
def address_of(path: Path) -> Iterator[str]:
    """A socket address for ``path`` within `PATH_CHARS`, for a folder name of any length."""
    if len(os.fsencode(path)) <= PATH_CHARS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


@contextmanager
def _connected(entry: SessionEntry, last: float) -> Iterator[socket.socket]:
    path = entry.folder / (entry.id + SOCKET)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            with address_of(path) as address:
                _connect(client, address, last)
        except (ConnectionRefusedError, FileNotFoundError):
            raise GoneError from None
        except OSError as error:
            raise NoAnswerError(error.strerror or str(error)) from None
        yield client


def _connect(client: socket.socket, address: str, last: float) -> None:
    """Connect, and retry while the backlog is full: a Unix socket with a time-out does not queue."""
    client.settimeout(max(last - time.monotonic(), 0.001))
    while True:
        try:
            return client.connect(address)
        except BlockingIOError:
            if time.monotonic() > last:
                raise
            time.sleep(0.005)


def _answer(
    client: socket.socket, do: str, text: str, last: float, viewpoint_yaw: float | None = None
) -> dict[str, Any]:
    looking = {} if viewpoint_yaw is None else {"viewpoint_yaw": viewpoint_yaw}
    line = json.dumps({"do": do, "text": text} | looking).encode() + b"\n"
    try:
        client.settimeout(max(last - time.monotonic(), 0.001))
        client.sendall(line)
    except TimeoutError:
        raise NoAnswerError("it accepts no data") from None
    except OSError:
        raise GoneError from None
    return _read_answer(client, last)


def _read_answer(client: socket.socket, last: float) -> dict[str, Any]:
    got = b""
    while not got.endswith(b"\n") and len(got) < MAX_LINE:
        client.settimeout(max(last - time.monotonic(), 0.001))
        try:
            more = client.recv(MAX_LINE)
        except TimeoutError:
            raise NoAnswerError("it is silent") from None
        except OSError:
            raise GoneError from None
        if not more:
            raise GoneError
        got += more
    try:
        found = json.loads(got)
        return {"ok": bool(found["ok"])} | {name: str(found.get(name, "")) for name in ANSWERS}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NoAnswerError("its answer is none") from None


def _read(note: Path) -> SessionEntry:
    """The session of a ``note``; an unreadable note still gives a session that can be stopped."""
    plain = SessionEntry(note.stem, note.parent)
    try:
        found = json.loads(note.read_bytes())
        return SessionEntry(
            note.stem, note.parent, int(found["pid"]), str(found["robot"]), str(found["doing"]),
            float(found["since"]), str(found["stop_line"]), bool(found["words"]),
        )  # fmt: skip
    except (OSError, ValueError, TypeError, KeyError):
        return plain


def _is_ours(found: os.stat_result) -> bool:
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def _list(entries: Sequence[SessionEntry]) -> str:
    return "; ".join(map(str, entries))

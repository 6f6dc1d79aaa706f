"""One master for each arm: whoever connects it locks its device for all programs and users of this computer."""

from __future__ import annotations

import fcntl
import hashlib
import json
import multiprocessing
import os
import pwd
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sayso.hardware.robot import Robot, RobotError

# Not the user's own runtime folder: two users share the arm, and a cleared XDG_RUNTIME_DIR must not hide a lock.
FOLDER = Path("/tmp/sayso-arms")
TRIES = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an arm: the process ``pid`` of ``user``, the session's where the arm is in a process of its own."""

    pid: int
    user: str

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user}"


class ArmTaken(RobotError):
    """Somebody else drives the ``arm``: ``holder``, None if that is not known."""

    def __init__(self, arm: str, holder: Holder | None) -> None:
        self.arm, self.holder = arm, holder
        super().__init__(f"{arm} is already driven by {holder or 'another program'}; end that first")


class ArmLock:
    """The right to connect the arm ``name``, known to all by the names of its device
    (`sayso.hardware.process.device_names`).

    ``devices`` is asked when it is taken; without any there is nothing to lock. The lock ends with the process that
    took it, however that ends, as the kernel keeps it (flock). Safe to take and to free twice. Raises `ArmTaken`, or
    `RobotError` if no lock can be made.
    """

    def __init__(self, name: str, devices: Callable[[], Iterable[str]]) -> None:
        self._name, self._devices = name, devices
        self._files: list[int] = []

    def take(self) -> None:
        """Take it, or raise."""
        if self._files:
            return
        try:
            for device in sorted(set(self._devices())):
                self._files.append(self._lock(device))
        except BaseException:
            self.free()
            raise

    def free(self) -> None:
        """Let others have it."""
        while self._files:
            os.close(self._files.pop())

    def __del__(self) -> None:
        self.free()

    def check(self) -> None:
        """Raise `ArmTaken` if somebody has it now."""
        if not self._files:
            self.take()
            self.free()

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.free()

    def _lock(self, device: str) -> int:
        path = _folder() / f"{hashlib.sha256(device.encode()).hexdigest()[:32]}.lock"
        for _ in range(TRIES):
            file = _open(path)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # What somebody has cleared away meanwhile locks nobody out.
                if os.fstat(file).st_ino == path.stat().st_ino:
                    _sign(file)
                    return file
            except BlockingIOError:
                holder = _holder(file)
                os.close(file)
                raise ArmTaken(self._name, holder) from None
            except FileNotFoundError:
                pass
            except OSError as error:
                os.close(file)
                raise RobotError(f"cannot lock {self._name} by {path}: {error.strerror}") from error
            os.close(file)
        raise RobotError(f"cannot lock {self._name} by {path}: it vanishes again and again")


def locked(robot: Robot, lock: ArmLock) -> Robot:
    """``robot``, which takes ``lock`` before it connects and frees it once it has let go of the arm."""
    connect, disconnect = robot.connect, robot.disconnect
    connecting = False  # many drivers let go of an earlier connection first

    def take_and_connect() -> None:
        nonlocal connecting
        lock.take()
        connecting = True
        try:
            connect()
        except BaseException:
            lock.free()
            raise
        finally:
            connecting = False

    def disconnect_and_free() -> None:
        try:
            disconnect()
        finally:
            if not connecting:
                lock.free()

    robot.connect = take_and_connect  # type: ignore[method-assign]
    robot.disconnect = disconnect_and_free  # type: ignore[method-assign]
    return robot


def _folder() -> Path:
    """The folder of the locks, in which everybody may make files and nobody may remove another's."""
    try:
        with suppress(FileExistsError):
            FOLDER.mkdir(mode=0o700)
            FOLDER.chmod(0o1777)  # apart from the making, which minds the umask
        found = FOLDER.lstat()
    except OSError as error:
        raise RobotError(f"cannot make {FOLDER} for the locks of arms: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise RobotError(f"{FOLDER} is no folder; it holds the locks of arms: remove it")
    return FOLDER


def _open(path: Path) -> int:
    # Never "make it or open it" in one: the kernel refuses that for another user's file in such a folder.
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    for _ in range(TRIES):
        try:
            with suppress(FileNotFoundError):
                return os.open(path, flags)
            with suppress(FileExistsError):
                file = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666)
                os.fchmod(file, 0o666)
                return file
        except OSError as error:
            raise RobotError(f"cannot open {path}, which locks an arm: {error.strerror}") from error
    raise RobotError(f"cannot make {path}, which locks an arm")


def _sign(file: int) -> None:
    parent = multiprocessing.parent_process()
    note = {"pid": os.getpid() if parent is None or parent.pid is None else parent.pid, "user": _user()}
    os.ftruncate(file, 0)
    os.pwrite(file, json.dumps(note).encode(), 0)


def _holder(file: int) -> Holder | None:
    try:
        found = json.loads(os.pread(file, 1000, 0))
        return Holder(int(found["pid"]), str(found["user"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"

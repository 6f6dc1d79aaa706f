"""Exclusive access to an arm: locks the arm's device against all other programs and users of the computer."""

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
from typing import Self

from sayso.hardware.robot import Robot, RobotError

# Not the user's runtime folder: two users may share the arm, and an unset XDG_RUNTIME_DIR must not bypass a lock.
FOLDER = Path("/tmp/sayso-arms")
TRIES = 100


@dataclass(frozen=True, slots=True)
class Holder:
    """The process ``pid`` of ``user`` that holds an arm: the session's process, even if a child drives the arm."""

    pid: int
    user: str

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user}"


class ArmTaken(RobotError):
    """Another program drives the ``arm``; ``holder`` is None if unknown."""

    def __init__(self, arm: str, holder: Holder | None) -> None:
        self.arm, self.holder = arm, holder
        super().__init__(f"{arm} is already driven by {holder or 'another program'}; end that first")


class ArmLock:
    """An exclusive lock (flock) on the arm ``name`` by its device names (`sayso.hardware.process.device_names`).

    `take` calls ``devices``; an empty result needs no lock. The kernel frees the lock when the process ends. Safe to
    take and free twice. Raises `ArmTaken`, or `RobotError` if the lock file cannot be made.
    """

    def __init__(self, name: str, devices: Callable[[], Iterable[str]]) -> None:
        self._name, self._devices = name, devices
        self._files: list[int] = []

    def take(self) -> None:
        """Take the lock. Raises `ArmTaken` or `RobotError`."""
        if self._files:
            return
        try:
            for device in sorted(set(self._devices())):
                self._files.append(self._lock(device))
        except BaseException:
            self.free()
            raise

    def free(self) -> None:
        """Free the lock."""
        while self._files:
            os.close(self._files.pop())

    def __del__(self) -> None:
        self.free()

    def check(self) -> None:
        """Raise `ArmTaken` if another program holds the lock now."""
        if not self._files:
            self.take()
            self.free()

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.free()

    def _lock(self, device: str) -> int:
        path = _folder() / f"{hashlib.sha256(device.encode()).hexdigest()[:32]}.lock"
        for _ in range(TRIES):
            file = _open(path)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # A lock on a deleted file excludes no other program.
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
        raise RobotError(f"cannot lock {self._name} by {path}: the file keeps vanishing")


def locked(robot: Robot, lock: ArmLock) -> Robot:
    """Make ``robot`` take ``lock`` in connect() and free it after disconnect()."""
    connect, disconnect = robot.connect, robot.disconnect
    connecting = False  # many drivers call disconnect() inside connect(): keep the lock then

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
    """The folder of the lock files: any user may create files, and only their owner may remove them."""
    try:
        with suppress(FileExistsError):
            FOLDER.mkdir(mode=0o700)
            FOLDER.chmod(0o1777)  # separate from mkdir, whose mode the umask restricts
        found = FOLDER.lstat()
    except OSError as error:
        raise RobotError(f"cannot make {FOLDER} for the locks of arms: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise RobotError(f"{FOLDER} is no folder; it holds the locks of arms: remove it")
    return FOLDER


def _open(path: Path) -> int:
    # Open and create in separate steps: in a sticky folder the kernel refuses O_CREAT on another user's file.
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

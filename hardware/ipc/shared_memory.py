"""Memory shared by the processes of a session, as bytes and as 8-byte words that are read and written atomically."""

from __future__ import annotations

import atexit
import errno
import os
import shutil
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from weakref import WeakSet

from sayso.hardware.robot import RobotError

WORD = 8
FOLDER = Path("/dev/shm")
_owned: WeakSet[Shared] = WeakSet()


class Shared:
    """``size`` bytes of shared memory: created (zeroed) without a ``name`` and removed on close, else attached.

    ``ints`` and ``floats`` view the same bytes as words. `struct.pack_into` is unsuitable for a word that another
    process reads: it writes zeros first. Only for processes of one family: Python's resource tracker would remove the
    memory when an unrelated process ends. Raises `RobotError` if the memory is gone, too small or cannot be allocated.
    """

    def __init__(self, size: int, name: str = "") -> None:
        size = -(-size // WORD) * WORD
        self._owner = not name
        # A new name each time: memory left by an earlier run is never attached.
        self.name = name or f"sayso-{os.getpid()}-{os.urandom(6).hex()}"
        try:
            self._memory = SharedMemory(self.name, create=self._owner, size=size)
        except OSError as error:
            if self._owner:
                raise RobotError(_too_little(size, error)) from error
            raise RobotError(f"channel {name} is closed; start the session again") from error
        if self._owner:
            try:
                _reserve(self.name, size)
            except OSError as error:
                self._memory.close()
                self._memory.unlink()
                raise RobotError(_too_little(size, error)) from error
            _owned.add(self)
        assert self._memory.buf is not None
        self._whole = self._memory.buf[:size]
        if len(self._whole) < size:
            self._whole.release()
            self._memory.close()
            raise RobotError(f"channel {name} has {self._memory.size} bytes; {size} are needed")
        self.bytes, self.ints, self.floats = self._whole.cast("B"), self._whole.cast("Q"), self._whole.cast("d")

    def close(self) -> None:
        """Release the memory, and remove it if it was created here; safe to call twice."""
        if not hasattr(self, "floats"):
            return
        for view in (self.bytes, self.ints, self.floats, self._whole):
            view.release()
        self._memory.close()
        if self._owner:
            self._owner = False
            with suppress(FileNotFoundError):
                self._memory.unlink()

    def __del__(self) -> None:
        self.close()


@atexit.register
def _end_all() -> None:
    """Remove memory that a failed start left behind; a forked child leaves its parent's memory alone."""
    for shared in list(_owned):
        if shared.name.startswith(f"sayso-{os.getpid()}-"):
            shared.close()


def _reserve(name: str, size: int) -> None:
    """Allocate the pages now: a later write without free memory would kill the process with SIGBUS."""
    with suppress(FileNotFoundError), (FOLDER / name).open("r+b") as file:
        os.posix_fallocate(file.fileno(), 0, size)


def _too_little(size: int, error: OSError) -> str:
    if error.errno != errno.ENOSPC:
        return f"the processes of a session need shared memory, but {FOLDER} cannot be used: {error.strerror}"
    usage = shutil.disk_usage(FOLDER)
    return (
        f"too little shared memory for the processes of a session: {-(-size // 1000)} kB are needed,"
        f" {FOLDER} has {usage.free // 1000} of {usage.total // 1000} kB free; remount it with more"
        f" (mount -o remount,size=256m {FOLDER}), or start the container with --shm-size=256m"
    )

"""Memory shared by the processes of a session: bytes, and words of eight bytes that are read and written whole."""

from __future__ import annotations

import os
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory

from hardware.robot import RobotError

WORD = 8


class Shared:
    """``size`` bytes, zero at first. Without a ``name`` they are made, and closing ends them; with one they are joined.

    ``ints`` and ``floats`` are views of the same bytes by words; `struct.pack_into` would not do for a word that others
    read, for it writes zeros first. Only for the processes of one family: Python's resource tracker would take the
    memory away when a stranger ends. Raises RobotError if it is gone or too small.
    """

    def __init__(self, size: int, name: str = "") -> None:
        size = -(-size // WORD) * WORD
        self._owner = not name
        # A new name each time: what an earlier run has left behind can reach nobody.
        self.name = name or f"sayso-{os.getpid()}-{os.urandom(6).hex()}"
        try:
            self._memory = SharedMemory(self.name, create=self._owner, size=size)
        except FileNotFoundError as error:
            raise RobotError(f"channel {name} is closed; start the session again") from error
        assert self._memory.buf is not None
        self._whole = self._memory.buf[:size]
        if len(self._whole) < size:
            self._whole.release()
            self._memory.close()
            raise RobotError(f"channel {name} has {self._memory.size} bytes; {size} are needed")
        self.bytes, self.ints, self.floats = self._whole.cast("B"), self._whole.cast("Q"), self._whole.cast("d")

    def close(self) -> None:
        """Let go of the memory, and end it if it was made here; safe to call twice."""
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

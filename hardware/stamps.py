"""Stamps: a ring of numbers in shared memory, such as how late each cycle of a loop was, for others to sum up."""

from __future__ import annotations

import os
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from struct import Struct

import numpy as np

from hardware.channels import attach, bytes_of
from hardware.types import Array

_COUNT, _VALUE = Struct("@Q"), Struct("@d")


class Stamps:
    """The last ``size`` numbers; one process adds, any may read. Without a ``name`` new memory is made."""

    def __init__(self, size: int, name: str = "") -> None:
        self.size, self._owner = size, not name
        self.name = name or f"sayso-stamps-{os.getpid()}-{os.urandom(6).hex()}"
        room = _COUNT.size + size * _VALUE.size
        self._memory = SharedMemory(self.name, create=True, size=room) if self._owner else attach(self.name, room)
        self._words = bytes_of(self._memory)

    def add(self, value: float) -> None:
        """Add a number, in place of the oldest if the ring is full."""
        (count,) = _COUNT.unpack_from(self._words)
        _VALUE.pack_into(self._words, _COUNT.size + count % self.size * _VALUE.size, value)
        _COUNT.pack_into(self._words, 0, count + 1)

    def values(self) -> Array:
        """The numbers (k,), oldest first."""
        (count,) = _COUNT.unpack_from(self._words)
        ring = np.frombuffer(bytes(self._words), np.float64, self.size, _COUNT.size)
        return ring[:count] if count <= self.size else np.roll(ring, -(count % self.size))

    def close(self) -> None:
        """Let go of the memory; safe to call twice."""
        self._memory.close()
        if self._owner:
            with suppress(FileNotFoundError):
                self._memory.unlink()

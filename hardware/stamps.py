"""Stamps: a ring of numbers in shared memory, such as how late each cycle of a loop was, for others to sum up."""

from __future__ import annotations

import numpy as np

from hardware.shared import WORD, Shared
from hardware.types import Array


class Stamps:
    """The last ``size`` numbers; one process adds, any may read. Without a ``name`` new memory is made."""

    def __init__(self, size: int, name: str = "") -> None:
        self.size, self._shared = size, Shared((1 + size) * WORD, name)
        self.name = self._shared.name

    def add(self, value: float) -> None:
        """Add a number, in place of the oldest if the ring is full."""
        count = self._shared.ints[0]
        self._shared.floats[1 + count % self.size] = value
        self._shared.ints[0] = count + 1

    def values(self) -> Array:
        """The numbers (k,), oldest first."""
        count = self._shared.ints[0]
        ring = np.frombuffer(bytes(self._shared.bytes), np.float64, self.size, WORD)
        return ring[:count] if count <= self.size else np.roll(ring, -(count % self.size))

    def close(self) -> None:
        """Let go of the memory; safe to call twice."""
        self._shared.close()

"""A ring of number rows in shared memory, such as each control cycle's due and done times, for statistics elsewhere."""

from __future__ import annotations

import numpy as np

from sayso.hardware.ipc.shared_memory import WORD, Shared
from sayso.hardware.types import Array


class TimingRing:
    """The last ``size`` rows of ``width`` numbers; one process writes, any may read. Created without a ``name``."""

    def __init__(self, size: int, width: int, name: str = "") -> None:
        self.size, self.width, self._shared = size, width, Shared((1 + size * width) * WORD, name)
        self.name = self._shared.name

    def add(self, *row: float) -> None:
        """Add a row, overwriting the oldest if the ring is full."""
        count, floats = self._shared.ints[0], self._shared.floats
        at = 1 + count % self.size * self.width
        for k, value in enumerate(row):
            floats[at + k] = value
        self._shared.ints[0] = count + 1

    def rows(self) -> Array:
        """The rows (k, width), oldest first, without rows overwritten during the read."""
        count = self._shared.ints[0]
        ring = np.frombuffer(bytes(self._shared.bytes), np.float64, self.size * self.width, WORD)
        begun = self._shared.ints[0] + 1  # one more row may be half-written
        kept = np.arange(max(begun - self.size, 0), count) % self.size
        return ring.reshape(self.size, self.width)[kept]

    def close(self) -> None:
        """Release the memory; safe to call twice."""
        self._shared.close()

"""Runtime faults of an emulated servo bus."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class BusFaults:
    """Faults, settable at any time from any thread; ``drop`` and ``garble`` are probabilities per answer.

    ``drop`` loses a byte, ``garble`` flips a bit, ``late_s`` delays every answer. ``dead`` servos do not answer,
    ``overload`` switches servos off, ``hot`` and ``sensor`` set their error bits. ``volts`` is the supply, None for
    nominal. ``only`` are the servos plugged in, None for all. ``power_cycle`` and ``factory_new`` act at the next
    idle call.
    """

    drop: float = 0.0
    garble: float = 0.0
    late_s: float = 0.0
    dead: set[int] = field(default_factory=set)
    overload: set[int] = field(default_factory=set)
    hot: set[int] = field(default_factory=set)
    sensor: set[int] = field(default_factory=set)
    volts: float | None = None
    only: frozenset[int] | None = None
    power_cycle: bool = False
    factory_new: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def on_the_wire(self, answer: bytes) -> bytes:
        """``answer`` as it arrives."""
        out = bytearray(answer)
        if out and self._random.random() < self.drop:
            del out[self._random.randrange(len(out))]
        if out and self._random.random() < self.garble:
            out[self._random.randrange(len(out))] ^= 1 << self._random.randrange(8)
        return bytes(out)

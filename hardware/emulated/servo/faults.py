"""What can be made wrong with an emulated servo bus while it runs, as a real one goes wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class BusFaults:
    """Set at any time, from any thread; ``drop`` and ``garble`` are chances for each answer to lose or flip a byte.

    ``late_s`` delays every answer. ``dead`` servos say nothing; an ``overload`` switches a servo off, ``hot`` and
    ``sensor`` ones report it. ``volts`` is the supply, None the usual one. ``only`` is the one servo that is plugged
    in, None for all. ``power_cycle`` and ``factory_new`` are done at the next opportunity.
    """

    drop: float = 0.0
    garble: float = 0.0
    late_s: float = 0.0
    dead: set[int] = field(default_factory=set)
    overload: set[int] = field(default_factory=set)
    hot: set[int] = field(default_factory=set)
    sensor: set[int] = field(default_factory=set)
    volts: float | None = None
    only: int | None = None
    power_cycle: bool = False
    factory_new: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def on_the_wire(self, answer: bytes) -> bytes:
        """What arrives of ``answer``."""
        out = bytearray(answer)
        if out and self._random.random() < self.drop:
            del out[self._random.randrange(len(out))]
        if out and self._random.random() < self.garble:
            out[self._random.randrange(len(out))] ^= 1 << self._random.randrange(8)
        return bytes(out)

"""The delay of a correction: from the sentence's arrival to the first changed joint target."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from sayso.hardware.control.loop import Cycle
from sayso.hardware.types import Array
from sayso.runtime.log import Heard

MOVED_RAD_S = 1e-4
GIVE_UP_S = 0.2


@dataclass(frozen=True, slots=True)
class _Pending:
    heard: Heard
    read_at: float  # `time.perf_counter` at the start of reading the words
    arrived: float
    before: Array | None  # velocities commanded before; None: the next write counts


class ReactionTime:
    """Holds corrections until their effect is written to the arm."""

    def __init__(self) -> None:
        self._pending: list[_Pending] = []

    def forget(self) -> None:
        """Drop all pending corrections."""
        self._pending = []

    def expect(self, heard: Heard, read_at: float, arrived: float, before: Array | None) -> None:
        """Wait for the first write that differs from the velocities ``before`` (n,) rad/s, or for the next one."""
        self._pending.append(_Pending(heard, read_at, arrived, before))

    def written(self, cycle: Cycle) -> None:
        """Set the latency of corrections that this target changed: wait for the cycle (robot's clock) plus computation
        (wall clock), in ms."""
        left = []
        for p in self._pending:
            target = cycle.wanted
            moved = target is not None and p.before is not None and np.abs(target.velocity - p.before).max()
            if p.before is None or moved > MOVED_RAD_S:
                p.heard.latency_ms = (cycle.t - p.arrived) * 1e3 + (time.perf_counter() - p.read_at) * 1e3
            elif cycle.t - p.arrived < GIVE_UP_S:
                left.append(p)
        self._pending = left

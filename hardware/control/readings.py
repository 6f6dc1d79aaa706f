"""Validation of readings before use: missing, stale, jumping or impossible ones."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from operator import sub

from sayso.hardware.types import JointState, RobotSpec

MISSES_TO_HOLD = 3
MISSES_TO_FAIL_S = 0.5
STALE_S = 0.05  # a driver may read more slowly than the loop cycles, up to this age
JUMP_FACTOR, JUMP_SLACK_RAD = 2.0, 0.05  # tolerates encoder noise and overshoot; a corrupted byte exceeds it by far


class Health(StrEnum):
    """The verdict on a reading."""

    GOOD = "good"
    REUSED = "reused"
    LOST = "lost"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reading:
    """The ``state`` to use, None before the first reading; ``text`` describes the fault."""

    state: JointState | None
    health: Health
    text: str = ""


class Readings:
    """Validates each reading against the one before.

    The last reading bridges one or two missing ones. The arm must hold from the third miss on, or when a repeated
    reading is three periods old; after `MISSES_TO_FAIL_S` the arm has failed. A jump that no motor can make, NaN or a
    wrong number of joints is a failure at once.
    """

    def __init__(self, spec: RobotSpec, fail_after_s: float = MISSES_TO_FAIL_S) -> None:
        self._spec, self._top, self._fail_after_s = spec, spec.velocity.tolist(), fail_after_s
        self._last: JointState | None = None
        self._position: list[float] = []
        self._last_t = -inf
        self._misses = 0
        self._missing_since = inf

    def take(self, state: JointState | None, now: float) -> Reading:
        """Validate a reading, None for a missing one; ``now`` and its time are in s on the robot's clock."""
        if state is None or not (self._last_t <= state.t and now - state.t <= STALE_S):
            return self._missing(now, state)
        position, velocity = state.position.tolist(), state.velocity.tolist()
        n = self._spec.dof
        if len(position) != n or len(velocity) != n or not all(map(isfinite, (*position, *velocity))):
            return Reading(self._last, Health.FAILED, f"{self._spec.name} measured impossible values: {state}")
        if self._last is not None:
            allowed = JUMP_FACTOR * max(state.t - self._last.t, 1.0 / self._spec.control_hz)
            for i, moved in enumerate(map(abs, map(sub, position, self._position))):
                if moved > allowed * self._top[i] + JUMP_SLACK_RAD:
                    text = f"{self._spec.joints[i]} jumped by {moved:.3f} rad in {state.t - self._last.t:.4f} s"
                    return Reading(self._last, Health.FAILED, text)
        self._last, self._position, self._last_t = state, position, state.t
        self._misses, self._missing_since = 0, inf
        return Reading(state, Health.GOOD)

    def _missing(self, now: float, state: JointState | None) -> Reading:
        self._misses += 1
        self._missing_since = min(self._missing_since, now)
        text = f"{self._spec.name} gave no reading {self._misses} times in a row"
        # A repeated reading counts as missing since it was new.
        told_again = state is not None and state.t == self._last_t
        if told_again and round((now - self._last_t) * self._spec.control_hz) >= MISSES_TO_HOLD:
            self._misses = max(self._misses, MISSES_TO_HOLD)
            text = f"{self._spec.name} gave no new reading for {1e3 * (now - self._last_t):.0f} ms"
        if now - self._missing_since > self._fail_after_s:
            return Reading(self._last, Health.FAILED, text)
        if self._misses >= MISSES_TO_HOLD or self._last is None:
            return Reading(self._last, Health.LOST, text)
        return Reading(self._last, Health.REUSED, text)

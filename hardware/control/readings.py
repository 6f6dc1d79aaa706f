"""What an arm measures, judged before anybody uses it: missing, old, jumping or impossible readings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite
from operator import sub

from sayso.hardware.types import JointState, RobotSpec

MISSES_TO_HOLD = 3
MISSES_TO_FAIL_S = 0.5
STALE_S = 0.05  # a driver may read more slowly than the loop turns, but not by more than this
JUMP_FACTOR, JUMP_SLACK_RAD = 2.0, 0.05  # encoders are noisy and arms overshoot; a wrong byte is far beyond this


class Health(StrEnum):
    """What a reading is good for."""

    GOOD = "good"
    REUSED = "reused"
    LOST = "lost"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reading:
    """The ``state`` to go on with, None if there has never been one; ``text`` says what is wrong."""

    state: JointState | None
    health: Health
    text: str = ""


class Readings:
    """Judges each reading by the one before it.

    One or two missing ones are bridged by the last; from the third on, or once the same one is told again that is three
    periods old, the arm is to be held, and after `MISSES_TO_FAIL_S` it has failed. A jump that no motor could make, NaN
    or a wrong number of joints: failed.
    """

    def __init__(self, spec: RobotSpec, fail_after_s: float = MISSES_TO_FAIL_S) -> None:
        self._spec, self._top, self._fail_after_s = spec, spec.velocity.tolist(), fail_after_s
        self._last: JointState | None = None
        self._position: list[float] = []
        self._last_t = -inf
        self._misses = 0
        self._missing_since = inf

    def take(self, state: JointState | None, now: float) -> Reading:
        """Judge a reading, None for one that did not come; ``now`` and its time are on the robot's clock in s."""
        if state is None or not (self._last_t <= state.t and now - state.t <= STALE_S):
            return self._missing(now, state)
        position, velocity = state.position.tolist(), state.velocity.tolist()
        n = self._spec.dof
        if len(position) != n or len(velocity) != n or not all(map(isfinite, (*position, *velocity))):
            return Reading(self._last, Health.FAILED, f"{self._spec.name} measures what cannot be: {state}")
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
        # What is told again and again has been missing since it was new.
        told_again = state is not None and state.t == self._last_t
        if told_again and round((now - self._last_t) * self._spec.control_hz) >= MISSES_TO_HOLD:
            self._misses = max(self._misses, MISSES_TO_HOLD)
            text = f"{self._spec.name} gave no new reading for {1e3 * (now - self._last_t):.0f} ms"
        if now - self._missing_since > self._fail_after_s:
            return Reading(self._last, Health.FAILED, text)
        if self._misses >= MISSES_TO_HOLD or self._last is None:
            return Reading(self._last, Health.LOST, text)
        return Reading(self._last, Health.REUSED, text)

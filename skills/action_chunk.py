"""The executor turns chunks of joint targets into one target at any time: it blends them, and holds at expiry."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec

POLICY_HZ = 50.0
HORIZON = 8

MAX_LAG = 0.12
BLEND_S = 0.02
SWIFT_RAD_S = 0.5
_TICKS = [k / POLICY_HZ for k in range(HORIZON + 1)]
_AHEAD = np.array(_TICKS)[:, None]


def cycles_a_tick(control_hz: float) -> int:
    """In every how many cycles of a loop the policy is asked: about `POLICY_HZ` times a second."""
    return max(1, round(control_hz / POLICY_HZ))


def policy_rate(control_hz: float) -> float:
    """How often (Hz) the policy really is asked in a loop of ``control_hz``, which `POLICY_HZ` may not divide."""
    return control_hz / cycles_a_tick(control_hz)


@dataclass(frozen=True, slots=True)
class ActionChunk:
    """Joint targets at absolute ``times`` (H rising s): ``positions`` (H, n) rad, gripper ``closed``; ``expires`` s.

    ``slopes`` (H-1, n) rad/s are the velocities between them, worked out unless given.
    """

    times: tuple[float, ...]
    positions: Array
    closed: bool
    expires: float
    slopes: Array = field(default_factory=lambda: np.empty(0), repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.slopes.size:
            slopes = np.diff(self.positions, axis=0) / np.diff(self.times)[:, None]
            object.__setattr__(self, "slopes", slopes)


def chunk_from_velocity(now: float, start: Array, velocity: Array, closed: bool) -> ActionChunk:
    """A chunk that goes on from ``start`` (n,) with ``velocity`` (n,) rad/s for `HORIZON` policy ticks."""
    times = tuple([now + t for t in _TICKS])
    return ActionChunk(times, start + _AHEAD * velocity, closed, times[-1], velocity[None].repeat(HORIZON, axis=0))


def at_pace(chunk: ActionChunk, pace: float) -> ActionChunk:
    """``chunk`` with every joint going ``pace`` times as far in the same time; the gripper does the same.

    A pace above 1 counts in full from `SWIFT_RAD_S` on: slow motions are fine work, which fails at a higher speed.
    """
    if pace > 1.0:
        pace = 1.0 + (pace - 1.0) * min(float(np.abs(chunk.slopes).max()) / SWIFT_RAD_S, 1.0)
    if pace == 1.0:
        return chunk
    start = chunk.positions[0]
    return ActionChunk(
        chunk.times, start + pace * (chunk.positions - start), chunk.closed, chunk.expires, pace * chunk.slopes
    )


class Executor:
    """Keeps the chunk in force and what was last commanded."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec = spec

    def reset(self, state: JointState) -> None:
        """Forget everything and command the measured position; the hand closes if it is less than half open."""
        self.go_on(state)
        self.closing = state.gripper < 0.5

    def go_on(self, state: JointState) -> None:
        """Command the measured position, after the arm stood; the hand keeps its grip."""
        self._chunk: ActionChunk | None = None
        self._previous: ActionChunk | None = None
        self._command = state.position.copy()

    @property
    def command(self) -> Array:
        """The joint positions (n,) rad last commanded."""
        return self._command

    def start(self, state: JointState) -> Array:
        """Where a new chunk should begin: the last command, kept within reach of where the arm really is."""
        at = state.position
        return np.minimum(np.maximum(self._command, at - MAX_LAG), at + MAX_LAG)

    def push(self, chunk: ActionChunk) -> None:
        """Let ``chunk`` take over; it fades in over one policy tick."""
        self._previous, self._chunk = self._chunk, chunk
        self.closing = chunk.closed

    def hold(self) -> None:
        """Drop all chunks: from now on the last command is held."""
        self._chunk = self._previous = None

    def sample(self, now: float) -> JointTarget:
        """The target at ``now``; after the chunk's expiry, the last command with zero velocity."""
        chunk = self._chunk
        gripper = 0.0 if self.closing else 1.0
        if chunk is None or now >= chunk.expires:
            return JointTarget(self._command, np.zeros(self._spec.dof), gripper, now + 1 / POLICY_HZ)
        position, velocity = _interpolate(chunk, now)
        old = self._previous
        if old is not None and now <= old.expires:
            weight = min(max((now - chunk.times[0]) / BLEND_S, 0.0), 1.0)
            if weight < 1.0:
                before, before_velocity = _interpolate(old, now)
                position = weight * position + (1 - weight) * before
                velocity = weight * velocity + (1 - weight) * before_velocity
        self._command = np.minimum(np.maximum(position, self._spec.lower), self._spec.upper)
        return JointTarget(self._command, velocity, gripper, chunk.expires)


def _interpolate(chunk: ActionChunk, now: float) -> tuple[Array, Array]:
    i = min(max(bisect_right(chunk.times, now) - 1, 0), len(chunk.times) - 2)
    velocity = chunk.slopes[i]
    return chunk.positions[i] + velocity * (now - chunk.times[i]), velocity

"""The policy: its contract, its ONNX run time, and the executor that turns its chunks into one target at any time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec
from sayso.skills.features import Observation, feature_counts, known_features
from sayso.skills.motion import LanguageMotion

if TYPE_CHECKING:
    import onnxruntime as ort

POLICY_HZ = 50.0
HORIZON = 8

MAX_LAG = 0.12
BLEND_S = 0.02
SWIFT_RAD_S = 0.5
_TICKS = [k / POLICY_HZ for k in range(HORIZON + 1)]
_AHEAD = np.array(_TICKS)[:, None]


def cycles_a_tick(control_hz: float) -> int:
    """Number of control cycles per policy tick, for about `POLICY_HZ` ticks a second."""
    return max(1, round(control_hz / POLICY_HZ))


def policy_rate(control_hz: float) -> float:
    """The real policy rate (Hz) in a loop at ``control_hz``, which `POLICY_HZ` need not divide."""
    return control_hz / cycles_a_tick(control_hz)


@dataclass(frozen=True, slots=True)
class ActionChunk:
    """Joint targets at absolute ``times`` (H rising s): ``positions`` (H, n) rad, gripper ``closed``; ``expires`` s.

    ``slopes`` (H-1, n) rad/s are the velocities in between, computed unless given.
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
    """A chunk that continues from ``start`` (n,) rad at ``velocity`` (n,) rad/s for `HORIZON` policy ticks."""
    times = tuple([now + t for t in _TICKS])
    return ActionChunk(times, start + _AHEAD * velocity, closed, times[-1], velocity[None].repeat(HORIZON, axis=0))


def at_pace(chunk: ActionChunk, pace: float) -> ActionChunk:
    """``chunk`` with ``pace`` times the joint motion in the same time; the gripper command is unchanged.

    A pace above 1 applies in full only from `SWIFT_RAD_S` on: slow motions are precise work, which fails when faster.
    """
    if pace > 1.0:
        pace = 1.0 + (pace - 1.0) * min(float(np.abs(chunk.slopes).max()) / SWIFT_RAD_S, 1.0)
    if pace == 1.0:
        return chunk
    start = chunk.positions[0]
    return ActionChunk(
        chunk.times, start + pace * (chunk.positions - start), chunk.closed, chunk.expires, pace * chunk.slopes
    )


class Policy(Protocol):
    """Executes a motion for one policy tick."""

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        """The chunk from ``start`` (n,) rad at ``now`` s for an ``observation`` under ``motion``."""
        ...


class OnnxPolicy:
    """A policy exported by `sayso.skills.training`; inputs ``features`` (1, F) and ``motion`` (1, M) float32.

    ``earlier``: it is from before grasps. Raises ValueError for a model with other inputs.
    """

    def __init__(self, session: ort.InferenceSession) -> None:
        self._session = session
        wanted = {i.name for i in session.get_inputs()}
        if not wanted <= {"features", "motion"} or "features" not in wanted:
            raise ValueError(f"a policy takes 'features' and 'motion'; this model takes {sorted(wanted)}")
        self._known = known_features(session)
        dof = next(o.shape[-1] for o in session.get_outputs() if o.name == "velocity")
        self.earlier = self._known.stop < feature_counts(dof)[0]
        self._takes_motion = "motion" in wanted
        self._outputs = [o.name for o in session.get_outputs()]  # asked for anew, they are described at every run

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        """One inference; the predicted velocity is held over the executor's horizon."""
        given = {"features": observation.features[None, self._known]}
        if self._takes_motion:
            given["motion"] = motion.encode().astype(np.float32)[None]
        velocity, closing = self._session.run(self._outputs, given)
        return chunk_from_velocity(now, start, velocity[0].astype(np.float64), bool(closing[0, 0] > 0))


class Executor:
    """Samples the chunk in force and keeps the last command; ``opening`` is how wide an open hand opens, 0..1."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec = spec
        self.opening = 1.0

    def reset(self, state: JointState) -> None:
        """Drop all chunks and command the measured position; the hand closes if it is less than half open."""
        self.go_on(state)
        self.closing = state.gripper < 0.5

    def go_on(self, state: JointState) -> None:
        """Drop all chunks and command the measured position after a stop; the hand keeps its command."""
        self._chunk: ActionChunk | None = None
        self._previous: ActionChunk | None = None
        self._command = state.position.copy()

    @property
    def command(self) -> Array:
        """The joint positions (n,) rad last commanded."""
        return self._command

    def start(self, state: JointState) -> Array:
        """Start position (n,) rad of a new chunk: the last command, within `MAX_LAG` rad of the measured position."""
        at = state.position
        return np.minimum(np.maximum(self._command, at - MAX_LAG), at + MAX_LAG)

    def push(self, chunk: ActionChunk) -> None:
        """Make ``chunk`` the one in force; it fades in over `BLEND_S`."""
        self._previous, self._chunk = self._chunk, chunk
        self.closing = chunk.closed

    def hold(self) -> None:
        """Drop all chunks and hold the last command."""
        self._chunk = self._previous = None

    def sample(self, now: float) -> JointTarget:
        """The target at ``now``; after the chunk's expiry, the last command with zero velocity."""
        chunk = self._chunk
        gripper = 0.0 if self.closing else self.opening
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

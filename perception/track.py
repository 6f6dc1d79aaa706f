"""One tracked object: attributes by Bayes' rule, position by a filter that restarts when the object was moved."""

from __future__ import annotations

import cmath
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import COLORS, KINDS, SceneObject
from sayso.perception.votes import Detection

# Detections from one viewpoint are correlated, so each counts less than an independent measurement.
TRUST = 0.5
FLOOR = 1e-3
LEAST_DEVIATION = 0.0015
DRIFT = 0.0004
MOVED = 0.012
UNSURE = 0.03
# Longest time (s) that a released object may fall or roll.
SETTLE_S = 0.4


def _belief(probabilities: Mapping[str, float], names: tuple[str, ...]) -> Array:
    values = np.array([probabilities.get(n, 0.0) for n in names]) + FLOOR
    return values / values.sum()


def kind_belief(detection: Detection) -> Array:
    """A detection's probabilities (K,) of kinds, with a lower bound above 0."""
    return _belief(detection.kinds, KINDS)


def color_belief(detection: Detection) -> Array:
    """A detection's probabilities (C,) of colors, with a lower bound above 0."""
    return _belief(detection.colors, COLORS)


@dataclass(eq=False)
class Track:
    """An object over time.

    ``kind`` is the most probable kind, ``variance`` m² the position's; ``empty_since`` is the time (s) since which its
    place looks empty, ``unsettled_since`` that of its release or removal; ``strayed``: last detected elsewhere.
    """

    id: str
    kind_belief: Array
    color_belief: Array
    position: Array
    size: Array
    turn: complex
    variance: float
    confidence: float
    seen: float
    hits: int = 1
    confirmed: bool = False
    strayed: bool = False
    unsettled_since: float | None = None
    empty_since: float | None = None

    def __post_init__(self) -> None:
        self._name()

    @classmethod
    def start(cls, track_id: str, detection: Detection, now: float) -> Track:
        """A new track from its first detection."""
        return cls(
            track_id,
            kind_belief(detection),
            color_belief(detection),
            detection.position,
            detection.size,
            cmath.exp(4j * detection.yaw),
            max(detection.deviation, LEAST_DEVIATION) ** 2,
            detection.confidence,
            now,
        )

    @property
    def yaw(self) -> float:
        """Heading about base z, rad, modulo 90°."""
        return cmath.phase(self.turn) / 4

    @property
    def width(self) -> float:
        """The larger horizontal extent, m, which the gripper closes on."""
        return max(self.size[:2].tolist())

    def is_elsewhere(self, detection: Detection) -> bool:
        """Whether the detection is farther from the track than measurement errors explain."""
        gap = float(np.linalg.norm(detection.position - self.position))
        return gap > max(MOVED, 4 * (self.variance + detection.deviation**2) ** 0.5)

    def see(self, detection: Detection, now: float, gone: bool = False) -> None:
        """Update with a detection of this object; ``gone``: its last known place is visibly empty."""
        self.attributes(detection, now)
        noise = max(detection.deviation, LEAST_DEVIATION) ** 2
        self.variance += DRIFT**2
        elsewhere = self.is_elsewhere(detection)
        if self.unsettled_since is not None or (elsewhere and (gone or self.strayed)):
            self.position, self.variance, self.turn = detection.position, noise, cmath.exp(4j * detection.yaw)
            self.strayed = False
            if self.unsettled_since is not None and now - self.unsettled_since >= SETTLE_S:
                self.unsettled_since = None
            return
        # An object half hidden by the arm can appear displaced once; a moved object appears so twice.
        self.strayed = elsewhere
        if elsewhere:
            return
        gain = self.variance / (self.variance + noise)
        self.position = self.position + gain * (detection.position - self.position)
        self.variance = max((1 - gain) * self.variance, LEAST_DEVIATION**2)
        self.turn += max(gain, 0.1) * (cmath.exp(4j * detection.yaw) - self.turn)

    def attributes(self, detection: Detection, now: float) -> None:
        """Update all but the position: for a held object the joints give a better position."""
        self.kind_belief = self._update(self.kind_belief, kind_belief(detection))
        self.color_belief = self._update(self.color_belief, color_belief(detection))
        self.size = self.size + max(1 / self.hits, 0.1) * (detection.size - self.size)
        self.confidence += 0.3 * (detection.confidence - self.confidence)
        self.hits += 1
        self.seen, self.empty_since = now, None
        self._name()

    @staticmethod
    def _update(prior: Array, likelihood: Array) -> Array:
        posterior = np.maximum(prior * likelihood**TRUST, 0.0)
        posterior = posterior / posterior.sum() + FLOOR
        return posterior / posterior.sum()

    def _name(self) -> None:
        self.kind = KINDS[int(np.argmax(self.kind_belief))]
        self._kinds = dict(zip(KINDS, self.kind_belief.tolist(), strict=True))
        self._colors = dict(zip(COLORS, self.color_belief.tolist(), strict=True))

    def as_object(self, now: float, held: bool) -> SceneObject:
        """The track as a scene object at time ``now`` s."""
        return SceneObject(
            self.id,
            self._kinds,
            self._colors,
            self.position,
            self.size,
            0.0 if self.kind == "bowl" else self.yaw,
            self.confidence,
            max(now - self.seen, 0.0),
            self.variance**0.5,
            held,
        )

"""One tracked object: attributes by Bayes' rule, position by a filter that restarts when the object was moved."""

from __future__ import annotations

import cmath
from dataclasses import dataclass
from math import exp

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.identity.appearance import color_belief, color_odds, kind_belief, kind_odds
from sayso.perception.scene import ALL_COLORS, ALL_KINDS, KINDS, SceneObject
from sayso.perception.votes import Detection

# Detections from one viewpoint are correlated, so each counts less than an independent measurement.
TRUST = 0.5
FLOOR = 1e-3
LEAST_DEVIATION = 0.0015
DRIFT = 0.0004
MOVED = 0.012
UNSURE = 0.03
LEAST_LONG = 0.35  # of `Track.long`, from which one edge counts as longer
# Longest time (s) that a released object may fall or roll.
SETTLE_S = 0.4
# Log odds against an exchange of a thing between two looks (one in 3,000), and the most that is weighed (nats).
EXCHANGED, MOST_AGAINST = 8.0, 12.0
KNOWN_HITS = 3  # looks after which a thing's own looks are known


def _long(detection: Detection) -> complex:
    return cmath.exp(2j * detection.yaw) if detection.fold == 2 else 0j


@dataclass(eq=False)
class Track:
    """An object over time.

    ``kind`` is the most probable kind, ``variance`` m² the position's; ``empty_since`` is the time (s) since which its
    place looks empty, ``unsettled_since`` that of its release or removal; ``strayed``: last detected elsewhere.
    ``turn`` has 4 × the heading of an edge, ``long`` 2 × that of the longer edge, 0 where none is longer.
    ``container``: the one that it lies in, where it may shift. ``stranger`` is what is seen in the track's place since
    that looked like another thing, ``against`` (nats) how much it speaks against the same thing. ``grasps`` are
    those of the last clear look that showed any, when its position was ``grasped_at`` (3,) m.
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
    long: complex = 0j
    container: Track | None = None
    stranger: Track | None = None
    against: float = 0.0
    grasps: tuple[Grasp, ...] = ()
    grasped_at: Array | None = None

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
            long=_long(detection),
            grasps=detection.grasps,
            grasped_at=detection.position,
        )

    @property
    def yaw(self) -> float:
        """Heading about base z, rad, modulo 90°; of a longer edge modulo 180°."""
        fine = cmath.phase(self.turn) / 4
        if abs(self.long) < LEAST_LONG:
            return fine
        return fine + round((cmath.phase(self.long) / 2 - fine) / (np.pi / 2)) * np.pi / 2

    @property
    def width(self) -> float:
        """The larger horizontal extent, m."""
        return max(self.size[:2].tolist())

    @property
    def grip(self) -> float:
        """The width (m) that the gripper closes on."""
        return self.width if self.kind in KINDS else min(self.size[:2].tolist())

    def is_elsewhere(self, detection: Detection) -> bool:
        """Whether the detection is farther from the track than measurement errors explain."""
        gap = float(np.linalg.norm(detection.position - self.position))
        return gap > max(MOVED, 4 * (self.variance + detection.deviation**2) ** 0.5)

    @property
    def doubt(self) -> float:
        """Probability that another thing has taken this one's place."""
        return 1 / (1 + exp(EXCHANGED - self.against)) if self.stranger is not None else 0.0

    def weigh(self, detection: Detection, evidence: float, now: float) -> bool:
        """Whether a look in this track's place shows this thing; ``evidence`` is that of its looks (nats).

        Unlike looks count against the track as far as they agree with each other; alike ones take that back.
        """
        unlike = evidence < 0 and self.hits >= KNOWN_HITS
        if self.stranger is None:
            if unlike:
                self.stranger, self.against = Track.start(self.id, detection, now), -evidence
            return not unlike
        agrees = color_odds(self.stranger.color_belief, color_belief(detection))
        agrees += kind_odds(self.stranger.kind_belief, kind_belief(detection))
        self.against = min(self.against + float(agrees) - evidence, MOST_AGAINST)
        if self.against <= 0:
            self.trust()
        elif unlike:
            self.stranger.see(detection, now)
        return not unlike

    def trust(self) -> None:
        """What is seen in its place is this thing."""
        self.stranger, self.against = None, 0.0

    def become(self, other: Track) -> None:
        """Be where ``other`` is: what was seen there is this thing."""
        self.position, self.turn, self.variance = other.position, other.turn, other.variance
        self.long = other.long
        self.seen, self.empty_since, self.unsettled_since = other.seen, None, None
        self.grasps, self.grasped_at = other.grasps, other.grasped_at
        self.strayed, self.container = False, None
        self.trust()

    def see(self, detection: Detection, now: float, gone: bool = False, known: bool = True) -> None:
        """Update with a detection of this object; ``gone``: its last known place is visibly empty.

        Not ``known``: the detection does not look like this object, and moves it only within its place.
        """
        if known:
            self.attributes(detection, now)
        elif self.is_elsewhere(detection):
            return
        self._take_grasps(detection)
        noise = max(detection.deviation, LEAST_DEVIATION) ** 2
        self.variance += DRIFT**2
        elsewhere = self.is_elsewhere(detection)
        if self.unsettled_since is not None or (elsewhere and (gone or self.strayed)):
            self.position, self.variance, self.turn = detection.position, noise, cmath.exp(4j * detection.yaw)
            self.long = _long(detection)
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
        self.long += max(gain, 0.1) * (_long(detection) - self.long)

    def _take_grasps(self, detection: Detection) -> None:
        """Take over the grasps of a look; a half hidden thing that lies where it lay keeps those of a clear look."""
        if not detection.grasps:
            return
        at = self.grasped_at
        lies = at is not None and float(np.linalg.norm(self.position - at)) < MOVED
        if not (detection.shaded and lies and self._grasps_here()):
            self.grasps, self.grasped_at = detection.grasps, self.position

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
        self.kind = ALL_KINDS[int(np.argmax(self.kind_belief))]
        self._kinds = dict(zip(ALL_KINDS, self.kind_belief.tolist(), strict=True))
        self._colors = dict(zip(ALL_COLORS, self.color_belief.tolist(), strict=True))

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
            self.doubt,
            grasps=() if held else self._grasps_here(),
        )

    def _grasps_here(self) -> tuple[Grasp, ...]:
        """Its grasps, without those of a place that it has left."""
        reach = float(np.linalg.norm(self.size)) / 2 + MOVED
        return tuple(g for g in self.grasps if float(np.linalg.norm(g.position - self.position)) < reach)

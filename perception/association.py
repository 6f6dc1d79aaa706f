"""Associates detections with tracks: a place and a look that are likely together, in one assignment.

Costs are negative log likelihood ratios (nats): the detection is of this track, against one of anything anywhere on the
table.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, pi

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.assignment import NEVER, cheapest_pairs
from sayso.perception.identity.appearance import color_belief, color_odds, kind_belief, kind_odds, size_odds
from sayso.perception.track import Track
from sayso.perception.votes import Detection

UNLIKE = 0.05  # probability of the same kind below which a pair is forbidden
AREA = 0.3  # m² of table on which another thing may lie
STEADY, SETTLING = 0.004, 0.03  # m that a thing at rest, and one just let go or in a container, may shift between looks
SHOVED, SHOVE = 0.02, 0.04  # probability that a thing was shoved between two looks, and how far (m)
FARTHEST, SPREADS = 0.10, 3.0  # a shove beyond both, m and standard deviations, needs an empty place to be believed
WITHIN = 0.6  # two things are not nearer to each other than this fraction of the smaller one's least extent
# Beyond this cost the track was rather missed (0.3) and the detection is of a thing not known before (0.05).
MOST_COST = -log(0.3 * 0.05)


class Comparison:
    """Compares all ``tracks`` with all ``detections``, once a frame.

    ``kind`` and ``color`` (T, D) are the probabilities, 0..1, of the same kind and of the same color, ``looks`` (T, D)
    the log odds of the same thing by kind, color and size.
    """

    def __init__(self, tracks: Sequence[Track], detections: Sequence[Detection]) -> None:
        self._rows = {id(track): i for i, track in enumerate(tracks)}
        self._columns = {id(detection): i for i, detection in enumerate(detections)}
        self._kinds = np.array([kind_belief(d) for d in detections])
        self._colors = np.array([color_belief(d) for d in detections])
        self._sizes = np.array([d.size for d in detections])
        self.kind, self.color, self.looks = (np.zeros((len(tracks), len(detections))) for _ in range(3))
        for track in tracks:
            self.renew(track)

    def renew(self, track: Track) -> None:
        """Recompute the row of ``track`` after its beliefs have changed."""
        if self._columns:
            row = self._rows[id(track)]
            self.kind[row] = self._kinds @ track.kind_belief
            self.color[row] = self._colors @ track.color_belief
            self.looks[row] = (
                kind_odds(self._kinds, track.kind_belief)
                + color_odds(self._colors, track.color_belief)
                + size_odds(self._sizes, track.size)
            )

    def _at(self, track: Track, detection: Detection) -> tuple[int, int]:
        return self._rows[id(track)], self._columns[id(detection)]

    def alike_kind(self, track: Track, detection: Detection) -> float:
        """Probability of the same kind."""
        return float(self.kind[self._at(track, detection)])

    def alike_color(self, track: Track, detection: Detection) -> float:
        """Probability of the same color."""
        return float(self.color[self._at(track, detection)])

    def alike(self, track: Track, detection: Detection) -> float:
        """The smaller of the two probabilities."""
        return min(self.alike_kind(track, detection), self.alike_color(track, detection))

    def evidence(self, track: Track, detection: Detection) -> float:
        """Log odds, by looks alone, that the detection is of this thing."""
        return float(self.looks[self._at(track, detection)])

    def cost(self, track: Track, detection: Detection) -> float:
        """Cost of associating the detection with the track; `NEVER` if the pair is forbidden."""
        gap = float(np.linalg.norm(track.position - detection.position))
        steady = SETTLING if track.unsettled_since is not None or track.container is not None else STEADY
        spread = (track.variance + detection.deviation**2 + steady**2) ** 0.5
        if self.alike_kind(track, detection) <= UNLIKE or gap > max(FARTHEST, SPREADS * spread):
            return NEVER
        evidence = self.evidence(track, detection)
        if evidence < 0 and gap > max(WITHIN * float(track.size.min()), SPREADS * detection.deviation):
            return NEVER  # another thing beside it
        total = -place_odds(gap, spread) - evidence
        return total if total < MOST_COST else NEVER

    def pairs(self, tracks: Sequence[Track], detections: Sequence[Detection]) -> list[tuple[int, int]]:
        """Pairs (track, detection) of the minimum-cost assignment (Kuhn 1955); a pair may be left out."""
        if not tracks or not detections:
            return []
        costs: Array = np.array([[self.cost(t, d) for d in detections] for t in tracks])
        return [(t, d) for t, d in cheapest_pairs(np.minimum(costs - MOST_COST, 0.0)) if costs[t, d] < NEVER]


def place_odds(gap: float, spread: float) -> float:
    """Log odds that a thing is seen ``gap`` m from its place, of standard deviation ``spread`` m, against anywhere."""
    stayed = (1 - SHOVED) * exp(-0.5 * (gap / spread) ** 2) / (2 * pi * spread**2)
    shoved = SHOVED * exp(-gap / SHOVE) / (2 * pi * SHOVE**2)
    return log(AREA * (stayed + shoved))

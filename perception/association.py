"""Associates detections with tracks by position, kind and color, in one assignment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.assignment import NEVER, cheapest_pairs
from sayso.perception.track import Track, color_belief, kind_belief
from sayso.perception.votes import Detection

# Cost 1 per 2 cm of distance; 3 for an unlike color.
DISTANCE = 0.02
UNLIKE_COLOR = 3.0
UNLIKE = 0.05
MOST_COST = 5.0


class Comparison:
    """Compares all ``tracks`` with all ``detections``, once a frame.

    ``kind`` and ``color`` (T, D) are the probabilities, 0..1, of the same kind and of the same color.
    """

    def __init__(self, tracks: Sequence[Track], detections: Sequence[Detection]) -> None:
        self._rows = {id(track): i for i, track in enumerate(tracks)}
        self._columns = {id(detection): i for i, detection in enumerate(detections)}
        self._kinds = np.array([kind_belief(d) for d in detections]).T
        self._colors = np.array([color_belief(d) for d in detections]).T
        self.kind, self.color = (np.zeros((len(tracks), len(detections))) for _ in range(2))
        for track in tracks:
            self.renew(track)

    def renew(self, track: Track) -> None:
        """Recompute the row of ``track`` after its beliefs have changed."""
        if self._columns:
            row = self._rows[id(track)]
            self.kind[row] = track.kind_belief @ self._kinds
            self.color[row] = track.color_belief @ self._colors

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

    def cost(self, track: Track, detection: Detection) -> float:
        """Cost of associating the detection with the track; `NEVER` if the pair is forbidden."""
        gap = float(np.linalg.norm(track.position - detection.position))
        total = gap / DISTANCE + (UNLIKE_COLOR if self.alike_color(track, detection) < UNLIKE else 0.0)
        return total if self.alike_kind(track, detection) > UNLIKE and total < MOST_COST else NEVER

    def pairs(self, tracks: Sequence[Track], detections: Sequence[Detection]) -> list[tuple[int, int]]:
        """Pairs (track, detection) of the minimum-cost assignment (Kuhn 1955)."""
        if not tracks or not detections:
            return []
        costs: Array = np.array([[self.cost(t, d) for d in detections] for t in tracks])
        return cheapest_pairs(costs)

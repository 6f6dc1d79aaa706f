"""Which detection is which track: by place, kind and color, all at once."""

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
    """Every one of ``tracks`` against every one of ``detections``, worked out once a frame.

    ``kind`` and ``color`` (T, D) are the probabilities, 0..1, that both have the same one.
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
        """The beliefs of ``track`` have changed."""
        if self._columns:
            row = self._rows[id(track)]
            self.kind[row] = track.kind_belief @ self._kinds
            self.color[row] = track.color_belief @ self._colors

    def _at(self, track: Track, detection: Detection) -> tuple[int, int]:
        return self._rows[id(track)], self._columns[id(detection)]

    def alike_kind(self, track: Track, detection: Detection) -> float:
        """How probable it is that both are of one kind."""
        return float(self.kind[self._at(track, detection)])

    def alike_color(self, track: Track, detection: Detection) -> float:
        """How probable it is that both are of one color."""
        return float(self.color[self._at(track, detection)])

    def alike(self, track: Track, detection: Detection) -> float:
        """The less probable of the two."""
        return min(self.alike_kind(track, detection), self.alike_color(track, detection))

    def cost(self, track: Track, detection: Detection) -> float:
        """What it costs to take the detection for the track; `NEVER` if it cannot be."""
        gap = float(np.linalg.norm(track.position - detection.position))
        total = gap / DISTANCE + (UNLIKE_COLOR if self.alike_color(track, detection) < UNLIKE else 0.0)
        return total if self.alike_kind(track, detection) > UNLIKE and total < MOST_COST else NEVER

    def pairs(self, tracks: Sequence[Track], detections: Sequence[Detection]) -> list[tuple[int, int]]:
        """Pairs (track, detection) of these by the cheapest assignment."""
        if not tracks or not detections:
            return []
        costs: Array = np.array([[self.cost(t, d) for d in detections] for t in tracks])
        return cheapest_pairs(costs)

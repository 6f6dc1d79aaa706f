"""Which detection is which track: by place, kind and colour, all at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.perception.assignment import NEVER, cheapest_pairs
from sayso.perception.track import Track
from sayso.perception.votes import Detection

# Costs: one for every 2 cm, and what an unlike colour weighs against that.
DISTANCE = 0.02
UNLIKE_COLOR = 3.0
UNLIKE = 0.05
MOST_COST = 5.0


def cost(track: Track, detection: Detection) -> float:
    """What it costs to take the detection for the track; `NEVER` if it cannot be."""
    kind, color = track.likeness(detection)
    gap = float(np.linalg.norm(track.position - detection.position))
    total = gap / DISTANCE + (UNLIKE_COLOR if color < UNLIKE else 0.0)
    return total if kind > UNLIKE and total < MOST_COST else NEVER


def associate(tracks: Sequence[Track], detections: Sequence[Detection]) -> list[tuple[int, int]]:
    """Pairs (track, detection) by the cheapest assignment (Kuhn 1955)."""
    if not tracks or not detections:
        return []
    costs = np.array([[cost(t, d) for d in detections] for t in tracks])
    return cheapest_pairs(costs)

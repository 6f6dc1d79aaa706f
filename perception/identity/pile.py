"""Two things one on the other that are seen as one thing: both are there, and what is seen looks like neither."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import HOLLOW
from sayso.perception.track import Track
from sayso.perception.votes import Detection

SUNK, ABOVE = 0.025, 0.03  # m below the lower thing's top and above it where the upper one's underside may be
FOOT, TOP = 0.015, 0.015  # m by which both may be lower and higher than the two things together
HIGHER = 0.01  # m by which they are higher than the lower thing, at least
WIDER, NARROWER = 0.03, 0.03  # m by which they may be wider and narrower than both together
CORNERS = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) / 2


def pile_of(detection: Detection, tracks: Sequence[Track]) -> tuple[Track, Track] | None:
    """The lower and the upper one of two known things that ``detection`` shows as one; None if it shows no such."""
    foot, top = _ends(detection)
    for lower in tracks:
        under, over = _ends(lower)
        if lower.kind in HOLLOW or abs(under - foot) > FOOT or top < over + HIGHER:
            continue
        for upper in tracks:
            if upper is lower or not _rests(upper, lower):
                continue
            highest = max(_ends(upper)[1], over + float(upper.size.max()))  # it may have toppled over
            if top < highest + TOP and _covers(detection, lower, upper):
                return lower, upper
    return None


def _ends(thing: Track | Detection) -> tuple[float, float]:
    z, half = float(thing.position[2]), float(thing.size[2]) / 2
    return z - half, z + half


def _rests(upper: Track, lower: Track) -> bool:
    bottom, top = _ends(upper)[0], _ends(lower)[1]
    aside = float(np.hypot(*(upper.position - lower.position)[:2]))
    return aside < lower.width / 2 and top - SUNK < bottom < top + ABOVE


def _covers(detection: Detection, lower: Track, upper: Track) -> bool:
    """Whether the detection is as wide as both things together, and no wider."""
    c, s = np.cos(detection.yaw), np.sin(detection.yaw)
    corners: Array = np.concatenate([_corners(lower), _corners(upper)]) @ np.array([[c, -s], [s, c]])
    wide = corners.max(0) - corners.min(0)
    own, both = np.sort(detection.size[:2]), np.sort(wide)
    return bool((own < both + WIDER).all() and own[1] > lower.width - NARROWER)


def _corners(track: Track) -> Array:
    c, s = np.cos(track.yaw), np.sin(track.yaw)
    return np.asarray(track.position[:2] + CORNERS * track.size[:2] @ np.array([[c, s], [-s, c]]))

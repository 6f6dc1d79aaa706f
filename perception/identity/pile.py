"""Two things one on the other that are seen as one, and one that is seen in part: what is seen looks like neither."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.association import Comparison
from sayso.perception.scene import HOLLOW, KINDS
from sayso.perception.track import Track
from sayso.perception.votes import Detection

SUNK, ABOVE = 0.025, 0.03  # m below the lower thing's top and above it where the upper one's underside may be
FOOT, TOP = 0.015, 0.015  # m by which both may be lower and higher than the two things together
HIGHER = 0.01  # m by which they are higher than the lower thing, at least
WIDER, NARROWER = 0.03, 0.03  # m by which they may be wider and narrower than both together
PART = 0.6  # of a thing's area from above that is seen of it, at most, where the rest is hidden
EDGE = 0.015  # m by which what is seen of a thing may lie outside of its box
SAME_COLOR = 0.5  # probability of the same color from which what is seen within a thing's box is a part of it
ANOTHERS = 0.04  # m from another known thing within which it is not
CORNERS = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) / 2


def see_piles(
    detections: Sequence[Detection], tracks: Sequence[Track], now: float
) -> tuple[list[Detection], list[Track]]:
    """The detections that do not show two things as one, and the things that the others show.

    These are there; how they look together says nothing about either.
    """
    left, piled = [], []
    for detection in detections:
        both = pile_of(detection, [t for t in tracks if t.confirmed])
        if both is None:
            left.append(detection)
            continue
        for track in both:
            track.seen, track.empty_since = now, None
            piled.append(track)
    return left, piled


def see_parts(
    detections: Sequence[Detection], tracks: Sequence[Track], now: float, compared: Comparison
) -> tuple[list[Detection], list[Track]]:
    """The detections that are no parts of known things, and the things of which the others are parts."""
    left, parted = [], []
    for detection in detections:
        near = [t for t in tracks if float(np.linalg.norm(t.position - detection.position)) < ANOTHERS]
        whole = [
            t
            for t in tracks
            if t.confirmed and is_part(detection, t) and compared.alike_color(t, detection) > SAME_COLOR
        ]
        if len(whole) != 1 or any(t is not whole[0] for t in near):
            left.append(detection)
            continue
        whole[0].seen, whole[0].empty_since = now, None
        parted.append(whole[0])
    return left, parted


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


def is_part(detection: Detection, track: Track) -> bool:
    """Whether ``detection`` lies within the box of ``track`` and is much smaller, as where the hand hides the rest.

    Blocks and bowls are measured whole, and what lies in a container is within its box.
    """
    if track.kind in KINDS or track.kind in HOLLOW:
        return False
    if float(np.prod(detection.size[:2])) > PART * float(np.prod(track.size[:2])):
        return False
    if not abs(float(detection.position[2] - track.position[2])) < float(track.size[2]) / 2:
        return False
    c, s = np.cos(track.yaw), np.sin(track.yaw)
    gap = _corners(detection) - track.position[:2]
    local = gap @ np.array([[c, -s], [s, c]])
    return bool((np.abs(local) < track.size[:2] / 2 + EDGE).all())


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


def _corners(thing: Track | Detection) -> Array:
    c, s = np.cos(thing.yaw), np.sin(thing.yaw)
    return np.asarray(thing.position[:2] + CORNERS * thing.size[:2] @ np.array([[c, s], [-s, c]]))

"""Layout of the network's votes, and their grouping into detections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.perception.encoding import Encoded
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.scene import COLORS, KINDS, Likely

UNIT = 0.05
"""Metres per unit of a vote or size."""
NOTHING = slice(0, 1)
KIND = slice(1, 1 + len(KINDS))
VOTE = slice(KIND.stop, KIND.stop + 3)
SPREAD = slice(VOTE.stop, VOTE.stop + 1)
SIZE = slice(SPREAD.stop, SPREAD.stop + 3)
TURN = slice(SIZE.stop, SIZE.stop + 2)
COLOR = slice(TURN.stop, TURN.stop + len(COLORS))
OUTPUTS = COLOR.stop
# Votes within this radius (m) belong to one object: less than the distance of two objects, more than the votes' error.
RADIUS = {"block": 0.017, "bowl": 0.040}
LEAST_PIXELS = {"block": 4, "bowl": 14}
FULL_PIXELS = 12.0
LEAST_CONFIDENCE = 0.3
# A small group just outside a large one's radius consists of stray votes from the large object's edges; the more so if
# the colors agree.
STRAY_DISTANCE, STRAY_PIXELS, STRAY_PIXELS_ALIKE = 1.7, 0.2, 0.4
# A group between two larger ones is stray if they leave less free space than this share of its size. The detector
# underestimates gaps in a tower: 0.83 was measured for a real block.
ROOM = 0.5


@dataclass(frozen=True, slots=True)
class Detection(Likely):
    """One object seen in a set of frames taken together.

    ``kinds`` and ``colors`` map names to probabilities; center ``position`` (3,) and full extents ``size`` (3,) m in
    the base frame; ``yaw`` rad about z, a block's modulo 90°; ``confidence`` in 0..1; ``deviation`` m, the expected
    error of the position; ``pixels`` is the number of network pixels that voted for the object. With ``fold`` 2 the
    yaw is the heading of the longer edge, ``size[0]``; with 4 of any edge. ``grasps`` are its grasps, the best first.
    ``shaded``: the hand is over it and may hide a part of it.
    """

    kinds: Mapping[str, float]
    colors: Mapping[str, float]
    position: Array
    size: Array
    yaw: float
    confidence: float
    deviation: float
    pixels: int
    fold: int = 4
    grasps: tuple[Grasp, ...] = ()
    shaded: bool = False


# Measured walls determine a block's heading better than the network's estimate, which counts where none is visible.
WALL_WEIGHT = 4.0


@dataclass(frozen=True, slots=True)
class Votes:
    """One row for each pixel of an object: ``centers`` (n, 3) m, ``weights`` (n,), ``raw`` (n, OUTPUTS) with headings
    about the base's z, ``objectness`` (n,), and the index of the most probable kind, ``kinds`` (n,).
    """

    centers: NDArray[np.float32]
    weights: NDArray[np.float32]
    raw: NDArray[np.float32]
    objectness: NDArray[np.float32]
    kinds: NDArray[np.int64]


def read_votes(raw: NDArray[np.float32], encoded: Sequence[Encoded]) -> Votes:
    """The votes in the network's output ``raw`` (cameras, OUTPUTS, h, w) for frames ``encoded``, in the base frame."""
    rows, points, headings, walls = [], [], [], []
    for image, seen in zip(raw, encoded, strict=True):
        found = (image[KIND].max(0) > image[0]) & seen.valid
        rows.append(image[:, found].T)
        points.append(seen.points[found])
        headings.append(seen.heading[found])
        walls.append(seen.walls[found])
    votes, point, heading = np.concatenate(rows), np.concatenate(points), np.concatenate(headings)
    cos, sin = heading[:, 0], heading[:, 1]
    step = votes[:, VOTE] * UNIT
    centers = point + np.stack(
        [cos * step[:, 0] - sin * step[:, 1], sin * step[:, 0] + cos * step[:, 1], step[:, 2]], 1
    )
    votes[:, TURN] = turned(votes[:, TURN], heading) + WALL_WEIGHT * np.concatenate(walls)
    objectness, weights = object_weights(votes)
    return Votes(centers, weights, votes, objectness, np.argmax(votes[:, KIND], 1))


def turned(turn: NDArray[np.float32], heading: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert headings ``turn`` (n, 2), relative to the viewing direction ``heading`` (n, 2), to the base's z axis.

    Headings are sine and cosine of four times the angle, because a square repeats every 90°.
    """
    cos, sin = heading.T
    c2, s2 = cos**2 - sin**2, 2 * cos * sin
    c4, s4 = c2**2 - s2**2, 2 * c2 * s2
    s, c = turn.T
    return np.stack([s * c4 + c * s4, c * c4 - s * s4], 1)


def object_weights(rows: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For raw votes (n, OUTPUTS): the probability of an object (n,), and each vote's weight (n,)."""
    objectness = 1 - _softmax(rows[:, : KIND.stop])[:, 0]
    return objectness, objectness * np.exp(-np.clip(rows[:, SPREAD.start], -6, 3))


def gather(votes: Votes) -> tuple[Detection, ...]:
    """Group votes greedily: the heaviest remaining vote starts a group and collects votes for nearby centers."""
    return tuple(detection for detection, _ in gather_rows(votes))


def gather_rows(votes: Votes) -> list[tuple[Detection, NDArray[np.int64]]]:
    """As `gather`, with the indices of each detection's votes."""
    out: list[tuple[Detection, NDArray[np.int64]]] = []
    for number, kind in enumerate(KINDS):
        groups: list[tuple[Detection, NDArray[np.int64]]] = []
        left = np.flatnonzero(votes.kinds == number)
        left = left[np.argsort(-votes.weights[left])]
        while len(left) >= LEAST_PIXELS[kind]:
            near = _around(votes.centers[left], votes.weights[left], RADIUS[kind])
            if near.sum() >= LEAST_PIXELS[kind]:
                groups.append((_detection(votes, left[near]), left[near]))
            left = left[~near]
        found = [d for d, _ in groups]
        out += [
            (d, rows)
            for d, rows in groups
            if d.confidence >= LEAST_CONFIDENCE and not _is_stray(d, found, RADIUS[kind]) and not _has_no_room(d, found)
        ]
    return out


def _is_stray(detection: Detection, groups: Sequence[Detection], radius: float) -> bool:
    for other in groups:
        share = STRAY_PIXELS_ALIKE if other.color == detection.color else STRAY_PIXELS
        small = detection.pixels < share * other.pixels
        if small and np.linalg.norm(detection.position - other.position) < STRAY_DISTANCE * radius:
            return True
    return False


def _has_no_room(detection: Detection, groups: Sequence[Detection]) -> bool:
    """Whether the detection lies between two larger groups whose bodies fill the space between them."""
    larger = [g for g in groups if g.pixels > detection.pixels]
    size = float(detection.size.mean())
    for a, b in combinations(larger, 2):
        way = b.position - a.position
        length = max(float(np.linalg.norm(way)), 1e-9)
        along = float((detection.position - a.position) @ way) / length
        aside = float(np.linalg.norm(detection.position - a.position - along / length * way))
        room = length - float(a.size.mean() + b.size.mean()) / 2
        if 0 < along < length and aside < size / 4 and room < ROOM * size:
            return True
    return False


def _around(centers: NDArray[np.float32], weights: NDArray[np.float32], radius: float) -> NDArray[np.bool_]:
    """Which votes (n,) lie within ``radius`` m of the first vote's local mean; always includes the first vote."""
    middle = centers[0]
    near = np.zeros(len(centers), dtype=bool)
    for _ in range(3):
        near = ((centers - middle) ** 2).sum(1) < radius**2
        if not near.any():
            break
        middle = weights[near] @ centers[near] / weights[near].sum()
    near[0] = True
    return near


def _detection(votes: Votes, rows: NDArray[np.int64]) -> Detection:
    weights = votes.weights[rows] / votes.weights[rows].sum()
    mean = weights @ votes.raw[rows]
    kinds = weights @ _softmax(votes.raw[rows, KIND])
    colors = _softmax(mean[None, COLOR])[0]
    sin, cos = mean[TURN]
    kind = KINDS[int(np.argmax(kinds))]
    effective = min(1 / float((weights**2).sum()), 8.0)
    spread = UNIT * float(weights @ np.exp(np.clip(votes.raw[rows, SPREAD.start], -6, 3)))
    return Detection(
        kinds={k: float(v) for k, v in zip(KINDS, kinds, strict=True)},
        colors={k: float(v) for k, v in zip(COLORS, colors, strict=True)},
        position=(weights @ votes.centers[rows]).astype(np.float64),
        size=mean[SIZE].astype(np.float64) * UNIT,
        yaw=float(np.arctan2(sin, cos)) / 4 if kind == "block" else 0.0,
        confidence=float(votes.objectness[rows].mean()) * min(1.0, len(rows) / FULL_PIXELS),
        deviation=spread / effective**0.5 + 0.001,
        pixels=len(rows),
    )


def _softmax(x: NDArray[np.float32]) -> NDArray[np.float32]:
    e = np.exp(x - x.max(1, keepdims=True))
    return np.asarray(e / e.sum(1, keepdims=True))

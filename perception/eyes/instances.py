"""Instances from what the pixels say: middles, the pixels that belong to each, and what those say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.perception.eyes.encoding import STRIDE, EyeInput
from sayso.perception.eyes.layout import COLOR, HEART, KIND, LONG, OFFSET, PIXELS, SQUARE, THING
from sayso.perception.eyes.names import EYE_COLORS, EYE_KINDS, SOMETHING
from sayso.perception.eyes.splitting import Votes, split
from sayso.perception.eyes.view import Fitted

LEAST_THING = 0.5  # probability from which a pixel is of a thing
LEAST_HEART = 0.15  # heat from which a place is the middle of an instance
APART = 5  # output pixels: the window in which a middle is the hottest place
LEAST_PIXELS, FULL_PIXELS = 6, 14
VALLEY, RIDGE_STEPS = 0.7, 24  # share of the lower middle's heat that remains between two middles of one thing
REACH = 0.5  # of an instance's extent, how far from its middle its pixels may point
LEAST_REACH = 3.0  # output pixels
# Certainty below which nothing is reported; with depth, confidence is the share that are things on simulated tables.
NEVER = 0.3
STANDS = 0.03  # m that a thing's foot may lie off the table's plane for `on_table`
LEAST_TURN = 0.35  # length of a turn's vector from which the heading counts
Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Instance:
    """One thing in one picture.

    ``mask`` (h, w) are its output pixels, `STRIDE` picture pixels each of the fitted view; ``box`` [x0, y0, x1, y1] and
    ``pixel`` (u, v) are in the picture's own pixels. ``kinds`` and ``colors`` map names to probabilities, among the
    kinds `SOMETHING` for something else. ``position`` (3,) m is the center of the upright box in the base frame,
    ``size`` (longer, shorter, height) m, ``yaw`` rad of the longer edge, with ``fold`` as of a turn after which the
    thing looks the same: 2 half, 4 a quarter, 0 round. ``deviation`` m is the expected error of the position.
    ``measured`` is the share of pixels with a depth: without any, position and size mean nothing. ``points`` (n, 3) m
    are the pixels with a depth in the base frame.
    """

    mask: NDArray[np.bool_]
    box: tuple[float, float, float, float]
    pixel: tuple[float, float]
    kinds: Mapping[str, float]
    colors: Mapping[str, float]
    position: Array
    size: Array
    yaw: float
    fold: int
    confidence: float
    deviation: float
    measured: float
    points: Image = field(default_factory=lambda: np.zeros((0, 3), np.float32), repr=False)

    @property
    def kind(self) -> str:
        """The most probable kind."""
        return max(self.kinds, key=lambda k: self.kinds[k])

    @property
    def color(self) -> str:
        """The most probable color."""
        return max(self.colors, key=lambda c: self.colors[c])

    @property
    def name(self) -> str:
        """Color and kind, as in "red mug"."""
        return f"{self.color} {self.kind}"

    def on_table(self, table: float = 0.0) -> bool:
        """Whether its foot is at the table's height."""
        return bool(abs(self.position[2] - self.size[2] / 2 - table) < STANDS)


def read_instances(raw: Image, seen: EyeInput, view: Fitted) -> tuple[Instance, ...]:
    """The instances in the network's output ``raw`` (OUTPUTS, h, w) for one encoded view, surest first."""
    thing = _sigmoid(raw[THING])
    thing = thing * view.inside[::STRIDE, ::STRIDE]
    labels, hearts = group(thing, _sigmoid(raw[HEART]), raw[OFFSET] * np.float32(PIXELS))
    out = []
    for number, heat in enumerate(split(labels, hearts, raw, seen), 1):
        mask = labels == number
        if int(mask.sum()) >= LEAST_PIXELS:
            found = _instance(mask, heat, thing, raw, seen, view)
            if found.confidence > 0:
                out.append(found)
    return tuple(sorted(out, key=lambda i: -i.confidence))


def group(thing: Image, heat: Image, offset: Image) -> tuple[NDArray[np.int32], list[float]]:
    """Number the pixels (h, w) by instance, 0 for none, and give the heat of each instance's middle.

    ``thing`` (h, w) is the probability of a thing, ``heat`` (h, w) that of a middle, ``offset`` (2, h, w) pixels to it.
    """
    height, width = thing.shape
    labels = np.zeros((height, width), np.int32)
    v, u = np.nonzero(thing > LEAST_THING)
    if not len(v):
        return labels, []
    # Where pixels point is heat as well: a middle that lies in a hole, or is hidden, is found by its pixels.
    points = np.stack([u + offset[0, v, u], v + offset[1, v, u]], 1)
    votes = np.zeros((height, width), np.float32)
    index = np.clip(np.round(points), 0, [width - 1, height - 1]).astype(int)
    np.add.at(votes, (index[:, 1], index[:, 0]), 1.0)
    votes = np.asarray(cv2.GaussianBlur(votes, (0, 0), 1.2), np.float32)
    total = np.maximum(heat, 0) * np.minimum(votes / 0.8, 1.0)
    top = cv2.dilate(total.astype(np.float32), np.ones((APART, APART), np.uint8))
    # A flat top is one middle.
    count, tops, _, centroids = cv2.connectedComponentsWithStats(
        ((total >= top) & (total > LEAST_HEART)).astype(np.uint8)
    )
    if count < 2:
        return labels, []
    middles = centroids[1:].astype(np.float32)
    hearts = [float(total[tops == k].max()) for k in range(1, count)]
    places, one = _ridges(np.asarray(cv2.GaussianBlur(heat, (0, 0), 1.0), np.float32), middles)
    gaps = np.linalg.norm(points[:, None] - places, axis=2)
    nearest = gaps.argmin(1)
    reach = np.maximum(REACH * np.linalg.norm(np.stack([u, v], 1) - places[nearest], axis=1), LEAST_REACH)
    own = gaps[np.arange(len(v)), nearest] <= reach
    number = one[nearest] + 1
    # A pixel that points nowhere belongs to the nearest instance that it hangs together with.
    part = cv2.connectedComponents((thing > LEAST_THING).astype(np.uint8))[1][v, u]
    together = np.zeros((part.max() + 1, one.max() + 2), bool)
    together[part[own], number[own]] = True
    own |= together[part, number]
    labels[v[own], u[own]] = number[own]
    of = one[: len(hearts)]
    return labels, [max(h for h, k in zip(hearts, of, strict=True) if k == n) for n in range(of.max() + 1)]


def _ridges(heat: Image, middles: Image) -> tuple[Image, NDArray[np.int64]]:
    """The ``middles`` (n, 2) and places between them, and the number of the instance of each.

    Middles between which the heat hardly falls are one long middle, and so is what lies between them.
    """
    one, between = np.arange(len(middles)), []
    share = np.linspace(0, 1, RIDGE_STEPS)[:, None]
    for i, j in combinations(range(len(middles)), 2):
        way = middles[i] * (1 - share) + middles[j] * share
        index = np.round(way).astype(int)
        along = heat[index[:, 1], index[:, 0]]
        if along.min() >= VALLEY * min(along[0], along[-1]):
            one[one == one[j]] = one[i]
            between.append((i, way))
    number = np.unique(one, return_inverse=True)[1].reshape(-1)
    places = np.concatenate([middles, *(way for _, way in between)]).astype(np.float32)
    return places, np.concatenate([number, *(np.full(RIDGE_STEPS, number[i]) for i, _ in between)])


def _instance(mask: NDArray[np.bool_], heat: float, thing: Image, raw: Image, seen: EyeInput, view: Fitted) -> Instance:
    rows = raw[:, mask].T
    sure = thing[mask]
    votes = Votes.of(raw, seen, mask)
    weights = sure / votes.error * np.where(votes.known, 1.0, 1e-3)
    weights = weights / weights.sum()
    cos, sin = seen.heading[mask].T
    # Medians, because some pixels are of another thing.
    size = _median(votes.size, weights)
    long, square = (weights @ _turned(rows[:, part], cos, sin, fold) for part, fold in ((LONG, 2), (SQUARE, 4)))
    fold = 2 if np.hypot(*long) > LEAST_TURN else 4 if np.hypot(*square) > LEAST_TURN else 0
    yaw = {2: np.arctan2(*long) / 2, 4: np.arctan2(*square) / 4, 0: 0.0}[fold]
    if fold == 2 and np.hypot(*square) > LEAST_TURN:  # a quarter's heading is sharper; the half's says which quarter
        fine = np.arctan2(*square) / 4
        yaw = fine + np.round((yaw - fine) / (np.pi / 2)) * np.pi / 2
    kinds, colors = weights @ _softmax(rows[:, KIND]), sure / sure.sum() @ _softmax(rows[:, COLOR])
    certain = float(sure.mean() * min(1.0, heat / 0.5) ** 0.5 * min(1.0, len(sure) / FULL_PIXELS))
    effective = min(1 / float((weights**2).sum()), 8.0)
    spread = float(weights @ votes.error)
    v, u = np.nonzero(mask)
    low, high = (
        (np.array(e) * STRIDE * view.scale + view.origin)
        for e in ((u.min() - 0.25, v.min() - 0.25), (u.max() + 0.75, v.max() + 0.75))
    )
    middle = np.array([u.mean(), v.mean()]) * STRIDE * view.scale + view.origin
    return Instance(
        mask=mask,
        box=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        pixel=(float(middle[0]), float(middle[1])),
        kinds={k: float(p) for k, p in zip(EYE_KINDS, kinds, strict=True)},
        colors={c: float(p) for c, p in zip(EYE_COLORS, colors, strict=True)},
        position=_median(votes.center, weights),
        size=np.array([max(size[0], size[1]), min(size[0], size[1]), size[2]]),
        yaw=float(yaw),
        fold=fold,
        confidence=_confidence(certain, view.frame.depth is not None),
        deviation=spread / effective**0.5 + 0.001,
        measured=float(votes.known.mean()),
        points=seen.points[mask][votes.known],
    )


def _confidence(certain: float, deep: bool) -> float:
    return 0.0 if certain < NEVER else (certain - NEVER) / (1 - NEVER) if deep else certain


def _median(values: Image, weights: Image) -> Array:
    """The weighted median of each column of ``values`` (n, k)."""
    order = values.argsort(0)
    total = np.cumsum(weights[order], 0)
    middle = (total < total[-1] / 2).sum(0)
    columns = np.arange(values.shape[1])
    return values[order[np.minimum(middle, len(values) - 1), columns], columns].astype(np.float64)


def _turned(turn: Image, cos: Image, sin: Image, fold: int) -> Image:
    """Sines and cosines of ``fold`` × the heading, relative to the viewing direction, as of the base's x axis."""
    view = (cos + 1j * sin) ** fold
    out = (turn[:, 1] + 1j * turn[:, 0]) * view
    return np.stack([out.imag, out.real], 1)


def _sigmoid(x: Image) -> Image:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))), np.float32)


def _softmax(x: Image) -> Image:
    e = np.exp(x - x.max(1, keepdims=True))
    return np.asarray(e / e.sum(1, keepdims=True))


__all__ = ["SOMETHING", "Instance", "group", "read_instances"]

"""What the eyes see of one thing in all frames, as one detection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame
from sayso.perception.eyes.footprint import STANDS, UprightBox, measured, rounded, without_strays
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.outline import ROUND, by_outline
from sayso.perception.eyes.views import spread
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.scene import COLORS
from sayso.perception.sight.boxes import Box
from sayso.perception.votes import Detection

NO_BLOCK = 0.9  # share of a thing's probability of a block that a box gets, where the detector sees none
LOW = 0.003  # m above the table from which a point is of a thing
LIKE_PAINT = 0.5  # share of the detector in a thing's color, where it has seen blocks on it


@dataclass(frozen=True, slots=True)
class Thing:
    """What the eyes see of one thing in all frames: the detection that it makes, its points (n, 3) m, its outline.

    Without depth it has no points; ``boxes`` are then its boxes in the frames that show it.
    """

    detection: Detection
    points: NDArray[np.float32]
    fill: float | None
    boxes: tuple[tuple[Frame, Box], ...] = ()
    grasps: tuple[Grasp, ...] = ()


def thing_of(group: Sequence[Instance], flat: Mapping[int, Frame], table: float) -> Thing:
    """One thing from its instances; ``flat`` has the frames of those without depth, by the instances' ids.

    ``table`` is the table's height (m) in the base frame.
    """
    weights = np.array([i.confidence * max(float(i.mask.sum()), 1.0) for i in group])
    weights = weights / weights.sum()
    kinds = _mean([i.kinds for i in group], weights)
    best = group[int(np.argmax(weights))]
    eyes = [flat[id(i)].pose.position if id(i) in flat else None for i in group]
    near = [np.linalg.inv(spread(i, eye)) for i, eye in zip(group, eyes, strict=True)]
    covariance = np.linalg.inv(sum(near))
    position = covariance @ sum(n @ i.position for n, i in zip(near, group, strict=True))
    size = weights @ np.array([i.size for i in group])
    deep = [i for i in group if id(i) not in flat]
    if not deep and abs(position[2] - size[2] / 2 - table) < STANDS:
        position[2] = table + size[2] / 2
    points, sure = (
        np.concatenate([np.zeros((0, 3), np.float32), *some])
        for some in ([i.points for i in deep], [without_strays(i.points) for i in deep])
    )
    guess = UprightBox(position, size, best.yaw, best.fold)
    box = measured(sure, guess, table)
    kinds = by_outline(kinds, box)
    if max(kinds, key=lambda k: kinds[k]) in ROUND:
        box = rounded(box, guess)
    detection = Detection(
        kinds,
        _mean([i.colors for i in group], weights),
        box.position,
        box.size,
        box.yaw,
        max(i.confidence for i in group),
        float(np.sqrt(np.trace(covariance) / 3)),
        int(sum(i.mask.sum() for i in group)),
        box.fold,
    )
    boxes = () if deep else tuple((flat[id(i)], i.box) for i in group)
    return Thing(detection, points[points[:, 2] > table + LOW], box.fill, boxes)


def painted(thing: Detection, there: Sequence[Detection]) -> Detection:
    """``thing`` with the detector's opinion of its color, which knows the ten colors of blocks better."""
    if not there:
        return thing
    pixels = np.array([float(d.pixels) for d in there])
    seen = _mean([d.colors for d in there], pixels / pixels.sum())
    other = 1.0 - sum(thing.colors.get(c, 0.0) for c in COLORS)  # white and black, which the detector does not know
    share = LIKE_PAINT * (1.0 - other)
    names = dict.fromkeys((*thing.colors, *seen))
    colors = {c: (1 - share) * thing.colors.get(c, 0.0) + share * seen.get(c, 0.0) for c in names}
    return Detection(
        thing.kinds, colors, thing.position, thing.size, thing.yaw, thing.confidence, thing.deviation, thing.pixels,
        thing.fold,
    )  # fmt: skip


def no_block(thing: Detection) -> Detection:
    """``thing`` as a box as far as the eyes call it a block: the detector would know a block."""
    kinds = dict(thing.kinds)
    kinds["box"] = kinds.get("box", 0.0) + NO_BLOCK * kinds.get("block", 0.0)
    kinds["block"] = (1 - NO_BLOCK) * kinds.get("block", 0.0)
    return replace(thing, kinds=kinds)


def _mean(parts: Sequence[Mapping[str, float]], weights: NDArray[np.float64]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {n: float(sum(w * p.get(n, 0.0) for p, w in zip(parts, weights, strict=True))) for n in names}

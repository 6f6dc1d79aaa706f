"""Two ways of seeing together: blocks and bowls by the detector, every other thing by the eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame, Pose
from sayso.perception.eyes.eyes import Eyes
from sayso.perception.eyes.footprint import STANDS, UprightBox, measured, rounded, without_strays
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.outline import DISK, ROUND, by_outline
from sayso.perception.eyes.views import grouped, sights_of, spread
from sayso.perception.grasps.finder import GraspFinder
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.grasps.seen import grasps_of
from sayso.perception.pipeline import Sees
from sayso.perception.scene import COLORS
from sayso.perception.votes import Detection

MARGIN = 0.006  # m around a block or bowl within which a point is explained by it
NEAR = 0.012  # m from a thing's edge within which the middle of a detection lies on the thing
FAR = 0.08  # m from the edge of a thing without depth within which it may
COVERED = 0.94  # share of a thing's points that blocks and bowls explain if it consists of them
LEAST_OWN = 0.25  # least probability, by the eyes, of the kind of the one block or bowl that a thing is
NO_BLOCK = 0.9  # share of a thing's probability of a block that a box gets, where the detector sees none
SOLID = 0.7, 1.2  # shares of a thing's box, least and most, that the blocks fill of which it consists
SURE = 0.5  # confidence from which a thing counts
APART = 0.8  # distance of two blocks side by side over their size, at least
GRIP = 0.06  # m from the tool within which what the detector alone sees is in the hand
HAND, BELOW, FEW = 0.12, -0.02, 3  # m beside and below the tool where points may be the hand's, and how many count
SAME_PLACE, REMEMBERED = 0.06, 10  # m and looks within which a thing in the hand is the one seen before
LIKE_PAINT = 0.5  # share of the detector in a thing's color, where it has seen blocks on it


Box = tuple[float, float, float, float]  # [x0, y0, x1, y1] in pixels


@dataclass(frozen=True, slots=True)
class _Thing:
    """What the eyes see of one thing in all frames: the detection that it makes, its points (n, 3) m, its outline.

    Without depth it has no points; ``boxes`` are then its boxes in the frames that show it.
    """

    detection: Detection
    points: NDArray[np.float32]
    fill: float | None
    boxes: tuple[tuple[Frame, Box], ...] = ()
    grasps: tuple[Grasp, ...] = ()


class Sight:
    """The ``detector`` of blocks and bowls and the ``eyes`` for any thing as one detector.

    Blocks and bowls are the detector's. One of its detections counts as mistaken where it lies on a thing whose pixels
    blocks and bowls do not explain; then the thing is a detection, with the eyes' kinds. One also counts as mistaken
    where the eyes see nothing that it explains, and the hand does not hold it: the detector knows nothing but blocks
    and bowls, and takes furniture for them. What the hand touches looks like one with the hand: there nothing is
    measured, and a thing seen before stays a thing. Frames for which there are no eyes have the detector alone.
    ``table`` is the table's height (m) in the base frame. With ``grasps`` everything that the eyes see has its grasps.
    """

    def __init__(self, detector: Sees, eyes: Eyes, table: float = 0.0, grasps: GraspFinder | None = None) -> None:
        self._detector, self._eyes, self._table, self._grasps = detector, eyes, table, grasps
        self._known: list[tuple[Array, int]] = []  # where things were seen that are no blocks, and looks since then

    def perceive(
        self, frames: Sequence[Frame], tool: Pose | None = None
    ) -> tuple[tuple[Detection, ...], tuple[Frame, ...]]:
        """As `Detector.perceive`."""
        plain, out = self._detector.perceive(frames, tool)
        seen = [frame for frame in frames if self._eyes.sees(frame)]
        if not seen:
            return plain, out
        views = [self._eyes.look(frame) for frame in seen]
        groups = grouped(views, sights_of(seen))
        flat = {id(i): frame for frame, view in zip(seen, views, strict=True) if frame.depth is None for i in view}
        things = [self._thing(group, flat) for group in groups]
        if self._grasps is not None:
            sure = [g for g in groups if g[0].confidence >= SURE]  # they come first
            found = grasps_of(self._grasps, seen, views, sure)
            things = [replace(t, grasps=g) for t, g in zip(things, found, strict=False)] + things[len(sure) :]
        return self._together(plain, things, tool, alone=len(seen) < len(frames)), out

    def _together(
        self, plain: Sequence[Detection], things: Sequence[_Thing], tool: Pose | None, alone: bool
    ) -> tuple[Detection, ...]:
        """The ``plain`` blocks and bowls that are real, and the ``things`` that are neither, surest first.

        With ``alone`` the detector may be right where the eyes see nothing: they do not have all frames.
        """
        out: list[Detection] = []
        mistaken: set[int] = set()
        grasps: dict[int, tuple[Grasp, ...]] = {}
        known: list[tuple[Array, int]] = []
        for thing in things:
            there = [d for d in plain if id(d) not in mistaken and _lies_on(d, thing)]
            handled = tool is not None and _is_touched(thing, tool)
            if not self._is_known(thing) if handled else is_explained(thing, there):
                grasps |= {id(d): grasps_on(d, there, thing.grasps) for d in there}
                continue
            if thing.detection.confidence < SURE:
                continue
            mistaken |= {id(d) for d in there}
            known.append((thing.detection.position, 0))
            if not handled:
                out.append(replace(_no_block(_painted(thing.detection, there)), grasps=thing.grasps))
        self._known = known + [
            (at, looks + 1)
            for at, looks in self._known
            if looks < REMEMBERED and all(np.linalg.norm(at - other) > SAME_PLACE for other, _ in known)
        ]
        kept = (d for d in plain if id(d) in grasps or (id(d) not in mistaken and (alone or _is_held(d, tool))))
        return (*(replace(d, grasps=grasps[id(d)]) if id(d) in grasps else d for d in kept), *out)

    def _is_known(self, thing: _Thing) -> bool:
        return any(np.linalg.norm(thing.detection.position - at) < SAME_PLACE for at, _ in self._known)

    def _thing(self, group: Sequence[Instance], flat: Mapping[int, Frame]) -> _Thing:
        """One thing from its instances; ``flat`` has the frames of those without depth, by the instances' ids."""
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
        if not deep and abs(position[2] - size[2] / 2 - self._table) < STANDS:
            position[2] = self._table + size[2] / 2
        points, sure = (
            np.concatenate([np.zeros((0, 3), np.float32), *some])
            for some in ([i.points for i in deep], [without_strays(i.points) for i in deep])
        )
        guess = UprightBox(position, size, best.yaw, best.fold)
        box = measured(sure, guess, self._table)
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
        return _Thing(detection, points[points[:, 2] > self._table + MARGIN / 2], box.fill, boxes)


def is_explained(thing: _Thing, there: Sequence[Detection]) -> bool:
    """Whether blocks and bowls ``there`` are all that the eyes see as one ``thing``."""
    if not there:
        return False
    if len(thing.points):
        inside = np.any([_within(thing.points, d) for d in there], axis=0)
        if float(inside.mean()) < COVERED:
            return False
    blocks = [d for d in there if d.kind == "block" and d.confidence >= SURE]
    if any(_overlap(a, b) for a, b in combinations(blocks, 2)):
        return False
    kinds = thing.detection.kinds
    if len(there) == 1:
        return kinds.get(there[0].kind, 0.0) >= LEAST_OWN
    if any(d.kind == "bowl" for d in there):
        return kinds.get("bowl", 0.0) >= LEAST_OWN
    # A slim can, or a box, is several blocks of one color to the detector.
    if len({d.color for d in there}) > 1:
        return True
    if thing.fill is None:
        return not thing.boxes
    volume = sum(float(np.prod(d.size)) for d in there)
    least, most = (share * float(np.prod(thing.detection.size)) for share in SOLID)
    return thing.fill >= DISK and least <= volume <= most


def _overlap(one: Detection, other: Detection) -> bool:
    """Whether two blocks side by side would be in one place: parts of something else. In a tower gaps look smaller."""
    size = float(one.size.mean() + other.size.mean()) / 2
    gap = one.position - other.position
    return abs(float(gap[2])) < size / 2 and float(np.hypot(gap[0], gap[1])) < APART * size


def grasps_on(detection: Detection, there: Sequence[Detection], grasps: Sequence[Grasp]) -> tuple[Grasp, ...]:
    """Those of a thing's ``grasps`` that are nearest to ``detection``, among the blocks and bowls that it consists of.

    A bowl is taken by its rim, far from its middle, and counts by its edge.
    """

    def off(grasp: Grasp, other: Detection) -> float:
        gap = np.abs(grasp.position - other.position)
        flat = max(float(np.hypot(*gap[:2])) - float(other.size[:2].max()) / 2, 0.0)
        return float(np.hypot(flat, max(float(gap[2]) - float(other.size[2]) / 2, 0.0)))

    return tuple(g for g in grasps if min(there, key=lambda other: off(g, other)) is detection)


def _is_touched(thing: _Thing, tool: Pose) -> bool:
    """Whether some of a thing's points are beside or above the fingertips: the hand's, or of what it is to hold."""
    gap = (thing.detection.position[None] if thing.boxes else thing.points) - tool.position
    near = (np.hypot(gap[:, 0], gap[:, 1]) < HAND) & (gap[:, 2] > BELOW)
    return int(near.sum()) >= min(FEW, len(gap)) > 0


def _is_held(detection: Detection, tool: Pose | None) -> bool:
    return tool is not None and float(np.linalg.norm(detection.position - tool.position)) < GRIP


def _lies_on(detection: Detection, thing: _Thing) -> bool:
    """Whether the middle of ``detection`` lies on the thing; without depth, in all its boxes and not far away."""
    seen, gap = thing.detection, detection.position - thing.detection.position
    if thing.boxes:
        far = float(np.hypot(gap[0], gap[1])) > float(seen.size[0]) / 2 + FAR
        return not far and all(_shows(frame, box, detection.position) for frame, box in thing.boxes)
    cos, sin = np.cos(seen.yaw), np.sin(seen.yaw)
    along = np.abs([cos * gap[0] + sin * gap[1], cos * gap[1] - sin * gap[0], gap[2]])
    return bool((along < seen.size / 2 + NEAR).all())


def _shows(frame: Frame, box: Box, point: Array) -> bool:
    """Whether the frame shows a ``point`` (3,) m of the base frame in ``box``."""
    u, v, w = (point - frame.pose.position) @ frame.pose.rotation @ frame.intrinsics.T
    x0, y0, x1, y1 = box
    return bool(w > 0 and x0 * w <= u <= x1 * w and y0 * w <= v <= y1 * w)


def _within(points: NDArray[np.float32], detection: Detection) -> NDArray[np.bool_]:
    """Which points (n, 3) lie in a detection's box, or in its margin."""
    gap = points - detection.position
    cos, sin = np.cos(detection.yaw), np.sin(detection.yaw)
    local = np.stack([cos * gap[:, 0] + sin * gap[:, 1], cos * gap[:, 1] - sin * gap[:, 0], gap[:, 2]], 1)
    if detection.kind == "bowl":
        local[:, :2] = np.hypot(local[:, 0], local[:, 1])[:, None]
    return np.asarray((np.abs(local) < detection.size / 2 + MARGIN).all(1))


def _painted(thing: Detection, there: Sequence[Detection]) -> Detection:
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


def _no_block(thing: Detection) -> Detection:
    """``thing`` as a box as far as the eyes call it a block: the detector would know a block."""
    kinds = dict(thing.kinds)
    kinds["box"] = kinds.get("box", 0.0) + NO_BLOCK * kinds.get("block", 0.0)
    kinds["block"] = (1 - NO_BLOCK) * kinds.get("block", 0.0)
    return replace(thing, kinds=kinds)


def _mean(parts: Sequence[Mapping[str, float]], weights: NDArray[np.float64]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {n: float(sum(w * p.get(n, 0.0) for p, w in zip(parts, weights, strict=True))) for n in names}

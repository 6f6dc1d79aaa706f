"""Whether what the eyes see as one thing consists of blocks and bowls that the detector sees there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame
from sayso.perception.eyes.outline import DISK
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.sight.boxes import Box, box_of, overlap, shows
from sayso.perception.sight.thing import Thing
from sayso.perception.votes import Detection

SURE = 0.5  # confidence from which something counts
MARGIN = 0.006  # m around a block or bowl within which a point is explained by it
NEAR = 0.012  # m from a thing's edge within which the middle of a detection lies on the thing
FAR = 0.08  # m from the edge of a thing without depth within which it may
COVERED = 0.94  # share of a thing's points that blocks and bowls explain if it consists of them
FITS = 0.4  # without depth, the overlap of its box and theirs in the picture, intersection over union
ALIKE, CERTAIN = 0.8, 0.9  # the share where the eyes agree on its kind, and the detector's confidence for that: strays
LEAST_OWN = 0.25  # least probability, by the eyes, of the kind of the one block or bowl that a thing is
ROUND = 0.45  # least probability of another kind of a thing with the outline of a disk: of 200 blocks none had 0.4
FLAT = 0.75  # of the height of the detector's bowl, below which a thing may be a plate
LOW = 1.5  # shorter edge over height from which a thing is too low for a block, which is a cube
LEAST_FLAT = 0.15  # without depth, where it fits in the picture: a block's kind is less sure then
SOLID = 0.7, 1.2  # shares of a thing's box, least and most, that the blocks fill of which it consists
STACKED = 1.1  # heights of the blocks of a tower over its own height, at most: they do not overlap
APART = 0.8  # distance of two blocks side by side over their size, at least


def lies_on(detection: Detection, thing: Thing) -> bool:
    """Whether the middle of ``detection`` lies on the thing; without depth, in all its boxes and not far away."""
    seen, gap = thing.detection, detection.position - thing.detection.position
    if thing.boxes:
        far = float(np.hypot(gap[0], gap[1])) > float(seen.size[0]) / 2 + FAR
        return not far and all(shows(frame, box, detection.position) for frame, box in thing.boxes)
    cos, sin = np.cos(seen.yaw), np.sin(seen.yaw)
    along = np.abs([cos * gap[0] + sin * gap[1], cos * gap[1] - sin * gap[0], gap[2]])
    return bool((along < seen.size / 2 + NEAR).all())


def is_explained(thing: Thing, there: Sequence[Detection]) -> bool:
    """Whether blocks and bowls ``there`` are all that the eyes see as one ``thing``."""
    if not there:
        return False
    if len(thing.points):
        inside = np.any([_within(thing.points, d) for d in there], axis=0)
        if float(inside.mean()) < (ALIKE if _agree(thing, there) else COVERED):
            return False
    if thing.boxes and np.mean([_fit(frame, box, there) for frame, box in thing.boxes]) < FITS:
        return False
    blocks = [d for d in there if d.kind == "block" and d.confidence >= SURE]
    if any(_in_one_place(a, b) for a, b in combinations(blocks, 2)):
        return False
    kinds, least = thing.detection.kinds, LEAST_FLAT if thing.boxes else LEAST_OWN
    if len(there) == 1:
        low = not thing.boxes and float(thing.detection.size[:2].min()) > LOW * float(thing.detection.size[2])
        no_block = low or _is_round(thing)
        another = no_block if there[0].kind == "block" else _is_flat(thing, there[0])
        return kinds.get(there[0].kind, 0.0) >= least and not another
    if any(d.kind == "bowl" for d in there):
        return kinds.get("bowl", 0.0) >= least
    alike = len({d.color for d in there}) == 1
    # A box is several blocks of one color to the detector; without depth one with print on it is several blocks, too.
    if (alike or thing.boxes) and kinds.get("block", 0.0) < least and not _is_tower(there, thing):
        return False
    # A slim can is a tower of blocks of one color.
    if thing.boxes or not alike or thing.fill is None:
        return True
    volume = sum(float(np.prod(d.size)) for d in there)
    least, most = (share * float(np.prod(thing.detection.size)) for share in SOLID)
    return thing.fill >= DISK and least <= volume <= most


def _is_round(thing: Thing) -> bool:
    """Whether the eyes call a thing with the outline of a disk something else than a block: a small ball, a low can."""
    best = thing.detection.kind
    return best != "block" and thing.detection.kinds[best] >= ROUND and thing.fill is not None and thing.fill < DISK


def _is_flat(thing: Thing, bowl: Detection) -> bool:
    """Whether the eyes call a thing that is much lower than the bowl something else: a plate."""
    best = thing.detection.kind
    lower = not thing.boxes and float(thing.detection.size[2]) < FLAT * float(bowl.size[2])
    return lower and best != "bowl" and thing.detection.kinds[best] >= ROUND


def _agree(thing: Thing, there: Sequence[Detection]) -> bool:
    """Whether the eyes find likely what the detector is certain of."""
    (one, *others) = there
    return not others and one.confidence >= CERTAIN and thing.detection.kinds.get(one.kind, 0.0) >= LEAST_OWN


def _fit(frame: Frame, box: Box, there: Sequence[Detection]) -> float:
    """How well ``box`` is that of all ``there`` together, in the frame."""
    own = np.array([box_of(d, frame) for d in there])
    return overlap(np.array(box), np.concatenate([own[:, :2].min(0), own[:, 2:].max(0)]))


def _is_tower(blocks: Sequence[Detection], thing: Thing) -> bool:
    """Whether the blocks stand one on the other and have room in the height of the ``thing``."""
    first, *rest = blocks
    if not thing.boxes and sum(float(d.size[2]) for d in blocks) > STACKED * float(thing.detection.size[2]):
        return False
    return all(float(np.hypot(*(d.position - first.position)[:2])) < float(first.size.mean()) / 2 for d in rest)


def _in_one_place(one: Detection, other: Detection) -> bool:
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


def _within(points: NDArray[np.float32], detection: Detection) -> NDArray[np.bool_]:
    """Which points (n, 3) lie in a detection's box, or in its margin."""
    gap = points - detection.position
    cos, sin = np.cos(detection.yaw), np.sin(detection.yaw)
    local = np.stack([cos * gap[:, 0] + sin * gap[:, 1], cos * gap[:, 1] - sin * gap[:, 0], gap[:, 2]], 1)
    if detection.kind == "bowl":
        local[:, :2] = np.hypot(local[:, 0], local[:, 1])[:, None]
    return np.asarray((np.abs(local) < detection.size / 2 + MARGIN).all(1))

"""What the measured outline says about a thing's kind: a can is no square, a box no disk; a mug has a handle."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.perception.eyes.footprint import UprightBox
from sayso.perception.scene import HOLLOW, SOMETHING

ROUND = frozenset({"can", "bottle", "cup", "ball", "plate", "bowl", "ring"})
DISK, SQUARE = 0.86, 0.94  # of `UprightBox.fill`: at most, at least; a disk has 0.79
SLENDER = 0.03  # m of the shorter edge below which an outline is too coarse to tell
HANDLE = 1.2  # longer over shorter edge from which a round thing has a handle
SHALLOW, DEEP = 0.008, 0.02  # of `UprightBox.dip`: of a thing that is closed at most, of a hollow one at least
CLOSED = ("block", "box", "can", "ball")
WRONG, DOUBTED = 0.1, 0.35  # factors of a kind that the outline contradicts, or speaks against


def by_outline(kinds: Mapping[str, float], box: UprightBox) -> dict[str, float]:
    """``kinds`` in the light of the outline, as probabilities."""
    long, short = float(box.size[0]), float(box.size[1])
    out = dict(kinds)
    if box.fill is None or short < SLENDER:
        return out
    against: dict[str, float] = {}
    if box.fill > SQUARE:
        against = dict.fromkeys((*ROUND, "mug", SOMETHING), WRONG)
    elif box.fill < DISK:
        against = {"box": WRONG, "block": DOUBTED, "cup" if long > HANDLE * short else "mug": DOUBTED}
    if box.dip is not None and (box.dip < SHALLOW or box.dip > DEEP):
        against |= dict.fromkeys(HOLLOW if box.dip < SHALLOW else CLOSED, WRONG)
    out = {k: p * against.get(k, 1.0) for k, p in out.items()}
    total = sum(out.values())
    return {k: p / total for k, p in out.items()}

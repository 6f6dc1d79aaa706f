"""Success predicates over ground-truth object positions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sayso.hardware.world import ObjectTruth

Truth = Mapping[str, ObjectTruth]
DIRECTIONS = {"left": (0.0, 1.0), "right": (0.0, -1.0), "front": (-1.0, 0.0), "behind": (1.0, 0.0)}


def is_in(truth: Truth, block: str, bowl: str) -> bool:
    """Whether the block's center lies inside the bowl's rim, below its top plus the block's height."""
    a, b = truth[block], truth[bowl]
    gap = a.position - b.position
    return bool(np.hypot(gap[0], gap[1]) < b.size[0] / 2 and gap[2] < b.size[2] / 2 + a.size[2] and b.upright > 0.9)


def is_on(truth: Truth, block: str, base: str) -> bool:
    """Whether the block rests on the other block: its foot at the other's top, its center over it."""
    a, b = truth[block], truth[base]
    gap = a.position - b.position
    resting = abs(gap[2] - (a.size[2] + b.size[2]) / 2) < 0.008
    return bool(resting and np.abs(gap[:2]).max() < b.size[0] / 2 + 0.004)


def is_beside(truth: Truth, block: str, reference: str, side: str) -> bool:
    """Whether the block lies on that side of the reference, within 45° of the direction, 5 to 25 cm away."""
    return _within(truth[block].position - truth[reference].position, side)


def is_moved(before: Truth, after: Truth, block: str, side: str) -> bool:
    """Whether the block lies 5 to 25 cm to that side of its old position."""
    return _within(after[block].position - before[block].position, side)


def is_lifted(truth: Truth, before: Truth, block: str, height: float = 0.05) -> bool:
    """Whether the block is more than ``height`` m above its old position."""
    return bool(truth[block].position[2] - before[block].position[2] > height)


def _within(gap: np.ndarray, side: str) -> bool:
    direction = np.array(DIRECTIONS[side])
    along = float(gap[:2] @ direction)
    return 0.05 < float(np.hypot(gap[0], gap[1])) < 0.25 and along > 0.7 * float(np.hypot(gap[0], gap[1]))

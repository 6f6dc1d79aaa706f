"""Instances taken apart whose pixels speak of two things: a ball in a bowl has its middle where the bowl has it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.perception.eyes.encoding import EyeInput
from sayso.perception.eyes.layout import SIZE, SPREAD, UNIT, VOTE

LEAST = 8  # pixels of a part
SIZE_SHARE = 0.5  # weight of the size beside the center where two things are compared
GAP, GAP_SHARE = 0.02, 0.5  # between two parts: m, and share of the longer one's length
FIRM = 3.0, 2.0  # times the parts' own scatter, and times the error that they expect
WHOLE = 0.95  # share of a part's pixels that hang together
ROUNDS = 10
Image = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Votes:
    """What ``n`` pixels say of their thing: ``center`` (n, 3) m in the base frame, ``size`` (n, 3) m, ``error`` (n,) m
    that they expect of the center; ``known`` (n,) where a depth was measured.
    """

    center: Image
    size: Image
    error: Image
    known: Mask

    @classmethod
    def of(cls, raw: Image, seen: EyeInput, mask: Mask) -> Votes:
        """The votes of the pixels of ``mask`` (h, w) in the network's output ``raw`` (OUTPUTS, h, w)."""
        rows = raw[:, mask].T
        cos, sin = seen.heading[mask].T
        step = rows[:, VOTE] * UNIT
        ahead, left = cos * step[:, 0] - sin * step[:, 1], sin * step[:, 0] + cos * step[:, 1]
        center = seen.points[mask] + np.stack([ahead, left, step[:, 2]], 1)
        error = np.exp(np.clip(rows[:, SPREAD], -6, 3)) * np.float32(UNIT)
        return cls(center, rows[:, SIZE] * UNIT, error, seen.known[mask])


def split(labels: NDArray[np.int32], hearts: list[float], raw: Image, seen: EyeInput) -> list[float]:
    """Take apart the instances numbered in ``labels`` (h, w), in place; return the hearts of all, the new ones last."""
    hearts, left = list(hearts), list(range(1, len(hearts) + 1))
    while left:
        number = left.pop()
        part = _part(labels == number, raw, seen)
        if part is not None:
            hearts.append(hearts[number - 1])
            labels[part] = len(hearts)
            left += [number, len(hearts)]
    return hearts


def _part(mask: Mask, raw: Image, seen: EyeInput) -> Mask | None:
    """The pixels of ``mask`` that speak of another thing than the rest; None if all speak of one."""
    votes = Votes.of(raw, seen, mask)
    rows, sure = np.concatenate([votes.center, SIZE_SHARE * votes.size], 1), votes.known
    if sure.sum() < 2 * LEAST:  # without depth the votes are too wide for this
        return None
    known = rows[sure]
    one = (known - known.mean(0)) @ np.linalg.svd(known - known.mean(0), full_matrices=False)[2][0] > 0
    for _ in range(ROUNDS):  # two medians, as two means are sought
        if one.all() or not one.any():
            return None
        middles = np.median(known[one], 0), np.median(known[~one], 0)
        before, one = one, _nearer(known, *middles)
        if (one == before).all():
            break
    if one.all() or not one.any():
        return None
    gap = float(np.linalg.norm(middles[0] - middles[1]))
    sides = [(one, middles[0]), (~one, middles[1])]
    scatter = max(float(np.median(np.linalg.norm(known[s] - m, axis=1))) for s, m in sides)
    error = sum(float(np.median(votes.error[sure][s])) for s, _ in sides)
    length = max(float(np.median(votes.size[sure][s, 0])) for s, _ in sides)
    if gap < max(GAP, GAP_SHARE * length, FIRM[0] * scatter, FIRM[1] * error):
        return None
    part = np.zeros_like(mask)
    part[mask] = _nearer(rows, *middles)
    return part if all(m.sum() >= LEAST and _whole(m) >= WHOLE for m in (part, mask & ~part)) else None


def _nearer(rows: Image, one: Image, other: Image) -> Mask:
    return np.asarray(np.linalg.norm(rows - one, axis=1) < np.linalg.norm(rows - other, axis=1))


def _whole(mask: Mask) -> float:
    """The share of the pixels in the largest region."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return float(stats[1:, cv2.CC_STAT_AREA].max() / mask.sum()) if count > 1 else 0.0

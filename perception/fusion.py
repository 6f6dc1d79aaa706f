"""Fuses the detections of several cameras: where two lines of sight meet, the distance becomes known."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from sayso.perception.assignment import NEVER, cheapest_pairs
from sayso.perception.monocular import MonocularDetection
from sayso.perception.votes import Detection

# Squared Mahalanobis distance (chi-square, 3 degrees of freedom); wide, because the spreads are estimates.
GATE = 30.0
FARTHEST = 0.10
UNLIKE, UNLIKE_COST = 0.05, 12.0


def fuse(views: Sequence[Sequence[MonocularDetection]]) -> tuple[Detection, ...]:
    """One detection for each object seen in any of ``views``."""
    out: list[MonocularDetection] = []
    for view in views:
        pairs = _pairs(out, view)
        merged = {i: _merge(out[i], view[j]) for i, j in pairs}
        taken = {j for _, j in pairs}
        out = [merged.get(i, s) for i, s in enumerate(out)] + [s for j, s in enumerate(view) if j not in taken]
    return tuple(s.detection for s in out)


def _pairs(left: Sequence[MonocularDetection], right: Sequence[MonocularDetection]) -> list[tuple[int, int]]:
    if not left or not right:
        return []
    costs = np.array([[_cost(a, b) for b in right] for a in left])
    return cheapest_pairs(costs)


def _cost(a: MonocularDetection, b: MonocularDetection) -> float:
    gap = a.detection.position - b.detection.position
    if float(np.linalg.norm(gap)) > FARTHEST or a.detection.kind != b.detection.kind:
        return NEVER
    distance = float(gap @ np.linalg.solve(a.covariance + b.covariance, gap))
    if distance > GATE:
        return NEVER
    alike = sum(p * b.detection.colors[c] for c, p in a.detection.colors.items())
    return distance + (UNLIKE_COST if alike < UNLIKE else 0.0)


def _merge(a: MonocularDetection, b: MonocularDetection) -> MonocularDetection:
    """Weighted least squares of two positions; other attributes are averaged by pixel count."""
    one, two = np.linalg.inv(a.covariance), np.linalg.inv(b.covariance)
    covariance = np.linalg.inv(one + two)
    position = covariance @ (one @ a.detection.position + two @ b.detection.position)
    share = a.detection.pixels / (a.detection.pixels + b.detection.pixels)

    def mean(x: float, y: float) -> float:
        return share * x + (1 - share) * y

    turn = mean(1, 0) * np.exp(4j * a.detection.yaw) + mean(0, 1) * np.exp(4j * b.detection.yaw)
    detection = dataclasses.replace(
        a.detection,
        kinds={k: mean(p, b.detection.kinds[k]) for k, p in a.detection.kinds.items()},
        colors={c: mean(p, b.detection.colors[c]) for c, p in a.detection.colors.items()},
        position=position,
        size=share * a.detection.size + (1 - share) * b.detection.size,
        yaw=float(np.angle(turn)) / 4 if a.detection.kind == "block" else 0.0,
        confidence=max(a.detection.confidence, b.detection.confidence),
        deviation=float(np.trace(covariance)) ** 0.5,
        pixels=a.detection.pixels + b.detection.pixels,
    )
    return MonocularDetection(detection, covariance)

"""What several cameras see, as one list: a thing that two of them see is listed once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, Frame
from sayso.perception.eyes.instances import Instance

SAME = 0.6  # share of the smaller thing's longer edge within which two centers are one thing's
LEAST_SAME = 0.02  # m
ASIDE, ALONG = 0.012, 0.035  # m that a position without depth is off, across the line of sight and along it
GATE = 9.0  # squared Mahalanobis distance within which two positions are one thing's


def sights_of(frames: Sequence[Frame]) -> list[Array | None]:
    """Where each camera without depth stands (3,) m; None for one with depth."""
    return [frame.pose.position if frame.depth is None else None for frame in frames]


def spread(one: Instance, eye: Array | None) -> Array:
    """The covariance (3, 3) m² of its position; without depth, seen from ``eye``, long in the line of sight."""
    if eye is None:
        return np.eye(3) * one.deviation**2
    way = (one.position - eye) / np.linalg.norm(one.position - eye)
    return ASIDE**2 * np.eye(3) + (ALONG**2 - ASIDE**2) * np.outer(way, way)


def seen_by_all(views: Sequence[Sequence[Instance]], sights: Sequence[Array | None] = ()) -> list[tuple[int, Instance]]:
    """The number of the view and the instance, surest first; of one thing in several views the surest instance.

    ``sights`` as `sights_of`; without them all views have depth.
    """
    every = [(k, one) for k, view in enumerate(views) for one in view]
    out: list[tuple[int, Instance]] = []
    for k, one in sorted(every, key=lambda item: -item[1].confidence):
        if not any(j != k and _gap(k, one, j, other, sights) < 1 for j, other in out):
            out.append((k, one))
    return out


def grouped(views: Sequence[Sequence[Instance]], sights: Sequence[Array | None] = ()) -> list[list[Instance]]:
    """The instances of each thing, at most one a view, surest first. ``sights`` as in `seen_by_all`."""
    out: list[list[tuple[int, Instance]]] = []
    for k, one in sorted(((k, i) for k, view in enumerate(views) for i in view), key=lambda item: -item[1].confidence):
        others = [(_gap(k, one, *g[0], sights), g) for g in out if all(j != k for j, _ in g)]
        gap, home = min(others, key=lambda other: other[0], default=(np.inf, []))
        if gap < 1:
            home.append((k, one))
        else:
            out.append([(k, one)])
    return [[one for _, one in group] for group in out]


def _gap(k: int, one: Instance, j: int, other: Instance, sights: Sequence[Array | None]) -> float:
    """The distance of two views' instances, as a share of the most at which they are one thing."""
    gap = one.position - other.position
    eyes = [sights[n] if sights else None for n in (k, j)]
    if eyes[0] is None and eyes[1] is None:
        return float(np.linalg.norm(gap)) / max(SAME * min(float(one.size[0]), float(other.size[0])), LEAST_SAME)
    both = spread(one, eyes[0]) + spread(other, eyes[1])
    return float(gap @ np.linalg.solve(both, gap)) / GATE

"""What several cameras see, as one list: a thing that two of them see is listed once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.perception.eyes.instances import Instance

SAME = 0.6  # share of the smaller thing's longer edge within which two centers are one thing's
LEAST_SAME = 0.02  # m


def seen_by_all(views: Sequence[Sequence[Instance]]) -> list[tuple[int, Instance]]:
    """The number of the view and the instance, surest first; of one thing in several views the surest instance."""
    every = [(k, one) for k, view in enumerate(views) for one in view]
    out: list[tuple[int, Instance]] = []
    for k, one in sorted(every, key=lambda item: -item[1].confidence):
        if not any(j != k and _same(one, other) for j, other in out):
            out.append((k, one))
    return out


def grouped(views: Sequence[Sequence[Instance]]) -> list[list[Instance]]:
    """The instances of each thing, at most one a view, surest first."""
    out: list[list[tuple[int, Instance]]] = []
    for k, one in sorted(((k, i) for k, view in enumerate(views) for i in view), key=lambda item: -item[1].confidence):
        home = next((g for g in out if all(j != k for j, _ in g) and _same(one, g[0][1])), None)
        if home is None:
            out.append([(k, one)])
        else:
            home.append((k, one))
    return [[one for _, one in group] for group in out]


def _same(one: Instance, other: Instance) -> bool:
    near = max(SAME * min(float(one.size[0]), float(other.size[0])), LEAST_SAME)
    return float(np.linalg.norm(one.position - other.position)) < near

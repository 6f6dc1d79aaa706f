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


def _same(one: Instance, other: Instance) -> bool:
    near = max(SAME * min(float(one.size[0]), float(other.size[0])), LEAST_SAME)
    return float(np.linalg.norm(one.position - other.position)) < near

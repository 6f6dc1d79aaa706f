"""The few statistics that results and benchmarks print."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

Z_95 = 1.959963984540054


def wilson(successes: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """The Wilson score interval (low, high) of a rate; (0, 1) when nothing was tried.

    Raises `ValueError` unless 0 <= successes <= n. Source: Wilson 1927, "Probable inference".
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n = {n}; got {successes}")
    if n == 0:
        return 0.0, 1.0
    rate, share = successes / n, z * z / n
    middle = (rate + share / 2) / (1 + share)
    half = z / (1 + share) * sqrt(rate * (1 - rate) / n + share / (4 * n))
    # At the ends the bound is exactly 0 or 1; rounding would leave it a hair away.
    return (0.0 if successes == 0 else middle - half), (1.0 if successes == n else middle + half)


def percentiles(samples: Sequence[float], points: Sequence[int] = (50, 99)) -> dict[str, float]:
    """Percentiles by linear interpolation, {"p50": …, "p99": …}, to a thousandth; empty when there are no samples."""
    if not len(samples):
        return {}
    return {f"p{q}": round(float(v), 3) for q, v in zip(points, np.percentile(samples, points), strict=True)}

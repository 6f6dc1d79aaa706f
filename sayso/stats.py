"""Statistics for results and benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The Wilson score interval (low, high) of a rate, 95 %; (0, 1) when nothing was tried.

    Raises `ValueError` unless 0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n = {n}; got {successes}")
    if n == 0:
        return 0.0, 1.0
    from scipy.stats import binomtest  # takes a second to import

    interval = binomtest(successes, n).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def percentiles(samples: Sequence[float], points: Sequence[int] = (50, 99)) -> dict[str, float]:
    """Percentiles by linear interpolation, {"p50": …, "p99": …}, to a thousandth; empty when there are no samples."""
    if not len(samples):
        return {}
    return {f"p{q}": round(float(v), 3) for q, v in zip(points, np.percentile(samples, points), strict=True)}

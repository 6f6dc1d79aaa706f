"""The smooth step 3x²-2x³ from 0 to 1, with zero slope at both ends."""

from __future__ import annotations


def smooth_step(x: float) -> float:
    """0 for ``x`` <= 0, 1 for ``x`` >= 1; the slope is at most 1.5, the curvature at most 6."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def smooth_step_slope(x: float) -> float:
    """The derivative of `smooth_step` at ``x`` in [0, 1]."""
    return 6 * x * (1 - x)

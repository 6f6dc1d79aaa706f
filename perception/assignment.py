"""The cheapest pairs of two lists (Kuhn 1955)."""

from __future__ import annotations

from sayso.hardware.types import Array

NEVER = 1e6  # the cost of a pair that cannot be


def cheapest_pairs(costs: Array) -> list[tuple[int, int]]:
    """The pairs (row, column) of ``costs`` (m, n) that cost least together, without those that cannot be."""
    from scipy.optimize import linear_sum_assignment  # here: it takes 0.3 s to load, `load` says when

    rows, columns = linear_sum_assignment(costs)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if costs[r, c] < NEVER]


def load() -> None:
    """Load what `cheapest_pairs` needs: before anything moves, so that no tick waits for it."""
    import scipy.optimize  # noqa: F401

"""Minimum-cost assignment of two lists (Kuhn 1955)."""

from __future__ import annotations

from sayso.hardware.types import Array

NEVER = 1e6  # cost of a forbidden pair


def cheapest_pairs(costs: Array) -> list[tuple[int, int]]:
    """The pairs (row, column) of ``costs`` (m, n) with the lowest total cost, without forbidden pairs."""
    from scipy.optimize import linear_sum_assignment  # not at the top: importing takes 0.3 s, see `load`

    rows, columns = linear_sum_assignment(costs)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if costs[r, c] < NEVER]


def load() -> None:
    """Import what `cheapest_pairs` needs; call before motion starts, so that no tick waits for the import."""
    import scipy.optimize  # noqa: F401

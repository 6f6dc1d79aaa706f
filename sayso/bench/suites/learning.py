"""Suites of what is learned from corrections and from few demonstrations."""

from __future__ import annotations

from pathlib import Path

from sayso.bench.suites.cell import CellPlan, all_of


def corrections_suite(models: Path, arm: str, work: Path, workers: int) -> list[CellPlan]:
    """Tasks at which the shipped models fail for a reason that a person can say, on true scenes.

    ``work`` keeps the corrected runs and what was learned from them.
    """
    from sayso.bench.corrections.suite import cells

    return [
        CellPlan(name, episode, n, figures, models=all_of(arm, None), prepare=prepare)
        for name, episode, n, figures, prepare in cells(models, arm, work, workers)
    ]


def motion_layer_suite(models: Path, arm: str, work: Path) -> list[CellPlan]:
    """Words, class numbers and flat, trained on the same few demonstrations, which ``work`` keeps; no shipped model."""
    from sayso.bench.motion_layer.suite import cells

    return [
        CellPlan(name, episode, n, figures, prepare=prepare) for name, episode, n, figures, prepare in cells(arm, work)
    ]

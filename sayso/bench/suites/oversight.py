"""Suites of runs in which something happens, and of what watches over them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sayso.bench.disturbed import errand as disturbed
from sayso.bench.disturbed.arms import ARMS as OVERSIGHTS
from sayso.bench.suites.cell import CellPlan, Record, all_of


def disturb_suite(models: Path, arm: str) -> list[CellPlan]:
    """Tasks while something happens, by the kind of it and by what watches over the run; the same seeds for all.

    ok: done in truth and so believed; where the task cannot be done any more: asked.
    """
    return [
        CellPlan(
            f"{name}: {kind}", partial(disturbed.attempt, name, kind, models, arm),
            200 if kind == disturbed.IMPOSSIBLE else 40, disturbed.figures,
            models=all_of(arm, "detector" if oversight.sees == "pixels" else None),
        )
        for name, oversight in OVERSIGHTS.items()
        for kind in disturbed.CELLS
    ]  # fmt: skip


def critic_suite(models: Path, arm: str) -> list[CellPlan]:
    """What the critic that looks ahead says at each moment of runs on which nobody acts, against what truly happens.

    ok: no alarm while nothing fails, and one if something does.
    """
    from sayso.bench.disturbed import foreseen

    sizes = {"undisturbed": 100, "disturbed": 200} | {
        cell: 40 if cell.endswith("undisturbed") else 60 for cell in foreseen.CELLS if "things" in cell
    }
    return [
        CellPlan(
            cell, partial(foreseen.judge, cell, models, arm), sizes[cell], foreseen.figures,
            models=(*all_of(arm), *(("eyes",) if "things" in cell else ())),
        )
        for cell in foreseen.CELLS
    ]  # fmt: skip


def branch_suite(models: Path, arm: str) -> list[CellPlan]:
    """Disturbed runs, repeated with each remedy that is possible at their first moment of doubt.

    ok: what was chosen is as good as the best of them. Beside it the same runs with nobody watching and as shipped; ok:
    oversight has not spoiled what would have succeeded without.
    """
    from sayso.bench.disturbed import branches, harm

    doubt = CellPlan("moments of doubt", partial(_branched, models, arm), 300, branches.regrets, models=all_of(arm))
    both = [
        CellPlan(cell, partial(harm.compared, cell, models, arm), 300, harm.figures, models=all_of(arm))
        for cell in harm.CELLS
    ]
    return [doubt, *both]


def _branched(models: Path, arm: str, seed: int) -> Record:
    from sayso.bench.disturbed import branches

    return branches.branched(models, arm, branches.SEED_BASE + seed)

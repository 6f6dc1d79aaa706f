"""Cells of the suites: episodes, and figures from records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sayso.hardware.near_miss import suggestion
from sayso.model_sizes import MODEL_SIZES
from sayso.model_store import ModelStore
from sayso.session.assembly import OUTLOOK, READING
from sayso.sim.arms.own_arm import arm_model, name_of
from sayso.stats import percentiles

Record = dict[str, Any]


def no_figures(records: Sequence[Record]) -> Record:
    """No figures beyond the successes."""
    return {}


@dataclass(frozen=True, slots=True)
class CellPlan:
    """One cell: ``episode(seed)`` gives a JSON-able record whose "ok" says success; ``figures`` sums records up.

    ``n`` is the usual number of episodes. Episodes run in other processes, so ``episode`` must be picklable.
    ``alone`` asks for one process at a time, because time itself is measured. ``models`` names those that it runs.
    ``prepare(seeds)`` is called once before the episodes that have not run yet.
    """

    name: str
    episode: Callable[[int], Record]
    n: int = 300
    figures: Callable[[Sequence[Record]], Record] = field(default=no_figures)
    alone: bool = False
    models: tuple[str, ...] = ()
    prepare: Callable[[Sequence[int]], None] | None = None


def models_of(plans: Sequence[CellPlan], arm: str, root: Path) -> dict[str, str]:
    """Digests by name of all models that ``plans`` run. Raises `ModelError` for a missing or unfit one."""
    store, dof, digests = ModelStore(root), arm_model(arm).spec.dof, {}
    for name in dict.fromkeys(name for plan in plans for name in plan.models):
        part, _, of = name.partition("-")
        sizes = MODEL_SIZES[part](dof) if part in MODEL_SIZES and of == name_of(arm) else None
        store.load(name, sizes)
        digests[name] = store.card(name).digest
    return digests


def all_of(arm: str, seeing: str | None = "detector") -> tuple[str, ...]:
    """The models of a whole session with ``arm``; ``seeing`` is the detector, None: with the truth."""
    return (*([seeing] if seeing else []), *(f"{part}-{name_of(arm)}" for part in MODEL_SIZES), OUTLOOK, *READING)


def durations(records: Sequence[Record]) -> Record:
    """How long the successes took, s."""
    return {"seconds": percentiles([r["seconds"] for r in records if r["ok"]], (50, 95))}


def outcomes(records: Sequence[Record]) -> Record:
    """How long the successes took, and how many ended in which way."""
    names = sorted({r["outcome"] for r in records})
    return durations(records) | {"outcomes": {k: sum(r["outcome"] == k for r in records) for k in names}}


def check_arm(arm: str, those: Collection[str], what: str) -> None:
    """Raise ValueError unless ``arm`` is one of ``those``."""
    if arm not in those:
        raise ValueError(f"no {what} arm '{arm}'; there are: {', '.join(those)}{suggestion(arm, those)}")

"""Whether oversight does harm: the same run with nobody watching, and as shipped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sayso.bench.disturbed.errand import NOTHING, attempt
from sayso.bench.disturbed.rollouts import kind_of
from sayso.stats import wilson

CELLS = ("open loop and full, undisturbed", "open loop and full, disturbed")
SEED = 1_000_000  # apart from those of the other cells
Record = dict[str, Any]


def compared(cell: str, models: Path, arm: str, seed: int) -> Record:
    """One task under both; ok: oversight has not spoiled what would have succeeded without."""
    kind = NOTHING if cell.endswith("undisturbed") else kind_of(seed).partition("@")[0]
    ends = {name: attempt(name, kind, models, arm, SEED + seed) for name in ("open-loop", "full")}
    good = {name: bool(record["ok"]) for name, record in ends.items()}
    return {
        "ok": good["full"] or not good["open-loop"], "kind": kind, "good": good,
        "acted": ends["full"]["interventions"], "ends": {name: record["end"] for name, record in ends.items()},
        "replans": ends["full"]["replans"],
    }  # fmt: skip


def figures(records: Sequence[Record]) -> Record:
    """How many runs are good under each, and the share in which oversight did harm, of all and of those it acted in."""
    spoiled, acted = [r for r in records if not r["ok"]], [r for r in records if r["acted"]]
    low, high = wilson(len(spoiled), len(records))
    return {
        "good": {name: sum(r["good"][name] for r in records) for name in ("open-loop", "full")},
        "harmed": {"k": len(spoiled), "n": len(records), "low": round(low, 4), "high": round(high, 4)},
        "harmed of those in which it acted": [sum(not r["ok"] for r in acted), len(acted)],
        "saved": sum(r["good"]["full"] and not r["good"]["open-loop"] for r in records),
    }  # fmt: skip

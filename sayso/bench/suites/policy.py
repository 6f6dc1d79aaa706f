"""Suites below perception: the ladder, and directions obeyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from sayso.bench.suites.cell import CellPlan, Record, durations
from sayso.bench.tasks import ladder, obedience
from sayso.sim.arms.own_arm import name_of
from sayso.stats import percentiles

RUNGS = 4  # of the ladder; what comes after them is reported beside


def _climb(rung: ladder.Rung, seed: int) -> Record:
    ok, seconds, task = ladder.climb(rung, seed)
    return {"ok": ok, "seconds": round(seconds, 2), "task": task}


def ladder_suite(models: Path, arm: str) -> list[CellPlan]:
    """Every rung below perception, and the arms that the policy is compared with."""
    motion = str(models / f"motion-{name_of(arm)}.onnx")
    steps = ladder.rungs(str(models / f"policy-{name_of(arm)}.onnx"), motion, arm)
    for mode in ("flat", "class"):
        other = models / f"policy-{name_of(arm)}-{mode}.onnx"
        if other.exists():
            name = (
                "flat policy, the motion withheld"
                if mode == "flat"
                else "motions as class numbers, with motion planner"
            )
            steps.append(ladder.Rung(name, str(other), None if mode == "flat" else motion, arm=arm))
    return [
        CellPlan(
            r.name, partial(_climb, r), 300 if i < RUNGS else 100, durations,
            models=tuple(Path(file).stem for file in (r.policy, r.motion) if file),
        )
        for i, r in enumerate(steps)
    ]  # fmt: skip


def _obey(policy: str, arm: str, seed: int) -> Record:
    o = obedience.obey(policy, seed, arm)
    return {"ok": o.ok} | asdict(o)


def _obeyed(records: Sequence[Record]) -> Record:
    out: Record = {"cosine": percentiles([r["cosine"] for r in records if r["motion"] != "hold still"], (5, 50))}
    for motion in sorted({r["motion"] for r in records}):
        some = [r for r in records if r["motion"] == motion]
        out[motion] = {"n": len(some), "obeyed": sum(r["ok"] for r in some)}
    still = [1000 * r["moved"] for r in records if r["motion"] == "hold still"]
    return out | {"hold still drift mm": percentiles(still, (50, 95, 100))}


def obedience_suite(models: Path, arm: str) -> list[CellPlan]:
    """Directions followed from states on and off the path, for the policy and the arm with class numbers."""
    cells = [
        CellPlan(
            "directions and holding still",
            partial(_obey, str(models / f"policy-{name_of(arm)}.onnx"), arm),
            700,
            _obeyed,
            models=(f"policy-{name_of(arm)}",),
        )
    ]
    numbers = models / f"policy-{name_of(arm)}-class.onnx"
    if numbers.exists():
        obey = partial(_obey, str(numbers), arm)
        cells.append(CellPlan("motions as class numbers", obey, 210, _obeyed, models=(numbers.stem,)))
    return cells

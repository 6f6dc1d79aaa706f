"""The cells of ``sayso bench corrections``: nobody speaks, a person speaks, rules at once, learned; and poison."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from sayso.bench.corrections.episode import SEED_BASE, attempt
from sayso.bench.corrections.learned.compared import KINDS, learn_otherwise, models_of
from sayso.bench.corrections.learned.poison import before_poison, poisoned, poisoned_rules, promotions, rules_kept
from sayso.bench.corrections.learned.teaching import REPORT, RULES, ruled, taught_and_learned
from sayso.bench.corrections.tasks import TASKS

Record = dict[str, Any]


def cells(models: Path, arm: str, work: Path, workers: int) -> list[tuple[str, Callable[[int], Record], int, Any, Any]]:
    """Name, episode, usual number, figures and preparation of each cell; ``work`` keeps taught runs and candidates."""
    out: list[tuple[str, Callable[[int], Record], int, Any, Any]] = []
    for name, task in TASKS.items():
        folder = work / name.replace(" ", "-")
        prepare = partial(_learned_before, name, arm, models, folder, workers)
        tried = partial(_try, name, arm)
        out += [
            (f"{name}: base", partial(tried, models, False, None), 200, figures, None),
            (f"{name}: live", partial(tried, models, True, None), 200, figures, None),
        ]
        if task.level == "by words alone":
            continue  # there is no subtask in which something could be learned
        rules = partial(_ruled_before, name, arm, models, folder, workers)
        remembered = partial(tried, models, False, folder / "memory.jsonl")
        out.append((f"{name}: rule", remembered, 200, partial(_ruled, folder), rules))
        wrong_rules = partial(poisoned_rules, name, arm, models, folder)
        if task.level != "motion":
            out.append((f"{name}: poisoned rules", wrong_rules, 20, rules_kept, rules))
            continue  # the motion planner chooses neither thing nor speed
        learned_tries = partial(tried, folder / "tried", False, folder / "memory.jsonl")
        out += [
            (f"{name}: learned", learned_tries, 200, partial(learned, folder), prepare),
            (
                f"{name}: poisoned", partial(poisoned, name, arm, models, folder), 20, promotions,
                partial(before_poison, name, arm, models, folder, workers),
            ),
            (f"{name}: poisoned rules", wrong_rules, 20, rules_kept, rules),
            *(
                (
                    f"{name}: {kind if kind.startswith('base') else f'learned-{kind}'}",
                    partial(tried, models_of(kind, folder), False, None), 200, figures,
                    partial(learn_otherwise, kind, name, arm, models, folder, workers),
                )
                for kind in KINDS
            ),
        ]  # fmt: skip
    return out


def _try(name: str, arm: str, models: Path, corrected: bool, memory: Path | None, seed: int) -> Record:
    done = attempt(name, SEED_BASE + seed, models, corrected, arm=arm, memory=memory)
    return asdict(done) | {"seconds": round(done.seconds, 2), "pushed": round(done.pushed, 3)}


def figures(records: Sequence[Record]) -> Record:
    """How the attempts ended, and how much people said."""
    outcomes = sorted({r["outcome"] for r in records})
    return {
        "outcomes": {name: sum(r["outcome"] == name for r in records) for name in outcomes},
        "sentences": sum(r["said"] for r in records),
        "of them wrong": sum(r["wrong"] for r in records),
        "something else pushed": sum(r["pushed"] > 0.03 for r in records),
    }


def learned(folder: Path, records: Sequence[Record]) -> Record:
    """The figures of the learned arm, with what it was learned from and the gate's verdict."""
    report: Record = json.loads((folder / REPORT).read_bytes())
    return figures(records) | report


def _ruled_before(name: str, arm: str, models: Path, folder: Path, workers: int, seeds: Sequence[int]) -> None:
    ruled(name, arm, models, folder, workers)


def _learned_before(name: str, arm: str, models: Path, folder: Path, workers: int, seeds: Sequence[int]) -> None:
    taught_and_learned(name, arm, models, folder, workers)


def _ruled(folder: Path, records: Sequence[Record]) -> Record:
    """The figures of the arm with rules, and the rules."""
    report: Record = json.loads((folder / RULES).read_bytes())
    return figures(records) | report

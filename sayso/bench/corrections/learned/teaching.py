"""Teaches: the corrected attempts at a task, the rules that they give, and the candidate that is made of them."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from sayso.bench.corrections.episode import TAUGHT_BASE, attempt, task_check
from sayso.files import write_atomic
from sayso.hardware.process.spawn import interrupts_held
from sayso.learning.attempt import Attempt, holds_attempt
from sayso.learning.gate import frozen_suite
from sayso.learning.habits import habits_of
from sayso.learning.learn import candidate, judge, lessons_for_learning, models_folder
from sayso.learning.lessons import lessons_of
from sayso.learning.preferences import preferences_of, slow_habits_of
from sayso.learning.shifts import shift_habits_of
from sayso.memory_store import MemoryFile
from sayso.model_store import Card, ModelStore
from sayso.planner.memory.entries import Habit, Preferred
from sayso.sim.arms.own_arm import name_of

TAUGHT = 30
"""Corrected episodes a task, of which those that succeed are learned from."""
GATE_TRIALS = 12
REPORT, RULES = "report.json", "rules.json"


def taught_and_learned(name: str, arm: str, models: Path, folder: Path, workers: int) -> None:
    """Let the operator model correct `TAUGHT` episodes, derive rules, train a candidate; goes on where it stopped.

    The folder "tried" then holds what ``sayso learn`` leaves: the candidate if the gate lets it through, else the
    models as they were.
    """
    attempts = ruled(name, arm, models, folder, workers)
    lessons = lessons_for_learning(attempts)
    store, work = ModelStore(models), folder / "learn"
    if _is_done(folder, attempts, store, arm):
        return
    made = candidate(attempts, lessons, store, arm, work, workers=workers)
    found = judge(made, store, [task_check(name, GATE_TRIALS, arm), *frozen_suite(arm, GATE_TRIALS)], work, workers)
    passed = not any(check.problem for check in found)
    models_folder(store, folder / "tried", {made.card.name: made.model} if passed else {})
    report = {
        "attempts": len(attempts), "succeeded": sum(a.succeeded for a in attempts), "corrections": made.corrections,
        "lessons": made.lessons, "training s": round(made.seconds, 1), "gate": [str(check) for check in found],
        "passed": passed, "rules": json.loads((folder / RULES).read_bytes())["rules"],
    }  # fmt: skip
    write_atomic(folder / REPORT, json.dumps(report, indent=1, ensure_ascii=False) + "\n")


def ruled(name: str, arm: str, models: Path, folder: Path, workers: int) -> list[Attempt]:
    """Let the operator model correct `TAUGHT` episodes and keep the rules that they give; return the episodes."""
    attempts = taught(name, arm, models, folder, workers)
    found = rules_of(attempts, arm)
    (folder / "memory.jsonl").unlink(missing_ok=True)
    if found:
        MemoryFile(folder / "memory.jsonl", lambda text: None).change(found)
    report = {
        "attempts": len(attempts), "succeeded": sum(a.succeeded for a in attempts),
        "rules": [e.said if isinstance(e, Preferred) else e.words for e in found],
    }  # fmt: skip
    write_atomic(folder / RULES, json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return attempts


def rules_of(attempts: Sequence[Attempt], arm: str) -> list[Habit | Preferred]:
    """The rules that ``attempts`` give."""
    name = name_of(arm)
    return [
        *habits_of(lessons_of(attempts), name), *slow_habits_of(attempts, name), *shift_habits_of(attempts, name),
        *preferences_of(attempts),
    ]  # fmt: skip


def _is_done(folder: Path, attempts: Sequence[Attempt], store: ModelStore, arm: str) -> bool:
    """Whether the candidate there was made from these attempts."""
    card = folder / "learn" / "candidate" / f"motion-{name_of(arm)}.json"
    if not (card.exists() and (folder / REPORT).exists()):
        return False
    made = Card.model_validate_json(card.read_bytes()).model_dump()
    wanted = sorted(attempt.digest for attempt in attempts), store.card(f"motion-{name_of(arm)}").digest
    return (made.get("attempts_digests"), made.get("predecessor")) == wanted


def taught(name: str, arm: str, models: Path, folder: Path, workers: int) -> list[Attempt]:
    """The corrected attempts; those that are there are not made again."""
    places = {i: folder / "taught" / f"{i:03}" for i in range(TAUGHT)}
    left = [i for i, place in places.items() if not (place / "result.json").exists() or not holds_attempt(place)]
    if left:
        with interrupts_held():
            pool = ProcessPoolExecutor(min(workers, len(left)), multiprocessing.get_context("spawn"))
        with pool:
            list(pool.map(partial(_teach, name, arm, models, folder), left))
    return [Attempt.load(place) for place in places.values()]


def _teach(name: str, arm: str, models: Path, folder: Path, number: int) -> None:
    attempt(name, TAUGHT_BASE + number, models, True, folder / "taught" / f"{number:03}", arm)

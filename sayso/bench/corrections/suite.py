"""The cells of ``sayso bench corrections``: nobody speaks, a person speaks, rules at once, learned; and poison."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.corrections.episode import SEED_BASE, TAUGHT_BASE, attempt, task_check, task_trial
from sayso.bench.corrections.phrases import wrong_phrase
from sayso.bench.corrections.tasks import TASKS
from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.process.spawn import interrupts_held
from sayso.learning.attempt import Attempt, holds_attempt
from sayso.learning.gate import Check, Gate, frozen_suite
from sayso.learning.habits import habits_of
from sayso.learning.learn import candidate, judge, lessons_for_learning, models_folder, with_candidate
from sayso.learning.lessons import lessons_of
from sayso.learning.preferences import preferences_of, slow_habits_of
from sayso.learning.shifts import shift_habits_of
from sayso.memory_store import MemoryFile
from sayso.model_store import Card, ModelStore
from sayso.planner.corrections.grammar import Unreadable, read_motion
from sayso.planner.corrections.text import tokens
from sayso.planner.memory.entries import Habit, Preferred
from sayso.sim.arms.own_arm import name_of
from sayso.skills.motion import LanguageMotion, parse

Record = dict[str, Any]
TAUGHT = 30
"""Corrected episodes a task, of which those that succeed are learned from."""
POISON = 0.1
GATE_TRIALS, FRESH = 12, 12
REPORT, RULES = "report.json", "rules.json"


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
        if task.level != "motion":
            continue  # the motion planner chooses neither thing nor speed
        learned_tries = partial(tried, folder / "tried", False, folder / "memory.jsonl")
        out += [
            (f"{name}: learned", learned_tries, 200, partial(learned, folder), prepare),
            (f"{name}: poisoned", partial(poisoned, name, arm, models, folder), 20, poison, prepare),
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


def poison(records: Sequence[Record]) -> Record:
    """How many poisoned candidates the gate let through."""
    return {"promoted": sum(r["promoted"] for r in records), "tries": len(records)}


def _ruled_before(name: str, arm: str, models: Path, folder: Path, workers: int, seeds: Sequence[int]) -> None:
    ruled(name, arm, models, folder, workers)


def _learned_before(name: str, arm: str, models: Path, folder: Path, workers: int, seeds: Sequence[int]) -> None:
    taught_and_learned(name, arm, models, folder, workers)


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
    attempts = _taught(name, arm, models, folder, workers)
    found: list[Habit | Preferred] = [
        *habits_of(lessons_of(attempts), name_of(arm)), *slow_habits_of(attempts, name_of(arm)),
        *shift_habits_of(attempts, name_of(arm)), *preferences_of(attempts),
    ]  # fmt: skip
    (folder / "memory.jsonl").unlink(missing_ok=True)
    if found:
        MemoryFile(folder / "memory.jsonl", lambda text: None).change(found)
    report = {
        "attempts": len(attempts), "succeeded": sum(a.succeeded for a in attempts),
        "rules": [e.said if isinstance(e, Preferred) else e.words for e in found],
    }  # fmt: skip
    write_atomic(folder / RULES, json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return attempts


def _ruled(folder: Path, records: Sequence[Record]) -> Record:
    """The figures of the arm with rules, and the rules."""
    report: Record = json.loads((folder / RULES).read_bytes())
    return figures(records) | report


def _is_done(folder: Path, attempts: Sequence[Attempt], store: ModelStore, arm: str) -> bool:
    """Whether the candidate there was made from these attempts."""
    card = folder / "learn" / "candidate" / f"motion-{name_of(arm)}.json"
    if not (card.exists() and (folder / REPORT).exists()):
        return False
    made = Card.model_validate_json(card.read_bytes()).model_dump()
    wanted = sorted(attempt.digest for attempt in attempts), store.card(f"motion-{name_of(arm)}").digest
    return (made.get("attempts_digests"), made.get("predecessor")) == wanted


def _taught(name: str, arm: str, models: Path, folder: Path, workers: int) -> list[Attempt]:
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


def poisoned(name: str, arm: str, models: Path, folder: Path, seed: int) -> Record:
    """Learn from the attempts with a tenth of the corrections wrong; ok: the gate lets nothing worse through.

    What it lets through tries fresh seeds of the task and of the ladder beside its predecessor.
    """
    rng = np.random.default_rng(seed)
    attempts = [_poisoned(a, rng) for a in _taught(name, arm, models, folder, 1)]
    store, work = ModelStore(models), folder / f"poisoned-{seed:03}"
    work.mkdir(parents=True, exist_ok=True)
    shared = work / f"rehearsal-{name_of(arm)}"
    if not shared.exists():
        shared.symlink_to((folder / "learn" / f"rehearsal-{name_of(arm)}").absolute())
    try:
        made = candidate(attempts, lessons_for_learning(attempts), store, arm, work, workers=1)
    except UserError as error:
        return {"ok": True, "promoted": False, "why": str(error)}
    found = judge(made, store, [task_check(name, GATE_TRIALS, arm), *frozen_suite(arm, GATE_TRIALS)], work, workers=1)
    passed = not any(check.problem for check in found)
    record: Record = {"ok": True, "promoted": passed, "gate": [str(check) for check in found]}
    if passed:
        fresh = tuple(range(500 + FRESH * seed, 500 + FRESH * (seed + 1)))
        checks = [
            Check("fresh", "not worse", partial(task_trial, name, arm), fresh),
            *(replace(c, seeds=tuple(s + 1000 + FRESH * seed for s in c.seeds)) for c in frozen_suite(arm, FRESH)),
        ]
        gate = Gate(checks, work / "fresh.jsonl", 1)
        again = gate.judge(
            (store.card(made.card.name).digest, models), (made.card.digest, with_candidate(store, made, work))
        )
        record |= {"ok": not any(c.lost > c.won for c in again), "fresh": [str(c) for c in again]}
    return record


def _poisoned(attempt: Attempt, rng: np.random.Generator) -> Attempt:
    """``attempt`` with a tenth of its spoken motions taken for others."""
    said = tuple(
        s.model_copy(update={"motion": _other(parse(s.motion), rng)})
        if s.motion is not None and rng.random() < POISON
        else s
        for s in attempt.said
    )
    return replace(attempt, said=said)


def _other(motion: LanguageMotion, rng: np.random.Generator) -> str:
    while True:
        try:
            spoken = read_motion(tokens(wrong_phrase(motion, rng)))
        except Unreadable:
            continue
        if spoken is not None and (spoken.steps or spoken.gripper):
            return str(LanguageMotion(spoken.steps, spoken.gripper))

"""Poison: a tenth of what people said is taken for something else before anything is learned from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.corrections.episode import task_check
from sayso.bench.corrections.learned.teaching import GATE_TRIALS, rules_of, taught
from sayso.bench.corrections.phrases import wrong_phrase
from sayso.errors import UserError
from sayso.learning.attempt import Attempt, Moment, Point, Said
from sayso.learning.gate import Check, frozen_suite
from sayso.learning.learn import candidate, judge, lessons_for_learning
from sayso.learning.lessons import gist
from sayso.learning.rehearsal import rehearsal
from sayso.model_store import ModelStore
from sayso.planner.corrections.grammar import Unreadable, read_motion
from sayso.planner.corrections.text import tokens
from sayso.planner.execution.nudge import distance
from sayso.planner.memory.entries import Habit, Preferred
from sayso.sim.arms.own_arm import name_of
from sayso.skills.motion import LanguageMotion, parse

Record = dict[str, Any]
SHARE = 0.1
FRESH, FRESH_SEED = 12, 500
FASTER = 1.25
REACH_M, AS_FAR_M = 0.5, 0.01
"""At so much reach two shifts of the goal that differ by no more are the same."""


def before_poison(name: str, arm: str, models: Path, folder: Path, workers: int, seeds: Sequence[int]) -> None:
    """Make what all tries of `poisoned` share: the corrected attempts, and the states of ordinary tasks."""
    taught(name, arm, models, folder, workers)
    store, of = ModelStore(models), name_of(arm)
    rehearsal(folder / "learn", arm, store.file(f"policy-{of}"), store.file(f"motion-{of}"), workers)


def poisoned(name: str, arm: str, models: Path, folder: Path, seed: int) -> Record:
    """Learn from the attempts with a tenth of the corrections wrong; ok: nothing worse passes the gate.

    What passes tries fresh seeds of the task and of the ladder beside its predecessor. The predecessor's trials are
    the same for all tries and run once.
    """
    rng = np.random.default_rng(seed)
    attempts, changed = _all(taught(name, arm, models, folder, 1), rng)
    store, work, learned = ModelStore(models), folder / f"poisoned-{seed:03}", folder / "learn"
    work.mkdir(parents=True, exist_ok=True)
    shared = learned / f"rehearsal-{name_of(arm)}"
    if not (work / shared.name).exists():
        (work / shared.name).symlink_to(shared.absolute())
    record: Record = {"ok": True, "promoted": False, "poisoned": changed}
    try:
        made = candidate(attempts, lessons_for_learning(attempts), store, arm, work, workers=1)
    except UserError as error:
        return record | {"why": str(error)}
    checks = [task_check(name, GATE_TRIALS, arm), *frozen_suite(arm, GATE_TRIALS)]
    found = judge(made, store, checks, work, 1, kept=learned / "gate.jsonl")
    record |= {"promoted": not any(check.problem for check in found), "gate": [str(check) for check in found]}
    if record["promoted"]:
        again = judge(made, store, _fresh(name, arm), work, 1, kept=learned / "fresh.jsonl")
        record |= {"ok": not any(check.problem for check in again), "fresh": [str(check) for check in again]}
    return record


def _fresh(name: str, arm: str) -> list[Check]:
    """The task and the frozen suite on seeds that no gate uses; the candidate may lose no more of them than it wins."""
    task = replace(task_check(name, FRESH, arm), name="fresh", must="not worse")
    return [
        replace(check, name=f"{check.name}, fresh", seeds=tuple(s + FRESH_SEED for s in check.seeds))
        for check in (task, *frozen_suite(arm, FRESH))
    ]


def promotions(records: Sequence[Record]) -> Record:
    """How many poisoned candidates passed the gate, and how many of them were worse than their predecessor."""
    worse = sum(not r["ok"] for r in records)
    return {
        "promoted": sum(r["promoted"] for r in records), "promoted and worse": worse, "tries": len(records),
        "poisoned": sum(r["poisoned"] for r in records),
    }  # fmt: skip


def poisoned_rules(name: str, arm: str, models: Path, folder: Path, seed: int) -> Record:
    """Derive rules from the attempts with a tenth of what was said wrong; ok: none that the true record does not
    give."""
    attempts = taught(name, arm, models, folder, 1)
    true = rules_of(attempts, arm)
    wrong, changed = _all(attempts, np.random.default_rng(seed))
    found = rules_of(wrong, arm)
    false = [rule for rule in found if not any(says_the_same(rule, other) for other in true)]
    lost = [rule for rule in true if not any(says_the_same(rule, other) for other in found)]
    return {
        "ok": not false, "poisoned": changed, "false": [_words(rule) for rule in false],
        "lost": [_words(rule) for rule in lost], "kept": len(true) - len(lost),
    }  # fmt: skip


def rules_kept(records: Sequence[Record]) -> Record:
    """How many tries gave a false rule, and how many lost a true one."""
    return {
        "poisoned": sum(r["poisoned"] for r in records),
        "false rules": sorted({words for r in records for words in r["false"]}),
        "tries that lost a rule": sum(bool(r["lost"]) for r in records),
    }


def _words(rule: Habit | Preferred) -> str:
    return rule.said if isinstance(rule, Preferred) else rule.words


def says_the_same(one: Habit | Preferred, other: Habit | Preferred) -> bool:
    """Whether two rules make the arm do the same, by another number at most."""
    if isinstance(one, Preferred) or isinstance(other, Preferred):
        return isinstance(one, Preferred) and isinstance(other, Preferred) and one.thing == other.thing
    if (one.phase, one.slowly) != (other.phase, other.slowly):
        return False
    if one.motion is not None and other.motion is not None:
        return gist(parse(one.motion)) == gist(parse(other.motion))
    if one.motion is not None or other.motion is not None:
        return False
    return one.slowly or float(np.abs(_shift(one) - _shift(other)).max()) <= AS_FAR_M


def _shift(rule: Habit) -> np.ndarray:
    """By how much (3,) m the rule shifts a goal straight ahead."""
    aside = 0.0 if rule.turn is None else REACH_M * rule.turn
    return np.array(rule.shift or (0.0, 0.0, 0.0)) + np.array([0.0, aside, 0.0])


def _all(attempts: Sequence[Attempt], rng: np.random.Generator) -> tuple[list[Attempt], int]:
    """The attempts with poison, and how many corrections that changed."""
    out = [with_poison(attempt, rng) for attempt in attempts]
    return out, sum(a != b for x, y in zip(attempts, out, strict=True) for a, b in zip(x.said, y.said, strict=True))


def with_poison(attempt: Attempt, rng: np.random.Generator) -> Attempt:
    """``attempt`` with a tenth of what was said taken for something else: another motion, thing or speed.

    What a spoken motion shifted for the rest of its subtask, the wrong one shifts its own way.
    """
    wrong: dict[int, Said] = {}
    for said in attempt.said:
        if rng.random() < SHARE and (other := _other(said, rng)) is not None:
            wrong[said.number] = other
    if not wrong:
        return attempt
    pairs = [(said, wrong[said.number]) for said in attempt.said if said.number in wrong]
    return replace(
        attempt, said=tuple(wrong.get(said.number, said) for said in attempt.said),
        moments=tuple(_shifted(moment, pairs) for moment in attempt.moments),
    )  # fmt: skip


def _other(said: Said, rng: np.random.Generator) -> Said | None:
    """Something else in the place of what was ``said``; None if it asks for nothing that could be mistaken."""
    if said.target is not None:
        kind = {o.id: o.name.split()[-1] for o in said.scene}
        rivals = [o.id for o in said.scene if o.id != said.target and kind[o.id] == kind.get(said.target)]
        return said.model_copy(update={"target": str(rng.choice(rivals))}) if rivals else None
    if said.pace is not None:
        return said.model_copy(update={"pace": FASTER})
    if said.motion is None:
        return None
    motion = _other_motion(parse(said.motion), rng)
    changed: Mapping[str, object] = {"motion": str(motion)}
    if said.nudge is not None:
        changed = {**changed, "nudge": _point(distance(motion, said.seconds)) if motion.steps else None}
    return said.model_copy(update=changed)


def _other_motion(motion: LanguageMotion, rng: np.random.Generator) -> LanguageMotion:
    while True:
        try:
            spoken = read_motion(tokens(wrong_phrase(motion, rng)))
        except Unreadable:
            continue
        if spoken is not None and (spoken.steps or spoken.gripper):
            return LanguageMotion(spoken.steps, spoken.gripper)


def _shifted(moment: Moment, pairs: Sequence[tuple[Said, Said]]) -> Moment:
    """``moment`` as it would be with the second of each of the ``pairs`` in the place of the first."""
    change = np.zeros(3)
    for said, other in pairs:
        if said.subtask == moment.subtask and moment.t > said.t and said.nudge is not None:
            change += np.array(other.nudge or (0.0, 0.0, 0.0)) - np.array(said.nudge)
    if not change.any():
        return moment
    shift = np.array(moment.aim.shift or (0.0, 0.0, 0.0)) + change
    return moment.model_copy(update={"aim": moment.aim.model_copy(update={"shift": _point(shift)})})


def _point(values: np.ndarray) -> Point:
    x, y, z = (round(float(v), 5) for v in values)
    return x, y, z

"""Four rungs: a task's text and a sentence, each on true scenes without physics, then from pixels with the arm.

On true scenes the plan is executed in thought: each thing comes to rest where the planner's goal puts it. All rungs
have the same scenes and the same verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.tasks.cap.errand import Errand, errand, true_things
from sayso.bench.tasks.cap.templates import SPLITS, Split
from sayso.bench.tasks.tabletop import SEED_BASE as TABLETOP_SEEDS
from sayso.demonstrations.ground_truth import true_scene
from sayso.hardware.types import Pose
from sayso.planner.execution.goal import subtask_goal
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Answer, Plan, Relation, Verb
from sayso.planner.room import STACK_DROP
from sayso.session import Options, Session
from sayso.sim.tasks import Truth
from sayso.stats import percentiles, wilson

SEED_BASE = TABLETOP_SEEDS + 90_000_000
RUNGS = {
    "task text on true scenes": (False, False), "sentence on true scenes": (True, False),
    "task text from pixels": (False, True), "sentence from pixels": (True, True),
}  # fmt: skip
"""Whether the sentence is read, and whether the arm carries the task out."""
FEWER = 5
"""The arm is given so many times fewer texts than sentences."""
TOOL = Pose(np.array([0.4, 0.0, 0.3]), np.eye(3))
Record = dict[str, Any]


def of(split: Split, seed: int) -> tuple[str, Errand]:
    """The template's name and the errand of a seed: templates take turns."""
    template = split.templates[seed % len(split.templates)]
    rng = np.random.default_rng(SEED_BASE + 1000 * SPLITS.index(split) + seed)
    return template.name, errand(template, split.attributes, rng)


@cache
def _planner(models: Path) -> LocalPlanner:
    return LocalPlanner(models)


def carried_out(plan: Plan, truth: Truth) -> Truth:
    """The truth once every step of ``plan`` has put its thing where the planner's goal is."""
    now = dict(truth)
    for i, step in enumerate(plan.subtasks):
        if step.verb is Verb.PLACE:
            scene = true_scene(now, 0.0, TOOL, 0.0)
            anchor = truth[step.object_id].position
            place = subtask_goal(step, scene, anchor, rest=plan.subtasks[i + 1 :]).place
            assert place is not None
            thing = now[step.object_id]
            fall = STACK_DROP if step.relation is Relation.IN else 0.0  # a goal in a bowl is where the hand lets go
            now[step.object_id] = replace(thing, position=place + np.array([0.0, 0.0, thing.size[2] / 2 - fall]))
    return now


def in_thought(split: Split, models: Path, read: bool, seed: int) -> Record:
    """Whether the plan is right: of the sentence if it is to be ``read``, else of the task's text."""
    name, task = of(split, seed)
    truth = true_things(task.scene)
    answer: Answer = _planner(models).plan(task.said if read else task.meaning, true_scene(truth, 0.0, TOOL, 1.0))
    ok = isinstance(answer, Plan) and task.done(truth, carried_out(answer, truth))
    told = "; ".join(map(str, answer.subtasks)) if isinstance(answer, Plan) else str(answer)
    outcome = ("right" if ok else "wrong") if isinstance(answer, Plan) else "asked"
    return {"ok": ok, "template": name, "said": task.said, "outcome": outcome, "told": told}


def from_pixels(split: Split, models: Path, read: bool, arm: str, seed: int) -> Record:
    """Whether the arm does what the sentence, or the task's text, says and knows that it has done it."""
    name, task = of(split, seed)
    number = SEED_BASE + seed
    with Session(f"sim:{arm}", task.scene, number, models=models, options=Options(listen=False)) as session:
        before = session.truth
        result = session.run(task.said if read else task.meaning)
        done = task.done(before, session.truth)
    return {
        "ok": done and result.outcome == "done",
        "template": name,
        "said": task.said,
        "outcome": result.outcome,
        "done": done,
        "seconds": round(result.duration_s, 2),
        "told": result.question or result.refusal or "; ".join(step.subtask for step in result.plan),
    }


def figures(split: Split, records: Sequence[Record]) -> Record:
    """Successes of each template, how the episodes ended, and what Code as Policies reported."""
    out: Record = {"Code as Policies": {"rate": split.theirs, "n": split.n, "CLIPort": split.cliport}}
    for name in (t.name for t in split.templates):
        some = [r for r in records if r["template"] == name]
        good = sum(r["ok"] for r in some)
        low, high = wilson(good, len(some)) if some else (0.0, 1.0)
        out[name] = {"successes": good, "n": len(some), "low": round(low, 3), "high": round(high, 3)}
    endings = sorted({r["outcome"] for r in records})
    out["outcomes"] = {k: sum(r["outcome"] == k for r in records) for k in endings}
    if seconds := [r["seconds"] for r in records if r["ok"] and "seconds" in r]:
        out["seconds"] = percentiles(seconds, (50, 95))
    if failed := [f"{r['said']} → {r['told']}" for r in records if not r["ok"]]:
        out["failed"] = failed[:20]
    return out

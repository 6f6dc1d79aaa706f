"""The disturb suite: tasks from pixels while something happens to things, cameras, joints or ears."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.disturbed.arms import ARMS, Oversight
from sayso.bench.tasks.tabletop import PUT, Episode
from sayso.hardware.types import Box
from sayso.hardware.world import ObjectTruth
from sayso.planner.outlook.remedy import Remedy
from sayso.result import RunResult
from sayso.session import Options, Session
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.disturbances.kinds import KINDS
from sayso.sim.judge import GoalCondition, judge, wishes
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import scene_with_room
from sayso.stats import percentiles, wilson

SEED_BASE = 880_000_000
NOTHING = "nothing"
TWO_STEPS = ("burst", "noise", "nothing, two steps")  # kinds whose task has two steps
HARDER = (
    "target-moved@arrival", "exchanged@arrival", "moved@grasp", "burst@grasp", "camera-bumped+exchanged@arrival",
    "cameras-blocked@1+moved@2", "knocked+slip", "slip+target-moved@arrival", "heavy+slip", "noise+knocked",
    "joint-sluggish+knocked", "joint-offset+slip",
)  # fmt: skip
"""Kinds at a moment at which less time is left, and two at once: as `--disturb` takes them, joined by a plus."""
IMPOSSIBLE = "impossible"
FOR_GOOD = tuple(name for name, kind in KINDS.items() if kind.for_good)
"""The cell `IMPOSSIBLE` takes these by turns."""
FALLEN_M = 0.1  # below the table's top
ASKED_S = 8.0  # what has become impossible is asked about within this time
CELLS = (NOTHING, "nothing, two steps", *KINDS, *HARDER, IMPOSSIBLE)
ENDS = ("right", "asked", "wrong and done", "failed")
Record = dict[str, Any]


def errand(seed: int, steps: int, reach: Box | None = None) -> Episode:
    """One or two puts among three blocks and a bowl, so that everything has a like to be exchanged with."""
    rng = np.random.default_rng(seed)
    scene = scene_with_room(rng, 3, int(rng.integers(1, 3)), reach=reach)
    blocks = [o for o in scene.objects if o.kind == "block"]
    bowls = [o for o in scene.objects if o.kind == "bowl"]
    a, *rest = (blocks[i] for i in rng.permutation(len(blocks)))
    in_bowl = rng.random() < 0.6 or not rest
    clauses = [_clause(rng, a, "in", bowls[0]) if in_bowl else _clause(rng, a, "on", rest[0])]
    if steps == 2 and rest:
        clauses.append(_clause(rng, rest[-1], "in", bowls[-1]))
    return _joined(scene, clauses)


def _clause(rng: np.random.Generator, a: ObjectSpec, relation: str, b: ObjectSpec) -> tuple[str, str]:
    names = {"a": f"the {a.color} {a.kind}", "b": f"the {b.color} {b.kind}"}
    said = str(rng.choice(PUT[:2])).format(r=relation, **names)
    return said, f"put {names['a']} {relation} {names['b']}"


def _joined(scene: SceneSpec, clauses: Sequence[tuple[str, str]]) -> Episode:
    said, plain = (" and then ".join(texts) for texts in zip(*clauses, strict=True))
    return Episode(scene, said, plain)


def attempt(arm: str, kind: str, models: Path, robot: str, seed: int) -> Record:
    """One task with the oversight ``arm`` while ``kind`` happens; ok: done rightly, or asked where it cannot be done.

    The same seed gives all arms the same task and the same disturbance.
    """
    oversight, number = ARMS[arm], SEED_BASE + seed
    kind = FOR_GOOD[seed % len(FOR_GOOD)] if kind == IMPOSSIBLE else kind
    names = names_of(kind)
    two = kind in TWO_STEPS or any(name in TWO_STEPS for name in names)
    case = errand(number, 2 if two else 1, arm_model(robot).spec.reach)
    disturb = tuple(kind.split("+")) if names else ()
    options = Options(sees=oversight.sees, listen=False, disturb=disturb)
    with Session(f"sim:{robot}", case.scene, number, models=models, options=options) as session:
        watched_by(session, oversight)
        before = session.truth
        result = session.run(case.said)
        after = session.truth
    return judged(kind, case, result, before, after) | {"said": case.said}


def names_of(kind: str) -> tuple[str, ...]:
    """The names of the disturbances in ``kind``, without their moments; none if nothing happens."""
    names = tuple(part.partition("@")[0] for part in kind.split("+"))
    return names if all(name in KINDS for name in names) else ()


def is_for_good(kind: str) -> bool:
    """Whether the task cannot be done any more after ``kind``."""
    return any(KINDS[name].for_good for name in names_of(kind))


def _has_fallen(after: Mapping[str, ObjectTruth], parts: Sequence[GoalCondition]) -> bool:
    """Whether a thing that the task needs has fallen off the table."""
    needed = {name for part in parts for name in (part.a, part.b)}
    return any(after[name].position[2] < -FALLEN_M for name in needed if name in after)


def watched_by(session: Session, oversight: Oversight) -> None:
    """Give the session's runs this oversight."""
    executive = session.executive
    executive.make_supervisor, executive.make_evidence = oversight.supervisor, oversight.evidence
    executive.second_look = oversight.second_look()
    executive.foresight.acts = oversight.foresight
    if oversight.critic is not None:
        executive.foresight.critic = oversight.critic()


def judged(
    kind: str, case: Episode, result: RunResult, before: Mapping[str, ObjectTruth], after: Mapping[str, ObjectTruth]
) -> Record:
    """What came of a run: how it ended, how much of the task is done in truth, and what the robot noticed when."""
    done = judge(case.plain, before, after) is True
    end = ended(result, done)
    parts = wishes(case.plain, before) or []
    met = sum(w.kind is not None and bool(w.kind.done(before, after, w.a, w.b)) for w in parts)
    first = result.disturbances[0].t if result.disturbances else None
    acted = [r for r in result.replans if r.remedy != Remedy.GO_ON]
    noticed = [r.t for r in acted if first is not None and r.t >= first]
    return {
        "ok": end == ("asked" if is_for_good(kind) or _has_fallen(after, parts) else "right"), "kind": kind,
        "end": end, "outcome": result.outcome, "done": done, "seconds": round(result.duration_s, 2),
        "subtasks_s": _lasted(result),
        "parts": [met, len(parts)], "interventions": len(acted),
        "noticed_s": round(noticed[0] - first, 2) if noticed and first is not None else None,
        "asked_s": round(result.duration_s - first, 2) if end == "asked" and first is not None else None,
        "disturbed": [f"{d.t:.1f} s: {d.what}" for d in result.disturbances],
        "replans": [f"{r.t:.1f} s: {r.level}: {r.reason}" for r in result.replans],
        "why": result.question or result.refusal or "",
    }  # fmt: skip


def _lasted(result: RunResult) -> list[tuple[str, float]]:
    """Each subtask and how long it lasted, s."""
    ends = [*(step.t for step in result.plan[1:]), result.duration_s]
    return [(step.subtask, round(end - step.t, 2)) for step, end in zip(result.plan, ends, strict=False)]


def ended(result: RunResult, done: bool) -> str:
    """One of `ENDS`: a run that ends with a question to a person has asked, also one that failed first."""
    if result.outcome == "done":
        return "right" if done else "wrong and done"
    return "asked" if result.outcome in ("asked", "failed", "refused") and result.question else "failed"


def figures(records: Sequence[Record]) -> Record:
    """The ends of the runs, the parts of tasks that are done in truth, interventions, and how soon one came."""
    ends = Counter(r["end"] for r in records)
    met, asked = (sum(r["parts"][k] for r in records) for k in (0, 1))
    noticed = [r["noticed_s"] for r in records if r["noticed_s"] is not None]
    impossible = [r for r in records if is_for_good(r.get("kind", ""))]
    return (_in_time(impossible) if impossible else {}) | {
        "ends": {end: ends[end] for end in ENDS if ends[end]},
        "right or asked": ends["right"] + ends["asked"],
        "done in truth": sum(r["done"] for r in records),
        "subtasks done": f"{met} of {asked}",
        "disturbed": sum(bool(r["disturbed"]) for r in records),
        "interventions a run": round(sum(r["interventions"] for r in records) / len(records), 2),
        "s to the first intervention": percentiles(noticed, (50, 95)) if noticed else {},
        "seconds": percentiles([r["seconds"] for r in records], (50, 95)),
    }


def _in_time(records: Sequence[Record]) -> Record:
    """How many of the runs that cannot succeed any more end in a question within `ASKED_S` of the event."""
    asked = [r["asked_s"] for r in records if r["asked_s"] is not None]
    soon = sum(s <= ASKED_S for s in asked)
    low, high = wilson(soon, len(records))
    return {
        f"asked within {ASKED_S:g} s": {"k": soon, "n": len(records), "low": round(low, 3), "high": round(high, 3)},
        "s to the question": percentiles(asked, (50, 95, 100)) if asked else {},
        "most interventions": max(r["interventions"] for r in records),
    }

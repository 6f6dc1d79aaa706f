"""Sentences whose action words are no orders, and plain orders: what the robot would do.

Planner and correction reader are asked on one true scene, without physics. Three verdicts: *wrong* when anything is
carried out that may not be, *right* when what may be done is done or nothing may be done and nothing is, else *asked*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import takewhile
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sayso.errors import UserError
from sayso.hardware.types import Pose
from sayso.perception.scene import COLORS, KINDS, Scene, SceneObject
from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from sayso.runtime.runtime import grounded
from sayso.skills.motion import Axis, GripperAction, LanguageMotion, parse
from sayso.stats import wilson

FOLDER = Path(__file__).parent / "sentences"
FILE, DEVELOPMENT = FOLDER / "negated.json", FOLDER / "negated_dev.json"
Verdict = Literal["right", "asked", "wrong"]
WAYS: dict[str, tuple[Verdict, ...]] = {"nothing against its meaning": ("right", "asked"), "read right": ("right",)}
_WAYS = {
    (Axis.X, 1): "forward", (Axis.X, -1): "back", (Axis.Y, 1): "left", (Axis.Y, -1): "right", (Axis.Z, 1): "up",
    (Axis.Z, -1): "down",
}  # fmt: skip
UNDER_WAY = parse("move arm forward and down")
"""The motion in force when a correction arrives."""


class Entry(BaseModel):
    """A sentence of class ``group`` ("class" in JSON) and what may come of it.

    ``may_place`` are placements and pick-ups (object, relation, target), ``may_motion`` effects of a correction heard
    while the task ``doing`` is carried out. Both empty: nothing new may be done.
    """

    model_config = ConfigDict(extra="ignore")
    kind: Literal["instruction", "correction"]
    group: str = Field(alias="class")
    text: str
    doing: str | None = None
    may_place: tuple[tuple[str | None, ...], ...] = ()
    may_motion: tuple[str, ...] = ()


@cache
def load(file: Path) -> tuple[Entry, ...]:
    """The sentences of ``file``. Raises `UserError` saying what is wrong where."""
    try:
        return TypeAdapter(tuple[Entry, ...]).validate_json(file.read_bytes())
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UserError(f"{file} holds no sentences: {where}: {first['msg']}") from error


def default_file() -> Path:
    """The held-out sentences, else the development set."""
    return FILE if FILE.exists() else DEVELOPMENT


def _thing(color: str, kind: str, x: float, y: float) -> SceneObject:
    size = np.array([0.15, 0.15, 0.055]) if kind == "bowl" else np.full(3, 0.04)
    kinds, colors = {k: float(k == kind) for k in KINDS}, {c: float(c == color) for c in COLORS}
    return SceneObject(f"{color} {kind}", kinds, colors, np.array([x, y, size[2] / 2]), size)


SCENE = Scene(
    0.0,
    (
        _thing("red", "block", 0.45, 0.10), _thing("blue", "block", 0.55, 0.27), _thing("green", "block", 0.40, -0.10),
        _thing("yellow", "block", 0.50, -0.27), _thing("blue", "bowl", 0.65, 0.00), _thing("green", "bowl", 0.35, 0.30),
        _thing("pink", "bowl", 0.35, -0.30),
    ),
    Pose(np.array([0.42, 0.02, 0.15]), np.diag([1.0, -1.0, -1.0])),
)  # fmt: skip
"""Every id is the object's name."""


@cache
def _planner(models: Path) -> LocalPlanner:
    planner = LocalPlanner(models)
    return planner


def judge(entry: Entry, models: Path) -> dict[str, Any]:
    """The verdict on one sentence and the robot's effects; "ok": the verdict is right."""
    verdict, did = _instructed(entry, models) if entry.kind == "instruction" else _corrected(entry, models)
    if entry.group == "cry" and entry.kind == "correction":  # an arm that moves must stop, one that is idle is still
        verdict = "right" if did == "stop" else "wrong"
    return {"ok": verdict == "right", "verdict": verdict, "text": entry.text, "did": did}


def _instructed(entry: Entry, models: Path) -> tuple[Verdict, str]:
    answer = _planner(models).plan(entry.text, SCENE)
    steps = [s for s in answer.subtasks if s.wait is None] if isinstance(answer, Plan) else []
    if not steps:  # a robot that waits for a person's word has done nothing yet
        return ("asked" if entry.may_place else "right"), str(answer)
    return _placed(steps, entry.may_place), "; ".join(map(str, steps))


def _placed(steps: Sequence[Subtask], allowed: Sequence[Sequence[str | None]], *, every: bool = True) -> Verdict:
    """Whether ``steps`` do only, and with ``every`` all, of ``allowed``."""
    met = set()
    for i, step in enumerate(steps):
        found = [k for k, a in enumerate(allowed) if _fits(step, a)]
        on_the_way = step.verb is Verb.PICK and any(s.object_id == step.object_id for s in steps[i + 1 :])
        if not found and not on_the_way:
            return "wrong"
        met.update(found)
    return "right" if met and (len(met) == len(allowed) or not every) else "asked"


def _fits(step: Subtask, allowed: Sequence[str | None]) -> bool:
    thing, relation, target = (*((v or "").removeprefix("the ") for v in allowed), "", "")[:3]
    if thing not in ("any", step.object_id):
        return False
    by_itself = step.reference_id == step.object_id
    if step.verb is Verb.PICK:
        return relation == "held"
    if relation == "moved":
        return by_itself or not target
    said = {Relation.IN: "in", Relation.ON: "on"}.get(step.relation or Relation.IN, "beside")
    return relation == said and not by_itself and target in ("any", step.reference_id)


def _corrected(entry: Entry, models: Path) -> tuple[Verdict, str]:
    planner = _planner(models)
    doing = planner.plan(entry.doing, SCENE) if entry.doing else None
    steps = doing.subtasks if isinstance(doing, Plan) else ()
    reader = CorrectionReader(planner.reader)
    instruction = entry.doing or ""
    c = reader.read(entry.text, SCENE, steps, current=UNDER_WAY if steps else None, instruction=instruction)
    nothing_asked = not entry.may_motion and not entry.may_place
    if c.level == "remark" and nothing_asked:
        return "right", c.read_as
    if c.level == "goal" and c.instruction is not None:
        answer = planner.plan(c.instruction, SCENE)
        if not isinstance(answer, Plan) or not answer.subtasks:
            return ("right" if nothing_asked else "asked"), f"new task: {answer}"
        did = "new task: " + "; ".join(map(str, answer.subtasks))
        if not _new(answer.subtasks, steps):  # it waits for a word, or keeps to a limit in what it does already
            return ("right" if nothing_asked or "go on" in entry.may_motion else "asked"), did
        if not entry.may_place:
            return ("right" if "new task" in entry.may_motion else "wrong"), did
        return _placed(answer.subtasks, entry.may_place), did
    if c.level == "subtask" and c.target is not None and c.target != c.replaces:
        did = f"swap to {c.target}"
        changed = [s for s, before in zip(amended(steps, c, SCENE), steps, strict=True) if s != before]
        if did in entry.may_motion or "swap" in entry.may_motion:
            return "right", did
        return (_placed(changed, entry.may_place, every=False) if changed else "wrong"), did
    effects = _effects(c)
    if not effects:
        return ("right" if nothing_asked else "asked"), f"{c.level}: {c.read_as}"
    return ("right" if all(e in entry.may_motion for e in effects) else "wrong"), "; ".join(effects)


def _new(after: Sequence[Subtask], before: Sequence[Subtask]) -> list[Subtask]:
    """The steps up to the first wait that were not to be done before."""
    began = list(takewhile(lambda s: s.wait is None, after))
    known = {(s.verb, s.object_id, s.relation, s.reference_id) for s in before}
    return [s for s in began if (s.verb, s.object_id, s.relation, s.reference_id) not in known]


def _effects(c: Correction) -> list[str]:
    """The immediate effects of a correction on the motion."""
    if c.level == "stop":
        return ["stop"]
    if c.level in ("resume", "subtask", "remark"):
        return ["go on"]
    if c.pace is not None:
        pace = c.pace.after(1.0)
        return ["slower"] if pace < 1.0 else ["faster"] if pace > 1.0 else []
    return _ways(c.motion) if c.motion is not None else []


def _ways(motion: LanguageMotion) -> list[str]:
    if motion.is_hold:
        return ["hold"]
    steps = grounded(motion, SCENE, SCENE.tool).steps
    out = [_WAYS.get((s.axis, s.sign), "turn") for s in steps]
    gripper = {GripperAction.OPEN: ["open"], GripperAction.CLOSE: ["close"]}
    return out + gripper.get(motion.gripper, [])


def figures(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts of wrong (with Wilson interval and sentences) and of needlessly asked sentences."""
    wrong = [r for r in records if r["verdict"] == "wrong"]
    asked = [r for r in records if r["verdict"] == "asked"]
    low, high = wilson(len(wrong), len(records))
    return {
        "confidently wrong": {"n": len(wrong), "low": round(low, 4), "high": round(high, 4)},
        "needlessly asked": len(asked),
        "wrong": [f"{r['text']} → {r['did']}" for r in wrong],
        "asked": [f"{r['text']} → {r['did']}" for r in asked],
    }


def cells(models: Path, file: Path) -> list[tuple[str, Callable[[int], dict[str, Any]], int]]:
    """Name, episode and number of sentences of each cell: in total and by class, the wrong ones first."""
    groups = ["", *dict.fromkeys(e.group for e in load(file))]
    return [
        (f"{group or 'all'}, {way}", partial(_episode, file, group, models, verdicts), len(_of(file, group)))
        for way, verdicts in WAYS.items()
        for group in groups
    ]


def _of(file: Path, group: str) -> list[Entry]:
    return [e for e in load(file) if group in ("", e.group)]


def _episode(file: Path, group: str, models: Path, verdicts: tuple[Verdict, ...], number: int) -> dict[str, Any]:
    entries = _of(file, group)
    record = judge(entries[number % len(entries)], models)
    return record | {"ok": record["verdict"] in verdicts}

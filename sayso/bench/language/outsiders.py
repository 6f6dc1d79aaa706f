"""Sentences by outsiders, with what they expect in their own words: what the whole product does, and their verdict.

A set is a folder of ``sentences.jsonl``, ``scenes.json`` and ``verdicts.jsonl``. A person has judged each sentence
beside what the robot did, in words. The verdict holds as long as the robot does the same, else it is *unjudged*.
Planner and correction reader are asked on true scenes, without physics.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from sayso.bench.language.obeyed import UNDER_WAY
from sayso.errors import UserError
from sayso.hardware.types import Pose
from sayso.perception.scene import ALL_COLORS, ALL_KINDS, Scene, SceneObject
from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.dialogue.answers import AnswerReader
from sayso.planner.dialogue.words import Agreed, Declined, Made, Unsure
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.plan import Answer, Plan, Question, Subtask
from sayso.stats import wilson

FOLDER = Path(__file__).parent / "sentences" / "outsiders"
Kind = Literal["instruction", "correction", "stop", "answer"]
KINDS: tuple[Kind, ...] = ("instruction", "answer", "correction", "stop")
Verdict = Literal["right", "wrong", "asked", "unjudged"]
_Model = TypeVar("_Model", bound=BaseModel)
WAYS: dict[str, tuple[Verdict, ...]] = {"not wrong": ("right", "asked"), "right": ("right",)}


class Line(BaseModel):
    """What somebody said on scene number ``scene``, and what a sensible helper would do (``expect``).

    People say a correction or stop while the arm does the plain instruction ``doing``, an answer to the question that
    the instruction ``asked_by`` leads to.
    """

    model_config = ConfigDict(extra="forbid")
    kind: Kind
    scene: int
    doing: str = ""
    asked_by: str = ""
    said: str
    expect: str


class Judged(BaseModel):
    """The ``verdict`` of a person on what the robot ``did`` for the sentence of this ``number`` in its set."""

    model_config = ConfigDict(extra="forbid")
    number: int
    did: str
    verdict: Literal["right", "wrong", "asked"]


class _Thing(BaseModel):
    kind: str
    color: str
    x: float
    y: float
    size: tuple[float, float, float]


def _lines(file: Path, of: type[_Model]) -> tuple[_Model, ...]:
    try:
        return tuple(of.model_validate_json(text) for text in file.read_text(encoding="utf-8").splitlines() if text)
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}") from error
    except ValidationError as error:
        raise UserError(f"{file} holds no {of.__name__.lower()}s: {error.errors()[0]['msg']}") from error


@cache
def sentences(folder: Path) -> tuple[Line, ...]:
    """The sentences of a set. Raises `UserError` saying what is wrong where."""
    return _lines(folder / "sentences.jsonl", Line)


@cache
def verdicts(folder: Path) -> dict[tuple[int, str], Verdict]:
    """The verdict on each sentence's number and what the robot did; empty before anybody has judged."""
    file = folder / "verdicts.jsonl"
    return {(j.number, j.did): j.verdict for j in _lines(file, Judged)} if file.exists() else {}


@cache
def scenes(folder: Path) -> tuple[Scene, ...]:
    """The scenes of a set, in order of their numbers. Raises `UserError` saying what is wrong."""
    file = folder / "scenes.json"
    try:
        told = TypeAdapter(list[list[_Thing]]).validate_python(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UserError(f"{file} holds no scenes: {error}") from error
    tool = Pose(np.array([0.42, 0.02, 0.15]), np.diag([1.0, -1.0, -1.0]))
    return tuple(Scene(0.0, tuple(_thing(i, t) for i, t in enumerate(things)), tool) for things in told)


def _thing(number: int, told: _Thing) -> SceneObject:
    kinds, colors = {k: float(k == told.kind) for k in ALL_KINDS}, {c: float(c == told.color) for c in ALL_COLORS}
    size = np.array(told.size)
    at = np.array([told.x, told.y, size[2] / 2])
    return SceneObject(f"{number} {told.color} {told.kind}", kinds, colors, at, size)


@cache
def _product(models: Path) -> tuple[LocalPlanner, CorrectionReader]:
    planner = LocalPlanner(models)
    return planner, CorrectionReader(planner.reader)


def did(line: Line, scene: Scene, models: Path) -> str:
    """What the robot does for ``line`` on ``scene``, in words."""
    local, reader = _product(models)
    planner = Remembering(local, local, Memory())
    if line.kind == "instruction":
        return _of_answer(planner.plan(line.said, scene), scene)
    if line.kind == "answer":
        return _answering(line, scene, planner, reader)
    plan = planner.plan(line.doing, scene)
    if not isinstance(plan, Plan):
        return f"does not begin: {_of_answer(plan, scene)}"
    read = reader.read(line.said, scene, plan.subtasks, current=UNDER_WAY, instruction=line.doing)
    return _of_correction(read, plan.subtasks, scene, planner)


def _answering(line: Line, scene: Scene, planner: Remembering, reader: CorrectionReader) -> str:
    question = planner.plan(line.asked_by, scene)
    if not isinstance(question, Question):
        return f"does not ask: {_of_answer(question, scene)}"
    match AnswerReader(planner.words.reader).read(line.said, question, line.asked_by, scene):
        case Made("go home"):
            return "goes home"
        case Made(instruction):
            return _of_answer(planner.plan(instruction, scene), scene)
        case Agreed():
            return _of_answer(planner.plan(line.asked_by, scene), scene)
        case Declined():
            return "leaves it"
        case Unsure(why):
            return f"asks: {f'{why} ' if why else ''}{question.text}"
    if (told := planner.told(line.said, scene)) is not None:
        return f"says: {told} {question.text}"
    read = reader.read(line.said, scene, (), asked=question.text, instruction=line.asked_by)
    return _of_correction(read, (), scene, planner)


def _of_answer(answer: Answer, scene: Scene) -> str:
    if isinstance(answer, Question):
        return f"asks: {answer.text} [{', '.join(answer.options)}]"
    if not isinstance(answer, Plan):
        return f"does nothing, says: {answer.reason}"
    steps = "; ".join(_step(s, scene) for s in answer.subtasks) or f"does nothing: {answer.idle or 'all is so already'}"
    held = [f"while: {c.said}" for c in answer.constraints]
    until = [f"until {answer.ends.said}"] if answer.ends is not None else []
    return " | ".join((steps, *until, *held, *(f"says: {note}" for note in answer.notes)))


def _step(step: Subtask, scene: Scene) -> str:
    """The step, with the place of each thing that has a twin."""
    words = str(step)
    for object_id in dict.fromkeys((step.object_id, step.reference_id)):
        thing = scene.find(object_id)
        if thing is None or sum(o.name == thing.name for o in scene.objects) < 2:
            continue
        x, y = 100 * thing.position[:2]
        place = f" ({x:.0f} ahead, {abs(y):.0f} {'left' if y > 0 else 'right'})"
        if place not in words:
            words = words.replace(thing.name, thing.name + place, 1)
    return words


def _of_correction(c: Correction, steps: Sequence[Subtask], scene: Scene, planner: Remembering) -> str:
    beside = f" | says: {c.read_as}"
    if c.level == "stop":
        return "stops"
    if c.level in ("resume", "remark"):
        return f"goes on{beside}"
    if c.level == "motion" and c.pace is not None and c.motion is None:
        return f"speed × {c.pace.after(1.0):.2g}"
    if c.level == "motion" and c.motion is not None:
        legs = ", then ".join(f"{motion} for {seconds:.1f} s" for motion, seconds in c.legs)
        return legs + (f", speed × {c.pace.after(1.0):.2g}" if c.pace is not None else "") + beside
    if c.level == "subtask":
        return _of_answer(Plan(amended(steps, c, scene)), scene)
    if c.level == "goal" and c.instruction is not None:
        return f"takes it as “{c.instruction}”: {_of_answer(planner.plan(c.instruction, scene), scene)}"
    return f"asks{' and stands' if c.hesitates or c.holds else ''}: {c.read_as} [{', '.join(c.options)}]"


def episode(folder: Path, kind: Kind, models: Path, ways: tuple[Verdict, ...], number: int) -> dict[str, Any]:
    """What the robot does for the ``number``-th sentence of ``kind``, and a person's verdict on it."""
    mine = [(i, line) for i, line in enumerate(sentences(folder)) if line.kind == kind]
    place, line = mine[number % len(mine)]
    done = did(line, scenes(folder)[line.scene], models)
    given = verdicts(folder).get((place, done), "unjudged")
    return {
        "ok": given in ways,
        "verdict": given,
        "text": line.said,
        "number": place,
        "doing": line.doing or line.asked_by,
        "expect": line.expect,
        "did": done,
    }


def figures(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts of each verdict, and the sentences taken wrongly; the interval is Wilson's, of the judged ones."""
    counts = {name: sum(r["verdict"] == name for r in records) for name in ("wrong", "asked", "right", "unjudged")}
    low, high = wilson(counts["wrong"], len(records) - counts["unjudged"])
    told = [f"{r['text']} → {r['did']}" for r in records if r["verdict"] == "wrong"]
    return {
        "confidently wrong": {"n": counts["wrong"], "low": round(low, 4), "high": round(high, 4)},
        **counts,
        "which": told,
    }


def cells(models: Path, folder: Path = FOLDER) -> list[tuple[str, Callable[[int], dict[str, Any]], int]]:
    """Name, episode and number of sentences of each cell: each kind of sentence of each set."""
    sets = [folder] if (folder / "sentences.jsonl").exists() else sorted(p for p in folder.glob("*") if p.is_dir())
    return [
        (f"{one.name}: {kind}, {way}", partial(episode, one, kind, models, ways), count)
        for one in sets
        for way, ways in WAYS.items()
        for kind in KINDS
        if (count := sum(line.kind == kind for line in sentences(one)))
    ]

"""The scene as text for a remote model, the JSON schema of its answer, and the reader of the answer.

The schema's enums are the scene's ids, so constrained decoding gives valid ids; `read_answer` checks them on all
servers.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from sayso.perception.scene import Scene
from sayso.planner.plan import Answer, Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.preconditions import CONTAINERS
from sayso.planner.remote.http import one_line

MAX_STEPS = 24
MOVES = (0.03, 0.05, 0.1, 0.15, 0.2, 0.3)
_DIRECTIONS = {
    "left": Relation.LEFT,
    "right": Relation.RIGHT,
    "forward": Relation.BEHIND,
    "back": Relation.FRONT,
}
_TAG = r"think(?:ing)?|thoughts?|reasoning"
THINKING = re.compile(rf"<(?:{_TAG})>|\[THINK\]|<\|channel\|>analysis", re.IGNORECASE)
_THOUGHT = re.compile(rf"</(?:{_TAG})>|\[/THINK\]|<\|channel\|>final", re.IGNORECASE)
_THOUGHTS = re.compile(rf"(?:{THINKING.pattern}).*?(?:{_THOUGHT.pattern}|$)", re.IGNORECASE | re.DOTALL)
_MAX_STARTS = 32  # limits the work on an answer of braces only


class _Step(BaseModel):
    verb: Verb
    object: str
    relation: Relation | None = None
    reference: str | None = None
    direction: Literal["left", "right", "forward", "back"] | None = None
    distance: float | None = Field(None, ge=0.01, le=0.5, allow_inf_nan=False)


class _Plan(BaseModel):
    type: Literal["plan"]
    subtasks: list[_Step] = Field(max_length=MAX_STEPS)


class _Question(BaseModel):
    type: Literal["question"]
    text: str = Field(min_length=1)
    options: list[str] = Field([], max_length=MAX_STEPS)


class _Refusal(BaseModel):
    type: Literal["refusal"]
    reason: str = Field(min_length=1)


class _Wrapped(BaseModel):
    answer: _Plan | _Question | _Refusal = Field(discriminator="type")


def answer_schema(scene: Scene) -> dict[str, Any]:
    """The JSON schema of an answer about ``scene``: every property required, no others, ids as enums (strict mode)."""
    movable = [o.id for o in scene.objects if o.kind not in CONTAINERS]
    containers = [o.id for o in scene.objects if o.kind in CONTAINERS]
    beside = [r.value for r in Relation if r not in (Relation.IN, Relation.ON, Relation.AT)]
    put, moved = {"const": Verb.PLACE.value}, {"enum": movable}
    steps: list[dict[str, Any]] = []
    if movable:
        steps.append(_object(verb={"const": Verb.PICK.value}, object=moved))
        steps.append(_object(verb=put, object=moved, relation={"const": Relation.ON.value}, reference=moved))
        everything = {"enum": [o.id for o in scene.objects]}
        steps.append(_object(verb=put, object=moved, relation={"enum": beside}, reference=everything))
        distance = {"enum": list(MOVES)}  # not a range: llama.cpp does not hold numbers to one
        steps.append(_object(verb=put, object=moved, direction={"enum": list(_DIRECTIONS)}, distance=distance))
        if containers:
            inside = {"const": Relation.IN.value}
            steps.append(_object(verb=put, object=moved, relation=inside, reference={"enum": containers}))
    text = {"type": "string"}
    answers = [
        _object(type={"const": "question"}, text=text, options={"type": "array", "items": text, "maxItems": 8}),
        _object(type={"const": "refusal"}, reason=text),
    ]
    if steps:
        subtasks = {"type": "array", "items": {"anyOf": steps}, "maxItems": min(2 * len(movable), MAX_STEPS)}
        answers.insert(0, _object(type={"const": "plan"}, subtasks=subtasks))
    return _object(answer={"anyOf": answers})


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def describe(scene: Scene) -> str:
    """The scene as text: ids, names, centres and sizes in metres (x forward, y left, z up), what the hand holds."""
    lines = [
        f"- {o.id}: {o.name}, centre ({_metres(o.position)}), size ({_metres(o.size)}), turned {o.yaw:.2f} rad"
        + (", held by the gripper" if o.held or o.id == scene.held else "")
        for o in scene.objects
    ]
    tool = f"gripper at ({_metres(scene.tool.position)}), {round(100 * scene.gripper)} % open"
    return "Objects:\n" + ("\n".join(lines) or "- none") + f"\nTool: {tool}."


def _metres(vector: Any) -> str:
    return ", ".join(f"{v:.3f}" for v in vector)


def find_json(text: str) -> dict[str, Any]:
    """The first JSON object in an answer, without reasoning and code fences. Raises ValueError if there is none."""
    # Drop reasoning: between tags, cut off before the closing tag, or without the opening tag.
    text = _THOUGHTS.sub("", text)
    text = _THOUGHT.split(text)[-1]
    decoder = json.JSONDecoder()
    start = text.find("{")
    for _ in range(_MAX_STARTS):
        if start < 0:
            break
        try:
            found, _end = decoder.raw_decode(text, start)
            return dict(found)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
    raise ValueError("the answer holds no complete JSON object")


def read_answer(text: str, scene: Scene) -> Answer:
    """The parsed answer. Raises ValueError for a wrong form; the ids are checked later."""
    found = find_json(text)
    try:
        answer = _Wrapped.model_validate(found if "answer" in found else {"answer": found}).answer
    except ValidationError as error:
        problems = (f"{'.'.join(str(p) for p in e['loc'][:6])}: {e['msg']}" for e in error.errors()[:3])
        raise ValueError(one_line("; ".join(problems), 400)) from error
    if isinstance(answer, _Question):
        return Question(one_line(answer.text), tuple(one_line(o, 80) for o in answer.options))
    if isinstance(answer, _Refusal):
        return Refusal(one_line(answer.reason))
    return Plan(_subtasks(answer.subtasks, scene))


def _subtasks(steps: list[_Step], scene: Scene) -> tuple[Subtask, ...]:
    """The steps as subtasks: "put" adds a pick where needed; "pick up" of the held object is dropped."""
    held = scene.held or next((o.id for o in scene.objects if o.held), None)
    out: list[Subtask] = []
    for step in steps:
        pick = Subtask(Verb.PICK, step.object, _name(step.object, scene))
        if step.object != held and (held is None or step.verb is Verb.PICK):
            out.append(pick)
        held = step.object
        if step.verb is Verb.PLACE:
            out.append(_put(step, scene))
            held = None
    return tuple(out)


def _put(step: _Step, scene: Scene) -> Subtask:
    name = _name(step.object, scene)
    if step.direction is not None:
        return Subtask(Verb.PLACE, step.object, name, _DIRECTIONS[step.direction], step.object, name, step.distance)
    if step.relation is None or step.relation is Relation.AT or step.reference is None:
        raise ValueError(f"'put' of '{one_line(step.object, 40)}' needs a relation and a reference, or a direction")
    return Subtask(Verb.PLACE, step.object, name, step.relation, step.reference, _name(step.reference, scene))


def _name(object_id: str, scene: Scene) -> str:
    found = scene.find(object_id)
    return found.name if found else one_line(object_id, 40)

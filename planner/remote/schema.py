"""The scene as text for a remote model, the JSON schema of its answer, and the JSON in an answer.

The schema's enums are the numbers of the marks, so constrained decoding names only things that are there;
`sayso.planner.remote.answer` checks them on all servers.
"""

from __future__ import annotations

import json
import re
from typing import Any

from sayso.perception.scene import Scene
from sayso.planner.remote.sight import Sight
from sayso.planner.task.schema import schema
from sayso.planner.task.values import Task, Utterance, Value

LEFT_OUT = ("harm", "unable", "unclear", "here", "undo", "again")
"""Heads of the language that a model does not write: it asks or refuses instead."""
LEFT_OUT_OF_CORRECTIONS = ("harm", "unable", "here", "name", "answer", "answer_thing", "answer_place")
"""Heads that a model does not write for a correction."""
_TAG = r"think(?:ing)?|thoughts?|reasoning"
THINKING = re.compile(rf"<(?:{_TAG})>|\[THINK\]|<\|channel\|>analysis", re.IGNORECASE)
_THOUGHT = re.compile(rf"</(?:{_TAG})>|\[/THINK\]|<\|channel\|>final", re.IGNORECASE)
_THOUGHTS = re.compile(rf"(?:{THINKING.pattern}).*?(?:{_THOUGHT.pattern}|$)", re.IGNORECASE | re.DOTALL)
_MAX_STARTS = 32  # limits the work on an answer of braces only


def answer_schema(sight: Sight, without: tuple[str, ...] = LEFT_OUT) -> dict[str, Any]:
    """The JSON schema of an answer about what is in ``sight``: a task, a question or a refusal.

    Every property is required and no other allowed (strict mode). Beside the task language a thing may be the number of
    its mark, and a thing or a place may be a point of the picture.
    """
    text = {"type": "string"}
    answers = [
        _object(type=_const("question"), text=text, options={"type": "array", "items": text, "maxItems": 8}),
        _object(type=_const("refusal"), reason=text),
    ]
    if not sight.numbers:
        return _object(answer={"anyOf": answers})
    language, defs = _language(Task, sight, without)
    number = defs["mark"]["properties"]["number"]
    name = _object(mark=number, name=text)
    names = {"type": "array", "items": name, "maxItems": len(sight.numbers)}
    answers.insert(0, _object(type=_const("task"), names=names, task=language))
    return _object(answer={"anyOf": answers}) | {"$defs": defs}


def meaning_schema(sight: Sight) -> dict[str, Any]:
    """The JSON schema of what a sentence means while the arm moves: an utterance of the task language."""
    language, defs = _language(Utterance, sight, LEFT_OUT_OF_CORRECTIONS)
    return _object(meaning=language) | {"$defs": defs}


def _language(kind: type[Value], sight: Sight, without: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of a value, and the definitions beside it, with marks and points."""
    language = schema(kind, without=(*without, *(() if sight.points else ("point",))))
    defs = language.pop("$defs")
    # Not a range of numbers: llama.cpp does not hold them to one.
    defs["mark"] = _object(type=_const("mark"), number={"type": "integer", "enum": list(sight.numbers)})
    defs["Thing"]["anyOf"].insert(0, {"$ref": "#/$defs/mark"})
    if sight.points:
        at = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        defs["point"] = _object(type=_const("point"), at=at)
        defs["Thing"]["anyOf"].append({"$ref": "#/$defs/point"})
    return language, defs


def _const(word: str) -> dict[str, Any]:
    return {"type": "string", "const": word}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def describe(scene: Scene) -> str:
    """The scene as text: ids, names, centres and sizes in metres (x forward, y left, z up), marks, what is held."""
    lines = [
        f"- {o.id}: {o.name}, centre ({_metres(o.position)}), size ({_metres(o.size)}), turned {o.yaw:.2f} rad, "
        f"mark {mark}" + (", held by the gripper" if o.held or o.id == scene.held else "")
        for mark, o in enumerate(scene.objects, 1)
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

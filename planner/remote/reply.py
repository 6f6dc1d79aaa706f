"""Reads a chat completion in all common forms: text, parts, a tool's arguments, a refusal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from sayso.planner.errors import PlannerError
from sayso.planner.remote.http import one_line
from sayso.planner.remote.schema import THINKING, find_json

_TEXTS = ("text", "output_text")


class _Message(BaseModel):
    content: Any = None
    refusal: Any = None
    reasoning_content: Any = None
    reasoning: Any = None
    tool_calls: Any = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: Any = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


class ModelRefused(Exception):
    """The model declined to answer; the message is its reason."""


@dataclass(frozen=True, slots=True)
class Words:
    """A model's answer; ``cut`` if it ran out of tokens, ``thought`` if it contains reasoning."""

    text: str
    cut: bool = False
    thought: bool = False


def read_completion(text: str) -> Words:
    """The model's answer in a reply's body; raises `ModelRefused`, or `PlannerError` if it is no completion."""
    try:
        choice = _Completion.model_validate(json.loads(text)).choices[0]
    except (ValidationError, ValueError, RecursionError) as error:
        detail = one_line(error_message(text), 120)
        raise PlannerError(f"the server's answer is not a chat completion: {detail or 'it is empty'}") from error
    message = choice.message
    refusal = _text(message.refusal) or _parts(message.content, ("refusal",))
    if refusal:
        raise ModelRefused(one_line(refusal))
    words = _text(message.content) or _parts(message.content, _TEXTS) or _arguments(message.tool_calls)
    if choice.finish_reason == "content_filter" and not words.strip():
        raise ModelRefused("the server's content filter withheld the answer")
    thought = bool(message.reasoning_content or message.reasoning or THINKING.search(words))
    return Words(words, choice.finish_reason == "length", thought)


def error_message(text: str) -> str:
    """The message of an error body in any common form, else the body."""
    try:
        body = find_json(text)
    except ValueError:
        return text
    error = body.get("error", body)
    message = error.get("message", text) if isinstance(error, dict) else error
    return message if isinstance(message, str) else text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _parts(content: Any, kinds: tuple[str, ...]) -> str:
    """The concatenated text of the parts of ``content`` of these ``kinds``."""
    parts = [p for p in content if isinstance(p, dict)] if isinstance(content, list) else []
    return "".join(_text(p.get("text", p.get(str(p.get("type"))))) for p in parts if p.get("type") in kinds)


def _arguments(calls: Any) -> str:
    """The arguments of the only tool call: some servers wrap the requested JSON in one."""
    if not isinstance(calls, list) or len(calls) != 1 or not isinstance(calls[0], dict):
        return ""
    function = calls[0].get("function")
    arguments = function.get("arguments") if isinstance(function, dict) else None
    return json.dumps(arguments) if isinstance(arguments, dict) else _text(arguments)

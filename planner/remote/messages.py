"""Anthropic's Messages API as a second client, and which client a planner's name gets.

The answer is asked for as the input of a tool, whose schema is that of the answer.
"""

from __future__ import annotations

import json
import logging
import os
from typing import Any

from pydantic import BaseModel, ValidationError

from sayso.planner.errors import PlannerError
from sayso.planner.remote.address import Address, Spec, key_for
from sayso.planner.remote.chat import Chat, Dialect, Prompt
from sayso.planner.remote.http import one_line
from sayso.planner.remote.reply import ModelRefused, Words, error_message

logger = logging.getLogger(__name__)

VERSION = "2023-06-01"
_TOOL = "answer"


class _Message(BaseModel):
    type: Any = None
    content: list[dict[str, Any]]
    stop_reason: Any = None


class Messages(Chat):
    """A model behind the Messages API."""

    def _at(self, url: str) -> Address:
        return Address.of(url, self.model).messages()

    def _key_header(self, key: str) -> dict[str, str]:
        return {"x-api-key": key}

    def _more_headers(self) -> dict[str, str]:
        return {"anthropic-version": VERSION}

    def _body(self, dialect: Dialect, prompt: Prompt) -> dict[str, Any]:
        content: list[dict[str, Any]] = [{"type": "text", "text": prompt.text}]
        if prompt.picture is not None and dialect.image:
            kind, _, data = prompt.picture.removeprefix("data:").partition(";base64,")
            content.insert(0, {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}})
        body: dict[str, Any] = {
            "model": self.model, "max_tokens": dialect.tokens, "system": prompt.system,
            "messages": [{"role": "user", "content": content}, *prompt.turns],
        }  # fmt: skip
        if dialect.temperature:
            body["temperature"] = 0
        if dialect.format == 0:
            body["tools"] = [{"name": _TOOL, "description": "Give the answer.", "input_schema": prompt.schema}]
            body["tool_choice"] = {"type": "tool", "name": _TOOL}
        return body | self._extra

    def _read(self, text: str) -> Words:
        try:
            message = _Message.model_validate(json.loads(text))
        except (ValidationError, ValueError, RecursionError) as error:
            detail = one_line(error_message(text), 120)
            raise PlannerError(f"the server's answer is not a message: {detail or 'it is empty'}") from error
        parts = message.content
        said = "".join(p["text"] for p in parts if p.get("type") == "text" and isinstance(p.get("text"), str))
        if message.stop_reason == "refusal":
            raise ModelRefused(one_line(said) or "the model refused to answer")
        used = [p["input"] for p in parts if p.get("type") == "tool_use" and isinstance(p.get("input"), dict)]
        thought = any(p.get("type") in ("thinking", "redacted_thinking") for p in parts)
        return Words(json.dumps(used[0]) if used else said, message.stop_reason == "max_tokens", thought)


def connect(spec: Spec, api_key: str | None = None) -> Chat:
    """The client of a server, with the key from the environment unless given.

    Another server's key is withheld and logged in one line. Raises ValueError.
    """
    if api_key is None:
        api_key, withheld = key_for(spec.address, os.environ)
        if withheld:
            logger.warning("%s", withheld)
    return (Messages if spec.anthropic else Chat)(spec.model, spec.url, api_key)

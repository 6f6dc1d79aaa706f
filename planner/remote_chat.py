"""Chat completions on any OpenAI-compatible server, in the richest dialect that it turns out to understand."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from planner.errors import PlannerError
from planner.remote_http import Call, one_line
from planner.remote_schema import find_json

logger = logging.getLogger(__name__)

MAX_TOKENS = 1024
_MAYBE_TOO_MUCH_ASKED = frozenset({400, 415, 422, 500, 501})
_HINTS = {
    401: " (is SAYSO_API_KEY or OPENAI_API_KEY set?)",
    403: " (may this key use the model?)",
    404: " (is the URL right, and does the server have this model?)",
    429: " (too many requests)",
}


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How much of the protocol a server has been found to understand; what it complains of is given up."""

    format: int = 0  # 0 JSON schema, 1 any JSON object, 2 plain text
    image: bool = True
    temperature: bool = True
    limit: str = "max_tokens"

    def humbler(self, complaint: str, with_image: bool) -> Dialect | None:
        """The dialect to try next, or None when nothing is left to give up."""
        complaint = complaint.lower()
        with_image = with_image and self.image
        if with_image and re.search(r"image|mmproj|vision|multi-?modal", complaint):
            return replace(self, image=False)
        if self.limit == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.format < 2:
            return replace(self, format=self.format + 1)
        return replace(self, format=0, image=False) if with_image else None


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question: instructions, the user's text, a picture as a data URL, later turns, the answer's JSON schema."""

    system: str
    text: str
    picture: str | None
    turns: tuple[dict[str, str], ...]
    schema: dict[str, Any]


class ModelRefused(Exception):
    """The model itself declined to answer; the message is its reason."""


class Chat:
    """A model on a server; ``extra`` goes into every request's body. Raises ValueError for a bad URL or key."""

    def __init__(
        self, model: str, url: str, api_key: str | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        self.model = model
        self.dialect = Dialect()
        self._urls = endpoints(url)
        self._key = (api_key or "").strip()
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "sayso"}
        if self._key:
            if not re.fullmatch(r"[\x21-\x7e]+", self._key):
                raise ValueError("the API key holds spaces or characters outside ASCII; it must be one printable word")
            self._headers["Authorization"] = f"Bearer {self._key}"
        self._extra = dict(extra or {})

    def complete(self, call: Call, prompt: Prompt) -> str:
        """The model's words; raises `PlannerError` if none come within the call, `ModelRefused` if it declines."""
        dialect, lasting, urls = self.dialect, True, self._urls
        while True:
            reply = call.post(urls[0], json.dumps(self._body(dialect, prompt)).encode(), self._headers)
            if reply.status < 300:
                break
            humbler = None
            if reply.status == 404 and len(urls) > 1:
                urls, humbler = urls[1:], dialect
            elif reply.status in _MAYBE_TOO_MUCH_ASKED:
                humbler = dialect.humbler(reply.text, prompt.picture is not None)
            if humbler is None:
                raise PlannerError(self._http_problem(reply.status, reply.text))
            dialect = humbler
            lasting = lasting and reply.status < 500  # a 5xx may pass
        self._urls = urls[:1]
        if lasting and dialect != self.dialect:
            logger.warning("%s does not take all of the request; from now on it gets %s", self.model, dialect)
            self.dialect = dialect
        return _words(reply.text)

    def _body(self, dialect: Dialect, prompt: Prompt) -> dict[str, Any]:
        content: str | list[dict[str, Any]] = prompt.text
        if prompt.picture is not None and dialect.image:
            picture = {"type": "image_url", "image_url": {"url": prompt.picture}}
            content = [{"type": "text", "text": prompt.text}, picture]
        system, user = {"role": "system", "content": prompt.system}, {"role": "user", "content": content}
        body: dict[str, Any] = {"model": self.model, "messages": [system, user, *prompt.turns], "stream": False}
        body[dialect.limit] = MAX_TOKENS
        if dialect.temperature:
            body["temperature"] = 0
        if dialect.format == 0:
            schema = {"name": "answer", "schema": prompt.schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif dialect.format == 1:
            body["response_format"] = {"type": "json_object"}
        return body | self._extra

    def _http_problem(self, status: int, text: str) -> str:
        detail = _error_message(text)
        if self._key:
            detail = detail.replace(self._key, "***")
        return f"HTTP {status}{_HINTS.get(status, '')}" + (f": {one_line(detail)}" if detail.strip() else "")


def endpoints(url: str) -> tuple[str, ...]:
    """Where to ask for completions, likeliest first: ``/v1`` comes in unless some part of the path names a version."""
    form = "write http://HOST[:PORT][/v1] or https://…, without user, query or fragment"
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or "@" in parts.netloc or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise ValueError(f"'{one_line(url, 80)}' is not the URL of a model server; {form}")
    base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    if base.endswith("/chat/completions"):
        return (base,)
    if re.search(r"/v\d", parts.path):
        return (f"{base}/chat/completions",)
    return (f"{base}/v1/chat/completions", f"{base}/chat/completions")


def _words(text: str) -> str:
    try:
        message = _Completion.model_validate(json.loads(text)).choices[0].message
    except (ValidationError, ValueError, RecursionError) as error:
        detail = one_line(_error_message(text), 120)
        raise PlannerError(f"the server's answer is not a chat completion: {detail or 'it is empty'}") from error
    if message.refusal:
        raise ModelRefused(one_line(message.refusal))
    return message.content or ""


def _error_message(text: str) -> str:
    """What an error body says, in any of the shapes in use, else the body itself."""
    try:
        body = find_json(text)
    except ValueError:
        return text
    error = body.get("error", body)
    message = error.get("message", text) if isinstance(error, dict) else error
    return message if isinstance(message, str) else text

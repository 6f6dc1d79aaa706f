"""Chat completions on any OpenAI-compatible server, in the richest dialect that the server accepts."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sayso.planner.errors import PlannerError
from sayso.planner.remote.address import Address, without_secrets
from sayso.planner.remote.http import Call, Reply, one_line
from sayso.planner.remote.reply import ModelRefused, Words, error_message, read_completion
from sayso.planner.remote.schema import find_json
from sayso.planner.remote.usage import Ledger

logger = logging.getLogger(__name__)

MAX_TOKENS = 1024
_MAYBE_TOO_MUCH_ASKED = frozenset({400, 415, 422, 500, 501})
# A reasoning model can use up `MAX_TOKENS` before it answers; retry once with this limit.
MANY_TOKENS = 8192
_PASSING = frozenset({408, 425, 429, 502, 503, 504, 529})  # full, starting or cut off by a gateway: ask again
_SHORTEST_SECRET = 8  # a shorter key is a stand-in such as "none", and may be a word of the answer
_FIRST_WAIT_S = 0.25  # doubled each time, where the server does not say how long
_NO_SYSTEM = re.compile(
    r"system.?(role|message|prompt|instruct)|role\W+system|['\"`]system['\"`]|developer instr|alternat"
)
_HINTS = {
    404: " (is the URL right, and does the server have this model?)",
    429: " (too many requests)",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The part of the protocol that a server accepts; a rejected feature is dropped."""

    format: int = 0  # 0 JSON schema, 1 any JSON object, 2 plain text
    image: bool = True
    temperature: bool = True
    system: bool = True  # else the instructions stand at the head of the user's text
    limit: str = "max_tokens"
    tokens: int = MAX_TOKENS

    def humbler(self, complaint: str, with_image: bool) -> Dialect | None:
        """The next simpler dialect, or None if there is none."""
        complaint = complaint.lower()
        with_image = with_image and self.image
        if with_image and re.search(r"image|mmproj|vision|multi-?modal", complaint):
            return replace(self, image=False)
        if self.limit == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.system and _NO_SYSTEM.search(complaint):
            return replace(self, system=False)
        if self.format < 2:
            return replace(self, format=self.format + 1)
        if with_image:
            return replace(self, format=0, image=False)
        return replace(self, format=0, system=False) if self.system else None


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question: instructions, the user's text, a picture as a data URL, later turns, the answer's JSON schema."""

    system: str
    text: str
    picture: str | None
    turns: tuple[dict[str, str], ...]
    schema: dict[str, Any]
    purpose: str = "plan"


class Chat:
    """A model on a server; ``extra`` goes into every request's body. Raises ValueError for a bad URL or key.

    ``ledger`` keeps every request with its answer.
    """

    def __init__(
        self, model: str, url: str, api_key: str | None = None, extra: Mapping[str, Any] | None = None
    ) -> None:
        self.model = model
        self.dialect = Dialect()
        self.ledger = Ledger()
        self._address = self._at(url)
        self._urls = self._address.urls
        self._key = (api_key or "").strip()
        self._headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "sayso"}
        self._headers |= self._more_headers()
        if self._key:
            if not re.fullmatch(r"[\x21-\x7e]+", self._key):
                raise ValueError("the API key holds spaces or characters outside ASCII; it must be one printable word")
            self._headers |= self._key_header(self._key)
        self._extra = dict(extra or {})

    def _at(self, url: str) -> Address:
        """The server and its completion URLs."""
        return Address.of(url, self.model)

    def _more_headers(self) -> dict[str, str]:
        return {}

    def _key_header(self, key: str) -> dict[str, str]:
        return self._address.key_header(key)

    def _read(self, text: str) -> Words:
        """The words of a completion's body."""
        return read_completion(text)

    def complete(self, call: Call, prompt: Prompt) -> str:
        """The model's answer; raises `PlannerError` without one in time, `ModelRefused` if the model declines."""
        dialect, lasting, urls = self.dialect, True, self._urls
        while True:
            reply = self._post(call, urls[0], json.dumps(self._body(dialect, prompt)), prompt.purpose)
            humbler = None
            if reply.status < 300:
                words = self._read(reply.text)
                if not (words.cut and _unanswered(words.text)):
                    break
                if dialect.tokens >= MANY_TOKENS or dialect.limit in self._extra:
                    raise PlannerError(_used_up(dialect, words, ""))
                humbler = replace(dialect, tokens=MANY_TOKENS)
            elif reply.status == 404 and len(urls) > 1:
                urls, humbler = urls[1:], dialect
            elif reply.status < 500 and "content_filter" in reply.text:
                raise ModelRefused(one_line(error_message(reply.text)))
            elif dialect.tokens > self.dialect.tokens:
                raise PlannerError(_used_up(self.dialect, words, self._http_problem(reply)))
            elif reply.status in _MAYBE_TOO_MUCH_ASKED:
                humbler = dialect.humbler(reply.text, prompt.picture is not None)
            if humbler is None:
                raise PlannerError(self._http_problem(reply))
            dialect = humbler
            lasting = lasting and reply.status < 500  # a 5xx may pass
        self._urls = urls[:1]
        if lasting and dialect != self.dialect:
            logger.warning("%s did not take the request as it was; from now on it gets %s", self.model, dialect)
            self.dialect = dialect
        if words.thought and not words.text.strip():
            raise PlannerError("the model thought, but gave no answer")
        return words.text

    def _post(self, call: Call, url: str, body: str, purpose: str) -> Reply:
        """The server's reply; retries a busy server until the call's deadline."""
        pause = _FIRST_WAIT_S
        busy: Reply | None = None
        while True:
            began = time.monotonic()
            try:
                reply = call.post(url, body.encode(), self._headers)
            except PlannerError as error:
                self.ledger.add(purpose, time.monotonic() - began, None, self._hide(body), str(error))
                if busy is None or call.is_cancelled:
                    raise
                return busy  # what it said last tells more than that the time is over
            reply = replace(reply, text=self._hide(reply.text), location=self._hide(reply.location))
            self.ledger.add(purpose, time.monotonic() - began, reply.status, self._hide(body), reply.text)
            if reply.status not in _PASSING or "insufficient_quota" in reply.text:
                return reply
            seconds = pause if reply.retry_after_s is None else max(reply.retry_after_s, pause / 5)
            if seconds >= call.left():
                return reply
            call.wait(seconds)
            busy, pause = reply, 2 * pause

    def _hide(self, text: str) -> str:
        """``text`` without the API key, which a server may echo, escaped in JSON."""
        if len(self._key) < _SHORTEST_SECRET:
            return text
        for form in (self._key, json.dumps(self._key)[1:-1], self._key.replace("/", r"\/")):
            text = text.replace(form, "***")
        return text

    def _body(self, dialect: Dialect, prompt: Prompt) -> dict[str, Any]:
        text = prompt.text if dialect.system else f"{prompt.system}\n\n{prompt.text}"
        content: str | list[dict[str, Any]] = text
        if prompt.picture is not None and dialect.image:
            picture = {"type": "image_url", "image_url": {"url": prompt.picture}}
            content = [{"type": "text", "text": text}, picture]
        system = [{"role": "system", "content": prompt.system}] if dialect.system else []
        messages = [*system, {"role": "user", "content": content}, *prompt.turns]
        body: dict[str, Any] = {"model": self.model, "messages": messages, "stream": False}
        body[dialect.limit] = dialect.tokens
        if dialect.temperature:
            body["temperature"] = 0
        if dialect.format == 0:
            schema = {"name": "answer", "schema": prompt.schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif dialect.format == 1:
            # llama-cpp-python and some hosts take the schema here, as a grammar; others pass over it.
            body["response_format"] = {"type": "json_object", "schema": prompt.schema}
        return body | self._extra

    def _http_problem(self, reply: Reply) -> str:
        hint = _HINTS.get(reply.status, "")
        if reply.status in (401, 403):
            key = "may this key use the model?" if self._key else "no key was sent"
            hint = f" ({key}; one is given by SAYSO_API_KEY and SAYSO_API_KEY_HOST={self._address.bound})"
        elif 300 <= reply.status < 400:
            hint = f" (it points to '{without_secrets(reply.location)}'; if that is the server, name that address)"
        elif reply.status in _PASSING and reply.retry_after_s is not None:
            hint += f" (it asks to wait {reply.retry_after_s:.3g} s, longer than there is time)"
        detail = error_message(reply.text)
        return f"HTTP {reply.status}{hint}" + (f": {one_line(detail)}" if detail.strip() else "")


def _unanswered(text: str) -> bool:
    try:
        find_json(text)
    except ValueError:
        return True
    return False


def _used_up(dialect: Dialect, words: Words, problem: str) -> str:
    what = "thought without an answer" if words.thought else "said no whole answer"
    more = f"; it takes no more: {problem}" if problem else "; less thinking or a shorter instruction may do"
    return f"the model {what} until its {dialect.tokens} tokens were used up{more}"

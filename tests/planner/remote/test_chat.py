"""Model servers as there are: busy, thinking, answering in parts, without a system role, Azure's, compressed."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np
import pytest

from sayso.planner.errors import PlannerError
from sayso.planner.plan import Plan, Refusal
from sayso.planner.remote.address import Address
from sayso.planner.remote.chat import MANY_TOKENS, MAX_TOKENS
from sayso.planner.remote.http import MAX_REPLY
from sayso.planner.remote.planner import RemotePlanner
from tests.planner.remote_server import Behaviour, Script, replies, says, serving, table

PLAN = {"answer": {"type": "plan", "subtasks": [{"verb": "pick up", "object": "b1"}]}}
WORDS = json.dumps(PLAN)


def ask(script: Script, deadline_s: float = 3.0, suffix: str = "", **options: Any) -> object:
    with serving(script) as url:
        return RemotePlanner("m", url + suffix, **options).plan("pick up the red block", table(), deadline_s=deadline_s)


def completion(finish: str = "stop", **message: object) -> Behaviour:
    return replies(json.dumps({"choices": [{"message": message, "finish_reason": finish}]}))


@pytest.mark.parametrize("status", [408, 425, 429, 502, 503, 504, 529])
def test_a_server_that_is_busy_for_a_moment_is_asked_again_as_before(status: int) -> None:
    script = Script(replies("wait", status, **{"Retry-After": "0"}), replies("wait", status), says(PLAN))
    assert isinstance(ask(script), Plan)
    assert len(script.bodies) == 3 and script.bodies[0] == script.bodies[2], "a busy server complains of nothing"


@pytest.mark.parametrize(
    ("headers", "at_least"),
    [
        ({"Retry-After": "0.3"}, 0.3),
        ({"retry-after-ms": "300", "Retry-After": "900"}, 0.3),
        ({"Retry-After": formatdate(1e9 + 1, usegmt=True), "Date": formatdate(1e9, usegmt=True)}, 1.0),
        ({"Retry-After": "soon"}, 0.2),
        ({"Retry-After": "-5"}, 0.2),
        ({}, 0.2),
    ],
)
def test_it_waits_as_long_as_the_server_asks(headers: dict[str, str], at_least: float) -> None:
    def busy(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n")
        handler.wfile.write("".join(f"{k}: {v}\r\n" for k, v in headers.items()).encode() + b"\r\n")

    start = time.monotonic()
    assert isinstance(ask(Script(busy, says(PLAN)), deadline_s=30.0), Plan)
    assert time.monotonic() - start > at_least  # no upper limit: a busy computer may take its time


@pytest.mark.parametrize("after", ["60", "3600", "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_a_wait_that_is_longer_than_the_deadline_ends_at_once_and_says_so(after: str) -> None:
    script = Script(replies('{"error": {"message": "rate limit"}}', 429, **{"Retry-After": after}))
    with pytest.raises(PlannerError, match=r"HTTP 429 .*asks to wait .* s, longer than there is time.: rate limit"):
        ask(script, deadline_s=20.0)
    assert len(script.bodies) == 1


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}])
def test_a_server_that_stays_busy_ends_in_its_own_words_within_the_deadline(headers: dict[str, str]) -> None:
    script = Script(replies('{"error": {"message": "Loading model"}}', 503, **headers))
    with pytest.raises(PlannerError, match=r"HTTP 503.*Loading model"):
        ask(script, deadline_s=1.0)
    assert 2 <= len(script.bodies) <= 8, "asked again, but not without end"


def test_a_quota_that_is_used_up_is_not_waited_for() -> None:
    body = '{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}'
    script = Script(replies(body, 429))
    with pytest.raises(PlannerError, match=r"HTTP 429.*exceeded your current quota"):
        ask(script)
    assert len(script.bodies) == 1


@pytest.mark.parametrize(
    "thinking",
    [
        completion("length", content=None, reasoning_content="Let me see"),
        completion("length", content="", reasoning="Let me see"),
        completion("length", content="<think>Let me see " + WORDS),
        completion("length", content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
        completion("length", content=WORDS[:40]),
    ],
    ids=["reasoning_content", "reasoning", "open tag", "thinking part", "half an answer"],
)
def test_thinking_that_uses_the_tokens_up_is_given_more_once_and_then_named(thinking: Behaviour) -> None:
    script = Script(thinking, says(PLAN))
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        assert isinstance(planner.plan("x", table()), Plan)
        assert isinstance(planner.plan("x", table()), Plan)
    assert [b["max_tokens"] for b in script.bodies] == [MAX_TOKENS, MANY_TOKENS, MANY_TOKENS]
    script = Script(thinking)
    with pytest.raises(PlannerError, match=rf"until its {MANY_TOKENS} tokens were used up"):
        ask(script)
    assert len(script.bodies) == 2


def test_a_server_that_takes_no_more_tokens_says_so() -> None:
    script = Script(
        completion("length", content=None, reasoning="hm"), replies('{"error": "max_tokens too large"}', 400)
    )
    with pytest.raises(
        PlannerError, match=r"thought without an answer until its 1024 tokens.*HTTP 400: max_tokens too l"
    ):
        ask(script)


def test_a_limit_of_the_users_own_is_not_raised() -> None:
    script = Script(completion("length", content=None, reasoning="hm"))
    with pytest.raises(PlannerError, match="used up"):
        ask(script, extra={"max_tokens": 50})
    assert [b["max_tokens"] for b in script.bodies] == [50]


def test_thoughts_are_no_answer() -> None:
    with pytest.raises(PlannerError, match="thought, but gave no answer"):
        ask(Script(completion(content=None, reasoning_content=WORDS)))
    for open_tag in ("<think>", "<thinking>", "<Thought>", "[THINK]", "<|channel|>analysis<|message|>"):
        with pytest.raises(PlannerError, match="cannot be read"):
            ask(Script(says(open_tag + WORDS)))
    other = WORDS.replace("b1", "b2")
    for words in (
        f"<thinking>{other}</thinking>{WORDS}",
        f"[THINK]{other}[/THINK]{WORDS}",
        f"<|channel|>analysis<|message|>{other}<|end|><|start|>assistant<|channel|>final<|message|>{WORDS}",
    ):
        answer = ask(Script(says(words)))
        assert isinstance(answer, Plan) and answer.subtasks[0].object_id == "b1"


@pytest.mark.parametrize(
    "message",
    [
        {"content": [{"type": "text", "text": WORDS}]},
        {"content": [{"type": "text", "text": WORDS[:9]}, {"type": "text", "text": WORDS[9:]}]},
        {"content": [{"type": "output_text", "text": WORDS}]},
        {"content": [{"type": "thinking", "thinking": "hm {}"}, {"type": "text", "text": WORDS}]},
        {"content": [{"type": "reasoning", "text": "{}"}, {"type": "text", "text": WORDS}, None, 3]},
        {"content": WORDS, "reasoning_content": "hm", "refusal": None, "tool_calls": []},
        {"content": WORDS, "refusal": "", "tool_calls": None},
        {"content": None, "tool_calls": [{"type": "function", "function": {"name": "answer", "arguments": WORDS}}]},
        {"content": "", "tool_calls": [{"function": {"name": "answer", "arguments": PLAN}}]},
    ],
)
def test_the_answer_is_read_in_every_form_in_use(message: dict[str, object]) -> None:
    assert isinstance(ask(Script(completion(**message))), Plan)


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"content": None},
        {"content": []},
        {"content": {"text": WORDS}},
        {"content": [{"type": "image_url", "image_url": {"url": "x"}}]},
        {"content": 7},
        {"content": None, "tool_calls": [{"function": {"name": "pick_up", "arguments": '{"object": "b1"}'}}]},
        {"content": None, "tool_calls": [{"function": {"name": "a", "arguments": WORDS}}] * 2},
        {"content": None, "tool_calls": ["x", {}, 1]},
        {"content": None, "tool_calls": [{"function": None}]},
    ],
)
def test_what_is_no_answer_is_sent_back_once_and_then_one_line(message: dict[str, object]) -> None:
    script = Script(completion(**message))
    with pytest.raises(PlannerError, match="the model's answer cannot be read"):
        ask(script)
    assert len(script.bodies) == 2 and all(turn["content"] for turn in script.bodies[1]["messages"])


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (completion(content=None, refusal="I will not"), "I will not"),
        (completion(content=[{"type": "refusal", "refusal": "I will not"}]), "I will not"),
        (completion("content_filter", content=None), "the server's content filter withheld the answer"),
        (replies('{"error": {"code": "content_filter", "message": "was filtered"}}', 400), "was filtered"),
    ],
)
def test_refusals_are_refusals(behaviour: Behaviour, reason: str) -> None:
    script = Script(behaviour)
    assert ask(script) == Refusal(reason)
    assert len(script.bodies) == 1


@pytest.mark.parametrize(
    ("status", "complaint"),
    [
        (400, "System role not supported"),
        (500, "Jinja exception: System role not supported"),
        (400, "Unsupported value: 'messages[0].role' does not support 'system' with this model."),
        (400, "Developer instruction is not enabled for models/gemma-3"),
        (400, "Conversation roles must alternate user/assistant/user/assistant/..."),
    ],
)
def test_without_a_system_role_the_instructions_stand_before_the_text(status: int, complaint: str) -> None:
    script = Script(replies(json.dumps({"error": {"message": complaint}}), status), says(PLAN))
    assert isinstance(ask(script, image=lambda: np.zeros((8, 8, 3), np.uint8)), Plan)
    (user,) = script.bodies[1]["messages"]
    assert user["role"] == "user" and user["content"][1]["type"] == "image_url"
    assert user["content"][0]["text"].startswith(script.bodies[0]["messages"][0]["content"])
    assert user["content"][0]["text"].endswith("Instruction: pick up the red block")
    assert script.bodies[1]["response_format"]["type"] == "json_schema"


def test_a_server_that_only_says_400_is_found_out_and_remembered() -> None:
    def only_user(handler: BaseHTTPRequestHandler) -> None:
        (says(PLAN) if len(script.bodies[-1]["messages"]) == 1 else replies("bad request", 400))(handler)

    script = Script(only_user)
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        assert isinstance(planner.plan("x", table()), Plan)
        assert isinstance(planner.plan("x", table()), Plan)
    assert [len(b["messages"]) for b in script.bodies] == [2, 2, 2, 1, 1]


VERSION = "api-version=2024-10-21"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://h", ["/v1/chat/completions", "/chat/completions"]),
        ("http://h//", ["/v1/chat/completions", "/chat/completions"]),
        ("http://h/v1///", ["/v1/chat/completions"]),
        ("http://h//v1/", ["/v1/chat/completions"]),
        ("http://h/v1/chat/completions/", ["/v1/chat/completions"]),
        ("http://h/api", ["/api/v1/chat/completions", "/api/chat/completions"]),
        (f"http://h/openai/deployments/d?{VERSION}", [f"/openai/deployments/d/chat/completions?{VERSION}"]),
        (f"http://h/openai/deployments/d/?{VERSION}", [f"/openai/deployments/d/chat/completions?{VERSION}"]),
        (f"http://h/deployments/d/chat/completions?{VERSION}", [f"/deployments/d/chat/completions?{VERSION}"]),
        (f"http://h/?{VERSION}", [f"/openai/deployments/m/chat/completions?{VERSION}"]),
        (f"http://h/openai/?{VERSION}", [f"/openai/deployments/m/chat/completions?{VERSION}"]),
        (f"http://h/models?{VERSION}", [f"/models/chat/completions?{VERSION}"]),
        ("https://me.openai.azure.com", ["/openai/v1/chat/completions"]),
        ("https://me.openai.azure.com/openai/v1/", ["/openai/v1/chat/completions"]),
    ],
)
def test_where_to_ask(url: str, asked: list[str]) -> None:
    host = "/".join(url.split("/")[:3])
    assert list(Address.of(url, "m").urls) == [host + path for path in asked]


def test_azure_is_asked_at_its_address_with_its_own_header() -> None:
    script = Script(says(PLAN))
    assert isinstance(ask(script, suffix=f"/openai/deployments/gpt?{VERSION}", api_key="k"), Plan)
    assert script.paths == [f"/openai/deployments/gpt/chat/completions?{VERSION}"]
    headers = {name.lower(): value for name, value in script.headers[0].items()}
    assert headers["api-key"] == "k" and "authorization" not in headers


def deflated(data: bytes) -> bytes:
    return zlib.compress(data)


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", deflated)]
)
def test_a_compressed_answer_is_read(encoding: str, pack: Any) -> None:
    body = pack(json.dumps({"choices": [{"message": {"content": WORDS}}]}).encode())
    assert isinstance(ask(Script(replies(body, **{"Content-Encoding": encoding}))), Plan)


def test_a_compressed_answer_that_is_too_large_broken_or_unknown_is_one_line() -> None:
    bomb = gzip.compress(b" " * 100_000_000)
    assert len(bomb) < MAX_REPLY
    for body, encoding, message in (
        (bomb, "gzip", f"larger than {MAX_REPLY // 1024} kB"),
        (gzip.compress(WORDS.encode())[:-9], "gzip", "broke in the middle"),
        (b"{}", "gzip", "not compressed as it says"),
        (b"{}", "br", "compressed as 'br'; gzip and deflate can be read"),
    ):
        with pytest.raises(PlannerError, match=message):
            ask(Script(replies(body, **{"Content-Encoding": encoding})))


def in_chunks(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(end)

    return behave


def test_an_answer_in_chunks_is_read_and_half_of_one_is_named() -> None:
    body = "\ufeff".encode() + json.dumps({"choices": [{"message": {"content": WORDS}}]}).encode()
    assert isinstance(ask(Script(in_chunks(body[:7], body[7:]))), Plan)
    with pytest.raises(PlannerError, match="broke in the middle"):
        ask(Script(in_chunks(body[:50], end=b"40\r\n{")))
    with pytest.raises(PlannerError, match="broke in the middle"):
        ask(Script(in_chunks(body, end=b"")))

"""Anthropic's Messages API: what is sent, what is read, and which client a planner's name gets."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from sayso.planner.errors import PlannerError
from sayso.planner.plan import Plan, Refusal
from sayso.planner.remote.address import Spec, is_remote
from sayso.planner.remote.chat import Chat
from sayso.planner.remote.messages import Messages, connect
from sayso.planner.remote.planner import RemotePlanner
from tests.planner.remote_server import Behaviour, Script, replies, serving, table

TASK = {"type": "pick", "thing": {"type": "mark", "number": 1}}
ANSWER = {"answer": {"type": "task", "names": [], "task": TASK}}
USED = {"type": "tool_use", "id": "t", "name": "answer", "input": ANSWER}


def message(*content: dict[str, Any], stop: str = "tool_use", **more: object) -> Behaviour:
    return replies(json.dumps({"type": "message", "content": list(content), "stop_reason": stop} | more))


def ask(*behaviours: Behaviour, **options: Any) -> tuple[object, Script]:
    script = Script(*behaviours)
    with serving(script) as url:
        planner = RemotePlanner.from_spec(f"anthropic:claude-x@{url}", api_key="sk-ant-123456", **options)
        return planner.plan("pick up the red block", table(), deadline_s=60.0), script


def test_a_request_has_picture_text_and_the_schema_as_a_tool_and_its_input_is_the_answer() -> None:
    answer, script = ask(message(USED), image=lambda: np.zeros((8, 8, 3), np.uint8))
    assert isinstance(answer, Plan) and [str(s) for s in answer.subtasks] == ["pick up the red block"]
    body, headers = script.bodies[0], {name.lower(): value for name, value in script.headers[0].items()}
    assert script.paths == ["/v1/messages"] and body["model"] == "claude-x" and body["max_tokens"] == 1024
    assert headers["x-api-key"] == "sk-ant-123456" and headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in headers
    picture, text = body["messages"][0]["content"]
    assert picture["source"]["type"] == "base64" and picture["source"]["media_type"] == "image/jpeg"
    assert "Instruction: pick up the red block" in text["text"] and "task language" in body["system"]
    assert body["tools"][0]["input_schema"]["type"] == "object" and body["tool_choice"]["name"] == "answer"


def test_a_faulty_answer_is_sent_back_as_text() -> None:
    wrong = USED | {"input": {"answer": {"type": "task", "names": [], "task": {"type": "fly"}}}}
    answer, script = ask(message(wrong), message(USED))
    assert isinstance(answer, Plan)
    roles = [turn["role"] for turn in script.bodies[1]["messages"]]
    assert roles == ["user", "assistant", "user"] and "fly" in script.bodies[1]["messages"][1]["content"]


def test_text_thinking_and_refusals_are_read() -> None:
    thinking = {"type": "thinking", "thinking": "{}"}
    assert isinstance(ask(message(thinking, {"type": "text", "text": json.dumps(ANSWER)}, stop="end_turn"))[0], Plan)
    assert ask(message({"type": "text", "text": "I will not."}, stop="refusal"))[0] == Refusal("I will not.")


def test_a_server_that_takes_less_gets_less() -> None:
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": "tool_choice is not supported"}}
    answer, script = ask(replies(json.dumps(error), 400), message({"type": "text", "text": json.dumps(ANSWER)}))
    assert isinstance(answer, Plan) and "tools" not in script.bodies[1]


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        (replies('{"type": "error", "error": {"message": "bad key sk-ant-123456"}}', 401), r"HTTP 401.*bad key \*\*\*"),
        (replies('{"type": "error", "error": {"message": "no credit"}}', 400), "HTTP 400: no credit"),
        (replies('{"choices": []}'), "is not a message"),
        (message(stop="end_turn"), "cannot be read"),
        (message({"type": "text", "text": "half {"}, stop="max_tokens"), "tokens were used up"),
    ],
)
def test_faults_end_in_one_line_without_the_key(behaviour: Behaviour, says: str) -> None:
    with pytest.raises(PlannerError, match=says) as caught:
        ask(behaviour)
    assert "sk-ant" not in str(caught.value) and str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("name", "model", "urls", "client"),
    [
        ("anthropic:claude-x", "claude-x", "https://api.anthropic.com/v1/messages", Messages),
        ("anthropic:claude-x@http://127.0.0.1:9/proxy", "claude-x", "http://127.0.0.1:9/proxy/v1/messages", Messages),
        ("openai:claude-x@https://api.anthropic.com", "claude-x", "https://api.anthropic.com/v1/messages", Messages),
        ("openai:m@http://h/v1/messages", "m", "http://h/v1/messages", Messages),
        ("motions:anthropic:claude-x", "claude-x", "https://api.anthropic.com/v1/messages", Messages),
        ("motions:m@http://h:8000", "m", "http://h:8000/v1/chat/completions", Chat),
        ("motions:http://h:8000/v1", "default", "http://h:8000/v1/chat/completions", Chat),
        ("openai:a/b:7b@http://h/v1", "a/b:7b", "http://h/v1/chat/completions", Chat),
    ],
)
def test_the_name_or_the_address_chooses_the_client(name: str, model: str, urls: str, client: type) -> None:
    spec = Spec.of(name)
    assert spec.model == model and spec.address.urls[0] == urls and spec.motions == name.startswith("motions")
    assert type(connect(spec, "")) is client and is_remote(name)


@pytest.mark.parametrize(
    "name", ["anthropic:", "anthropic:m@h", "motions:", "motions:m", "motions:m@ftp://h", "openai:http://h"]
)
def test_a_bad_name_is_refused_with_the_forms(name: str) -> None:
    with pytest.raises(ValueError, match=r"write openai:MODEL@URL, .* anthropic:MODEL, or motions:MODEL@URL"):
        Spec.of(name)


def test_the_key_goes_to_its_own_host_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-123456")
    assert connect(Spec.of("anthropic:m"))._headers["x-api-key"] == "sk-ant-123456"
    assert "x-api-key" not in connect(Spec.of("anthropic:m@http://elsewhere.example"))._headers
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    assert connect(Spec.of("anthropic:m@http://127.0.0.1:9"))._headers["x-api-key"] == "sk-ant-123456"

"""The remote planner against a real HTTP server: what it asks, what it makes of the answer, and every fault."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler

import cv2
import numpy as np
import pytest

from sayso.planner.errors import PlannerError
from sayso.planner.plan import Plan, Question, Refusal, Relation, Verb
from sayso.planner.remote.http import MAX_REPLY
from sayso.planner.remote.planner import MAX_INSTRUCTION, RemotePlanner
from tests.planner.remote_server import Script, replies, says, serving, table

PICK = {"verb": "pick up", "object": "b1"}
PUT = {"verb": "put", "object": "b1", "relation": "in", "reference": "w1"}
PLAN = {"answer": {"type": "plan", "subtasks": [PICK, PUT]}}


def plan_of(*steps: dict[str, object]) -> dict[str, object]:
    return {"answer": {"type": "plan", "subtasks": list(steps)}}


def ask(script: Script, deadline_s: float = 120.0, **options: object) -> object:
    with serving(script) as url:
        planner = RemotePlanner("m", url, **options)  # type: ignore[arg-type]
        return planner.plan("put the red block in the blue bowl", table(), deadline_s=deadline_s)


def test_a_plan_comes_back_and_the_request_says_all_there_is_to_know() -> None:
    script = Script(says(PLAN))
    answer = ask(script, api_key="sk-1")
    assert isinstance(answer, Plan)
    assert [str(s) for s in answer.subtasks] == ["pick up the red block", "put the red block in the blue bowl"]
    assert [s.object_id for s in answer.subtasks] == ["b1", "b1"] and answer.subtasks[1].reference_id == "w1"
    body = script.bodies[0]
    assert script.paths == ["/v1/chat/completions"]
    assert script.headers[0]["Authorization"] == "Bearer sk-1"
    text = body["messages"][1]["content"]
    assert "b1: red block, centre (0.450, 0.100, 0.020)" in text and "put the red block in the blue bowl" in text
    schema = body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert json.loads(json.dumps(schema["schema"]))["additionalProperties"] is False


def test_the_schema_allows_only_marks_of_the_scene_and_values_of_the_task_language() -> None:
    script = Script(says(PLAN))
    ask(script)
    schema = script.bodies[0]["response_format"]["json_schema"]["schema"]
    answers = {a["properties"]["type"]["const"]: a for a in schema["properties"]["answer"]["anyOf"]}
    assert list(answers) == ["task", "question", "refusal"]
    assert answers["task"]["properties"]["task"] == {"$ref": "#/$defs/Task"}
    assert schema["$defs"]["mark"]["properties"]["number"] == {"type": "integer", "enum": [1, 2, 3, 4]}
    heads = [option["$ref"].removeprefix("#/$defs/") for option in schema["$defs"]["Task"]["anyOf"]]
    assert {"put", "stack", "for_each", "with"} <= set(heads) and "harm" not in heads
    assert "point" not in schema["$defs"], "without a picture nobody can point"


@pytest.mark.parametrize(
    ("suffix", "path"),
    [
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/", "/v1/chat/completions"),
        ("/v1beta/openai", "/v1beta/openai/chat/completions"),
        ("/my/chat/completions", "/my/chat/completions"),
    ],
)
def test_the_url_may_or_may_not_end_in_v1(suffix: str, path: str) -> None:
    script = Script(says(PLAN))
    with serving(script) as url:
        planner = RemotePlanner.from_spec(f"openai:Qwen/Qwen3-VL:8b@{url}{suffix}")
        assert isinstance(planner.plan("x", table()), Plan)
    assert script.paths == [path] and script.bodies[0]["model"] == "Qwen/Qwen3-VL:8b"


def test_a_server_without_v1_is_found() -> None:
    def only_bare(handler: BaseHTTPRequestHandler) -> None:
        (replies("no such path", 404) if handler.path.startswith("/v1") else says(PLAN))(handler)

    script = Script(only_bare)
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        assert isinstance(planner.plan("x", table()), Plan)
        assert isinstance(planner.plan("x", table()), Plan)
    assert script.paths == ["/v1/chat/completions", "/chat/completions", "/chat/completions"]


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "openai:",
        "openai:m",
        "m@http://h",
        "openai:@http://h",
        "openai:m@ftp://h",
        "openai:m@h:80",
        "openai:m @http://h",
    ],
)
def test_a_bad_spec_is_refused_with_the_form_that_is_allowed(spec: str) -> None:
    with pytest.raises(ValueError, match="openai:MODEL@URL"):
        RemotePlanner.from_spec(spec)


@pytest.mark.parametrize(
    "url", ["http://h:99999", "http://", "http://u:p@h", "http://h/v1?k=1", "http://h/\x7f", "file:///x"]
)
def test_a_bad_url_is_refused_with_the_form_that_is_allowed(url: str) -> None:
    with pytest.raises(ValueError, match="write http://HOST"):
        RemotePlanner("m", url)


def test_a_broken_key_is_refused() -> None:
    with pytest.raises(ValueError, match="API key"):
        RemotePlanner("m", "http://h", api_key="a\r\nHost: evil")


def test_an_image_goes_along_as_a_jpeg_in_the_right_colours_and_not_too_large() -> None:
    script = Script(says(PLAN))
    picture = np.zeros((1200, 1600, 3), np.uint8)
    picture[..., 0] = 250
    ask(script, image=lambda: picture)
    part = script.bodies[0]["messages"][1]["content"][1]
    kind, _, data = part["image_url"]["url"].partition(",")
    assert part["type"] == "image_url" and kind == "data:image/jpeg;base64"
    seen = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None and seen.shape == (576, 768, 3)
    assert seen[5, 5, 2] > 240 and seen[5, 5, 0] < 10


def test_an_image_of_the_wrong_form_is_named() -> None:
    with pytest.raises(PlannerError, match=r"must be \(H, W, 3\) uint8"):
        ask(Script(says(PLAN)), image=lambda: np.zeros((4, 4), np.uint8))


def test_a_server_without_vision_gets_the_text_alone_and_is_not_sent_pictures_again_after_a_4xx() -> None:
    script = Script(replies('{"error": {"message": "image input is not supported"}}', 400), says(PLAN))
    with serving(script) as url:
        planner = RemotePlanner("m", url, image=lambda: np.zeros((8, 8, 3), np.uint8))
        assert isinstance(planner.plan("x", table()), Plan)
        assert isinstance(planner.plan("x", table()), Plan)
    assert [isinstance(b["messages"][1]["content"], str) for b in script.bodies] == [False, True, True]
    assert all(b["response_format"]["type"] == "json_schema" for b in script.bodies)


def test_it_degrades_from_schema_to_object_to_text_and_remembers() -> None:
    no = replies('{"error": "response_format is not supported"}', 400)
    script = Script(no, no, says("Sure! Here it is:\n```json\n" + json.dumps(PLAN) + "\n```\nGood luck."))
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        assert isinstance(planner.plan("x", table()), Plan)
        assert isinstance(planner.plan("x", table()), Plan)
    kinds = [b.get("response_format", {}).get("type") for b in script.bodies]
    assert kinds == ["json_schema", "json_object", None, None]
    formats = [b.get("response_format", {}) for b in script.bodies]
    assert formats[1]["schema"] == formats[0]["json_schema"]["schema"]


def test_a_passing_5xx_does_not_make_it_humble_for_ever() -> None:
    script = Script(replies("oops", 500), says(PLAN))
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        planner.plan("x", table())
        planner.plan("x", table())
    assert [b["response_format"]["type"] for b in script.bodies] == ["json_schema", "json_object", "json_schema"]


def test_parameters_that_newer_models_refuse_are_given_up() -> None:
    script = Script(
        replies('{"error": {"message": "Unsupported parameter: use \'max_completion_tokens\' instead"}}', 400),
        replies('{"error": {"message": "\'temperature\' does not support 0"}}', 400),
        says(PLAN),
    )
    assert isinstance(ask(script), Plan)
    last = script.bodies[-1]
    assert "max_completion_tokens" in last and "max_tokens" not in last and "temperature" not in last
    assert last["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    "words",
    [
        json.dumps(PLAN),
        json.dumps(PLAN["answer"]),
        '<think>maybe {"answer": 1}? no</think>' + json.dumps(PLAN),
        "the template ate the opening tag {x}</think>\n" + json.dumps(PLAN),
        "{not json} but " + json.dumps(PLAN) + " and {more}",
    ],
)
def test_the_answer_is_found_among_thoughts_fences_and_prose(words: str) -> None:
    assert isinstance(ask(Script(says(words))), Plan)


def test_questions_refusals_and_the_models_own_refusal() -> None:
    question = ask(Script(says({"answer": {"type": "question", "text": "Which\none?", "options": ["red block"]}})))
    assert question == Question("Which one?", ("red block",))
    assert ask(Script(says({"answer": {"type": "refusal", "reason": "unsafe"}}))) == Refusal("unsafe")
    declined = json.dumps({"choices": [{"message": {"content": None, "refusal": "I can't help with that"}}]})
    assert ask(Script(replies(declined))) == Refusal("I can't help with that")


def test_a_move_without_a_reference_refers_to_the_object_itself() -> None:
    move = {"verb": "put", "object": "b1", "direction": "forward", "distance": 0.2}
    answer = ask(Script(says(plan_of(PICK, move))))
    assert isinstance(answer, Plan)
    put = answer.subtasks[1]
    assert (put.verb, put.relation, put.reference_id, put.distance) == (Verb.PLACE, Relation.BEHIND, "b1", 0.2)


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ([{"verb": "pick up", "object": "b9"}], "no object 'b9'; there are: b1, b2, w1, w2"),
        ([{"verb": "pick up", "object": "w1"}], "blue bowl cannot be picked up"),
        ([PICK, {"verb": "pick up", "object": "b2"}], "step 2 (pick up the green block): the hand already holds 'b1'"),
        ([PICK, PUT | {"object": "b2"}], "green block is not in the hand"),
        ([PICK, PUT | {"reference": "b2"}], "nothing can be put in the green block"),
        ([PICK, PUT | {"relation": "on"}], "nothing can be put on the blue bowl"),
        ([PICK, PUT | {"relation": "on", "reference": "b1"}], "in or on itself"),
        ([PICK, {"verb": "put", "object": "b1"}], "needs a relation and a reference"),
        ([PICK, {"verb": "put", "object": "b1", "direction": "left", "distance": 9}], "less than or equal to 0.5"),
        ([PICK, {"verb": "put", "object": "b1", "direction": "left", "distance": float("nan")}], "distance"),
        ([{"verb": "throw", "object": "b1"}], "verb"),
    ],
)
def test_a_faulty_plan_is_sent_back_once_with_what_is_wrong(steps: list[dict[str, object]], complaint: str) -> None:
    script = Script(says(plan_of(*steps)), says(PLAN))
    assert isinstance(ask(script), Plan)
    assert len(script.bodies) == 2
    assert complaint in script.bodies[1]["messages"][-1]["content"]


def test_put_takes_what_it_needs_into_the_hand() -> None:
    answer = ask(Script(says(plan_of(PUT, PUT | {"object": "b2"}))))
    assert isinstance(answer, Plan)
    assert [(s.verb, s.object_id) for s in answer.subtasks] == [
        (Verb.PICK, "b1"),
        (Verb.PLACE, "b1"),
        (Verb.PICK, "b2"),
        (Verb.PLACE, "b2"),
    ]


def test_a_plan_that_stays_faulty_becomes_a_question_or_a_refusal() -> None:
    unknown = ask(Script(says(plan_of({"verb": "pick up", "object": "b9"}))))
    assert isinstance(unknown, Question) and unknown.options == ("red block", "green block", "blue bowl", "yellow bowl")
    bowl = ask(Script(says(plan_of({"verb": "pick up", "object": "w1"}))))
    assert isinstance(bowl, Refusal) and "the blue bowl cannot be picked up" in bowl.reason


def test_what_is_held_already_may_be_put_at_once_and_done_steps_are_told() -> None:
    script = Script(says(plan_of(PUT)))
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        answer = planner.plan("x", table(held="b1"))
        assert isinstance(answer, Plan) and [s.verb for s in answer.subtasks] == [Verb.PLACE]
        planner.plan("x", table(held="b1"), done=answer.subtasks)
    assert "held by the gripper" in script.bodies[0]["messages"][1]["content"]
    assert "Already done: put the red block in the blue bowl." in script.bodies[1]["messages"][1]["content"]


def test_no_object_no_plan_in_the_schema() -> None:
    script = Script(says({"answer": {"type": "refusal", "reason": "nothing here"}}))
    empty = table()
    empty = type(empty)(0.0, (), empty.tool)
    with serving(script) as url:
        assert isinstance(RemotePlanner("m", url).plan("x", empty), Refusal)
    schema = script.bodies[0]["response_format"]["json_schema"]["schema"]
    answers = schema["properties"]["answer"]["anyOf"]
    assert [a["properties"]["type"]["const"] for a in answers] == ["question", "refusal"] and "$defs" not in schema


def test_odd_and_oversized_instructions() -> None:
    script = Script(says(PLAN))
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        assert isinstance(planner.plan("red \ud800 block \u202e", table()), Plan)
        refused = planner.plan("x" * 1_000_000, table())
    assert isinstance(refused, Refusal) and str(MAX_INSTRUCTION) in refused.reason
    assert len(script.bodies) == 1


PATIENCE_S = 120.0  # a busy computer may be late; a hang would last this long


def hang(script: Script, head: bytes = b"") -> None:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        script.release.wait(PATIENCE_S)

    script.behaviours = [behave]


def drip(script: Script, head: bytes) -> None:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        while not script.release.wait(0.02):
            handler.wfile.write(b"a")

    script.behaviours = [behave]


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("behave", "message"),
    [
        (lambda s: hang(s), "no answer within"),
        (lambda s: hang(s, HEAD), "no answer within"),
        (lambda s: hang(s, HEAD + b"Content-Length: 100\r\n\r\n{"), "no answer within"),
        (lambda s: drip(s, HEAD + b"X: "), "no answer within"),
        (lambda s: drip(s, HEAD + b"Content-Length: 100000\r\n\r\n"), "no answer within"),
        (lambda s: drip(s, HEAD + b"Transfer-Encoding: chunked\r\n\r\n"), "no answer within|does not speak HTTP"),
    ],
    ids=["silence", "half a head", "half a body", "dripping head", "dripping body", "dripping chunk size"],
)
def test_a_server_that_hangs_or_drips_is_left_at_the_deadline(behave: object, message: str) -> None:
    script = Script()
    behave(script)  # type: ignore[operator]
    start = time.monotonic()
    with serving(script) as url:
        with pytest.raises(PlannerError, match=message) as caught:
            RemotePlanner("m", url).plan("x", table(), deadline_s=0.4)
        assert time.monotonic() - start < PATIENCE_S / 2
        assert "\n" not in str(caught.value)
        for thread in threading.enumerate():
            if thread.name == "remote-planner":
                thread.join(PATIENCE_S / 2)
                assert not thread.is_alive(), "the shut socket must end its thread"


def test_the_deadline_covers_all_requests_together() -> None:
    def slow_no(handler: BaseHTTPRequestHandler) -> None:
        script.release.wait(0.25)
        replies("{}", 400)(handler)

    script, start = Script(slow_no), time.monotonic()
    with pytest.raises(PlannerError, match=r"no answer within 0\.4 s"):
        ask(script, deadline_s=0.4)
    assert time.monotonic() - start < PATIENCE_S / 2
    assert len(script.bodies) <= 2


@pytest.mark.parametrize("deadline_s", [0.0, -1.0])
def test_no_time_no_request(deadline_s: float) -> None:
    script = Script(says(PLAN))
    with pytest.raises(PlannerError, match="no answer within"):
        ask(script, deadline_s=deadline_s)
    assert script.bodies == []


BIG = b"[" + b" " * (10 * 1024 * 1024) + b"]"
FAULTS = {
    "half a JSON": (replies('{"choices": [{"message": {"content": "{'), "not a chat completion"),
    "half a body": (replies('{"choices": [', length=5000), "broke in the middle"),
    "not JSON": (replies("<html>hello</html>"), "not a chat completion: <html>hello"),
    "empty": (replies(""), "not a chat completion: it is empty"),
    "another shape": (replies('{"ok": true}'), "not a chat completion"),
    "an error in a 200": (replies('{"error": {"message": "no such model"}}'), "no such model"),
    "10 MB": (replies(BIG), f"larger than {MAX_REPLY // 1024} kB"),
    "10 MB without a length": (lambda h: h.wfile.write(HEAD + b"\r\n" + BIG), f"larger than {MAX_REPLY // 1024} kB"),
    "10 MB in an error": (replies(BIG, 500), f"larger than {MAX_REPLY // 1024} kB"),
    "deep nesting": (replies("[" * 200_000), "not a chat completion"),
    "braces": (says('{"a":' * 20_000), "cannot be read: the answer holds no complete JSON object"),
    "bytes": (replies(bytes(range(256)) * 20), "not a chat completion"),
    "words without JSON": (says("I would pick up the red block."), "cannot be read"),
    "no words": (replies('{"choices": [{"message": {"content": null}}]}'), "cannot be read"),
    "endless thinking": (says("<think>" + json.dumps(PLAN)), "cannot be read"),
    "401": (replies('{"error": {"message": "bad key sk-secret"}}', 401), r"HTTP 401.*API_KEY.*bad key \*\*\*"),
    "404": (replies('{"error": "model not found"}', 404), "HTTP 404 .*URL right.*model not found"),
    "500": (replies("<h1>oops</h1>\r\n\x1b[31mred", 500), "HTTP 500: <h1>oops</h1>"),
    "a redirect": (replies("", 307, Location="http://127.0.0.1:9/v1"), "HTTP 307"),
    "a closed connection": (lambda h: None, "closed the connection without an answer"),
    "not HTTP": (lambda h: h.wfile.write(b"SSH-2.0-hello\r\n"), "does not speak HTTP"),
    "endless headers": (lambda h: h.wfile.write(HEAD + b"X: y\r\n" * 100_000), "does not speak HTTP"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_ends_in_one_clear_line_within_the_deadline(fault: str) -> None:
    behaviour, message = FAULTS[fault]
    start = time.monotonic()
    with pytest.raises(PlannerError, match=message) as caught:
        ask(Script(behaviour), deadline_s=PATIENCE_S, api_key="sk-secret")
    assert time.monotonic() - start < PATIENCE_S / 2
    text = str(caught.value)
    assert text.startswith("planner openai:m@http://127.0.0.1:") and len(text) < 600
    assert text.isprintable() and "sk-secret" not in text


def test_a_refused_connection_and_an_unknown_host() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can meanwhile
        port = free.getsockname()[1]
        with pytest.raises(PlannerError, match="refused; is the server running"):
            RemotePlanner("m", f"http://127.0.0.1:{port}").plan("x", table(), deadline_s=PATIENCE_S)
    with (
        pytest.raises(PlannerError, match=r"no secure connection|closed the connection"),
        serving(Script(says(PLAN))) as url,
    ):
        RemotePlanner("m", url.replace("http:", "https:")).plan("x", table(), deadline_s=PATIENCE_S)


def test_a_hanging_name_server_does_not_outlive_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: release.wait(PATIENCE_S) or [])
    start = time.monotonic()
    with pytest.raises(PlannerError, match="no answer within"):
        RemotePlanner("m", "http://slow.example").plan("x", table(), deadline_s=0.3)
    assert time.monotonic() - start < PATIENCE_S / 2
    release.set()


def test_this_machine_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert isinstance(ask(Script(says(PLAN))), Plan)


def test_other_machines_are_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    script = Script(says(PLAN))
    with serving(script) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        assert isinstance(
            RemotePlanner("m", "http://models.example/v1").plan("x", table(), deadline_s=PATIENCE_S), Plan
        )
    assert script.paths == ["http://models.example/v1/chat/completions"]


def test_cancel_ends_a_waiting_plan_at_once() -> None:
    def cancelled(handler: BaseHTTPRequestHandler) -> None:
        planner.cancel()
        script.release.wait(PATIENCE_S)

    script = Script(cancelled)
    with serving(script) as url:
        planner = RemotePlanner("m", url)
        planner.cancel()  # of nothing
        start = time.monotonic()
        with pytest.raises(PlannerError, match="withdrawn"):
            planner.plan("x", table(), deadline_s=PATIENCE_S)
        assert time.monotonic() - start < PATIENCE_S / 2

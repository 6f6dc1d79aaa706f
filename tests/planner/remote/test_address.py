"""A key belongs to its host: which server gets which key of the environment, and that no text shows one."""

from __future__ import annotations

import json
import logging

import pytest

from sayso.planner.errors import PlannerError
from sayso.planner.plan import Question, Refusal
from sayso.planner.remote.address import KEYS, Address, key_for, without_secrets
from sayso.planner.remote.planner import RemotePlanner
from tests.planner.remote_server import Script, replies, says, serving, table

KEY = "sk-secret/1234"
NOTHING = {"answer": {"type": "plan", "subtasks": []}}


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for key, bound_by, _ in KEYS:
        monkeypatch.delenv(key, raising=False)
        monkeypatch.delenv(bound_by, raising=False)


def sent(url: str, **environment: str) -> str | None:
    return key_for(Address.of(url), environment)[0]


@pytest.mark.parametrize(
    ("url", "goes"),
    [
        ("https://api.openai.com/v1", True),
        ("https://api.openai.com", True),
        ("https://API.OpenAI.com:443/v1/", True),
        ("https://api.openai.com./v1", True),
        ("http://api.openai.com/v1", False),
        ("https://api.openai.com:8443/v1", False),
        ("https://api.openai.com.example.net/v1", False),
        ("https://example.net/api.openai.com/v1", False),
        ("https://notapi.openai.com/v1", False),
        ("https://openrouter.ai/api/v1", False),
        ("http://gpu:8000/v1", False),
        ("http://127.0.0.1:8000", False),
        ("http://localhost:11434/v1", False),
    ],
)
def test_openais_key_goes_to_openai_over_https_alone(url: str, goes: bool) -> None:
    assert sent(url, OPENAI_API_KEY=KEY) == (KEY if goes else None)


@pytest.mark.parametrize(
    ("base", "url", "goes"),
    [
        ("https://gate.example/v1", "https://gate.example/v1", True),
        ("https://gate.example/v1/", "https://gate.example/other", True),
        ("https://gate.example/v1", "http://gate.example/v1", False),
        ("https://gate.example/v1", "https://gate.example:444/v1", False),
        ("https://gate.example/v1", "https://api.openai.com/v1", False),  # it is that gateway's key
        ("http://gpu:8000/v1", "http://gpu:8000", True),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8001/v1", False),
        ("http://127.0.0.1:8000/v1", "http://localhost:8000/v1", False),
    ],
)
def test_openai_base_url_says_whose_key_it_is(base: str, url: str, goes: bool) -> None:
    assert sent(url, OPENAI_API_KEY=KEY, OPENAI_BASE_URL=base) == (KEY if goes else None)


@pytest.mark.parametrize(
    ("owner", "url", "goes"),
    [
        ("gate.example", "https://gate.example/v1", True),
        ("Gate.Example", "https://gate.example:8443/v1", True),
        ("gate.example:8443", "https://gate.example:8443/v1", True),
        ("gate.example:8443", "https://gate.example/v1", False),
        ("gate.example", "https://www.gate.example/v1", False),
        ("gate.example", "http://gate.example/v1", False),  # in the clear only where that is written
        ("http://gate.example", "http://gate.example/v1", True),
        ("http://gate.example", "http://gate.example:81/v1", False),
        ("127.0.0.1", "http://127.0.0.1:8000/v1", True),
        ("localhost:8000", "http://localhost:8000/v1", True),
        ("[::1]:8000", "http://[::1]:8000/v1", True),
        ("localhost:8000", "http://localhost:8001/v1", False),
        ("", "http://127.0.0.1:8000/v1", False),
        ("", "https://gate.example/v1", False),
    ],
)
def test_our_own_key_goes_to_the_host_it_is_bound_to(owner: str, url: str, goes: bool) -> None:
    assert sent(url, SAYSO_API_KEY=KEY, SAYSO_API_KEY_HOST=owner) == (KEY if goes else None)


def test_each_server_gets_its_own_of_several_keys() -> None:
    keys = {"SAYSO_API_KEY": "a", "SAYSO_API_KEY_HOST": "gate.example", "OPENAI_API_KEY": "b"}
    keys |= {"AZURE_OPENAI_API_KEY": "c", "AZURE_OPENAI_ENDPOINT": "https://me.openai.azure.com/"}
    urls = ("https://gate.example/v1", "https://api.openai.com/v1", "https://me.openai.azure.com/openai/v1")
    assert [sent(url, **keys) for url in urls] == ["a", "b", "c"]
    assert sent("https://you.openai.azure.com/openai/v1", **keys) is None


@pytest.mark.parametrize("owner", ["http://", "a b", "gate.example:99999", "ftp://gate.example", "u:pw@gate.example"])
def test_a_wrong_owner_is_named_with_what_is_allowed(owner: str) -> None:
    with pytest.raises(ValueError, match=r"SAYSO_API_KEY_HOST is '.*'; write HOST, HOST:PORT or a URL") as caught:
        sent("https://gate.example", SAYSO_API_KEY=KEY, SAYSO_API_KEY_HOST=owner)
    assert KEY not in str(caught.value)


def test_one_line_says_what_was_withheld_and_how_to_give_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    script = Script(says(NOTHING))
    with serving(script) as url, caplog.at_level(logging.WARNING):
        host = url.removeprefix("http://")
        RemotePlanner.from_spec(f"openai:m@{url}").plan("x", table())
        give = f"SAYSO_API_KEY and SAYSO_API_KEY_HOST={host}"
        assert caplog.messages == [f"OPENAI_API_KEY is not sent to {host}; to give that server a key set {give}"]
        caplog.clear()
        monkeypatch.setenv("SAYSO_API_KEY", "mine")
        monkeypatch.setenv("SAYSO_API_KEY_HOST", host)
        RemotePlanner.from_spec(f"openai:m@{url}").plan("x", table())
    assert caplog.messages == []
    assert [h.get("Authorization") for h in script.headers] == [None, "Bearer mine"]
    assert KEY not in str(script.headers) + str(script.bodies)


@pytest.mark.parametrize("url", ["http://gpu:8000/v1", "https://gate.example/v1", "http://127.0.0.1:8000"])
def test_what_the_line_says_to_do_gives_the_key(url: str) -> None:
    _, note = key_for(Address.of(url), {"OPENAI_API_KEY": KEY})
    owner = note.rpartition("SAYSO_API_KEY_HOST=")[2]
    assert sent(url, SAYSO_API_KEY=KEY, SAYSO_API_KEY_HOST=owner) == KEY


def test_a_redirect_is_not_followed_with_the_key_and_says_where_it_points() -> None:
    other = Script(says(NOTHING))
    with serving(other) as elsewhere:
        script = Script(replies("", 307, Location=f"{elsewhere}/v1/chat/completions?k={KEY}"))
        with serving(script) as url, pytest.raises(PlannerError, match=f"HTTP 307 .it points to '{elsewhere}/v1"):
            RemotePlanner("m", url, api_key=KEY).plan("x", table())
    assert other.paths == [] and len(script.paths) == 1


ECHOES = {
    "an error": replies(json.dumps({"error": {"message": f"bad key {KEY}"}}), 401),
    "an escaped error": replies(json.dumps({"error": f"bad key {KEY}"}).replace("/", r"\/"), 403),
    "no completion": replies(f"Authorization: Bearer {KEY}"),
    "a redirect": replies("", 302, Location=f"http://127.0.0.1:9/{KEY}"),
    "no JSON": says(f"Bearer {KEY}"),
    "a question": says({"answer": {"type": "question", "text": f"Is it {KEY}?", "options": [KEY]}}),
    "a refusal": says({"answer": {"type": "refusal", "reason": KEY}}),
    "its own refusal": replies(json.dumps({"choices": [{"message": {"refusal": KEY}}]})),
    "a plan": says({"answer": {"type": "plan", "subtasks": [{"verb": "pick up", "object": KEY}]}}),
}


@pytest.mark.parametrize("echo", ECHOES)
def test_a_server_that_sends_the_key_back_puts_it_into_no_text(echo: str, caplog: pytest.LogCaptureFixture) -> None:
    with serving(Script(ECHOES[echo])) as url, caplog.at_level(logging.DEBUG):
        try:
            answer: object = RemotePlanner("m", url, api_key=KEY).plan("x", table(), deadline_s=2.0)
            assert isinstance(answer, Question | Refusal)
        except PlannerError as error:
            answer = error
    assert KEY not in str(answer) and KEY not in repr(answer) and KEY not in caplog.text


def test_what_was_written_into_the_address_is_not_shown() -> None:
    for spec in (f"openai:m@https://me:{KEY}@h/v1", f"openai:m@https://h/v1?key={KEY}", f"openai:m@https://h/#{KEY}"):
        with pytest.raises(ValueError, match=r"openai:MODEL@URL|write http://HOST") as caught:
            RemotePlanner.from_spec(spec)
        assert KEY not in str(caught.value)


def test_without_a_key_a_locked_server_says_how_to_give_one() -> None:
    with serving(Script(replies("who are you", 401))) as url:
        host = url.removeprefix("http://")
        with pytest.raises(PlannerError, match=f"no key was sent; .*SAYSO_API_KEY and SAYSO_API_KEY_HOST={host}"):
            RemotePlanner("m", url).plan("x", table())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("openai:m@me:s3cret@h:80/v1", "openai:m@…@h:80/v1"),
        ("openai:m@https://me:s3@cret@h/v1?x=1", "openai:m@https://…@h/v1?…"),
        ("me:s3cret@h:80", "…@h:80"),
        ("https:/me:s3cret@h", "https:/…@h"),
        ("openai:m@http://h:8", "openai:m@http://h:8"),
    ],
)
def test_no_user_of_a_server_is_shown_with_a_scheme_or_without(text: str, shown: str) -> None:
    assert without_secrets(text) == shown

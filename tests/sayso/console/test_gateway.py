"""The gateway: STOP goes past everything else, and nobody without the token changes anything."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from sayso.console import gateway
from sayso.console.gateway import BadRequest, parse_head
from sayso.errors import UserError
from sayso.runtime.hearing.command_client import Stopped
from tests.sayso.console.serving import ENTRY, TOKEN, Served

BEARER = f"Bearer {TOKEN}"


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Served() as served:
        yield served


def test_a_stop_with_the_token_stops_and_says_so(served: Served) -> None:
    before = served.stops
    status, body, headers = served.request("POST", "/stop", Authorization=BEARER)
    assert (status, json.loads(body)["stopped"], served.stops) == (200, True, before + 1)
    assert headers["connection"] == "close" and "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (401, {}),
        (401, {"Authorization": "Bearer another-token-of-mine"}),
        (401, {"Authorization": TOKEN}),
        (403, {"Authorization": BEARER, "Origin": "http://evil.example"}),
        (403, {"Authorization": BEARER, "Origin": "null"}),
        (421, {"Authorization": BEARER, "Host": "evil.example"}),
        (421, {"Authorization": BEARER, "Host": "127.0.0.1/evil"}),
        (413, {"Authorization": BEARER, "Content_Length": "70000"}),
        (411, {"Authorization": BEARER, "Transfer_Encoding": "chunked"}),
    ],
)
def test_a_hostile_stop_changes_nothing(served: Served, status: int, headers: dict[str, str]) -> None:
    before = served.stops
    assert served.request("POST", "/stop", **headers)[0] == status
    assert served.stops == before


def test_a_link_or_a_form_of_another_page_stops_nothing(served: Served) -> None:
    before = served.stops
    assert served.request("GET", "/stop", Authorization=BEARER)[0] == 405
    assert served.request("OPTIONS", "/stop", Origin="http://evil.example")[0] == 403
    status, _, headers = served.request("OPTIONS", "/stop", Origin=served.url.rstrip("/"))
    assert status == 405 and not any(name.startswith("access-control") for name in headers)
    assert served.stops == before


@pytest.mark.parametrize("found", [Stopped(ENTRY, answered=False), Stopped(ENTRY, answered=True, taken=False)])
def test_a_stop_that_is_not_confirmed_is_not_called_one(found: Stopped) -> None:
    with Served(lambda: [found]) as served:
        told = json.loads(served.request("POST", "/stop", Authorization=BEARER)[1])
    assert told["stopped"] is False and told["why"]


def test_a_stop_of_a_session_that_has_ended_says_why() -> None:
    def nobody() -> list[Stopped]:
        raise UserError("no session is under way")

    with Served(nobody) as served:
        told = json.loads(served.request("POST", "/stop", Authorization=BEARER)[1])
    assert (told["stopped"], told["why"]) == (False, "no session is under way")


def test_a_stop_works_while_the_page_server_hangs(served: Served) -> None:
    hangs, held = threading.Event(), threading.Event()

    def hang() -> None:
        held.set()
        hangs.wait(60)

    served.loop.call_soon_threadsafe(hang)
    assert held.wait(20)
    try:
        before = served.stops
        assert json.loads(served.request("POST", "/stop", Authorization=BEARER)[1])["stopped"]
        assert served.stops == before + 1
    finally:
        hangs.set()


def test_a_stop_works_while_others_send_half_requests(served: Served) -> None:
    slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(gateway.MAX_PENDING + 20)]
    try:
        for one in slow:
            one.sendall(b"POST /stop HTTP/1.1\r\nHost: 127")
        assert json.loads(served.request("POST", "/stop", Authorization=BEARER)[1])["stopped"]
    finally:
        for one in slow:
            one.close()


def test_before_the_page_server_is_there_the_door_says_how_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    with Served() as served:
        monkeypatch.setattr(served.gateway, "_page", "/nowhere/page")
        status, body, _ = served.request("GET", "/")
        assert status == 503 and "sayso stop" in body
        assert json.loads(served.request("POST", "/stop", Authorization=BEARER)[1])["stopped"]


@pytest.mark.parametrize(
    "head",
    [
        b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/2\r\nHost: a\r\n\r\n", b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n",
        b"POST /stop HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused(head: bytes) -> None:
    with pytest.raises(BadRequest):
        parse_head(head)


def test_only_one_request_goes_through_a_connection() -> None:
    head = parse_head(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
    assert head.passed_on() == b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    upgrade = b"GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nmore"
    assert parse_head(upgrade).passed_on() == upgrade


def test_the_page_needs_the_token_for_everything_of_the_session(served: Served) -> None:
    status, body, headers = served.request("GET", "/")
    assert status == 200 and "<title>Sayso console</title>" in body and TOKEN not in body
    assert "default-src 'none'" in headers["content-security-policy"] and headers["cache-control"] == "no-store"
    assert served.request("GET", "/hello")[0] == 401
    assert json.loads(served.request("GET", "/hello", Authorization=BEARER)[1])["robot"] == "sim"
    for path in ("/../settings.py", "/settings.py", "/..%2fsettings.py", "/static/app.js"):
        assert served.request("GET", path)[0] == 404
    assert served.request("DELETE", "/")[0] == 405


@pytest.mark.parametrize(
    ("token", "more"),
    [
        ("another-token-of-mine", {}),
        (TOKEN, {"origin": "http://evil.example"}),
        (TOKEN, {"additional_headers": {"Host": "evil.example"}}),
    ],
)
def test_a_socket_without_token_or_from_elsewhere_is_not_opened(
    served: Served, token: str, more: dict[str, object]
) -> None:
    before = len(served.asked)
    with pytest.raises(InvalidStatus):
        served.page(token=token, **more)
    assert len(served.asked) == before

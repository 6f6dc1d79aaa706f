"""Pages: several watch, one speaks; each gets what is newest, at its own pace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from sayso.console.messages import Command, packed_frame, unpacked_frame
from sayso.console.page_server import BAD_COMMAND, encoded
from sayso.hardware.types import Frame, Pose
from tests.sayso.console.serving import STATE, Served
from tests.waiting import until


@pytest.fixture
def served() -> Iterator[Served]:
    with Served() as served:
        yield served


def commands(served: Served) -> list[Command]:
    return [asked.command for asked in served.asked if asked.command is not None]


def about(news: dict[str, Any]) -> tuple[bool, str]:
    return news["you"]["speaks"], news["you"]["speaker"]


def picture(number: int, camera: str = "left") -> tuple[str, bytes]:
    rgb = np.full((12, 16, 3), number, np.uint8)
    return encoded(packed_frame(Frame(float(number), camera, rgb, None, np.eye(3), Pose(np.zeros(3), np.eye(3)))))


def test_one_speaks_and_the_other_may_take_over(served: Served) -> None:
    with served.page("one") as one, served.page("two") as two:
        until(lambda: served.asked[-1].watchers == 2)
        one.send(do="say", text="left a bit")
        until(lambda: commands(served))
        refused = two.reply(two.send(do="say", text="right a bit"))
        assert not refused["ok"] and "another screen has control" in refused["text"]
        assert [command.text for command in commands(served)] == ["left a bit"]
        assert about(two.news(lambda n: "you" in n)) == (False, "screen 1")
        two.send(do="take")
        assert about(one.news(lambda n: "you" in n and not n["you"]["speaks"])) == (False, "screen 2")
        two.send(do="say", text="right a bit")
        until(lambda: commands(served)[-1].text == "right a bit")


def test_a_button_held_by_a_page_that_goes_or_loses_control_is_let_go(served: Served) -> None:
    with served.page("one") as one:
        one.send(do="hold")
        until(lambda: [command.do for command in commands(served)] == ["hold"])
    until(lambda: [command.do for command in commands(served)] == ["hold", "let_go"])
    with served.page("two") as two, served.page("three") as three:
        two.send(do="hold")
        until(lambda: commands(served)[-1].do == "hold")
        three.send(do="take")
        until(lambda: commands(served)[-1].do == "let_go")


def test_a_page_that_comes_later_gets_state_and_history(served: Served) -> None:
    served.on_loop(lambda: served.broadcaster.take_events([{"id": 1, "text": "first"}, {"id": 2, "text": "second"}]))
    with served.page() as page:
        assert page.news(lambda n: "hello" in n)["hello"]["robot"] == "sim"
        found = page.news(lambda n: "state" in n)
        assert found["state"] == STATE and [event["text"] for event in found["events"]] == ["first", "second"]
        served.on_loop(lambda: served.broadcaster.take_events([{"id": 3, "text": "third"}]))
        assert [e["text"] for e in page.news(lambda n: "events" in n)["events"]] == ["third"]


def test_a_page_that_does_not_confirm_a_picture_gets_no_other_and_then_the_newest(served: Served) -> None:
    with served.page() as page:
        served.on_loop(lambda: served.broadcaster.take_picture(*picture(1)))
        assert page.picture()["t"] == 1.0
        for number in range(2, 50):
            served.on_loop(lambda n=number: served.broadcaster.take_picture(*picture(n)))  # type: ignore[misc]
        page.send(do="got", camera="left")
        assert page.picture()["t"] == 49.0


def test_a_page_of_a_silent_session_hears_that_it_is_silent(served: Served) -> None:
    with served.page() as page:
        first = page.news(lambda n: "you" in n)["you"]["silent_s"]
        page.news(lambda n: n.get("you", {}).get("silent_s", 0) > first)
        served.on_loop(served.broadcaster.heard)
        page.news(lambda n: n.get("you", {}).get("silent_s", 9) <= first + 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nonsense", "this is no command"), ("[]", "this is no command"),
        ('{"do": "say", "text": 3, "id": 7}', "text: input should be a valid string; got 3"),
        ('{"do": "rm", "id": 7}', "there is no command 'rm'; there are say, hold, "),
        ('{"do": "say", "shell": "x", "id": 7}', "a command has no shell; it may have do, id, text"),
        (json.dumps({"do": "say", "text": "x" * 501, "id": 7}), "text has at most 500 characters; these are 501"),
        ('{"do": "speed", "value": 1.5, "id": 7}', "value: input should be less than or equal to 1; got 1.5"),
        ('{"do": "mark", "x": 1e9, "id": 7}', "x: input should be less than or equal to 10; got 1000000000.0"),
    ],
)  # fmt: skip
def test_what_is_no_order_gets_one_clear_line_and_reaches_nobody(served: Served, text: str, why: str) -> None:
    with served.page() as page:
        page.socket.send(text)
        found = page.news(lambda n: n.get("replies"))["replies"]
        assert [(r["re"], r["ok"]) for r in found] == [(7 if '"id": 7' in text else 0, False)]
        assert found[0]["text"].startswith(why) and "\n" not in found[0]["text"]
        page.send(do="say", text="left a bit")
        until(lambda: commands(served))
    assert [command.text for command in commands(served) if command.do == "say"] == ["left a bit"]


def test_bytes_close_the_page(served: Served) -> None:
    with served.page() as page:
        page.socket.send(b"x")
        with pytest.raises(ConnectionClosed) as closed:
            page.news(lambda n: False)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == BAD_COMMAND


def test_a_message_of_a_megabyte_closes_the_page(served: Served) -> None:
    with served.page() as page:
        page.socket.send("x" * 1_000_000)
        with pytest.raises(ConnectionClosed):
            page.news(lambda n: False)
    with served.page() as page:
        page.news(lambda n: "state" in n)


def test_a_frame_survives_the_line() -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (9, 7, 3), np.uint8)
    pose = Pose(np.array([1.0, 2.0, 3.0]), np.eye(3))
    found = unpacked_frame(packed_frame(Frame(1.5, "front\n", rgb, None, np.eye(3) * 2, pose)))
    assert np.array_equal(found.rgb, rgb)
    assert (found.about["camera"], found.about["size"], found.about["position"]) == ("front\n", [7, 9], [1, 2, 3])

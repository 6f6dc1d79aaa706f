"""The console of a real session: a person's session of fifteen steps in Chromium, and what a killed console changes."""

from __future__ import annotations

import json
import math
import os
import signal
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from sayso.commands.prompt import Prompt
from sayso.console.console import Console
from sayso.console.settings import ConsoleSettings
from sayso.session import Options, Session
from tests.sayso.console.chromium import Chromium, chromium
from tests.sayso.console.serving import PageSocket
from tests.waiting import until

PUT = "put this one in the blue bowl"


class Live:
    """A warm session with its console, as ``sayso console`` has it."""

    def __init__(self, sees: str = "pixels") -> None:
        self.told: list[str] = []
        self.console = Console(ConsoleSettings(port=0), self.told.append)
        options = Options(sees=sees, go_on_s=math.inf, answer_s=math.inf, keys=self.console.of)
        self.session = Session(scene="tabletop", seed=4, live=True, options=options, tell=self.told.append)
        self.prompt = Prompt(self.session, self.console.note)
        self.console.begins(self.prompt.take)
        until(lambda: self._answers(), "the page server's start")

    def _answers(self) -> bool:
        request = urllib.request.Request(self.url("hello"), headers=self.bearer)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer).get("arm") is not None
        except OSError:
            return False

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.console.port}/{path}"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.console.settings.token}"}

    def stop(self) -> dict[str, Any]:
        """As the page's STOP."""
        request = urllib.request.Request(self.url("stop"), method="POST", headers=self.bearer)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return dict(json.load(answer))

    def page(self) -> PageSocket:
        protocols = ["sayso", f"token.{self.console.settings.token}"]

        def opened() -> Any:
            try:
                url = f"ws://127.0.0.1:{self.console.port}/live?client=one"
                return connect(url, subprotocols=protocols, max_size=None, legacy=True)
            except (OSError, InvalidHandshake, ConnectionClosed):
                return None

        return PageSocket(until(opened, "the page's socket"))

    def close(self) -> None:
        if self.session.is_running:
            self.session.interrupt()
        self.session.close()
        self.prompt.finish()


@pytest.fixture
def live(request: pytest.FixtureRequest) -> Iterator[Live]:
    live = Live(getattr(request, "param", "pixels"))
    yield live
    live.close()


@pytest.mark.parametrize("live", ["truth"], indirect=True)
def test_a_killed_page_server_changes_no_motion_and_comes_back(live: Live) -> None:
    page, table = live.page(), live.console.processes
    assert table is not None
    page.reply(page.send(do="say", text="put the red block in the blue bowl"))
    page.news(lambda n: n.get("state", {}).get("motion"))
    process = table.process("console page")
    assert process is not None and process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    assert live.stop()["stopped"], "STOP needs no page server"
    until(lambda: live.session.stands)
    understood = live.session.say("go on", 20.0)
    assert understood.level == "resume"
    again = live.page()  # the table has started another, which knows the whole timeline
    found = again.news(lambda n: any(e["kind"] == "instruction" for e in n.get("events", ())))
    assert found["events"][0]["text"] == "put the red block in the blue bowl"
    assert any(e["kind"] == "heard" and e["level"] == "stop" for e in found["events"]) or again.news(
        lambda n: any(e.get("level") == "stop" for e in n.get("events", ()))
    )
    result = live.session.wait(60)
    assert result is not None and (result.outcome, result.success) == ("done", True)


@pytest.mark.parametrize("live", ["truth"], indirect=True)
def test_a_killed_door_is_opened_again_and_stop_works_meanwhile_by_the_terminal(live: Live) -> None:
    table = live.console.processes
    assert table is not None
    gateway = table.process("console gateway")
    assert gateway is not None and gateway.pid is not None
    os.kill(gateway.pid, signal.SIGKILL)
    until(lambda: table.process("console gateway") not in (None, gateway))
    assert until(lambda: _stopped(live))["stopped"]


def _stopped(live: Live) -> dict[str, Any]:
    try:
        return live.stop()
    except OSError:
        return {}


@pytest.mark.skipif(not chromium(), reason="there is no Chromium on this machine")
def test_a_persons_session_of_fifteen_steps(live: Live) -> None:
    log = "document.querySelector('#log').textContent"
    with Chromium() as browser:
        tab, other = browser.tab(), browser.tab()
        tab.size(1440, 900)
        # 1 The address of the terminal leads to the robot.
        tab.go(live.console.url)
        tab.wait("document.querySelector('#phase')?.textContent === 'waits for you'")
        assert "panda" in tab.text("#robot")
        # 2 Both cameras show a picture before anything is under way.
        tab.wait("document.querySelectorAll('#cameras canvas').length === 2")
        pixel = "document.querySelector('#cameras canvas').getContext('2d').getImageData(40, 120, 1, 1).data[3]"
        tab.wait(f"{pixel} === 255")
        # 3 The things are named, and the arm is drawn.
        tab.wait("document.querySelectorAll('#things button').length >= 5")
        drawn = "document.querySelector('#side').getContext('2d').getImageData(0, 0, 300, 150).data.some((v) => v > 0)"
        tab.wait(drawn)
        # 4 A click on the red block in the picture selects it.
        where = tab.js(
            "(async () => { const { project } = await import('/draw.js'); const { state, camera } = window.sayso(); "
            "return project(camera.about, state.things.find((t) => t.name === 'red block').position); })()"
        )
        tab.tap("#cameras canvas", *where)
        tab.wait("document.querySelector('#selected').textContent.includes('red block')")
        # 5 It gets a name.
        tab.js("document.querySelector('#name').focus()")
        tab.write("Betty")
        tab.key("Enter", number=13)
        tab.wait("document.querySelector('#things').textContent.includes('Betty')")
        # 6 A low speed limit.
        tab.js("document.querySelector('#speed').focus()")
        for _ in range(18):
            tab.key("ArrowLeft", "ArrowLeft", 37)
        until(lambda: live.console.handler is not None and tab.text("#speed-p") == "10 %")
        # 7 "This one" is an instruction about it.
        tab.js("document.querySelector('#text').focus()")
        tab.write(PUT)
        tab.key("Enter", number=13)
        tab.wait("document.querySelector('#instruction').textContent.includes('put the red block in the blue bowl')")
        # 8 The plan and the motion in force, with who said it.
        tab.wait("document.querySelectorAll('#steps li').length >= 2")
        tab.wait("document.querySelector('#by').textContent === 'motion planner'")
        # 9 The critic thinks something of it.
        tab.wait("document.querySelector('#done-p').textContent.includes('%')")
        # 10 A motion key corrects the moving arm.
        tab.js("document.activeElement.blur()")
        tab.key("a", "KeyA", 65)
        tab.wait(f"{log}.includes('I move to the left a bit')")
        # 11 A button, too.
        tab.tap('[data-motion="move arm slightly up"]')
        tab.wait(f"{log}.includes('I move up a bit')")
        # 12 Escape stops, and the page says that the stop is confirmed.
        tab.key("Escape", "Escape", 27)
        tab.wait("document.querySelector('#stopped').dataset.is === 'yes'")
        tab.wait("document.querySelector('#phase').textContent === 'stopped'")
        assert live.session.stands
        # 13 Go on.
        tab.tap("[data-say='go on']")
        tab.wait("document.querySelector('#phase').textContent !== 'stopped'")
        until(lambda: not live.session.stands)
        # 14 A second screen watches, takes over and asks something that has two answers: a button answers.
        other.go(live.console.url)
        other.wait("document.querySelector('#control').textContent.includes('you watch')")
        other.tap("#take")
        other.wait("!document.querySelector('#say button').disabled")
        tab.wait("document.querySelector('#say button').disabled")
        other.js("document.querySelector('#text').focus()")
        other.write("pick up the block")
        other.key("Enter", number=13)
        other.wait("document.querySelectorAll('#answers button').length >= 3")
        other.tap("#answers button:nth-child(2)")
        other.wait("document.querySelector('#question').hidden")
        # 15 STOP of the screen that only watches; then the session ends, and both screens say so.
        tab.tap("#stop")
        until(lambda: live.session.stands)
        assert tab.errors == [] and other.errors == []
        live.close()
        for one in (tab, other):
            one.wait("document.querySelector('#dead').textContent.includes('The session has ended')")

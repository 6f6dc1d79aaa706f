"""The page in a real Chromium: no token, another site, a dead server, two tabs, a slow network, a phone."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sayso.runtime.hearing.command_client import Stopped
from tests.sayso.console.chromium import Chromium, Tab, chromium
from tests.sayso.console.serving import ENTRY, STATE, TOKEN, Served, SlowNetwork
from tests.sayso.console.test_page_server import picture
from tests.waiting import until

pytestmark = pytest.mark.skipif(not chromium(), reason="there is no Chromium on this machine")
LIVE = "document.body?.dataset.link === 'live'"
RUNNING = STATE | {
    "phase": "moves", "running": True, "instruction": "put the red block in the blue bowl", "t": 4.0,
    "steps": [{"text": "pick up the red block", "state": "running"}],
    "motion": {"text": "move arm forward", "by": "operator"}, "critic": {"done": 0.25, "failed": 0.5},
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as browser:
        yield browser


@pytest.fixture(autouse=True)
def no_tab_stays(browser: Chromium) -> Iterator[None]:
    yield
    browser.close_tabs()


@pytest.fixture
def served() -> Iterator[Served]:
    with Served() as served:
        yield served


def opened(browser: Chromium, served: Served, port: int = 0) -> Tab:
    tab = browser.tab()
    tab.go(served.address.replace(str(served.port), str(port or served.port)))
    tab.wait(LIVE)
    return tab


def show(served: Served, **state: Any) -> None:
    served.on_loop(lambda: served.broadcaster.take_state(RUNNING | state))


def test_without_the_token_the_page_says_what_is_missing_and_shows_nothing(browser: Chromium, served: Served) -> None:
    tab = browser.tab()
    for url in (served.url, f"{served.url}#token=a-token-of-somebody-else"):
        tab.go(url)
        tab.wait("document.body.dataset.link === 'locked'")
        assert tab.shown("#locked") and not tab.shown("main")
        assert "sayso stop" in tab.text("#locked")
    assert not [asked for asked in served.asked if asked.command or asked.watchers]


def test_the_token_leaves_the_address_and_survives_a_reload(browser: Chromium, served: Served) -> None:
    tab = opened(browser, served)
    assert TOKEN not in tab.js("location.href")
    tab.call("Page.reload")
    tab.wait(LIVE)
    assert tab.errors == []


def test_the_page_shows_what_it_is_told(browser: Chromium, served: Served) -> None:
    tab = opened(browser, served)
    show(served)
    tab.wait("document.querySelector('#motion').textContent === 'move arm forward'")
    assert (tab.text("#phase"), tab.text("#by"), tab.text("#done-p")) == ("moving", "you (operator)", "25 %")
    assert "pick up the red block" in tab.text('#steps [data-is="running"]')
    show(served, question={"text": "Which block?", "options": ["red block", "<b>green</b>"], "line": ""})
    tab.wait("document.querySelectorAll('#answers button').length === 3")
    tab.tap("#answers button:nth-child(2)")
    until(lambda: [a.command.text for a in served.asked if a.command] == ["<b>green</b>"])
    assert tab.errors == []


def test_another_site_changes_nothing(browser: Chromium, served: Served) -> None:
    class Evil(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>evil</title>")

        def log_message(self, *_: object) -> None: ...

    tab = browser.tab()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil) as evil:
        threading.Thread(target=evil.serve_forever, daemon=True).start()
        tab.go(f"http://127.0.0.1:{evil.server_port}/")
        tries = [
            f"fetch('{served.url}stop', {{method: 'POST', mode: 'no-cors'}})",
            f"fetch('{served.url}stop', {{method: 'POST', headers: {{Authorization: 'Bearer {TOKEN}'}}}})",
            f"fetch('{served.url}hello', {{headers: {{Authorization: 'Bearer {TOKEN}'}}}}).then((r) => r.text())",
        ]
        for code in tries:
            assert tab.js(f"{code}.then((r) => typeof r === 'string' ? r : r.type, () => 'refused')") in (
                "refused", "opaque",
            )  # fmt: skip
        socket = f"new WebSocket('ws://127.0.0.1:{served.port}/live', ['sayso', 'token.{TOKEN}'])"
        assert (
            tab.js(f"new Promise((d) => {{ const s = {socket}; s.onopen = () => d(1); s.onclose = () => d(0); }})") == 0
        )
        evil.shutdown()
    tab.go(f"http://evil.example:{served.port}/#token={TOKEN}")  # a name that a stranger lets point here
    assert "not this computer's" in tab.text("body")
    assert served.stops == 0 and not [asked for asked in served.asked if asked.command or asked.watchers]


def test_a_dead_server_shows_at_once_and_the_page_comes_back(browser: Chromium) -> None:
    with Served() as served:
        tab, port = opened(browser, served), served.port
    tab.wait("document.body.dataset.link === 'lost' && !document.querySelector('#dead').hidden")
    assert "Last seen" in tab.text("#dead") and "sayso stop" in tab.text("#dead")
    assert "last seen" in tab.text("#link")
    assert tab.js("document.querySelector('#say button').disabled")
    tab.key("Escape", number=27)
    tab.wait("document.querySelector('#stopped').dataset.is === 'no'")
    assert "NOT confirmed" in tab.text("#stopped")
    with Served(port=port) as served:  # STOP has kept trying
        until(lambda: served.stops)
        tab.wait("document.querySelector('#stopped').dataset.is === 'yes'")
        tab.wait(LIVE)
        assert "No connection" not in tab.text("#dead") or not tab.shown("#dead")


def test_stop_works_from_every_tab_while_one_speaks(browser: Chromium, served: Served) -> None:
    one, two = opened(browser, served), opened(browser, served)
    two.wait("document.querySelector('#control').textContent.includes('you watch')")
    assert two.js("document.querySelector('#say button').disabled") and two.shown("#take")
    two.key(" ", "Space", 32)
    until(lambda: served.stops == 1)
    two.tap("#stop")
    until(lambda: served.stops == 2)
    two.wait("document.querySelector('#stopped').dataset.is === 'yes'")
    two.tap("#take")
    two.wait("!document.querySelector('#say button').disabled")
    one.wait("document.querySelector('#say button').disabled")
    one.tap("#stop")
    until(lambda: served.stops == 3)


def test_a_space_in_the_text_is_a_space_and_escape_still_stops(browser: Chromium, served: Served) -> None:
    tab = opened(browser, served)
    tab.js("document.querySelector('#text').focus()")
    tab.write("left")
    tab.key(" ", "Space", 32)
    tab.write("a bit")
    assert tab.js("document.querySelector('#text').value") == "left a bit" and served.stops == 0
    tab.key("Escape", number=27)
    until(lambda: served.stops == 1)
    tab.key("a", "KeyA", 65)
    assert not [asked for asked in served.asked if asked.command], "a key in the text field moves nothing"
    tab.key("Enter", number=13)
    until(lambda: [a.command.text for a in served.asked if a.command] == ["left a bita"])


def test_keys_and_buttons_say_the_twelve_motions(browser: Chromium, served: Served) -> None:
    tab = opened(browser, served)
    keys = {key: ("Key" + key.upper(), ord(key.upper())) for key in "wsadrfqetgzxoc"}
    for key, (code, number) in keys.items():
        tab.key(key, code, number)
    until(lambda: len([a for a in served.asked if a.command and a.command.do == "say"]) >= len(keys))
    said = dict.fromkeys(a.command.text for a in served.asked if a.command and a.command.do == "say")
    assert len(said) == 14 and list(said)[2] == "move arm slightly left"
    served.asked.clear()
    tab.tap('[data-motion="move arm slightly up"]')
    until(lambda: [a.command.text for a in served.asked if a.command][:1] == ["move arm slightly up"])


def test_the_hold_button_repeats_until_it_is_let_go(browser: Chromium, served: Served) -> None:
    tab = opened(browser, served)
    tab.tap("#hold", held=True)
    until(lambda: sum(a.command.do == "hold" for a in served.asked if a.command) > 3)
    tab.release()
    until(lambda: served.asked[-1].command is not None and served.asked[-1].command.do == "let_go")


def test_a_stop_that_the_session_does_not_take_is_shown_as_such(browser: Chromium) -> None:
    with Served(lambda: [Stopped(ENTRY, answered=True, taken=False)]) as served:
        tab = opened(browser, served)
        tab.tap("#stop")
        tab.wait("document.querySelector('#stopped').dataset.is === 'no'")
        assert "control loop has not taken the stop" in tab.text("#stopped")


def test_on_a_slow_network_the_state_is_the_newest_and_stop_still_works(browser: Chromium, served: Served) -> None:
    with SlowNetwork(served.port) as slow:
        tab = browser.tab()
        tab.go(f"http://127.0.0.1:{slow.port}/#token={TOKEN}")
        tab.wait(LIVE)
        for number in range(200):
            served.on_loop(lambda n=number: served.broadcaster.take_picture(*picture(n % 250)))  # type: ignore[misc]
            show(served, instruction=f"number {number}")
        tab.tap("#stop")
        tab.wait("document.querySelector('#stopped').dataset.is === 'yes'")
        tab.wait("document.querySelector('#instruction').textContent === 'number 199'")


def test_a_phone_shows_all_of_it_and_stop_is_always_in_reach(browser: Chromium, served: Served) -> None:
    tab = browser.tab()
    tab.size(390, 844, phone=True)
    tab.go(served.address)
    tab.wait(LIVE)
    show(served, things=[
        {"id": str(i), "name": f"{c} block", "own": "", "kind": "block", "color": c, "position": [0.4, 0, 0.02],
         "size": [0.04] * 3, "yaw": 0, "held": False} for i, c in enumerate(("red", "green", "blue", "yellow"))
    ])  # fmt: skip
    served.on_loop(lambda: served.broadcaster.take_picture(*picture(9)))
    tab.wait("document.querySelector('#cameras canvas') && document.querySelector('#things button')")
    assert tab.js("document.documentElement.scrollWidth") <= 390
    for where in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
        tab.js(f"scrollTo(0, {where})")
        found = tab.js(
            "(() => { const b = document.querySelector('#stop').getBoundingClientRect(); "
            "return [b.bottom <= innerHeight, b.height, "
            "document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)?.id]; })()"
        )
        assert found[0] and found[1] >= 56 and found[2] == "stop"
    small = "[...document.querySelectorAll('main button')].filter((b) => b.checkVisibility() && b.offsetHeight < 32)"
    assert tab.js(f"{small}.map((b) => b.textContent)") == []
    tab.tap("#stop")
    until(lambda: served.stops)


def test_every_control_has_a_name_and_the_keyboard_reaches_it(browser: Chromium, served: Served) -> None:
    tab = opened(browser, served)
    show(served)
    tab.wait("document.querySelectorAll('#keys button').length === 14")
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    for node in nodes:
        role = node.get("role", {}).get("value")
        if role in ("button", "textbox", "slider", "img", "meter") and not node.get("ignored"):
            assert node.get("name", {}).get("value"), node
    reached = set()
    for _ in range(60):
        tab.key("Tab", number=9)
        reached.add(tab.js("document.activeElement.id || document.activeElement.dataset.motion || ''"))
        ring = "getComputedStyle(document.activeElement).outlineWidth === '3px'"
        assert tab.js(f"document.activeElement === document.body || {ring}"), "the focus can be seen"
    assert {"stop", "text", "mic", "speed", "log", "move arm slightly up", "open gripper"} <= reached

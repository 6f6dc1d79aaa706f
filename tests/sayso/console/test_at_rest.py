"""What words do at rest after a stop, through the console and from another terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sayso.commands.prompt import Prompt
from sayso.commands.terminal.keys import Keys
from sayso.console.command_handler import CommandHandler
from sayso.console.messages import ClientMessage, Command
from sayso.console.selection import Selection
from sayso.runtime.hearing.understood import STOP_HOLDS, STOP_OVER
from sayso.session import Options, Session
from tests.waiting import until


class Console:
    """A handler whose words begin instructions as those of `sayso console` do, without a page."""

    def __init__(self, session: Session) -> None:
        self.session, self.replies, self.notes = session, list[dict[str, Any]](), list[str]()
        self.selection = Selection()
        self.handler = CommandHandler(
            session, self.selection, Keys(session, False, lambda _: None), self.replies.append
        )
        self.prompt = Prompt(session, self.show)
        self.handler.begin = self.prompt.take
        self.handler.start()

    def show(self, text: str) -> None:
        if not self.handler.show(text):
            self.notes.append(text)

    def ask(self, **command: Any) -> dict[str, Any]:
        """Send a command; the reply to it. What it begins has ended."""
        self.replies.clear()
        self.handler.take(ClientMessage(client="one", command=Command(id=1, **command)))
        until(lambda: self.replies)
        self.prompt.finish()
        return self.replies[0]


@pytest.fixture
def console() -> Iterator[Console]:
    with Session(scene="tabletop", seed=4, options=Options(sees="truth")) as session:
        console = Console(session)
        yield console
        console.handler.close()


@pytest.mark.parametrize("words", ["pick up the red block", "go home", "a bit to the left"])
def test_after_a_stop_at_rest_the_next_instruction_is_carried_out(console: Console, words: str) -> None:
    console.session.press_stop()
    assert console.session.stands
    assert console.ask(do="say", text=words)["level"] == "begin"
    assert not console.session.stands and "stopped" not in console.notes[-1]


def test_go_on_ends_a_stop_at_rest_and_a_look_does_not(console: Console) -> None:
    assert "say go on" in console.ask(do="say", text="stop")["text"]
    assert "red block" in console.ask(do="say", text="what do you see?")["text"]
    assert console.session.stands, "seeing moves nothing and releases nothing"
    assert console.ask(do="say", text="go on")["text"] == STOP_OVER
    assert not console.session.stands
    assert "say what to do" in console.ask(do="say", text="go on")["text"]


def test_another_terminal_ends_a_stop_at_rest_by_plain_words_alone(console: Console) -> None:
    session = console.session
    session.press_stop()
    for words in ("shall I go on?", "a bit to the left"):
        assert str(session.say(words)) == STOP_HOLDS and session.stands
    assert str(session.say("go on")) == STOP_OVER and not session.stands
    session.press_stop()
    assert session.run("pick up the red block").outcome == "done"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ({"do": "mark", "x": 9.0}, "the arm does not reach (9, 0) m; x is "),
        ({"do": "select", "target": "nothing"}, "I see no thing with the id 'nothing'; I see "),
        ({"do": "say", "text": "  "}, "there are no words"),
    ],
)
def test_what_makes_no_sense_gets_one_clear_line(console: Console, command: dict[str, Any], why: str) -> None:
    console.session.look()
    answer = console.ask(**command)
    assert not answer["ok"] and answer["text"].startswith(why) and "\n" not in answer["text"]
    assert (console.selection.thing, console.selection.point) == ("", None)
    assert console.ask(do="select", target="")["ok"] and console.ask(do="mark", x=0.45, y=0.1)["ok"]


def test_a_click_on_a_thing_and_one_on_the_table_say_this_and_here(console: Console) -> None:
    console.session.look()
    assert console.session.scene is not None
    red = next(o for o in console.session.scene.objects if o.name == "red block")
    for command in ({"do": "select", "target": red.id}, {"do": "mark", "x": 0.45, "y": -0.15}):
        assert console.ask(**command)["ok"]
    assert console.ask(do="say", text="put this here")["ok"]
    truth = next(t for t in console.session.truth.values() if (t.color, t.kind) == ("red", "block"))
    assert np.abs(truth.position[:2] - (0.45, -0.15)).max() < 0.04


def test_a_point_corrects_where_a_thing_goes_and_stays_in_the_record(console: Console) -> None:
    result = console.session.run("put the red block in the blue bowl", say=[(3.0, "put it here [0.450, -0.150]")])
    truth = next(t for t in console.session.truth.values() if (t.color, t.kind) == ("red", "block"))
    assert np.abs(truth.position[:2] - (0.45, -0.15)).max() < 0.04
    said = result.corrections[0]
    assert (said.text, said.level) == ("put it here [0.450, -0.150]", "goal")

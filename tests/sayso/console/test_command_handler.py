"""The handler: what pages ask for reaches the session; words wait in a bounded line, and a stop never does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sayso.commands.terminal.keys import REPEAT_S, Keys
from sayso.console.command_handler import HOLD_IT, MOST_WAITING, NEWER, TERMINAL, CommandHandler
from sayso.console.event_log import EventLog
from sayso.console.messages import ClientMessage, Command
from sayso.console.selection import NO_PLACE, NOTHING, Selection
from sayso.planner.corrections.text import is_stop
from sayso.planner.viewpoint import Viewpoint
from sayso.runtime.hearing.understood import Understood
from tests.planner.local_scenes import TABLE
from tests.waiting import until


class Session:
    """Writes down what is asked of it; `say` waits for ``free``."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.speeds: list[tuple[float, bool]] = []
        self.named: list[tuple[str, str]] = []
        self.is_running = self.may_move = True
        self.stands = False
        self.level = "motion"
        self.scene = TABLE
        self.stops = 0
        self.free = threading.Event()
        self.free.set()
        self.steering = SimpleNamespace(doing="", is_stop=is_stop)
        self.executive = SimpleNamespace(scene=TABLE)
        self.operator = SimpleNamespace(view=Viewpoint(0.0))

    def say(self, text: str, wait_s: float = 2.0) -> Understood:
        if text != "stop":
            assert self.free.wait(60)
        self.said.append(text)
        return Understood(text, "stop" if text == "stop" else self.level, f"I {text}")

    def press_stop(self) -> None:
        self.stops += 1
        self.stands, self.may_move = True, False

    def hold_stop(self, held: bool) -> None: ...

    def ask(self, speed: float, pressed: bool) -> None:
        self.speeds.append((speed, pressed))

    def name(self, thing: str, name: str) -> str:
        self.named.append((thing, name))
        return f"I call it {name}"


class Office:
    """A handler before a session, with its answers."""

    def __init__(self, hold_to_run: bool = False) -> None:
        self.session, self.selection, self.answers = Session(), Selection(), list[dict[str, Any]]()
        self.keys = Keys(self.session, hold_to_run, lambda _: None)
        session: Any = self.session
        self.handler = CommandHandler(session, self.selection, self.keys, self.answers.append, hold_to_run)
        self.handler.start()
        self._id = 0

    def ask(self, **command: Any) -> None:
        self._id += 1
        self.handler.take(ClientMessage(client="one", command=Command(id=self._id, **command)))

    def answer(self, **command: Any) -> dict[str, Any]:
        self.ask(**command)
        number = self._id
        return until(lambda: next((a for a in self.answers if a["re"] == number), None) or {})


@pytest.fixture
def office() -> Iterator[Office]:
    office = Office()
    yield office
    office.session.free.set()
    office.handler.close()


def test_words_reach_the_session_and_the_answer_the_page(office: Office) -> None:
    found = office.answer(do="say", text="  left a bit ")
    assert (found["client"], found["ok"], found["text"], found["level"]) == ("one", True, "I left a bit", "motion")


def test_a_thousand_words_are_bounded_and_the_newest_win(office: Office) -> None:
    office.session.free.clear()
    for i in range(1000):
        office.ask(do="say", text=f"word {i}")
    office.session.free.set()
    until(lambda: len(office.answers) == 1000)
    assert len(office.session.said) <= MOST_WAITING + 1
    assert office.session.said[-MOST_WAITING:] == [f"word {i}" for i in range(1000 - MOST_WAITING, 1000)]
    dropped = [answer for answer in office.answers if answer["text"] == NEWER]
    assert len(dropped) == 1000 - len(office.session.said) and not any(answer["ok"] for answer in dropped)


def test_a_stop_waits_for_no_word_and_words_before_it_are_not_obeyed_after_it(office: Office) -> None:
    office.session.free.clear()
    for i in range(8):
        office.ask(do="say", text=f"word {i}")
    office.ask(do="say", text="stop")
    assert office.session.said == ["stop"]
    office.session.free.set()
    until(lambda: len(office.answers) == 9)
    assert office.session.said[1:] in ([], ["word 0"]), "only what was being said already"


def test_this_one_is_the_selected_thing(office: Office) -> None:
    assert office.answer(do="say", text="put this one in the bowl")["text"] == NOTHING
    thing = TABLE.objects[0]
    office.ask(do="select", target=thing.id)
    office.answer(do="say", text="put this one in the bowl")
    assert office.session.said == [f"put the {thing.name} in the bowl"]
    assert office.selection.about(TABLE)["name"] == thing.name
    office.ask(do="mark", x=0.5, y=-0.1)
    assert office.selection.about(TABLE) == {"id": thing.id, "name": thing.name, "point": [0.5, -0.1]}
    office.ask(do="select", target="")
    assert office.selection.about(TABLE) == {"id": "", "name": "", "point": None}


RED, BOWL, GREEN = "red block", "blue bowl", "green block"
AT = "[0.500, -0.100]"


@pytest.mark.parametrize(
    ("clicks", "text", "meant"),
    [
        (("spot",), "put the red block here", f"put the red block here {AT}"),
        (("spot",), "put it over there, please", f"put it here, please {AT}"),
        (("spot",), "place the green block at this spot", f"place the green block here {AT}"),
        (("spot",), "no, put it back there", "no, put it back there"),
        (("spot",), "is there a red block", "is there a red block"),
        ((RED, "spot"), "put this here", f"put the red block here {AT}"),
        ((RED, "spot"), "put it here", f"put the red block here {AT}"),
        (("spot", RED), "put this one there", f"put the red block here {AT}"),
        (("spot", BOWL), "put the red block here", "put the red block in the blue bowl"),
        ((GREEN,), "put the red block there", "put the red block on the green block"),
        ((BOWL,), "put the red block in here", "put the red block in the blue bowl"),
        ((GREEN,), "put the red block on there", "put the red block on the green block"),
        (("spot",), "put the red block in here", f"put the red block here {AT}"),
        ((RED,), "pick it up", "pick the red block up"),
        ((RED,), "take the green block and put it in the bowl", "take the green block and put it in the bowl"),
        ((RED,), "name this my mug", "name the red block my mug"),
        ((RED,), "call this Betty", "call the red block Betty"),
        ((RED,), "this is my mug", "the red block is my mug"),
        ((RED,), "take this block", "take the red block"),
        ((RED,), "take this bowl away", "take this bowl away"),
        ((RED,), "do it like this", "do it like this"),
        ((), "stay here", "stay here"),
    ],
)
def test_a_click_is_this_and_here(clicks: tuple[str, ...], text: str, meant: str) -> None:
    selection = Selection()
    for click in clicks:
        selection.mark(0.5, -0.1) if click == "spot" else selection.select(click)
    assert selection.meant(text, TABLE) == meant


def test_it_is_what_was_clicked_after_the_last_words_and_nothing_in_the_hand() -> None:
    selection = Selection()
    selection.select(RED)
    assert selection.meant("pick it up", replace(TABLE, held=GREEN)) == "pick it up"
    selection.select(RED)
    assert selection.meant("left a bit", TABLE) == "left a bit"
    assert selection.meant("pick it up", TABLE) == "pick it up"


def test_here_without_a_click_asks_for_one(office: Office) -> None:
    assert office.answer(do="say", text="put the red block here")["text"] == NO_PLACE
    office.ask(do="mark", x=0.5, y=-0.1)
    office.answer(do="say", text="put the red block here")
    assert office.session.said == [f"put the red block here {AT}"]


def test_a_thing_gets_its_name_by_the_session(office: Office) -> None:
    thing, office.session.is_running = TABLE.objects[0].id, False
    assert office.answer(do="name", target=thing, text="my mug")["text"] == "I call it my mug"
    assert office.session.named == [(thing, "my mug")] and office.selection.names == {thing: "my mug"}


def test_a_session_at_work_takes_names_in_words(office: Office) -> None:
    thing = TABLE.objects[0]
    assert not office.answer(do="name", target=thing.id, text="Betty")["ok"], "it was read as a motion"
    assert office.session.said == [f"call the {thing.name} Betty"] and office.selection.names == {}
    office.session.level = "remark"
    assert office.answer(do="name", target=thing.id, text="Betty")["ok"]
    assert office.selection.names == {thing.id: "Betty"}
    assert not office.answer(do="name", target="gone", text="Betty")["ok"]


def test_what_fails_is_said_and_the_desk_stays_open(office: Office) -> None:
    def broken(text: str, wait_s: float = 2.0) -> Understood:
        raise RuntimeError("the arm is gone")

    say, office.session.say = office.session.say, broken  # type: ignore[method-assign]
    assert office.answer(do="say", text="up")["text"] == "the arm is gone"
    office.session.say = say  # type: ignore[method-assign]
    assert office.answer(do="say", text="up")["ok"]


def test_words_begin_an_instruction_only_where_somebody_takes_them(office: Office) -> None:
    office.session.is_running = False
    assert office.answer(do="say", text="stack the blocks")["text"] == TERMINAL
    begun: list[str] = []

    def begin(text: str) -> bool:
        begun.append(text)
        return office.handler.show("I see two blocks")

    office.handler.begin = begin
    found = office.answer(do="say", text="what do you see?")
    assert (begun, found["ok"], found["text"]) == (["what do you see?"], True, "I see two blocks")
    assert not office.handler.show("later"), "no words are being read"


def test_after_a_stop_while_nothing_was_under_way_words_begin_an_instruction(office: Office) -> None:
    office.session.is_running, office.session.stands = False, True
    begun: list[str] = []
    office.handler.begin = lambda text: not begun.append(text)  # type: ignore[func-returns-value]
    assert office.answer(do="say", text="stack the blocks")["ok"]
    assert begun == ["stack the blocks"]


def test_an_arm_that_gets_up_hears_words_as_its_session_does(office: Office) -> None:
    office.session.is_running, office.session.steering.doing = False, "getting up"
    office.answer(do="say", text="left")
    assert office.session.said == ["left"]


def test_hold_to_run_ends_with_its_repeats_and_at_once_when_it_is_let_go() -> None:
    office = Office(hold_to_run=True)
    session, keys = office.session, office.keys
    office.ask(do="hold")
    until = keys.held_until
    keys.tick(until - 0.01)
    assert session.speeds[-1] == (1.0, True) and session.stops == 0
    keys.tick(until + 0.001)
    assert session.speeds[-1] == (1.0, False) and session.stops == 1, f"{REPEAT_S} s after the last sign"
    session.stands, session.may_move = False, True
    office.ask(do="hold")
    office.ask(do="let_go")
    keys.tick(keys.held_until)
    assert session.stops == 2
    office.handler.close()


def test_go_on_of_a_held_arm_only_lets_the_button_move_it() -> None:
    office = Office(hold_to_run=True)
    office.session.press_stop()
    assert office.answer(do="say", text="go on")["text"] == HOLD_IT
    assert office.session.said == []
    office.ask(do="hold")
    office.keys.tick(office.keys.held_until - 0.01)
    assert office.session.said == ["go on"]
    office.handler.close()


def test_the_speed_limit_is_the_keys(office: Office) -> None:
    office.ask(do="speed", value=0.35)
    office.keys.tick(0.0)
    assert office.session.speeds[-1] == (0.35, False)


def test_the_timeline_forgets_what_is_old_and_counts_on() -> None:
    event_log = EventLog(wall=lambda: 12.0)
    for i in range(5000):
        event_log.add("note", float(i), str(np.float64(i)))
    assert len(event_log.since(0)) == 4000 and event_log.last == 5000
    assert [event["id"] for event in event_log.since(4998)] == [4999, 5000]

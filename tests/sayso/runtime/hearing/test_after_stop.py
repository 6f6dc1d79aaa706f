"""A way that a stop ended goes on by plain words; a stop that comes after the words wins over them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from sayso.hardware.clock import SimulatedClock
from sayso.hardware.control.homing import StoppedError
from sayso.runtime.hearing.after_stop import STANDS, goes_on, next_after_stop
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.session.journey import Journey


class Arm:
    """Takes 10 looks for each way; ``events`` are done at looks counted from the start, waiting or not."""

    def __init__(self, events: dict[int, Callable[[], None]]) -> None:
        self.looks, self.ways, self.pressed, self.cleared = 0, list[str](), 0, 0
        self._events = events
        self.robot = SimpleNamespace(clock=SimulatedClock(0.02, self._look), spec=SimpleNamespace(name="arm"))

    def _look(self) -> None:
        self.looks += 1
        self._events.get(self.looks, lambda: None)()

    def _take(self, way: str, stopped: Callable[[], bool]) -> None:
        self.ways.append(way)
        clock = self.robot.clock
        for _ in range(10):
            if stopped() or self.pressed != self.cleared:
                raise StoppedError(way)
            clock.sleep_until(clock.now() + 0.02)

    def connect(self, stopped: Callable[[], bool]) -> None:
        self._take("up", stopped)

    def go_home(self, stopped: Callable[[], bool]) -> None:
        self._take("home", stopped)

    def rest(self, stopped: Callable[[], bool]) -> None:
        self._take("rest", stopped)

    def stops(self) -> int:
        return self.pressed

    def clear(self, stops: int) -> None:
        self.cleared = stops


def journey(way: str, script: dict[int, str], waits_s: float = 2.0) -> tuple[str | None, list[str]]:
    commands = CommandQueue()

    def event(words: str) -> Callable[[], None]:
        def do() -> None:
            for word in words.split("; "):
                if word == "stop":
                    commands.stop()
                elif word == "press":  # by a program outside of the session
                    arm.pressed += 2
                else:
                    commands.say(word)

        return do

    arm, told = Arm({look: event(words) for look, words in script.items()}), list[str]()
    end = Journey(arm, commands, lambda: waits_s, lambda: False, told.append).take(way)  # type: ignore[arg-type]
    assert set(told) <= {STANDS} and len(told) == (len(arm.ways) - (end is not None))
    return end, arm.ways


@pytest.mark.parametrize("stop", ["stop", "press"])
@pytest.mark.parametrize("way", ["up", "home", "rest"])
def test_a_stopped_way_goes_on_or_goes_where_it_is_sent_or_holds(way: str, stop: str) -> None:
    assert journey(way, {}) == (way, [way])
    assert journey(way, {5: stop}) == (None, [way])
    assert journey(way, {5: stop, 30: "go on"}) == (way, [way, way])
    assert journey(way, {5: stop, 30: "please go home now"}) == ("home", [way, "home"])
    assert journey(way, {5: stop, 30: "lie down"}) == ("rest", [way, "rest"])
    assert journey(way, {5: stop, 30: "go on", 35: stop, 60: "go on"}) == (way, [way] * 3)


@pytest.mark.parametrize("stop", ["stop", "press"])
@pytest.mark.parametrize("words", ["go on", "go home", "lie down"])
def test_a_stop_that_comes_after_the_words_wins(words: str, stop: str) -> None:
    assert journey("up", {5: "stop", 30: f"{words}; {stop}"}) == (None, ["up"])


def test_words_said_at_once_after_the_stop_count() -> None:
    assert journey("up", {5: "stop; go on"}) == ("up", ["up", "up"])


def test_a_stop_before_the_way_began_keeps_the_arm_from_it() -> None:
    commands, arm = CommandQueue(), Arm({})
    commands.stop()
    assert Journey(arm, commands, lambda: 1.0, lambda: False, print).take("rest") is None  # type: ignore[arg-type]
    assert arm.ways == []


def test_a_signal_ends_the_waiting() -> None:
    commands = CommandQueue()
    arm = Arm({5: commands.stop})
    assert Journey(arm, commands, lambda: 1e9, lambda: arm.looks > 40, print).take("up") is None  # type: ignore[arg-type]


@pytest.mark.parametrize("words", ["don't go on", "go on?", "stop", "left a bit", "no, the green one", ""])
def test_anything_else_starts_nothing(words: str) -> None:
    assert next_after_stop(words) is None


def test_on_its_way_an_arm_hears_a_stop_that_is_said_and_nothing_else() -> None:
    assert journey("up", {5: "left a bit; go home"}) == ("up", ["up"])
    commands = CommandQueue()
    arm = Arm({5: lambda: commands.say("please stop now")})
    assert Journey(arm, commands, lambda: 0.1, lambda: False, [].append).take("up") is None  # type: ignore[arg-type]
    assert arm.ways == ["up"]


def test_of_several_words_the_last_plain_one_counts_and_a_stop_takes_it_back() -> None:
    assert journey("up", {5: "stop", 30: "go home; the weather is nice"}) == ("home", ["up", "home"])
    stopped = CommandQueue()
    arm = Arm({5: stopped.stop, 30: lambda: (stopped.say("go home"), stopped.say("stop"))})  # type: ignore[func-returns-value]
    assert Journey(arm, stopped, lambda: 2.0, lambda: False, [].append).take("up") is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        ("continue", True), ("ok continue", True), ("go on", True), ("ok im free, continue", True),
        ("I’m free now. Go on!", True), ("all good, carry on", True), ("thanks, I'm fine, keep going", True),
        ("I'm free", False), ("I'm not free, continue", False), ("all good, don't carry on", False),
        ("my sleeve is out, carry on", True), ("the cat is gone now, you may go on", True),
        ("go on, my hand's free", True), ("I've pulled my scarf out, go on", True),
        ("nobody is in the way any more, let's go on", True),
        ("sorry, false alarm: it's safe to continue", True), ("my left hand is out of the way, go on", True),
        ("my sleeve is in it, carry on", False), ("my hand is stuck, go on", False), ("my sleeve is out", False),
        ("is my hand out? go on", False), ("my hand isn't out, go on", False), ("ouch, go on", False),
        ("my hand is out, watch it, go on", False), ("my sleeve is out, go on and stop", False),
        ("let's go!", True), ("do carry on", True), ("right, off you go", True),
        ("resume the program", True),
        ("please continue when you're ready", True),
        ("slowly now, go on", True),
        ("go on, but gently", True), ("off", False),
        ("let's not go", False), ("go away", False), ("carry on when I'm out", False),
        ("slowly", False),
        ("never go on", False), ("go on when I say so", False), ("continue?", False), ("I'm stuck, continue", False),
    ],
)  # fmt: skip
def test_plain_words_go_on_also_after_words_that_the_danger_is_over(text: str, goes: bool) -> None:
    assert goes_on(text) is goes and (next_after_stop(text) == "on") is goes

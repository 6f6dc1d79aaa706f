"""The prompt: what is typed is an instruction, a correction, an answer or a stop, by what is under way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sayso.commands.prompt import HELP, Prompt, seen
from sayso.learning.attempt import attempts_in
from sayso.perception.scene import Scene
from sayso.planner.errors import PlannerError
from sayso.result import PlanStep, RunResult
from sayso.runtime.hearing.after_stop import STANDS
from sayso.runtime.hearing.understood import HELD, LEFT, NOBODY, STOPPED_IDLE, Understood
from sayso.runtime.progress import Event
from tests.planner.local_scenes import TABLE, scene, thing
from tests.sayso.commands.terminal.pseudo_terminal import PseudoTerminal

DONE = RunResult(
    instruction="wave", outcome="done", success=True, robot="sim", planner="local", seed=0, duration_s=3.0, rates={}
)


class Session:
    """Writes down what is asked of it."""

    is_running = False

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer = Understood("", "motion", "I move up")
        self.error: Exception | None = None
        self.comes_home = True

    def start(self, instruction: str) -> None:
        self.asked.append(f"start {instruction}")

    def wait(self, timeout_s: float | None = None) -> RunResult | None:
        if self.error is not None:
            raise self.error
        return DONE

    def say(self, text: str) -> Understood:
        self.asked.append(f"say {text}")
        return self.answer

    def press_stop(self) -> None:
        self.asked.append("stop")

    def look(self) -> Scene:
        return TABLE

    def go_home(self) -> bool:
        self.asked.append("home")
        return self.comes_home


class Talk:
    def __init__(self, running: bool = False) -> None:
        self.session, self.shown = Session(), list[str]()
        self.session.is_running = running
        self.prompt = Prompt(self.session, self.shown.append)

    def type(self, line: str) -> bool:
        goes_on = self.prompt.take(line + "\n")
        self.prompt.finish()
        return goes_on


def test_an_instruction_is_begun_and_its_end_shown() -> None:
    talk = Talk()
    assert talk.type("put the red block in the blue bowl")
    assert talk.session.asked == ["start put the red block in the blue bowl"]
    assert talk.shown == ["done: already so at the start (the simulator agrees)"]


@pytest.mark.parametrize("line", ["a bit up", "the red one", "go home", "what do you see?", "stop"])
def test_while_an_instruction_runs_everything_is_said_to_it(line: str) -> None:
    talk = Talk(running=True)
    talk.type(line)
    assert talk.session.asked == [f"say {line}"] and talk.shown == [], "the event of it shows the answer"


def test_what_the_run_has_not_read_is_shown_at_once() -> None:
    talk = Talk(running=True)
    talk.session.answer = Understood("up", "said", "nobody has read it")
    talk.type("up")
    assert talk.shown == ["nobody has read it"]


def test_enter_alone_stops_while_it_runs_and_at_rest() -> None:
    talk = Talk(running=True)
    talk.type("")
    assert talk.session.asked == ["stop"] and talk.shown == []
    talk.session.is_running = False
    talk.type("")
    talk.type("stop!")
    assert talk.session.asked == ["stop"] * 3 and talk.shown == [STOPPED_IDLE] * 2


@pytest.mark.parametrize("line", ["quit", " exit ", "Quit", "q"])
def test_quit_ends(line: str) -> None:
    assert not Talk().type(line)


@pytest.mark.parametrize(
    "line", ["what do you see?", "What can you see", "what's on the table?", "look around", "look"]
)
def test_it_tells_what_it_sees(line: str) -> None:
    talk = Talk()
    talk.type(line)
    assert talk.session.asked == [] and talk.shown == [seen(TABLE)]
    assert talk.shown[0].startswith("I see a red block, a green block, ") and talk.shown[0].endswith("and a pink bowl")


@pytest.mark.parametrize("line", ["what do you remember?", "what can you do?"])
def test_other_questions_are_answered_by_a_run(line: str) -> None:
    talk = Talk()
    talk.type(line)
    assert talk.session.asked == [f"start {line}"]


def test_twins_and_what_is_held_are_named_apart() -> None:
    twins = scene(
        thing("red block", 0.4, 0.1), thing("red block 2", 0.4, -0.1), thing("pink bowl", 0.5, 0), held="red block 2"
    )
    assert seen(twins) == "I see a red block and a pink bowl; I hold the red block"
    assert seen(scene(thing("red block", 0.4, 0.1), thing("red block 2", 0.4, -0.1))) == (
        "I see the left red block and the right red block"
    )
    assert seen(scene(thing("orange bowl", 0.4, 0.1))) == "I see an orange bowl"
    assert seen(scene()) == "I see nothing on the table"


@pytest.mark.parametrize(("comes", "shown"), [(True, "I am home"), (False, "stopped on the way home")])
def test_it_goes_home(comes: bool, shown: str) -> None:
    talk = Talk()
    talk.session.comes_home = comes
    talk.type("please go home")
    assert talk.session.asked == ["home"] and talk.shown == [shown]


def test_go_on_and_help_begin_nothing() -> None:
    talk = Talk()
    talk.session.answer = Understood("go on", "nobody", "nothing runs")
    talk.type("go on")
    talk.type("help")
    assert talk.session.asked == ["say go on"] and talk.shown == ["nothing is under way; say what to do", HELP]


def test_an_error_is_one_line_and_the_prompt_goes_on() -> None:
    talk = Talk()
    talk.session.error = PlannerError("no answer within 10 s")
    assert talk.type("wave")
    assert talk.shown == ["the planner does not answer: no answer within 10 s"]


def test_a_subtask_is_shown_once_and_answers_and_questions_always() -> None:
    talk = Talk()
    for event in (
        Event(0.5, "doing", "pick up the red block: move arm up"),
        Event(0.6, "doing", "pick up the red block: hold still"),
        Event(1.0, "heard", "I move up", "up"), Event(2.0, "question", "Which? [1 red]", options=("red",)),
        Event(3.0, "doing", "done: hold still"),
    ):  # fmt: skip
        talk.prompt.event(event)
    assert talk.shown == ["  0.5 s  pick up the red block", "I move up", "Which? [1 red]"]


def test_one_stop_is_told_once_and_so_is_a_question() -> None:
    talk = Talk()
    question = "Which block do you mean? [1 red block, 2 green block]"
    for event in (
        Event(0.5, "doing", "pick up the red block: move arm up"),
        Event(1.0, "heard", HELD, "stop"), Event(1.0, "doing", STANDS), Event(2.0, "heard", "I go on", "go on"),
        Event(2.0, "doing", "pick up the red block: move arm up"),
        Event(3.0, "heard", question, "take the block"), Event(3.0, "question", question),
        Event(4.0, "heard", "I move up", "up"), Event(5.0, "heard", "I move up", "up"),
        Event(6.0, "note", "I take back “stack them”"),
    ):  # fmt: skip
        talk.prompt.event(event)
    assert talk.shown == [
        "  0.5 s  pick up the red block", HELD, "I go on", "  2.0 s  pick up the red block", question, "I move up",
        "I move up", "I take back “stack them”",
    ]  # fmt: skip


def test_sayso_alone_in_a_terminal_is_a_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with PseudoTerminal("--robot", "sim") as terminal:
        terminal.until("quit ends")
        terminal.type("what do you see?\n")
        terminal.until("I see a ")
        terminal.type("open the gripper\n")
        terminal.until("done in")
        terminal.type("pick up the block\n")
        terminal.until("Which block do you mean")
        terminal.type("the red one\n")
        terminal.until("pick up the red block")
        terminal.type("\n")
        terminal.until("I hold still; say go on")
        terminal.type("go on\n")
        terminal.until("I go on")
        terminal.until("(the simulator agrees)")
        terminal.type("quit\n")
        assert terminal.end() == 0
    opened, picked = sorted(attempts_in([tmp_path / "runs"]), key=lambda attempt: attempt.opening.when)
    assert (opened.opening.instruction, picked.opening.instruction) == ("open the gripper", "pick up the block")
    assert [said.text for said in picked.said][-1] == "go on" and picked.outcome == "done"


def test_the_answer_that_ends_the_run_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    session = Session()
    prompt = Prompt(session, shown.append)

    def left(timeout_s: float | None = None) -> RunResult:
        prompt.event(Event(1.0, "heard", LEFT))
        return replace(DONE, outcome="asked", success=None, reply=LEFT)

    monkeypatch.setattr(session, "wait", left)
    prompt.take("put the red block in the bowl")
    prompt.finish()
    assert [text for text in shown if text] == [LEFT]


def test_what_another_terminal_says_at_rest_begins_as_if_it_were_typed() -> None:
    session, shown = Session(), list[str]()
    talk = Prompt(session, shown.append)
    heard = talk.hear("put the red block in the blue bowl")
    talk.finish()
    assert heard == Understood(
        "put the red block in the blue bowl", "begin", "I begin: put the red block in the blue bowl"
    )
    assert session.asked == ["start put the red block in the blue bowl"]
    assert shown[0] == "said in another terminal: put the red block in the blue bowl"
    looked = talk.hear("what do you see?")
    assert looked is not None and looked.read_as.startswith("I see")
    assert [talk.hear(text) for text in ("quit", "help", "go on")] == [None] * 3
    assert len(session.asked) == 1


def test_why_the_simulator_has_no_verdict_is_told_once_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    session, shown = Session(), list[str]()
    unjudged = replace(DONE, success=None, success_reason="it checks only puts", plan=(PlanStep(0.0, "wave", "done"),))
    monkeypatch.setattr(session, "wait", lambda timeout_s=None: unjudged)
    talk = Prompt(session, shown.append)
    for _ in range(2):
        talk.take("wave")
        talk.finish()
    assert shown == ["done in 3.0 s, as the robot sees it (it checks only puts)", "done in 3.0 s, as the robot sees it"]


@pytest.mark.parametrize(("line", "asked"), [("not there, in the bowl", 2), ("stop", 1)])
def test_what_nobody_read_as_the_run_ended_is_taken_after_it(line: str, asked: int) -> None:
    talk = Talk(running=True)
    talk.session.answer = Understood(line, "nobody", NOBODY)
    before = talk.session.say

    def say(text: str) -> Understood:
        talk.session.is_running = False
        return before(text)

    talk.session.say = say  # type: ignore[method-assign]
    talk.type(line)
    assert talk.session.asked == [f"say {line}", f"start {line}"][:asked]

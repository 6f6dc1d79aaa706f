"""One session, many instructions: each result is of its own, a stop ends one run only, and other terminals reach it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from sayso.cli import run_command
from sayso.console.event_log import EventLog
from sayso.hardware.control.homing import StoppedError
from sayso.hardware.control.loop import Cycle
from sayso.hardware.types import Array
from sayso.planner.task.english import plainly
from sayso.runtime.hearing.understood import Understood
from sayso.runtime.progress import Event
from sayso.runtime.subscriber import Subscriber
from sayso.session import Options, Session, SessionError

PUT, PICK = "put the red block in the blue bowl", "pick up the red block"
WHICH = "put the block in the blue bowl"
TRUE = Options(sees="truth")


@pytest.fixture
def session() -> Iterator[Session]:
    with Session(scene="tabletop", seed=4, options=TRUE) as session:
        yield session


def test_the_second_result_is_of_the_second_instruction(session: Session) -> None:
    first = session.run(PUT, say=[(0.5, "no, the green one")])
    assert first.corrections and first.success is None
    assert first.success_reason is not None and first.success_reason.startswith("a correction exchanged an object")
    assert first.plan[0].outcome == "superseded"
    second = session.run(PUT)
    assert second.corrections == () and second.question is None
    assert all(step.t >= 0 for step in second.plan) and second.plan[-1].subtask == PUT
    assert (second.outcome, second.success) == ("done", True)
    assert second.success_reason is None and 0 < second.duration_s < 40


def test_a_question_is_not_the_next_runs(session: Session) -> None:
    assert session.run("pick up the purple block").question
    assert session.run(PICK).question is None


def test_after_a_stop_the_next_instruction_is_carried_out(session: Session) -> None:
    session.start(PICK)
    session.stop()
    result = session.wait(60)
    assert result is not None and result.outcome == "stopped"
    session.start(PICK)
    result = session.wait(60)
    assert result is not None and (result.outcome, result.success) == ("done", True)


def test_a_stop_between_two_instructions_is_over_when_a_person_starts_the_next(session: Session) -> None:
    session.stop()
    assert not session.say("left a bit"), "there is nothing that it could be about"
    result = session.run(PICK)
    assert result.outcome == "done" and result.corrections == ()


@pytest.mark.parametrize("word", ["stop", "ouch!"])
def test_a_stop_said_while_nothing_is_carried_out_is_a_stop(session: Session, word: str) -> None:
    assert session.say(word)
    assert session.commands.stopped


def test_what_is_said_is_answered_with_what_was_understood() -> None:
    with Session(scene="tabletop", seed=4, live=True, options=TRUE) as session:
        session.start(PUT)
        while session.wait(0.01) is None and not session.executive.log.motions:
            pass
        understood = session.say("a bit to the left")
        lasts = "from now on I take the red block 2 cm farther left"
        told = (str(understood), understood.level)
        assert told == (f"I move to the left a bit; {lasts}", "motion") and understood
        assert str(session.say("no, the green one")) == "I take the green block instead of the red block"
        assert session.say("the wombat sings of love").level in ("unknown", "remark")
        assert session.say("stop").level == "stop"
        assert str(session.say("left")).startswith("stopped: it holds; say go on")
        session.interrupt()
        assert session.wait(60) is not None


def test_the_thread_that_drives_the_arm_does_not_wait_for_itself(session: Session) -> None:
    said: list[Understood] = []

    def progress(t: float, line: str) -> None:
        if not said:
            said.append(session.say("no, the green one"))

    assert session.run(PUT, progress=progress).corrections[0].level == "subtask"
    assert said[0].level == "said"


def test_a_rule_in_a_run_is_answered_first_and_the_page_shows_plain_words(session: Session) -> None:
    session.run(PUT, say=[(1.0, "dont touch teh yelow block")])
    heard = session.executive.log.heard[0]
    assert heard.answer == "I leave the yellow block alone; I put the red block in the blue bowl"
    event_log = EventLog()
    event_log.look(session, [])
    assert [e["text"] for e in event_log.events if e["kind"] == "instruction"] == [
        "put the red block in the blue bowl; never touch the yellow block"
    ]


def test_words_do_not_break_what_was_said_before(session: Session) -> None:
    result = session.run(f"{PUT} but don't touch the green block", say=[(2.0, "no, the green one")])
    assert result.outcome == "asked" and result.options == ("yes", "no")
    assert result.question is not None and result.question.startswith("You also said: never touch the green block.")
    assert all("green" not in step.subtask for step in result.plan)


def test_a_question_ends_the_run_where_nobody_listens_and_waits_for_who_does(session: Session) -> None:
    assert session.run(WHICH).options[:2] == ("red block", "green block")
    events: list[Event] = []

    def listen(event: Event) -> None:
        events.append(event)
        if event.kind == "question":
            assert session.question is not None and event.options == session.question.options
            session.say(event.options[0])

    session.on_event(listen)
    result = session.run(WHICH)
    assert (result.outcome, result.success, result.question, result.options) == ("done", True, None, ())
    assert result.instruction == WHICH and plainly(session.executive.instruction) == PUT
    assert [e.kind for e in events[:2]] == ["question", "heard"] and events[1].text == f"I {PUT}"
    assert session.question is None


def test_it_looks_without_an_instruction(session: Session) -> None:
    assert session.scene is None
    seen = session.look()
    assert session.scene is seen and "red block" in {thing.name for thing in seen.objects}
    assert not session.is_running


def test_a_bare_motion_is_an_instruction() -> None:
    with Session(scene="tabletop", seed=4, options=Options(sees="truth", answer_s=math.inf)) as session:
        before = session.robot.read().position
        result = session.run("up a bit")
        assert (result.outcome, result.plan) == ("done", ()) and result.motions[0].text == "move arm slightly up"
        assert np.abs(session.robot.read().position - before).max() > 0.005
        assert session.run(PICK).outcome == "done"
        assert session.go_home()
        assert np.abs(session.robot.read().position - session.robot.spec.home).max() < 0.05
    with Session(scene="tabletop", seed=4, options=TRUE) as alone:
        before = alone.robot.read().position
        assert alone.run("up a bit").outcome == "done"
        assert np.abs(alone.robot.read().position - before).max() > 0.005
        assert alone.run("go home").reply == "I go home"
        assert np.abs(alone.robot.read().position - alone.robot.spec.home).max() < 0.05
        seen = alone.run("what do you see?")
        assert seen.outcome == "done" and seen.reply is not None and "the red block" in seen.reply


def test_a_motion_alone_with_something_in_the_hand_is_that_motion_and_the_hand_holds_on(session: Session) -> None:
    assert session.run(PICK).outcome == "done"
    before = session.runtime.observe().tool.position
    for words, axis in (("a bit to the left", 1), ("thanks! now higher", 2)):
        result = session.run(words)
        assert (result.outcome, result.plan) == ("done", ())
        after = session.runtime.observe()
        assert after.held is not None and after.tool.position[axis] - before[axis] > 0.004
        before = after.tool.position
    assert session.run("open the gripper").outcome == "refused", "it would drop the block"


def test_the_gripper_is_opened_and_closed_alone(session: Session) -> None:
    for words in ("close the gripper", "open the gripper"):
        result = session.run(words)
        assert (result.outcome, result.plan, result.motions[0].text) == ("done", (), words.replace("the ", ""))


def test_the_left_of_a_person_across_the_table_is_the_arms_right() -> None:
    with Session(scene="tabletop", seed=4, options=replace(TRUE, viewpoint_yaw=math.pi)) as session:
        result = session.run("put the red block to the left of the blue bowl")
        truth = session.truth
    assert (result.outcome, result.success) == ("done", True)
    assert result.plan[-1].subtask == "put the red block to the right of the blue bowl", "in the arm's words"
    assert truth["b1"].position[1] < truth["w1"].position[1] - 0.05


def test_another_thread_answers_a_question() -> None:
    with Session(scene="tabletop", seed=4, options=Options(sees="truth", answer_s=math.inf)) as session:
        session.start(WHICH)
        while session.wait(0.01) is None and session.question is None:
            pass
        assert str(session.say("the red one")) == f"I {PUT}"
        result = session.wait(60)
        assert result is not None and result.outcome == "done"


def test_a_scheduled_answer_answers_and_no_ask_does_not_wait_for_it() -> None:
    for answer_s, outcome in ((0.0, "done"), (None, "asked")):
        with Session(scene="tabletop", seed=4, options=Options(sees="truth", answer_s=answer_s)) as session:
            assert session.run(WHICH, say=[(1.0, "the red one")]).outcome == outcome


def test_a_stop_ends_the_way_home_and_the_result_is_kept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    go_home = session.backend.go_home

    def stopped_there(stopped: Callable[[], bool]) -> None:
        session.robot.clock.subscribe(lambda: session.say("stop"))  # type: ignore[attr-defined]
        go_home(stopped)

    monkeypatch.setattr(session.backend, "go_home", stopped_there)
    result = session.run(PUT, say=[(2.0, "stop"), (2.5, "go home")])
    assert result.outcome == "stopped"
    assert np.abs(session.robot.read().position - session.robot.spec.home).max() > 0.05


def test_what_goes_wrong_in_the_background_is_raised_by_wait(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("in the planner")

    monkeypatch.setattr(session.executive, "begin", broken)
    session.start(PICK)
    with pytest.raises(ZeroDivisionError, match="in the planner"):
        session.wait(60)
    monkeypatch.undo()
    assert session.run(PICK).outcome == "done"


def test_go_on_is_waited_for_and_the_time_does_not_count() -> None:
    options = Options(sees="truth", go_on_s=30.0, limit_s=15.0)
    with Session(scene="tabletop", seed=4, options=options) as session:
        result = session.run(PUT, say=[(1.0, "stop"), (21.0, "go on")])
    assert result.outcome == "done" and result.duration_s > 21


def test_a_stopped_run_lasts_until_it_was_stopped(session: Session) -> None:
    session.operator.go_on_s = 5.0
    result = session.run(PUT, say=[(1.0, "stop")])
    assert result.outcome == "stopped" and result.duration_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("words", ["go home", "Home!", "please go home now"])
def test_a_stopped_arm_goes_home_when_it_is_sent_there(session: Session, words: str) -> None:
    result = session.run(PUT, say=[(2.0, "stop"), (2.5, words)])
    assert result.outcome == "stopped"
    assert np.abs(session.robot.read().position - session.robot.spec.home).max() < 0.05


def test_a_stopped_arm_does_not_obey_a_direction(session: Session) -> None:
    class Positions(Subscriber):
        def cycle_ended(self, cycle: Cycle) -> None:
            where.append(cycle.state.position)

    where: list[Array] = []
    session.runtime.subscribe(Positions())
    session.operator.go_on_s = 3.0
    session.run(PUT, say=[(1.0, "stop"), (2.5, "left a bit")])
    assert np.abs(where[-1] - where[-300]).max() < 1e-3


@pytest.mark.parametrize("wish", ["go home", "lie down"])
def test_a_stop_wins_over_the_way_that_was_asked_for_just_before(
    session: Session, wish: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = session.executive.run

    def stopped_again() -> None:
        finish()
        session.stop()  # while things come to rest, before the arm is sent anywhere

    sent: list[str] = []
    monkeypatch.setattr(session.executive, "run", stopped_again)
    monkeypatch.setattr(session.backend, "go_home", lambda stopped: sent.append("home"))
    monkeypatch.setattr(session.backend, "rest", lambda stopped: sent.append("rest"))
    assert session.run(PUT, say=[(1.0, "stop"), (1.5, wish)]).outcome == "stopped"
    session.close()
    assert sent == []


@pytest.mark.parametrize("words", ["don't stop", "go on?", "can we go on?"])
def test_only_plain_words_start_a_stopped_arm(session: Session, words: str) -> None:
    session.operator.go_on_s = 2.0
    result = session.run(PUT, say=[(1.0, "stop"), (2.0, words)])
    assert result.outcome == "stopped" and result.corrections[0].level == "stop"
    assert result.corrections[1].level != "resume"


def test_one_instruction_at_a_time_whatever_threads_ask(session: Session) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(session.run, PUT)
        while not session.executive.driving and not running.done():
            pass
        with pytest.raises(SessionError, match="already being carried out"):
            session.start(PICK)
        with pytest.raises(SessionError, match="already being carried out"):
            session.run(PICK)
        assert running.result(60).outcome == "done"


def test_a_closed_session_says_so_and_takes_texts_only(session: Session) -> None:
    with pytest.raises(SessionError, match="an instruction is a text in plain words; got 5"):
        session.run(5)  # type: ignore[arg-type]
    session.close()
    with pytest.raises(SessionError, match="the session is closed; make another"):
        session.run(PICK)


def test_a_session_closed_by_another_thread_ends_the_run_first_and_the_run_says_stopped(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, close = [], session.backend.close
    monkeypatch.setattr(session.backend, "close", lambda: (let_go.append(session.steering.carrying), close()))
    session._left.pop_all()
    session._left.callback(lambda: session.backend.close())
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(session.run, PUT)
        while not session.executive.driving and not running.done():
            pass
        session.close()
        result = running.result(60)
    assert (result.outcome, result.question) == ("stopped", None)
    assert let_go == [False], "nothing was let go of while the run drove"


def test_a_run_does_not_close_its_own_session(session: Session) -> None:
    def close(t: float, line: str) -> None:
        session.close()

    with pytest.raises(SessionError, match="a run cannot close its own session"):
        session.run(PUT, progress=close)


def test_a_programs_own_stop_is_waited_on_for_1_s_and_a_persons_for_30() -> None:
    with Session(scene="tabletop", seed=4, live=True, options=TRUE) as session:
        assert session.operator.go_on_s == 30.0
        session.stop()
        assert session.operator.go_on_s == 1.0
        session.say("stop")
        assert session.operator.go_on_s == 30.0
        session.stop()
        assert run_command(["stop"]) == 0
        assert session.operator.go_on_s == 30.0
        session.start(PUT)
        while session.wait(0.01) is None and not session.executive.log.motions:
            pass
        session.stop()
        result = session.wait(15)
        assert result is not None and result.outcome == "stopped"


def test_a_time_that_was_asked_for_holds_for_the_programs_own_stop_too() -> None:
    with Session(scene="tabletop", seed=4, live=True, options=Options(sees="truth", go_on_s=7.0)) as session:
        session.stop()
        assert session.operator.go_on_s == 7.0


@pytest.mark.parametrize("words", ["go on", "go home"])
def test_a_stop_that_was_pressed_after_the_words_makes_them_void(session: Session, words: str) -> None:
    session.operator.go_on_s = 5.0
    finish, at = session.operator._listen, []

    def listen(now: float) -> None:
        if session.runtime.loop.stopped and not at:
            at.append(now)
            session.say(words)
            session.commands.stop()  # in the same cycle, after the words
        finish(now)

    session.operator._listen = listen  # type: ignore[method-assign]
    result = session.run(PUT, say=[(1.0, "stop")])
    assert at and result.outcome == "stopped" and session.operator.wish is None


def test_what_cannot_be_is_not_judged(session: Session) -> None:
    result = session.run("bake a cake")
    assert (result.outcome, result.success) == ("refused", None)
    assert result.to_json()["success_reason"].startswith("the simulator itself")


def test_a_stop_in_words_reaches_all_sessions() -> None:
    with Session(scene="tabletop", seed=4, options=TRUE) as one, Session(scene="tabletop", seed=5, options=TRUE) as two:
        assert run_command(["say", "whoa!"]) == 0
        assert one.commands.stopped and two.commands.stopped


def test_another_terminal_stops_a_python_session() -> None:
    with Session(scene="tabletop", seed=4, live=True, options=Options(sees="truth", go_on_s=0.1)) as session:
        session.start(PUT)
        while session.wait(0.01) is None and not session.executive.log.motions:
            pass
        assert run_command(["stop"]) == 0
        result = session.wait(60)
        assert result is not None and result.outcome == "stopped"


def test_a_session_that_was_stopped_while_it_was_set_up_touches_no_arm(monkeypatch: pytest.MonkeyPatch) -> None:
    from sayso.backends.simulated import SimBackend

    def connect(_: SimBackend, stopped: Callable[[], bool]) -> None:
        raise AssertionError("the arm was connected")

    monkeypatch.setattr(SimBackend, "connect", connect)
    monkeypatch.setattr("sayso.session.assembly.CorrectionReader.warm_up", lambda _: run_command(["stop"]))
    with pytest.raises(StoppedError, match="was stopped while it got up"):
        Session(scene="tabletop", seed=4, options=TRUE)

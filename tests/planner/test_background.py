"""Planning in the background: the caller never waits, only the newest answer counts, a hung planner is given up."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import pytest

from sayso.hardware.clock import FakeClock
from sayso.perception.scene import Scene
from sayso.planner.background import GRACE_S, BackgroundPlanner
from sayso.planner.errors import PlannerError
from sayso.planner.plan import Answer, Planner, Question, Refusal, Subtask
from sayso.planner.remote.planner import RemotePlanner
from tests.planner.remote_server import Script, says, serving, table
from tests.waiting import pause, until

PATIENCE_S = 60.0  # a busy computer may be late; what hangs does so for longer than is waited for


class Gated(Planner):
    """Answers with the instruction when its gate is opened."""

    name = "gated"

    def __init__(self) -> None:
        self.gates: dict[str, threading.Event] = {}
        self.seen: list[str] = []
        self.threads: set[threading.Thread] = set()

    def gate(self, instruction: str) -> threading.Event:
        return self.gates.setdefault(instruction, threading.Event())

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        self.seen.append(instruction)
        self.threads.add(threading.current_thread())
        self.gate(instruction).wait(PATIENCE_S)
        if instruction == "fail":
            raise PlannerError("out of order")
        return Question(instruction)


def soon(result: Callable[[], object]) -> object:
    return until(result, patience_s=PATIENCE_S / 2)


def test_answers_and_errors_come_once_with_their_version() -> None:
    planner = Gated()
    with BackgroundPlanner(planner) as background:
        assert background.poll() is None
        first = background.submit("a", table())
        assert background.poll() is None
        planner.gate("a").set()
        assert soon(background.poll) == (first, Question("a"))
        assert background.poll() is None
        second = background.submit("fail", table())
        planner.gate("fail").set()
        found = soon(background.poll)
        assert isinstance(found, tuple) and found[0] == second == first + 1
        assert isinstance(found[1], PlannerError) and str(found[1]) == "out of order"
        assert len(planner.threads) == 1 and next(iter(planner.threads)).daemon


def test_a_newer_question_outdates_older_answers_and_skips_older_questions() -> None:
    planner = Gated()
    with BackgroundPlanner(planner) as background:
        background.submit("a", table())
        assert soon(lambda: planner.seen or None) == ["a"]
        background.submit("b", table())
        newest = background.submit("c", table())
        planner.gate("a").set()
        planner.gate("c").set()
        assert soon(background.poll) == (newest, Question("c"))
        assert planner.seen == ["a", "c"]


def test_an_answer_that_was_not_fetched_is_thrown_away_by_a_newer_question() -> None:
    planner = Gated()
    planner.gate("a").set()
    with BackgroundPlanner(planner) as background:
        background.submit("a", table())
        assert soon(lambda: background._answer) is not None
        background.submit("b", table())
        assert background.poll() is None
        planner.gate("b").set()
        assert soon(background.poll) == (2, Question("b"))


def test_submit_and_poll_never_wait() -> None:
    planner = Gated()
    with BackgroundPlanner(planner) as background:
        background.submit("a", table())
        soon(lambda: planner.seen or None)
        start = time.monotonic()
        for _ in range(200):
            background.submit("b", table())
            background.poll()
        assert time.monotonic() - start < PATIENCE_S / 2
        planner.gate("a").set()
        planner.gate("b").set()


def test_a_hung_planner_is_given_up_after_its_deadline_and_the_next_question_is_served() -> None:
    planner, clock = Gated(), FakeClock()
    with BackgroundPlanner(planner, deadline_s=2.0, clock=clock) as background:
        version = background.submit("hangs", table())
        soon(lambda: planner.threads or None)
        (hung,) = planner.threads
        clock.t = 2.0 + GRACE_S - 0.01
        assert background.poll() is None
        clock.t = 2.0 + GRACE_S
        found = background.poll()
        assert found is not None and found[0] == version
        assert isinstance(found[1], PlannerError) and "silent after its deadline" in str(found[1])
        planner.gate("b").set()
        after = background.submit("b", table())
        assert soon(background.poll) == (after, Question("b"))
        planner.gate("hangs").set()
        hung.join(PATIENCE_S)
        assert not hung.is_alive()
        assert background.poll() is None, "the late answer of the thread left behind must not surface"


def test_a_question_behind_a_hung_one_is_served_by_a_new_worker() -> None:
    planner, clock = Gated(), FakeClock()
    planner.gate("b").set()
    with BackgroundPlanner(planner, deadline_s=2.0, clock=clock) as background:
        background.submit("hangs", table())
        soon(lambda: planner.seen or None)
        version = background.submit("b", table())
        clock.t = 3.0
        assert soon(background.poll) == (version, Question("b"))
        planner.gate("hangs").set()


def test_close_ends_the_worker_and_a_later_question_starts_another() -> None:
    planner = Gated()
    planner.gate("a").set()
    background = BackgroundPlanner(planner)
    background.submit("a", table())
    soon(background.poll)
    (worker,) = planner.threads
    background.close()
    background.close()
    worker.join(PATIENCE_S)
    assert not worker.is_alive()
    version = background.submit("a", table())
    assert soon(background.poll) == (version, Question("a"))
    background.close()


class Cancelled(Gated):
    """A planner that is told when its question is outdated."""

    def __init__(self) -> None:
        super().__init__()
        self.cancels = 0

    def cancel(self) -> None:
        self.cancels += 1


def test_a_planner_is_told_once_that_its_question_is_outdated() -> None:
    planner = Cancelled()
    with BackgroundPlanner(planner) as background:
        background.submit("a", table())
        soon(lambda: planner.seen or None)
        background.submit("b", table())
        assert planner.cancels == 1
        planner.gate("a").set()
        planner.gate("b").set()
        assert soon(background.poll) == (2, Question("b"))
    assert planner.cancels == 1, "nothing is under way"


def test_a_planner_is_told_that_nobody_waits_any_more() -> None:
    planner = Cancelled()
    with BackgroundPlanner(planner) as background:
        background.submit("a", table())
        soon(lambda: planner.seen or None)
    assert planner.cancels == 1
    planner.gate("a").set()


def test_a_question_after_a_hung_one_is_asked_at_once_and_cancels_nothing() -> None:
    planner, clock = Cancelled(), FakeClock()
    with BackgroundPlanner(planner, deadline_s=2.0, clock=clock) as background:
        background.submit("hangs", table())
        soon(lambda: planner.seen or None)
        clock.t = 3.0
        planner.gate("b").set()
        version = background.submit("b", table())
        assert soon(background.poll) == (version, Question("b")) and planner.cancels == 0
        planner.gate("hangs").set()


def test_a_hung_question_that_is_outdated_is_answered_with_nothing() -> None:
    planner, clock = Gated(), FakeClock()
    background = BackgroundPlanner(planner, deadline_s=2.0, clock=clock)
    background.submit("hangs", table())
    soon(lambda: planner.seen or None)
    background.submit("b", table())
    background.close()
    clock.t = 3.0
    assert background.poll() is None
    planner.gate("hangs").set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_planner_that_ends_its_thread_is_asked_again_in_another() -> None:
    class Ends(Gated):
        def plan(
            self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
        ) -> Answer:
            if instruction == "ends":
                self.threads.add(threading.current_thread())
                raise SystemExit
            return super().plan(instruction, scene, done=done, deadline_s=deadline_s)

    planner = Ends()
    planner.gate("b").set()
    with BackgroundPlanner(planner) as background:
        background.submit("ends", table())
        soon(lambda: planner.threads or None)
        (thread,) = planner.threads
        thread.join(PATIENCE_S)
        version = background.submit("b", table())
        assert soon(background.poll) == (version, Question("b"))


def test_a_remote_planner_drops_the_outdated_request_at_once() -> None:
    refusal = {"answer": {"type": "refusal", "reason": "no"}}
    script = Script(lambda handler: script.release.wait(PATIENCE_S), says(refusal))  # type: ignore[arg-type,return-value]
    with serving(script) as url, BackgroundPlanner(RemotePlanner("m", url), deadline_s=PATIENCE_S) as background:
        background.submit("a", table())
        soon(lambda: script.bodies or None)
        start = time.monotonic()
        version = background.submit("b", table())
        assert soon(background.poll) == (version, Refusal("no"))
        assert time.monotonic() - start < PATIENCE_S / 2


@pytest.mark.parametrize("seed", range(3))
def test_under_random_timing_the_last_answer_is_the_last_question(seed: int) -> None:
    chance = random.Random(seed)

    class Quick(Planner):
        name = "quick"

        def plan(
            self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 1
        ) -> Answer:
            pause(chance.random() / 800)
            return Question(instruction)

    with BackgroundPlanner(Quick()) as background:
        found = None
        for i in range(150):
            version = background.submit(str(i), table())
            if chance.random() < 0.3:
                pause(0.001)
            found = background.poll()
            assert found is None or found[0] == version
        assert (found or soon(background.poll)) == (150, Question("149"))

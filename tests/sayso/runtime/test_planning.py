"""Without an answer of the planner: an error, a question, the local planner, or the arm holds until there is one."""

from __future__ import annotations

import threading

import pytest

from sayso.perception.scene import Scene
from sayso.planner.errors import Fallback, PlannerError
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Subtask, Verb
from sayso.runtime.log import Log
from sayso.runtime.planning import Planning
from tests.planner.remote_server import table
from tests.waiting import until

PICK = Plan((Subtask(Verb.PICK, "b1", "red block"),))


class Failing(Planner):
    """Fails ``times`` times, then answers; keeps the deadlines it was given."""

    name = "far"
    remote = True

    def __init__(self, times: int = 10**9) -> None:
        self.times, self.deadlines, self.again = times, list[float](), threading.Event()

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        self.deadlines.append(deadline_s)
        if len(self.deadlines) <= self.times:
            raise PlannerError("no answer within 3 s")
        return PICK


class Local(Planner):
    name = "local"

    def __init__(self, answer: Answer = PICK) -> None:
        self.answer = answer

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        return self.answer


def planning(fallback: Fallback | None, times: int = 10**9, local: Planner | None = None) -> Planning:
    return Planning(Failing(times), Log(), 3.0, fallback, local)


def later(asked: Planning) -> Answer:
    assert asked.ask_while_driving("pick up the red block", table(), ()) is None and asked.is_busy
    answer: Answer = until(asked.poll, patience_s=30.0)  # type: ignore[assignment]
    assert not asked.is_busy
    asked.close()
    return answer


def test_without_a_fallback_the_first_plan_is_an_error_and_a_later_one_a_question() -> None:
    with pytest.raises(PlannerError, match="no answer within 3 s"):
        planning(None).begin("x", table())
    assert later(planning(None)) == Question("no answer within 3 s")


def test_ask_makes_a_question_that_again_answers() -> None:
    question = Question("no answer within 3 s", ("ask again",), ("pick up the red block",))
    assert planning(Fallback.ASK).begin("pick up the red block", table()) == question
    assert later(planning(Fallback.ASK)) == question


def test_the_local_planner_plans_and_says_so() -> None:
    for answer in (
        planning(Fallback.LOCAL, local=Local()).begin("x", table()),
        later(planning(Fallback.LOCAL, local=Local())),
    ):
        assert answer == Plan(PICK.subtasks, ("I planned this without far: no answer within 3 s",))
    assert planning(Fallback.LOCAL, local=Local(Refusal("no"))).begin("x", table()) == Refusal("no")


def test_hold_asks_again_until_there_is_an_answer() -> None:
    asked = planning(Fallback.HOLD, times=1)
    assert asked.begin("x", table()) is None and asked.is_busy
    until(lambda: asked.failed, patience_s=30.0)
    assert asked.failed == "no answer within 3 s" and asked.poll() is None and not asked.is_thinking
    assert until(asked.poll, patience_s=30.0) == PICK
    assert not asked.is_busy and asked.failed == ""
    asked.close()


def test_an_answer_that_was_given_up_is_never_taken() -> None:
    asked = planning(Fallback.HOLD, times=0)
    asked.ask_while_driving("x", table(), ())
    until(lambda: asked.background is not None and asked.background.is_answered, patience_s=30.0)
    asked.close()
    assert asked.poll() is None and not asked.is_busy


def test_the_deadline_reaches_the_planner() -> None:
    failing = Failing()
    asked = Planning(failing, Log(), 3.0, Fallback.ASK)
    asked.begin("x", table())
    later(asked)
    assert failing.deadlines == [3.0, 3.0]

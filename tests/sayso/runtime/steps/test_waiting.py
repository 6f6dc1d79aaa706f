"""A plan that waits: the arm holds until the scene shows it, the time has passed, or a person says so."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from sayso.perception.scene import Scene
from sayso.planner.execution.critic import State
from sayso.planner.plan import Answer, Plan, Planner, Relation, Subtask, Verb
from sayso.planner.watch.atoms import Beside, Elapsed, Told
from sayso.planner.watch.formula import Formula, either
from sayso.planner.watch.wait import Wait
from tests.sayso.runtime.parts import ExecutiveRig, block

PICK, GREEN = Subtask(Verb.PICK, "red", "red block"), Subtask(Verb.PICK, "green", "green block")
THERE = Subtask(Verb.PLACE, "red", "red block", Relation.AT, "red", "red block", None, (0.5, 0.1), "there")
READY = Told("I'm ready")
CLOSE = Beside(("red",), "green", 0.05)


class Waits(Planner):
    """Waits until ``condition`` holds, then picks up the red block; with ``ends`` it does not wait, and goes on."""

    name = "waits"

    def __init__(self, condition: Formula, ends: bool = False) -> None:
        self.wait, self.ends, self.asked = Wait("it is so", condition), ends, 0

    def plan(self, instruction: str, scene: Scene, *, done: Sequence[Subtask] = (), deadline_s: float = 10.0) -> Answer:
        self.asked += 1
        if self.ends:
            return Plan((THERE, GREEN), ends=self.wait)
        step = Subtask(Verb.WAIT, "", "", wait=self.wait)
        return Plan((PICK,) if step in done else (step,))


def rig(condition: Formula, wait_s: float | None = math.inf, ends: bool = False, limit_s: float = 5.0) -> ExecutiveRig:
    rig = ExecutiveRig("pick up the red block", 60.0, Waits(condition, ends))
    rig.executive.clear()
    rig.runtime.observe()
    rig.executive.dialogue.wait_s = wait_s
    rig.executive.begin("pick up the red block", limit_s)
    return rig


def said(rig: ExecutiveRig, text: str) -> str:
    reply = rig.queue.say(text, rig.now)
    rig.drive(0.3)
    return str(reply.wait(text, 0))


def test_the_arm_holds_until_a_person_says_that_it_came_about() -> None:
    waits = rig(READY)
    waits.drive(20.0)  # longer than the time limit
    assert waits.executive.outcome is None and waits.speed == 0
    assert waits.executive.waiting.question is not None and "it is so" in waits.executive.waiting.question.text
    assert "I wait until it is so" in said(waits, "what a nice day")
    assert said(waits, "I'm ready") == "I go on: I waited until it is so"
    waits.drive(0.5)
    assert waits.speed > 0 and waits.object == "red" and waits.executive.waiting.question is None
    assert [s.outcome for s in waits.executive.supervisor.steps] == ["done", "running"]


@pytest.mark.parametrize("text", ["now", "go on", "ok"])
def test_now_ends_any_wait(text: str) -> None:
    waits = rig(CLOSE)
    waits.drive(1.0)
    assert waits.speed == 0
    waits.drive(1.0, text)
    assert waits.object == "red" and waits.speed > 0


def test_a_stop_while_it_waits_stops() -> None:
    waits = rig(READY)
    waits.drive(0.5, "stop")
    assert waits.runtime.loop.stopped
    waits.drive(0.5, "go on")
    assert not waits.runtime.loop.stopped and waits.speed == 0 and waits.executive.waiting.question is not None


def test_a_word_ends_a_wait_for_which_time_stands_still() -> None:
    waits = rig(READY)
    waits.drive(0.5)  # it has just looked
    waits.operator.pause = lambda: waits.queue.say("now", waits.now)
    waits.drive(1.0)
    assert waits.object == "red" and waits.speed > 0


def test_without_a_person_a_wait_for_a_word_ends_with_one_line() -> None:
    waits = rig(READY, wait_s=None)
    waits.drive(1.0)
    assert waits.executive.outcome == "asked"
    question = waits.executive.question
    assert question is not None and question.text == "I wait until it is so. Tell me when." and question.options


def test_without_a_person_a_word_that_is_scheduled_is_waited_for() -> None:
    waits = rig(READY, wait_s=None)
    waits.queue.schedule([(waits.now + 3.0, "I'm ready")])
    waits.drive(2.0)
    assert waits.executive.outcome is None and waits.speed == 0
    waits.drive(2.0)
    assert waits.executive.outcome is None and waits.object == "red"


def test_a_time_is_waited_for_without_a_person_too() -> None:
    waits = rig(Elapsed(3.0), wait_s=None, limit_s=2.0)
    waits.drive(2.5)
    assert waits.executive.outcome is None and waits.speed == 0 and waits.executive.waiting.question is None
    waits.drive(1.0)
    assert waits.speed > 0 and waits.object == "red"


def test_what_the_scene_shows_is_watched() -> None:
    waits = rig(CLOSE)
    waits.drive(3.0)
    assert waits.speed == 0
    waits.eyes.objects = (block("red", -0.03), waits.eyes.objects[1])
    waits.drive(1.0)
    assert waits.speed > 0 and waits.object == "red"
    assert isinstance(waits.planner, Waits) and waits.planner.asked == 3, "planned again on the scene as it is"


def test_what_nobody_sees_come_about_times_out_without_a_person() -> None:
    waits = rig(CLOSE, wait_s=None, limit_s=2.0)
    waits.drive(5.0)
    assert waits.executive.outcome == "timeout"
    assert waits.executive.question is not None and "wait until it is so" in waits.executive.question.text


def test_a_word_or_a_time_needs_no_word() -> None:
    waits = rig(either(READY, Elapsed(1.0)), wait_s=None)
    waits.drive(2.0)
    assert waits.executive.outcome is None and waits.object == "red"


def test_a_plan_that_ends_when_a_person_says_so_leaves_the_rest() -> None:
    ends = rig(READY, ends=True)
    ends.drive(0.5)
    assert ends.object == "red" and said(ends, "I'm ready") == "I go on: I stop when my hand is empty"
    assert ends.executive.outcome is None and ends.executive.waiting.is_over
    ends.executive.supervisor.advance(State.DONE, 0.0, ends.now)
    ends.executive.changed(ends.now)
    assert [s.outcome for s in ends.executive.supervisor.steps] == ["done", "superseded"]
    assert ends.executive.outcome == "done"

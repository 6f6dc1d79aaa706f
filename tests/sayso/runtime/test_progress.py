"""What is done is told when it changes, and whatever was heard at once, with the answer to it."""

from __future__ import annotations

import math

import pytest

from sayso.planner.corrections.correction import Correction
from sayso.planner.plan import Question
from sayso.runtime.hearing.after_stop import STANDS
from sayso.runtime.log import Heard
from sayso.runtime.progress import Event, EventTeller
from tests.sayso.runtime.parts import FORWARD, ExecutiveRig


class Told:
    """An executive whose progress is followed; ``lines`` are the times and texts that were told."""

    def __init__(self) -> None:
        self.rig, self.events = ExecutiveRig(), list[Event]()
        self.teller = EventTeller(self.rig.executive, self.rig.now, self.events.append)
        self.rig.runtime.subscribe(self.teller)

    @property
    def lines(self) -> list[tuple[float, str]]:
        return [(event.t, event.line) for event in self.events]

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.lines]


@pytest.fixture
def told() -> Told:
    return Told()


def test_at_first_the_robot_looks(told: Told) -> None:
    told.teller.run_began(told.rig.runtime)
    assert told.lines == [(0.0, "pick up the red block: looking")]


def test_a_line_is_told_once_until_it_changes(told: Told) -> None:
    told.rig.drive(0.5)
    assert told.texts == ["pick up the red block: looking", f"pick up the red block: {FORWARD}"]
    told.rig.drive(0.1, "left")
    lasts = "from now on I take the red block 3 cm farther left"
    assert told.texts[2] == f"heard “left”: I move to the left; {lasts}"
    assert "move arm" in told.texts[3] and "left" in told.texts[3] and len(told.lines) == 4
    assert told.lines[3][0] == pytest.approx(0.5, abs=0.05)


def test_a_stopped_arm_says_what_it_waits_for(told: Told) -> None:
    told.rig.drive(0.1)
    told.rig.operator.go_on_s = 100.0
    told.rig.drive(0.1, "stop")
    assert told.texts[-1] == STANDS


def test_a_note_on_the_plan_is_told_once_before_the_arm_moves(told: Told) -> None:
    told.rig.executive.notices.note("I take back “stack them”", told.rig.now)
    told.rig.drive(0.2)
    assert told.texts[0] == "note: I take back “stack them”" and sum("stack" in text for text in told.texts) == 1


def test_without_a_subtask_it_is_done(told: Told) -> None:
    told.rig.executive.supervisor.close("done")
    told.teller.run_began(told.rig.runtime)
    assert told.texts == ["done: looking"]


def test_after_the_run_nothing_more_is_told(told: Told) -> None:
    told.rig.drive(0.1)
    before = list(told.lines)
    told.rig.executive.conclusion.finish("failed")
    told.teller.cycle_ended(told.rig.follower.cycles[-1])
    assert told.lines == before


@pytest.mark.parametrize(
    ("answer", "line"), [("I hold still", "heard “sing”: I hold still"), ("", "heard “sing”: no motion")]
)
def test_what_was_heard_is_told_with_the_answer_or_how_it_was_read(told: Told, answer: str, line: str) -> None:
    told.teller.heard(Heard(told.rig.now + 2.0, Correction("sing", "unknown", "no motion"), answer=answer))
    assert told.lines == [], "the target is written first"
    told.rig.drive(0.004)
    assert told.lines[1] == (2.0, line)


def test_a_question_is_told_with_its_options(told: Told) -> None:
    told.rig.executive.dialogue.wait_s = math.inf
    told.rig.executive.dialogue.ask(Question("Which one?", ("red block", "green block")), told.rig.now)
    told.rig.drive(0.1)
    assert told.texts == ["question: Which one? [1 red block, 2 green block]"]
    assert told.events[0].options == ("red block", "green block")

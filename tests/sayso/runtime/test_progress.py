"""The progress line is told when it changes, and words that changed nothing are told at once."""

from __future__ import annotations

import pytest

from sayso.planner.corrections.reader import Correction
from sayso.runtime.after_stop import STANDS
from sayso.runtime.log import Heard
from sayso.runtime.progress import ProgressTeller
from tests.sayso.runtime.parts import FORWARD, ExecutiveRig


class Told:
    """An executive whose progress is followed; ``lines`` are the times and texts that were told."""

    def __init__(self) -> None:
        self.rig, self.lines = ExecutiveRig(), list[tuple[float, str]]()
        self.teller = ProgressTeller(self.rig.executive, self.rig.now, lambda t, line: self.lines.append((t, line)))
        self.rig.runtime.subscribe(self.teller)

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
    assert "move arm" in told.texts[2] and "left" in told.texts[2] and len(told.lines) == 3
    assert told.lines[2][0] == pytest.approx(0.5, abs=0.05)


def test_a_stopped_arm_says_what_it_waits_for(told: Told) -> None:
    told.rig.drive(0.1)
    told.rig.operator.go_on_s = 100.0
    told.rig.drive(0.1, "stop")
    assert told.texts[-1] == STANDS


def test_without_a_subtask_it_is_done(told: Told) -> None:
    told.rig.executive.supervisor.close("done")
    told.teller.run_began(told.rig.runtime)
    assert told.texts == ["done: looking"]


def test_after_the_run_nothing_more_is_told(told: Told) -> None:
    told.rig.drive(0.1)
    before = list(told.lines)
    told.rig.executive.finish("failed")
    told.teller.cycle_ended(told.rig.follower.cycles[-1])
    assert told.lines == before


@pytest.mark.parametrize(("level", "telling"), [("unknown", True), ("ask", True), ("motion", False), ("stop", False)])
def test_words_that_changed_nothing_are_told_with_how_they_were_read(told: Told, level: str, telling: bool) -> None:
    told.teller.heard(Heard(told.rig.now + 2.0, Correction("sing", level, "no motion")))  # type: ignore[arg-type]
    assert told.lines == ([(2.0, "heard “sing”: no motion")] if telling else [])

"""What the robot notices in a run and reports as events: differences from the training data, and a pace it heeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sayso.hardware.types import JointState
from sayso.planner.checks.familiar import Lateness
from sayso.planner.plan import Question
from sayso.result import RobotEvent
from sayso.runtime.subscriber import Subscriber
from sayso.skills.features import Proprioception


class Notices(Subscriber):
    """``noticed`` are differences from the training data, ``heeded`` parts of the instruction outside the plan.

    ``notes`` are those of ``heeded`` that the planner has put beside its plan.
    """

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Reset for a new instruction; lists already handed out do not change."""
        self.noticed: list[RobotEvent] = []
        self.heeded: list[RobotEvent] = []
        self.notes: list[RobotEvent] = []
        self._lateness = Lateness()

    @property
    def events(self) -> tuple[RobotEvent, ...]:
        """All of them."""
        return (*self.noticed, *self.heeded)

    def notice(self, what: Sequence[str], now: float) -> None:
        """Record each difference from the training data once."""
        known = {event.text for event in self.noticed}
        self.noticed += [RobotEvent(now, text) for text in what if text not in known]

    def heed(self, what: str, now: float) -> None:
        """Record a part of the instruction that is heeded beside the plan."""
        self.heeded.append(RobotEvent(now, what))

    def note(self, what: str, now: float) -> None:
        """Record a planner's note on its plan, which a person hears before the arm moves."""
        self.heed(what, now)
        self.notes.append(self.heeded[-1])

    def miss(self, what: str, now: float) -> None:
        """Record once that something beside the arm fails."""
        if what not in {event.text for event in self.heeded}:
            self.heed(what, now)

    def sensed(self, state: JointState, body: Proprioception, now: float) -> None:
        """Record a late arm."""
        if late := self._lateness.update(state, body.command):
            self.notice([late], now)

    def with_unusual(self, question: Question) -> Question:
        """The question with the differences from the training data."""
        if not self.noticed:
            return question
        return replace(question, text=f"{question.text} Unusual here: {'; '.join(e.text for e in self.noticed)}.")

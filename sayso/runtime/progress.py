"""What happens in a run, told at each change: what is done, what was heard, and what the robot asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sayso.hardware.control.loop import Cycle
from sayso.runtime.executive import Executive
from sayso.runtime.hearing.after_stop import STANDS
from sayso.runtime.hearing.understood import asked
from sayso.runtime.log import Heard
from sayso.runtime.runtime import Runtime
from sayso.runtime.subscriber import Subscriber

Progress = Callable[[float, str], None]
HEARD, ASKS, NOTES = "heard ", "question: ", "note: "


@dataclass(frozen=True, slots=True)
class Event:
    """An event ``t`` s after the start; ``text`` is the activity, the answer to ``said``, a question, or a note.

    A note says what the plan is about beside its steps.

    ``options`` answer the question.
    """

    t: float
    kind: Literal["doing", "heard", "question", "note"]
    text: str
    said: str = ""
    options: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The event in one line."""
        if self.kind == "heard":
            return f"{HEARD}“{self.said}”: {self.text}"
        return {"question": ASKS, "note": NOTES}.get(self.kind, "") + self.text


class EventTeller(Subscriber):
    """Calls ``tell`` with each `Event` of a run; times count from ``start`` s on the robot's clock."""

    def __init__(self, executive: Executive, start: float, tell: Callable[[Event], None]) -> None:
        self._executive, self._start, self._tell_event = executive, start, tell
        self._last: tuple[str, str] | None = None
        self._heard: list[Event] = []
        self._noted = 0

    def run_began(self, runtime: Runtime) -> None:
        """Report that the robot looks."""
        self._tell(runtime.robot.clock.now())

    def cycle_ended(self, cycle: Cycle) -> None:
        """Report what was heard and a change during the run."""
        self.finish()
        if self._executive.outcome is None:
            self._tell(self._executive.robot.clock.now())

    def heard(self, heard: Heard) -> None:
        """Keep what was heard, and the answer to it, until the target of this cycle is written: the arm comes first."""
        correction = heard.correction
        self._heard.append(Event(heard.t - self._start, "heard", heard.answer or correction.read_as, correction.text))

    def finish(self) -> None:
        """Report what was heard and not reported yet."""
        heard, self._heard = self._heard, []
        for event in heard:
            self._tell_event(event)

    def _tell(self, now: float) -> None:
        executive = self._executive
        for note in executive.notices.notes[self._noted :]:
            self._tell_event(Event(max(0.0, note.t - self._start), "note", note.text))
        self._noted = len(executive.notices.notes)
        question = executive.dialogue.question or executive.waiting.question
        if executive.runtime.loop.stopped:
            event = Event(now - self._start, "doing", STANDS)
        elif question is not None:
            event = Event(now - self._start, "question", asked(question), options=question.options)
        elif executive.planning.is_busy:
            failed = executive.planning.failed
            event = Event(
                now - self._start, "doing", f"I hold and ask again: {failed}" if failed else "I plan: holding"
            )
        else:
            motion = executive.log.motions[-1].text if executive.log.motions else "looking"
            event = Event(now - self._start, "doing", f"{executive.supervisor.current or 'done'}: {motion}")
        if (event.kind, event.text) != self._last:
            self._last = event.kind, event.text
            self._tell_event(event)

"""The timeline: what has happened, as numbered events for the page, from the lists that a run leaves."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sayso.planner.task.english import plainly
from sayso.report.theme import direction_of, motion_of
from sayso.runtime.log import Heard

if TYPE_CHECKING:
    from sayso.session import Session

KEPT = 4000
CRITIC_S = 0.4  # between two points of the critic's curve


class _Run:
    """The lists of one instruction, which stay when the next one begins, and how far they are told."""

    def __init__(self, session: Session) -> None:
        executive = session.executive
        self.supervisor, self.began = executive.supervisor, session.began
        self.motions, self.judgements = executive.log.motions, executive.log.judgements
        self.told: list[str] = []  # outcome of each subtask, as told
        self.motions_told = self.changes_told = 0
        self.judged, self.outcome = -CRITIC_S, ""

    def is_of(self, session: Session) -> bool:
        """Whether the session still executes this instruction, or has not begun another."""
        executive = session.executive
        return not executive.instruction or executive.supervisor is self.supervisor


class EventLog:
    """Events with ``id``, ``run``, ``kind``, ``t`` (s since the instruction began) and ``at`` (s of the wall clock).

    Kinds: instruction, subtask, ended (of a subtask), motion, heard, change, critic, note, asked, outcome.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall, self._id, self.run = wall, 0, 0
        self.events: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._current: _Run | None = None
        self._notes, self._question = 0, ""

    def add(self, kind: str, t: float, text: str, **more: Any) -> dict[str, Any]:
        """Add an event."""
        self._id += 1
        at = round(self._wall(), 2)
        event = {"id": self._id, "run": self.run, "kind": kind, "t": round(t, 2), "at": at, "text": text, **more}
        self.events.append(event)
        return event

    def since(self, event_id: int) -> list[dict[str, Any]]:
        """The events after the one with this id."""
        out = []
        for event in reversed(self.events):
            if event["id"] <= event_id:
                break
            out.append(event)
        return out[::-1]

    @property
    def last(self) -> int:
        """The id of the newest event."""
        return self._id

    def note(self, text: str) -> None:
        """Something that a person said beside a run."""
        self.add("note", self.events[-1]["t"] if self.events else 0.0, text)

    def look(self, session: Session, heard: list[Heard]) -> None:
        """Add what has happened in ``session`` since the last call, and what was ``heard``."""
        executive, now = session.executive, session.robot.clock.now()
        if self._current is not None:
            self._follow(self._current, now)
        if executive.instruction and (self._current is None or not self._current.is_of(session)):
            self._current = _Run(session)
            self._notes, self._question = len(session.backend.events), ""
            self.run += 1
            self.add("instruction", 0.0, plainly(executive.instruction))
            self._follow(self._current, now)
        began = 0.0 if self._current is None else self._current.began
        for one in heard:
            c = one.correction
            self.add("heard", one.t - began, c.text, level=c.level, answer=one.answer or c.read_as)
        events = (*session.backend.events, *executive.notices.events)
        for event in events[self._notes :]:
            self.add("note", event.t - began, event.text)
        self._notes = len(events)
        question = session.question.text if session.question is not None else ""
        if question and question != self._question:
            self.add("asked", now - began, question)
        self._question = question
        if self._current is not None and executive.outcome is not None and not self._current.outcome:
            self._current.outcome = executive.outcome
            why = executive.reply or (executive.question.text if executive.question else "")
            why = executive.refusal.reason if executive.refusal else why
            self.add("outcome", now - began, why, outcome=executive.outcome)

    def _follow(self, run: _Run, now: float) -> None:
        steps = list(run.supervisor.steps)
        for i, step in enumerate(steps):
            if i == len(run.told):
                run.told.append("running")
                self.add("subtask", step.began - run.began, str(step.subtask), place=i)
            if step.outcome != run.told[i]:
                run.told[i] = step.outcome
                ended = steps[i + 1].began if i + 1 < len(steps) else now
                self.add("ended", ended - run.began, str(step.subtask), place=i, outcome=step.outcome)
        for motion in run.motions[run.motions_told :]:
            way = direction_of(motion_of(motion.text))
            self.add("motion", motion.t - run.began, motion.text, by=motion.source, way=way)
            run.motions_told += 1
        for change in run.supervisor.replans[run.changes_told :]:
            self.add("change", change.t - run.began, change.reason, level=str(change.level), p=round(change.p, 2))
            run.changes_told += 1
        for t, judgement in run.judgements[-5:]:
            if t - run.judged >= CRITIC_S:
                run.judged = t
                chances = {"done": round(judgement.done, 3), "failed": round(judgement.failed, 3)}
                self.add("critic", t - run.began, str(judgement.state), **chances)

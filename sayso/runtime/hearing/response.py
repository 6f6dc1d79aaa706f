"""What the robot answers to words, after it acted on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.grammar import seen_from
from sayso.runtime.hearing.after_stop import STANDS
from sayso.runtime.hearing.understood import asked, obeyed, planned, ruled

if TYPE_CHECKING:
    from sayso.planner.plan import Question
    from sayso.runtime.executive import Executive

NO_ANSWER = "that is no answer; my question still waits"


class Responder:
    """Says in one line what the ``executive`` does about a correction."""

    def __init__(self, executive: Executive) -> None:
        self._executive = executive
        self._repeated: Question | None = None  # said again to words that are no answer, which once is enough

    def answer(self, c: Correction) -> str:
        """What the robot says to ``c``, after it acted on it."""
        executive = self._executive
        stands, waits = executive.runtime.loop.stopped, self._question
        if c.rule is not None:
            told = self._planned(c) if c.level == "goal" else "" if waits is None else asked(waits)
            told += ", when you say go on" if told and stands else ""
            rule = f"{ruled(c.rule)}. {c.beside}" if c.beside else ruled(c.rule)
            return f"{rule.rstrip('.')}; {told}" if told else rule
        if stands and c.motion is not None:
            return f"stopped: it holds; say go on first, then “{c.text}” again"
        if stands and not c.answers and c.level in ("unknown", "remark"):
            return STANDS
        if c.answers and waits is not None and not stands:
            return f"{c.read_as} {asked(waits)}"
        if c.level in ("unknown", "ask", "remark"):
            if c.holds is not None and c.holds is executive.question:
                return asked(c.holds)
            if waits is None or stands:
                return c.read_as
            repeated, self._repeated = self._repeated is waits, waits
            return NO_ANSWER if repeated else f"that is no answer to my question: {asked(waits)}"
        answer = self._planned(c) if c.level == "goal" else self.obeyed(c)
        answer = f"{c.beside}: {answer}" if c.beside and c.level == "goal" else answer
        return f"{answer}, when you say go on" if stands and c.level != "stop" else answer

    def _planned(self, c: Correction) -> str:
        """What came of a new instruction."""
        executive = self._executive
        if executive.question is not None:
            return asked(executive.question)
        if executive.refusal is not None:
            return executive.refusal.reason
        if executive.dialogue.refused:
            return f"{executive.dialogue.refused} I go on as before."
        if executive.reply:
            return executive.reply
        if executive.planning.is_busy:
            return f"I plan: {c.read_as}"
        return planned(executive.operator.view.told(executive.supervisor.ahead))

    def obeyed(self, c: Correction) -> str:
        """What the robot does about ``c``, as the person sees it."""
        yaw = self._executive.operator.view.yaw
        if c.motion is not None and yaw:
            turned = [(replace(m, steps=seen_from(m.steps, -yaw)), seconds) for m, seconds in c.legs]
            c = replace(c, motion=turned[0][0], then=tuple(turned[1:]), bound=seen_from(c.bound, -yaw))
        return obeyed(c)

    def options(self, c: Correction) -> tuple[str, ...]:
        """The answers that the question which waits offers, or those of ``c``."""
        waits = self._question
        return c.options if waits is None else waits.options

    @property
    def _question(self) -> Question | None:
        return self._executive.dialogue.question or self._executive.waiting.question

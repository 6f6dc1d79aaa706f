"""Waits for what a plan waits for: what the scene shows, a time, or a person's word for what the robot cannot see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sayso.hardware.types import Array
from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.text import is_stop
from sayso.planner.execution.came_about import came_about, said_now, told_of
from sayso.planner.plan import Plan, Question, Subtask
from sayso.planner.watch.constraint import LOOKS
from sayso.planner.watch.formula import TRUE, Formula, eventually, lasting, progress
from sayso.planner.watch.moment import Moment
from sayso.planner.watch.wait import Wait
from sayso.runtime.subscriber import Subscriber, Tick

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

LOOK_S = 0.2
NOW = "now"


class Waiting(Subscriber):
    """Holds the arm at a step that waits, and goes on when its condition has come about.

    With a person there, the time waited does not count against the time limit. Without one, a wait for a word ends the
    run as a question does. ``is_over``: the condition has come about that ends the plan.
    """

    def __init__(self, executive: Executive) -> None:
        self._executive = executive
        self.forget()

    def forget(self) -> None:
        """Nothing is waited for."""
        self._ends: Wait | None = None
        self.is_over = False
        self._step: Subtask | None = None
        self._left: Formula = TRUE
        self._until: Formula = TRUE
        self._told: frozenset[str] = frozenset()
        self._since = self._last = self._looked = 0.0
        self._start: Mapping[str, Array] = {}

    def take(self, plan: Plan) -> None:
        """Watch for the end of ``plan``, too."""
        if plan.ends != self._ends:
            self._ends, self.is_over = plan.ends, False
            self._until = TRUE if plan.ends is None else _coming(plan.ends)

    @property
    def wait(self) -> Wait | None:
        """What is waited for now."""
        current = self._executive.supervisor.current
        return None if current is None or self._executive.dialogue.question is not None else current.wait

    @property
    def question(self) -> Question | None:
        """What the person is asked for, while only their word ends the wait."""
        wait = self.wait
        if wait is None or not wait.needs_words or self._is_told(wait):
            return None
        return Question(f"I wait until {wait.said}. Tell me when.", (NOW,))

    def read(self, text: str) -> Correction | None:
        """ "resume" if ``text`` says that what is waited for has come about; None for all else."""
        if self._executive.runtime.loop.stopped or is_stop(text):
            return None
        events, wait = self._events_in(text), self.wait
        if wait is not None and (events or said_now(text)):
            return Correction(text, "resume", f"I waited until {wait.said}")
        if not events:
            return None
        return Correction(text, "resume", "I stop when my hand is empty")

    def _is_told(self, wait: Wait) -> bool:
        """Whether a person has said what is to be looked at next."""
        return self._left == TRUE or bool(self._told & wait.events)

    def told(self, text: str) -> bool:
        """Take it that ``text`` ends the wait, or the plan; False if it does not."""
        events, wait = self._events_in(text), self.wait
        self._told |= events
        if wait is not None and not events and said_now(text):
            self._left = TRUE  # whatever was waited for
        self._looked = -LOOK_S  # look at once
        return bool(events) or (wait is not None and said_now(text))

    def _events_in(self, text: str) -> frozenset[str]:
        """The events waited for of which ``text`` tells; "now" tells of those of the step alone."""
        wait = self.wait
        own = frozenset[str]() if wait is None else came_about(text, wait.events)
        return own if self._ends is None else own | told_of(text, self._ends.events)

    def ticked(self, tick: Tick) -> None:
        """Look whether a condition has come about."""
        executive, step = self._executive, self._executive.supervisor.current
        if executive.outcome is not None or executive.runtime.loop.stopped:
            return
        if step is not self._step:
            self._begin(step, tick)
        if (wait := self.wait) is not None:
            self._pass(wait, tick)
        if tick.t - self._looked < LOOK_S or executive.outcome is not None:
            return
        self._looked = tick.t
        moment = Moment(tick.scene, start=self._start, waited=tick.t - self._since, events=self._told)
        self._until = progress(self._until, moment)
        self.is_over = self._ends is not None and self._until == TRUE
        if wait is not None and executive.keeps(tick.scene, tick.body, tick.t):
            self._left = progress(self._left, moment)
            if self._left == TRUE:
                executive.arrived(tick.t)

    def _begin(self, step: Subtask | None, tick: Tick) -> None:
        self._step, self._since, self._last = step, tick.t, tick.t
        self._start = {o.id: o.position for o in tick.scene.objects}
        if step is not None and step.wait is not None:
            self._left = _coming(step.wait)
            self._told -= step.wait.events  # said of an earlier wait
            self._executive.not_counting(step.wait.seconds)

    def _pass(self, wait: Wait, tick: Tick) -> None:
        """Let the time of a wait pass that a person watches; end a wait for a word that nobody is there to say."""
        executive = self._executive
        patience = executive.dialogue.wait_s
        if patience is not None:
            executive.not_counting(tick.t - self._last)
        self._last = tick.t
        question = self.question
        is_over = tick.t - self._since >= (patience or 0.0)
        if question is not None and is_over and not executive.operator.queue.waiting:
            executive.question = question
            executive.conclusion.finish("asked")


def _coming(wait: Wait) -> Formula:
    """The condition comes about; what is seen lasts several looks."""
    return eventually(lasting(wait.condition, LOOKS) if wait.is_seen else wait.condition)

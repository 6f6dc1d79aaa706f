"""The operator: reads corrections during the run and acts on them in the same cycle."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.hardware.control.loop import Cycle
from sayso.planner.corrections.correction import Correction
from sayso.planner.viewpoint import Viewpoint
from sayso.result import Outcome
from sayso.runtime.hearing.after_stop import Wish, in_doubt, wished
from sayso.runtime.hearing.command_queue import CommandQueue, Word
from sayso.runtime.hearing.intent import PLAIN_WORDS, IntentReader
from sayso.runtime.hearing.model_reader import ModelReader
from sayso.runtime.hearing.nudging import nudge
from sayso.runtime.hearing.reaction_time import ReactionTime
from sayso.runtime.hearing.response import Responder
from sayso.runtime.hearing.saving import Acknowledgments
from sayso.runtime.hearing.understood import asked
from sayso.runtime.log import Heard
from sayso.runtime.subscriber import Subscriber

if TYPE_CHECKING:
    from sayso.runtime.components import Components
    from sayso.runtime.executive import Executive

STOP_GRACE_S = 1.0


class Operator(Subscriber):
    """Takes words from ``queue`` in every cycle and changes the plan, the motion or the pace, or stops the arm.

    A stopped arm waits ``go_on_s`` for "go on", then the run ends. ``wish`` is "home" or "rest" if a person asked for
    it after the stop; ``waited_s`` is the length of the last wait before the end. ``pause`` is called in each cycle in
    which the planner thinks, or a question waits for words that nobody has said yet, if time may stand still meanwhile.
    """

    def __init__(
        self, executive: Executive, queue: CommandQueue, components: Components, viewpoint_yaw: float = 0.0
    ) -> None:
        self._executive, self._commands, self.queue = executive, executive.command_executor, queue
        self._planners = [p for p in (components.planner, components.local) if p is not None]
        self.look_from(viewpoint_yaw)
        self.go_on_s = STOP_GRACE_S
        self.pause: Callable[[], None] | None = None
        self.intents = IntentReader(executive, components.corrections)
        self.model_reader = ModelReader(executive, components.model)
        self._responder = Responder(executive)
        self.acknowledgments = Acknowledgments(executive, self._responder)
        self.reaction_time = ReactionTime()
        self._forget_stop()

    def look_from(self, viewpoint_yaw: float) -> None:
        """The person who speaks looks along this heading, rad in the base frame, from now on."""
        self.view = Viewpoint(viewpoint_yaw)
        for planner in self._planners:
            planner.viewpoint_yaw = viewpoint_yaw

    def _forget_stop(self) -> None:
        self.wish: Wish | None = None
        self.waited_s: float | None = None
        self._ends = False

    def forget(self) -> None:
        """Reset stop, wish and spoken motion for a new instruction."""
        self._forget_stop()
        self._commands.forget()
        self.reaction_time.forget()
        self._executive.override.withdraw()
        self.model_reader.forget()

    def end(self) -> None:
        """End the run of a stopped arm without waiting for "go on"; any thread may call this."""
        self._ends = True

    def ended(self, outcome: Outcome, now: float) -> None:
        """Record the end of the run at ``now`` s."""
        if outcome == "stopped" and self._commands.stopped_at is not None:
            self.waited_s = now - self._commands.stopped_at

    def cycle_began(self, now: float) -> None:
        """Read the words before the target of this cycle."""
        still = self._executive.override
        while self.pause and self._is_waiting and still.motion(now) is None and self._is_silent:
            self.pause()
        self._listen(now)

    def cycle_ended(self, cycle: Cycle) -> None:
        """Read the words of a stopped arm, and end the run after `go_on_s` without "go on"."""
        self.reaction_time.written(cycle)
        if not cycle.stopped:
            return
        self._listen(cycle.t)
        loop = self._executive.runtime.loop
        if loop.stopped and self._commands.stopped_at is None:  # pressed on the stop flag, not through the queue
            self._hear(Word("stop", cycle.t), cycle.t)
        waits = self.queue.waiting or cycle.t - (self._commands.stopped_at or 0.0) < self.go_on_s
        if self._executive.outcome is None and loop.stopped and (self._ends or self.wish or not waits):
            self._executive.conclusion.finish("stopped")

    def _listen(self, now: float) -> None:
        self.acknowledgments.tell_saved()
        self._take_reading(now)
        if self.queue.take_stop():
            self._hear(Word("stop", now), now)
        for word in self.queue.take(now):
            self._hear(word, now)

    @property
    def _is_waiting(self) -> bool:
        """Whether the arm holds for an answer, however long it takes."""
        dialogue = self._executive.dialogue
        asks = dialogue.question is not None or self._executive.waiting.question is not None
        waits = asks and dialogue.wait_s == math.inf
        return waits or self.model_reader.is_busy or self._executive.planning.is_thinking

    @property
    def _is_silent(self) -> bool:
        """Whether nobody has said or scheduled anything, or asked for a stop."""
        return not (self.queue.spoken or self.queue.waiting or self.queue.stopped or self._ends)

    def _hear(self, word: Word, now: float) -> None:
        heard = self._read(word, now)
        self.model_reader.ask(heard, now)
        self._answer(heard, word)

    def _take_reading(self, now: float) -> None:
        """Act on what the model has read."""
        heard = self.model_reader.take(now)
        if heard is None:
            return
        if heard.correction.level == "stop":
            self._commands.stop(now)
        elif self._act(heard, now):
            self._executive.runtime.answer()
        self._answer(heard)

    def _answer(self, heard: Heard, word: Word | None = None) -> None:
        heard.answer = heard.answer or self._responder.answer(heard.correction)
        self.acknowledgments.add(heard, word, waits=self.pause is not None)

    def _read(self, word: Word, now: float) -> Heard:
        """Read ``word`` and act on it."""
        executive, runtime = self._executive, self._executive.runtime
        assert executive.scene is not None
        if word.viewpoint_yaw is not None:
            self.look_from(word.viewpoint_yaw)
        newest = word.stops == self.queue.stops  # a later stop voids the words
        wish = wished(word.text) if runtime.loop.stopped and newest else None
        if wish is not None:
            self.wish = wish
            read_as = "go home" if wish == "home" else "lie down"
            return self._noted(Heard(word.arrived, Correction(word.text, "stop", read_as), answer=f"I {read_as}"))
        wall = time.perf_counter()
        before = runtime.executor.sample(now).velocity
        heard = self._noted(Heard(word.arrived, self.intents.read(word.text, now)))
        correction = heard.correction
        if correction.level == "stop":
            self._commands.stop(now, correction.empties)
            self.reaction_time.expect(heard, wall, word.arrived, None)
        elif (not newest and wished(word.text)) or (
            correction.level == "resume" and runtime.loop.stopped and (in_doubt(word.text) or not newest)
        ):
            heard.correction = replace(correction, level="ask", read_as=PLAIN_WORDS)
        else:
            ends = correction.level == "resume" and self._commands.is_emptied
            if self._act(heard, now):
                runtime.answer()
                self.reaction_time.expect(heard, wall, word.arrived, before)
            heard.answer = "I end here" if ends else heard.answer
        return heard

    def _noted(self, heard: Heard) -> Heard:
        self._executive.log.heard.append(heard)
        return heard

    def _act(self, heard: Heard, now: float) -> bool:
        """Obey what was ``heard``; False if it changes nothing, or is asked about first."""
        said = heard.correction
        if lasts := nudge(self._executive, heard, self.view, now):
            heard.answer = f"{self._responder.obeyed(said)}; from now on {lasts}"
        if self._commands.obey(heard.correction, now):
            return True
        question = self._executive.question
        if heard.correction.level == "subtask" and question is not None:
            heard.correction = replace(
                heard.correction, level="ask", read_as=question.text, target=None, options=question.options
            )
            heard.answer = asked(question)
        return False

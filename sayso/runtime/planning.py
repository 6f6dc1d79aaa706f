"""Asks the planner in the same cycle, or in the background if it is remote; says what happens without an answer."""

from __future__ import annotations

import time
from dataclasses import replace

from sayso.perception.scene import Scene
from sayso.planner.background import BackgroundPlanner
from sayso.planner.errors import Fallback, PlannerError
from sayso.planner.plan import Answer, Plan, Planner, Question, Subtask
from sayso.runtime.log import Log

DEADLINE_S = 10.0


class Planning:
    """Asks ``planner``, at most ``deadline_s`` s of real time for an answer, and logs how long it took.

    Without an answer `Fallback.LOCAL` lets the planner ``local`` plan. None: the first plan raises `PlannerError`, and
    a later one becomes a question.
    """

    def __init__(
        self, planner: Planner, log: Log, deadline_s: float = DEADLINE_S, fallback: Fallback | None = None,
        local: Planner | None = None,
    ) -> None:  # fmt: skip
        self._planner, self._log, self._deadline_s = planner, log, deadline_s
        self._fallback, self._local = fallback, local
        self._question: tuple[str, Scene, tuple[Subtask, ...]] | None = None
        self.is_busy = False  # asked in the background, and not answered yet
        remote = bool(getattr(planner, "remote", False))
        persists = fallback is Fallback.HOLD
        self.background = BackgroundPlanner(planner, deadline_s=deadline_s, persists=persists) if remote else None

    @property
    def failed(self) -> str:
        """Why the planner has not answered yet, while it is asked again and again; "" if it did not fail."""
        return self.background.failed if self.background is not None and self.is_busy else ""

    @property
    def is_thinking(self) -> bool:
        """Whether the planner is at work in the background and has not failed."""
        return self.is_busy and self.background is not None and not (self.background.is_answered or self.failed)

    def begin(self, instruction: str, scene: Scene) -> Answer | None:
        """The first answer, which is waited for; None if `poll` gives it later, since the arm is to hold for it."""
        if self.background is not None and self._fallback is Fallback.HOLD:
            return self.ask_while_driving(instruction, scene, ())
        try:
            return self._ask(instruction, scene, ())
        except PlannerError as error:
            if self._fallback is None:
                raise
            return self._without(error, instruction, scene, ())

    def ask_while_driving(self, instruction: str, scene: Scene, done: tuple[Subtask, ...]) -> Answer | None:
        """The answer at once, or None if `poll` gives it later."""
        if self.background is None:
            try:
                return self._ask(instruction, scene, done)
            except PlannerError as error:
                if self._fallback is None:
                    raise
                return self._without(error, instruction, scene, done)
        self.background.submit(instruction, scene, done)
        self._question, self.is_busy = (instruction, scene, done), True
        return None

    def poll(self) -> Answer | None:
        """The answer from the background, once; a planner's error becomes a question or the local planner's answer."""
        found = self.background.poll() if self.background is not None else None
        if found is None:
            return None
        self.is_busy = False
        if not isinstance(found[1], Exception):
            return found[1]
        if isinstance(found[1], PlannerError) and self._question is not None:
            return self._without(found[1], *self._question)
        return Question(str(found[1]))

    def close(self) -> None:
        """Give up what is asked in the background."""
        self.is_busy = False
        if self.background is not None:
            self.background.close()

    def _ask(self, instruction: str, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        began = time.perf_counter()
        answer = self._planner.plan(instruction, scene, done=done, deadline_s=self._deadline_s)
        self._log.time("planner", began)
        return answer

    def _without(self, error: PlannerError, instruction: str, scene: Scene, done: tuple[Subtask, ...]) -> Answer:
        """What happens without an answer of the planner."""
        if self._fallback is not Fallback.LOCAL or self._local is None:
            return Question(str(error), ("ask again",), (instruction,)) if self._fallback else Question(str(error))
        answer = self._local.plan(instruction, scene, done=done)
        note = f"I planned this without {self._planner.name}: {error}"
        return replace(answer, notes=(*answer.notes, note)) if isinstance(answer, Plan) else answer

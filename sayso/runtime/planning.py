"""Asks the planner: in the same cycle, or in the background if the planner is remote."""

from __future__ import annotations

import time

from sayso.perception.scene import Scene
from sayso.planner.background import BackgroundPlanner
from sayso.planner.plan import Answer, Planner, Question, Subtask
from sayso.runtime.log import Log


class Planning:
    """Asks ``planner`` and logs how long it took."""

    def __init__(self, planner: Planner, log: Log) -> None:
        self._planner, self._log = planner, log
        self.is_busy = False  # asked in the background, and not answered yet
        self.background = BackgroundPlanner(planner) if getattr(planner, "remote", False) else None

    def ask(self, instruction: str, scene: Scene, done: tuple[Subtask, ...] = ()) -> Answer:
        """The answer; waits for it."""
        began = time.perf_counter()
        answer = self._planner.plan(instruction, scene, done=done)
        self._log.time("planner", began)
        return answer

    def ask_while_driving(self, instruction: str, scene: Scene, done: tuple[Subtask, ...]) -> Answer | None:
        """The answer at once, or None if `poll` gives it later."""
        if self.background is None:
            return self.ask(instruction, scene, done)
        self.background.submit(instruction, scene, done)
        self.is_busy = True
        return None

    def poll(self) -> Answer | None:
        """The answer from the background, once; a planner's error becomes a question."""
        found = self.background.poll() if self.background is not None else None
        if found is None:
            return None
        self.is_busy = False
        return Question(str(found[1])) if isinstance(found[1], Exception) else found[1]

    def close(self) -> None:
        """Give up what is asked in the background."""
        self.is_busy = False
        if self.background is not None:
            self.background.close()

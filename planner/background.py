"""A planner in a thread of its own, so that nothing that moves the arm ever waits for an answer."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from sayso.hardware.clock import Clock, MonotonicClock
from sayso.perception.scene import Scene
from sayso.planner.errors import PlannerError
from sayso.planner.plan import Answer, Planner, Subtask

GRACE_S = 0.5

_Question = tuple[int, str, Scene, tuple[Subtask, ...]]


class BackgroundPlanner:
    """One worker thread around ``planner``; only the newest question counts, and only its answer is ever given.

    Neither `submit` nor `poll` waits. A planner with a ``cancel()`` is told when its question is outdated. One that
    is still silent ``GRACE_S`` after its deadline is given up as hung: its thread is left behind, a new one serves.
    ``clock`` is real time, whatever clock the robot runs on.
    """

    def __init__(self, planner: Planner, *, deadline_s: float = 10.0, clock: Clock | None = None) -> None:
        self.planner = planner
        self.deadline_s = deadline_s
        self._clock: Clock = clock or MonotonicClock()
        self._changed = threading.Condition()
        self._version = 0
        self._waiting: _Question | None = None
        self._asked: tuple[int, float] | None = None  # the version under way and when it must have ended
        self._answer: tuple[int, Answer | Exception] | None = None
        self._worker: threading.Thread | None = None

    def submit(self, instruction: str, scene: Scene, done: tuple[Subtask, ...] = ()) -> int:
        """Ask; returns the question's version. Any older question is outdated from now on."""
        with self._changed:
            self._version += 1
            self._answer = None
            self._waiting = (self._version, instruction, scene, done)
            if self._asked is not None:
                self._give_up_hung()
                cancel = getattr(self.planner, "cancel", None)
                if self._asked is not None and cancel is not None:
                    cancel()
            self._ensure_worker()
            self._changed.notify_all()
            return self._version

    def poll(self) -> tuple[int, Answer | Exception] | None:
        """The newest question's answer, or what went wrong, once; None as long as there is none."""
        with self._changed:
            self._give_up_hung()
            answer, self._answer = self._answer, None
            return answer

    def close(self) -> None:
        """End the worker after the question under way; safe to call more than once."""
        with self._changed:
            self._worker = None
            self._waiting = None
            cancel = getattr(self.planner, "cancel", None)
            if self._asked is not None and cancel is not None:
                cancel()
            self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ensure_worker(self) -> None:
        if self._worker is None or not self._worker.is_alive():
            self._worker = threading.Thread(target=self._work, daemon=True, name="planner")
            self._worker.start()

    def _give_up_hung(self) -> None:
        if self._asked is None or self._clock.now() < self._asked[1]:
            return
        version, _ = self._asked
        self._asked = self._worker = None
        if version == self._version:
            self._answer = (version, PlannerError(f"planner {self.planner.name} hangs: silent after its deadline"))
        elif self._waiting is not None:
            self._ensure_worker()

    def _work(self) -> None:
        me = threading.current_thread()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._worker is not me or self._waiting is not None)
                if self._worker is not me or self._waiting is None:
                    return
                version, instruction, scene, done = self._waiting
                self._waiting = None
                self._asked = (version, self._clock.now() + self.deadline_s + GRACE_S)
            answer: Answer | Exception
            try:
                answer = self.planner.plan(instruction, scene, done=done, deadline_s=self.deadline_s)
            except Exception as error:
                answer = error
            with self._changed:
                if self._worker is not me:
                    return
                self._asked = None
                if version == self._version:
                    self._answer = (version, answer)

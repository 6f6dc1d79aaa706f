"""A planner in its own thread, so that the control loop never waits for an answer."""

from __future__ import annotations

import threading
from typing import Self

from sayso.hardware.clock import Clock, MonotonicClock
from sayso.perception.scene import Scene
from sayso.planner.errors import PlannerError
from sayso.planner.plan import Answer, Planner, Subtask

GRACE_S = 0.5

_Question = tuple[int, str, Scene, tuple[Subtask, ...]]


class BackgroundPlanner:
    """Runs ``planner`` in one worker thread and returns the answer to the newest question only.

    `submit` and `poll` never wait. An outdated question is cancelled if the planner has ``cancel()``. A planner
    silent for ``deadline_s`` + `GRACE_S` counts as hung: a new thread replaces its thread. ``clock`` is real time,
    independent of the robot's clock.
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
        """Submit a question and return its version; older questions are outdated."""
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
        """The version of the newest question with its answer or exception, once; None while there is none."""
        with self._changed:
            self._give_up_hung()
            answer, self._answer = self._answer, None
            return answer

    def close(self) -> None:
        """Cancel the current question and end the worker; may be called twice."""
        with self._changed:
            self._worker = None
            self._waiting = None
            cancel = getattr(self.planner, "cancel", None)
            if self._asked is not None and cancel is not None:
                cancel()
            self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
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

"""A planner in its own thread, so that the control loop never waits for an answer."""

from __future__ import annotations

import threading
from typing import Self

from sayso.hardware.clock import Clock, MonotonicClock
from sayso.perception.scene import Scene
from sayso.planner.errors import PlannerError
from sayso.planner.plan import Answer, Planner, Subtask

GRACE_S = 0.5
AGAIN_S, AGAIN_MOST_S = 1.0, 10.0
"""Pause before a failed question is asked again, doubled each time up to the second."""

_Question = tuple[int, str, Scene, tuple[Subtask, ...]]


class BackgroundPlanner:
    """Runs ``planner`` in one worker thread and returns the answer to the newest question only.

    `submit` and `poll` never wait. An outdated question is cancelled if the planner has ``cancel()``. A planner
    silent for ``deadline_s`` + `GRACE_S` counts as hung: a new thread replaces its thread. With ``persists`` a question
    that the planner fails on is asked again until there is an answer; ``failed`` is then what went wrong last, "" if
    nothing did. ``clock`` is real time, independent of the robot's clock.
    """

    def __init__(
        self, planner: Planner, *, deadline_s: float = 10.0, persists: bool = False, clock: Clock | None = None
    ) -> None:
        self.planner = planner
        self.deadline_s = deadline_s
        self.failed = ""
        self._persists = persists
        self._clock: Clock = clock or MonotonicClock()
        self._changed = threading.Condition()
        self._version = 0
        self._waiting: _Question | None = None
        self._question: _Question | None = None  # the newest that the worker has taken
        self._asked: tuple[int, float] | None = None  # the version under way and when it must have ended
        self._answer: tuple[int, Answer | Exception] | None = None
        self._worker: threading.Thread | None = None

    def submit(self, instruction: str, scene: Scene, done: tuple[Subtask, ...] = ()) -> int:
        """Submit a question and return its version; older questions are outdated."""
        with self._changed:
            self._version += 1
            self._answer, self.failed = None, ""
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

    @property
    def is_answered(self) -> bool:
        """Whether `poll` has an answer."""
        with self._changed:
            self._give_up_hung()
            return self._answer is not None

    def close(self) -> None:
        """Cancel the current question and end the worker; may be called twice."""
        with self._changed:
            self._worker = None
            self._waiting = self._answer = None
            self._version += 1
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
        if version == self._version and self._question is not None:
            error = PlannerError(f"planner {self.planner.name} hangs: silent after its deadline")
            if not self._persists:
                self._answer = (version, error)
                return
            self.failed, self._waiting = str(error), self._question
        if self._waiting is not None:
            self._ensure_worker()

    def _work(self) -> None:
        me = threading.current_thread()
        pause = AGAIN_S
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._worker is not me or self._waiting is not None)
                if self._worker is not me or self._waiting is None:
                    return
                self._question, self._waiting = self._waiting, None
                version, instruction, scene, done = self._question
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
                if version != self._version:
                    pause = AGAIN_S
                elif not (self._persists and isinstance(answer, PlannerError)):
                    self._answer = (version, answer)
                else:
                    self.failed = str(answer)
                    self._changed.wait_for(lambda: self._worker is not me or self._waiting is not None, pause)
                    if self._waiting is None and self._worker is me:
                        self._waiting, pause = self._question, min(2 * pause, AGAIN_MOST_S)

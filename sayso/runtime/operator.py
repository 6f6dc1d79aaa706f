"""The operator: what people say to a moving arm is read and acted on, each at its own level, at once."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.hardware.control.loop import Cycle
from sayso.planner.corrections.reader import Correction, Embed, amended, read_correction
from sayso.planner.corrections.speed import Pace
from sayso.result import Outcome
from sayso.runtime.after_stop import Wish, in_doubt, wished
from sayso.runtime.command_queue import CommandQueue, Word
from sayso.runtime.log import Heard
from sayso.runtime.reaction_time import ReactionTime
from sayso.runtime.subscriber import Subscriber

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive

STOP_GRACE_S = 1.0


class Operator(Subscriber):
    """Takes words from ``queue`` in every cycle and changes the plan, the motion or the pace, or stops the arm.

    An arm that was stopped at ``stopped_at`` s waits ``go_on_s`` for "go on" before the run ends; ``wish`` is where a
    person sends it instead, ``waited_s`` how long it stood in the end.
    """

    def __init__(
        self, executive: Executive, queue: CommandQueue, embed: Embed | None = None, viewpoint_yaw: float = 0.0
    ) -> None:
        self._executive, self.queue, self._embed, self._viewpoint_yaw = executive, queue, embed, viewpoint_yaw
        self.go_on_s = STOP_GRACE_S
        self.reaction_time = ReactionTime()
        self._forget_stop()

    def _forget_stop(self) -> None:
        self.wish: Wish | None = None
        self.stopped_at: float | None = None
        self.waited_s: float | None = None
        self._ends = False

    def forget(self) -> None:
        """A new instruction begins: no stop and no spoken motion of the one before counts any more."""
        self._forget_stop()
        self.reaction_time.forget()
        self._executive.override.withdraw()

    def end(self) -> None:
        """End the run under way without waiting for "go on", from any thread; the arm was stopped before."""
        self._ends = True

    def ended(self, outcome: Outcome, now: float) -> None:
        """The run has ended at ``now`` s."""
        if outcome == "stopped" and self.stopped_at is not None:
            self.waited_s = now - self.stopped_at

    def cycle_began(self, now: float) -> None:
        """Words first."""
        self._listen(now)

    def cycle_ended(self, cycle: Cycle) -> None:
        """A stopped arm hears too, and the run ends where nobody says go on."""
        self.reaction_time.written(cycle)
        if not cycle.stopped:
            return
        self._listen(cycle.t)
        loop = self._executive.runtime.loop
        if loop.stopped and self.stopped_at is None:  # by somebody who pressed the arm's own stop
            self._hear(Word("stop", cycle.t), cycle.t)
        waits = self.queue.waiting or cycle.t - (self.stopped_at or 0.0) < self.go_on_s
        if self._executive.outcome is None and loop.stopped and (self._ends or self.wish or not waits):
            self._executive.finish("stopped")

    def _listen(self, now: float) -> None:
        if self.queue.take_stop():
            self._hear(Word("stop", now), now)
        for word in self.queue.take(now):
            self._hear(word, now)

    def _hear(self, word: Word, now: float) -> None:
        heard = self._read(word, now)
        self._executive.runtime.heard(heard)

    def _read(self, word: Word, now: float) -> Heard:
        executive, runtime = self._executive, self._executive.runtime
        assert executive.scene is not None
        newest = word.stops == self.queue.stops  # a stop that was pressed after it makes it void
        wish = wished(word.text) if runtime.loop.stopped and newest else None
        if wish is not None:
            self.wish = wish
            read_as = "go home" if wish == "home" else "lie down"
            return self._noted(Heard(word.arrived, Correction(word.text, "stop", read_as)))
        wall = time.perf_counter()
        before = runtime.executor.sample(now).velocity
        correction = read_correction(
            word.text, executive.scene, executive.supervisor.current, self._viewpoint_yaw,
            current=executive.override.motion(now) or runtime.motion, rest=executive.supervisor.left,
            embed=self._embed,
        )  # fmt: skip
        heard = self._noted(Heard(word.arrived, correction))
        if correction.level == "stop":
            self._stop(now)
            self.reaction_time.expect(heard, wall, word.arrived, None)
        elif correction.level == "resume" and runtime.loop.stopped and (in_doubt(word.text) or not newest):
            heard.correction = replace(
                correction, level="ask", read_as="a question, or no plain word to go on; say go on"
            )
        elif self._obey(correction, now):
            runtime.answer()
            self.reaction_time.expect(heard, wall, word.arrived, before)
        return heard

    def _noted(self, heard: Heard) -> Heard:
        self._executive.log.heard.append(heard)
        return heard

    def _stop(self, now: float) -> None:
        runtime = self._executive.runtime
        runtime.loop.stop()
        runtime.executor.hold()
        self._executive.override.withdraw()
        self._stood(now)
        self.stopped_at = now

    def _stood(self, now: float) -> None:
        """The time in which the arm stood does not count."""
        if self.stopped_at is not None:
            self._executive.not_counting(now - self.stopped_at)

    def _obey(self, c: Correction, now: float) -> bool:
        """Do what a correction other than a stop asks for; False if it asks for nothing that can be done."""
        executive = self._executive
        if c.level == "resume":
            self._resume(now)
        elif c.level == "motion" and c.motion is not None:
            executive.override.move(c.motion, now, c.duration_s)
            executive.runtime.hurry()
        elif c.level == "motion" and c.pace is not None:
            self.set_pace(c.pace, now)
            executive.pace_before = None
        elif c.level == "subtask":
            self._swap(c, now)
        elif c.level == "goal" and c.instruction is not None:
            executive.replan(c.instruction, now)
        else:
            return False
        return True

    def _resume(self, now: float) -> None:
        runtime = self._executive.runtime
        self._executive.override.withdraw()
        runtime.hurry()
        if runtime.loop.stopped:
            runtime.executor.go_on(self._executive.robot.read())
            runtime.loop.release()
        self._stood(now)
        self.stopped_at = None

    def set_pace(self, pace: Pace, now: float) -> None:
        """Do everything at another speed; what takes longer may take longer before it is given up."""
        before, since = self._executive.patience, now if self.stopped_at is None else self.stopped_at
        self._executive.override.set_pace(pace, now)
        self._executive.be_patient(before, since)
        self._executive.runtime.hurry()

    def _swap(self, c: Correction, now: float) -> None:
        """ "No, the green one": take that object where the plan has another."""
        scene, s = self._executive.scene, self._executive.supervisor
        assert scene is not None
        target = scene.find(c.target)
        if target is None or s.current is None:
            return
        old = c.replaces
        if old is None:
            pairs = zip((s.current, *s.left), amended((s.current, *s.left), c, scene), strict=True)
            old = next((before.reference_id for before, after in pairs if before != after), None)
        if old is not None:
            s.swap(old, target.id, target.name, now, scene.held)
            self._executive.new_subtask()

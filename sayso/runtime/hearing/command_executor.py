"""Acts on corrections: the motion, the pace, the subtask and the plan they change, and the stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.corrections.speed import Pace
from sayso.skills.motion import HOLD

if TYPE_CHECKING:
    from sayso.perception.scene import Scene
    from sayso.planner.plan import Question, Subtask
    from sayso.runtime.executive import Executive

HESITATES_S = 4.0  # that the arm stands still for the answer to what another thing or place was meant


class CommandExecutor:
    """Changes the plan, the motion or the pace of the ``executive``, and stops and releases the arm.

    The arm stands stopped since ``stopped_at`` s; None: it does not. ``is_emptied``: a stop left nothing to do.
    """

    def __init__(self, executive: Executive) -> None:
        self._executive = executive
        self.forget()

    def forget(self) -> None:
        """The arm was not stopped, and waits for no answer."""
        self.stopped_at: float | None = None
        self._hesitates = self.is_emptied = False

    def stop(self, now: float, empties: bool = False) -> None:
        """Stop the arm, which stands until a person says what is next; one that ``empties`` leaves nothing to do."""
        self.is_emptied |= empties
        runtime = self._executive.runtime
        runtime.loop.stop()
        runtime.executor.hold()
        self._executive.override.withdraw()
        self._stood(now)
        self.stopped_at = now

    def _stood(self, now: float) -> None:
        """Take the time of the stop off the run's time."""
        if self.stopped_at is not None:
            self._executive.not_counting(now - self.stopped_at)
            self._executive.dialogue.not_counting(now - self.stopped_at, now)

    def obey(self, c: Correction, now: float) -> bool:
        """Act on a correction other than a stop; False if it changes nothing."""
        executive = self._executive
        if self._hesitates and c.level in ("subtask", "goal"):  # the answer
            executive.override.withdraw()
        self._hesitates = False
        if c.level in ("subtask", "goal"):
            self.is_emptied = False
        if c.rule is not None:
            executive.components.planner.ruled(c.rule, c.text)
        if c.level == "resume" and not executive.runtime.loop.stopped and executive.waiting.told(c.text):
            executive.runtime.hurry()
        elif c.level == "resume":
            executive.bounds.forget()
            asks = executive.dialogue.question is not None and not executive.runtime.loop.stopped
            if c.pace is not None:
                self.set_pace(c.pace, now)
            self._resume(now)
            if asks or (executive.planning.is_busy and executive.supervisor.current is not None):
                executive.dialogue.drop(now)
        elif c.level == "motion" and c.motion is not None:
            assert executive.scene is not None
            executive.bounds.heed(c, executive.scene.tool.position, executive.supervisor.current)
            executive.override.move(c.motion, now, c.duration_s, c.then)
            executive.runtime.hurry()
        elif c.level == "motion" and c.pace is not None:
            self.set_pace(c.pace, now)
            executive.pace_before = None
        elif c.level == "subtask":
            return self._swap(c, now)
        elif c.level == "goal" and c.instruction is not None:
            executive.replan(c.instruction, now)
            if c.rule is not None:
                executive.dialogue.ruled(c.rule)
        elif executive.supervisor.current is None or executive.runtime.loop.stopped:
            return False
        elif c.holds is not None and (executive.dialogue.wait_s is not None or not c.hesitates):
            executive.dialogue.ask(c.holds, now)
        elif c.hesitates:
            executive.override.move(HOLD, now, HESITATES_S)
            self._hesitates = True
            executive.runtime.hurry()
        else:
            return False
        return True

    def _resume(self, now: float) -> None:
        runtime = self._executive.runtime
        if self._executive.override.motion(now) is not None:
            self._executive.goals.nudges.take_back()
        self._executive.override.withdraw()
        runtime.hurry()
        if runtime.loop.stopped:
            runtime.executor.go_on(self._executive.robot.read())
            runtime.loop.release()
        self._stood(now)
        self.stopped_at = None
        if self.is_emptied:
            self.is_emptied = False
            self._executive.end_here(now)

    def set_pace(self, pace: Pace, now: float) -> None:
        """Set the pace of all motions and scale the time limits with it."""
        before, since = self._executive.limit.patience, now if self.stopped_at is None else self.stopped_at
        self._executive.override.set_pace(pace, now)
        self._executive.be_patient(before, since)
        self._executive.runtime.hurry()

    def _swap(self, c: Correction, now: float) -> bool:
        """Put the correction's object in place of another in the plan ("no, the green one").

        False: a person forbade it before, and is asked first.
        """
        executive, scene, s = self._executive, self._executive.scene, self._executive.supervisor
        assert scene is not None
        target = scene.find(c.target)
        if target is None or s.current is None:
            return True
        before = s.ahead
        after = amended(before, c, scene)
        old = c.replaces
        if old is None:
            pairs = zip(before, after, strict=True)
            old = next((was.reference_id for was, is_now in pairs if was != is_now), None)
        if old is None:
            return True
        if c is executive.dialogue.agreed:
            self._waive(after, scene)
        elif (question := self._doubt(before, after, scene)) is not None:
            executive.dialogue.ask(question, now, c)
            return False
        executive.dialogue.corrected(now)
        executive.components.planner.swapped(replace(c, replaces=old), scene)
        s.swap(old, target.id, target.name, now, scene.held)
        executive.new_subtask()
        return True

    def _doubt(self, before: Sequence[Subtask], after: Sequence[Subtask], scene: Scene) -> Question | None:
        """The question about steps that a person forbade."""
        from sayso.planner.checks.standing import doubt
        from sayso.planner.task.english import plainly

        executive = self._executive
        return doubt(executive.watch.constraints, plainly(executive.instruction), before, after, scene)

    def _waive(self, steps: Sequence[Subtask], scene: Scene) -> None:
        """The person lets go of all that ``steps`` break."""
        from sayso.planner.checks.standing import broken

        watch = self._executive.watch
        while (found := broken(watch.constraints, steps)) is not None:
            watch.waive(found[0], scene)
        self._executive.goals.spare = watch.spare

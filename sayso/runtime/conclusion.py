"""The end of a run: as what, and with which words; what the arm holds after a failure is set down first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.planner.execution.ending import given_up, in_hand, setting_down, unmet
from sayso.planner.execution.supervisor import SUBTASK_LIMIT_S, Level, Replan
from sayso.planner.plan import Question
from sayso.result import Outcome
from sayso.runtime.subscriber import Tick

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive


class Conclusion:
    """Ends the run of the ``executive``; ``failing``: the run has failed and the arm sets the held object down."""

    def __init__(self, executive: Executive) -> None:
        self._executive = executive
        self.forget()

    def forget(self) -> None:
        """The run goes on."""
        self.failing = False

    def conclude(self, now: float) -> None:
        """After the last subtask: done if nothing was given up and the scene contradicts no subtask."""
        executive = self._executive
        assert executive.scene is not None
        left = given_up(executive.supervisor)
        undone = None if left else unmet(executive.supervisor, executive.evidence, executive.scene)
        if undone is not None:
            executive.supervisor.undo(*undone, now)
            executive.changed(now)
            return
        if left:
            self.fail(left, now)
        else:
            self.finish("done")

    def fail(self, why: str, now: float) -> None:
        """End as failed; the arm first sets a held object down if there is a free place."""
        executive = self._executive
        assert executive.scene is not None
        executive.question = Question(why)
        plan = setting_down(executive.scene, executive.evidence.places, executive.robot.spec.reach)
        if plan is None:
            self.finish("failed")
            return
        self.failing = True
        executive.goals.anchors = dict(executive.evidence.places)
        executive.limit.at_least(now, SUBTASK_LIMIT_S, margin_s=1.0)
        executive.supervisor.once(plan, now)
        executive.new_subtask()

    def time_out(self, tick: Tick) -> None:
        """End as timed out."""
        executive, step = self._executive, self._executive.supervisor.current
        if step is not None:
            doubt = executive.evidence.against(step, tick.scene, tick.body) if step.handles else None
            executive.question = Question(f"I ran out of time while I was to {step}{f': {doubt}' if doubt else ''}.")
        self.finish("timeout")

    def finish_asked(self) -> None:
        """End with the question: nobody is there to answer it."""
        self._executive.outcome = "asked"
        self._tell_of_hand()

    def finish(self, outcome: Outcome) -> None:
        """End the run with ``outcome``."""
        executive = self._executive
        executive.outcome = outcome
        self._tell_of_hand()
        if executive.question is not None and outcome in ("failed", "timeout"):
            executive.question = executive.notices.with_unusual(executive.question)
        executive.operator.ended(outcome, executive.robot.clock.now())
        executive.supervisor.close(outcome if outcome in ("stopped", "timeout") else "failed")
        if outcome == "stopped":
            executive.supervisor.replans.append(Replan(executive.robot.clock.now(), Level.STOP, "told to stop", 0.0))

    def _tell_of_hand(self) -> None:
        """Add to the question what became of the held object."""
        executive, steps = self._executive, self._executive.supervisor.steps
        if executive.question is None or executive.outcome not in ("failed", "timeout", "asked") or not steps:
            return
        held = in_hand(executive.scene)
        told = f"I still hold the {held}." if held else ""
        if self.failing and not held and steps[-1].outcome == "done":
            told = f"I set the {steps[-1].subtask.object_name} down on the table."
        executive.question = replace(executive.question, text=f"{executive.question.text} {told}".strip())

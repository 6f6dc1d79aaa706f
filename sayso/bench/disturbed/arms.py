"""The arms of the suite: the shipped oversight, parts of it, none, and the shipped one with true scenes."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.bench.disturbed.baselines import Reversals
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.execution.critic import State
from sayso.planner.execution.evidence import Evidence
from sayso.planner.execution.second_look import SecondLook
from sayso.planner.execution.supervisor import Supervisor
from sayso.planner.plan import Subtask, Verb

SECONDS = {Verb.PICK: 5.0, Verb.PLACE: 5.5}
"""Time of a subtask where nobody looks whether it is done: the 95th percentiles of undisturbed runs, rounded up."""


class OpenLoop(Supervisor):
    """Every subtask takes `SECONDS` and counts as done; nothing is tried again."""

    def advance(
        self, state: State, p_failed: float, t: float, lost: str | None = None, doubt: str | None = None,
        shown: bool = False,
    ) -> bool:  # fmt: skip
        """Go on when the time is over."""
        if self.current is None or t - self.began < SECONDS[self.current.verb]:
            return False
        return super().advance(State.DONE, 0.0, t)


class TimeoutOnly(Supervisor):
    """A subtask is done when the learned critic says so, and has failed when its time is over."""

    def advance(
        self, state: State, p_failed: float, t: float, lost: str | None = None, doubt: str | None = None,
        shown: bool = False,
    ) -> bool:  # fmt: skip
        """Take the critic's "done" alone."""
        done = state is State.DONE
        return super().advance(State.DONE if done else State.GOING, 0.0, t, None, None if done else "no end in sight")


class SuccessOnly(Supervisor):
    """A subtask is done when the critic says so and nothing speaks against it; none ever fails."""

    def advance(
        self, state: State, p_failed: float, t: float, lost: str | None = None, doubt: str | None = None,
        shown: bool = False,
    ) -> bool:  # fmt: skip
        """Take "done" that nothing contradicts."""
        return state is State.DONE and doubt is None and lost is None and super().advance(State.DONE, 0.0, t)


class NoHindsight(Evidence):
    """Nothing is looked at again once it counts as done."""

    def undone(self, steps: object, scene: Scene, unasked: object = ()) -> tuple[Subtask, str] | None:
        """Nothing."""
        return None

    def unmet(self, subtasks: object, scene: Scene) -> tuple[Subtask, str] | None:
        """Nothing."""
        return None


class NoEvidence(NoHindsight):
    """Nothing that the scene shows speaks against a subtask."""

    def against(self, subtask: Subtask, scene: Scene, body: object) -> str | None:
        """Nothing."""
        return None

    def exchanged(self, subtask: Subtask, scene: Scene) -> str | None:
        """Nothing."""
        return None


class NoSecondLook(SecondLook):
    """The arm goes on with what it has in hand and before it."""

    def holds(self, subtask: Subtask, scene: Scene, now: float) -> bool:
        """Never."""
        return False

    def wrong(self, subtask: Subtask, scene: Scene) -> SceneObject | None:
        """Nothing."""
        return None

    def same(self, subtask: Subtask, scene: Scene) -> SceneObject | None:
        """Nothing."""
        return None

    def unknowable(self, subtask: Subtask, scene: Scene) -> str | None:
        """Nothing."""
        return None


@dataclass(frozen=True, slots=True)
class Oversight:
    """What watches over a run: its supervisor, its evidence, its second look, whether a critic that looks ahead acts
    (None: the shipped one), and what it sees (`sayso.session.Options`)."""

    supervisor: type[Supervisor] = Supervisor
    evidence: type[Evidence] = Evidence
    second_look: type[SecondLook] = SecondLook
    foresight: bool = False
    critic: type[Reversals] | None = None
    sees: str = "pixels"


ARMS: dict[str, Oversight] = {
    "full": Oversight(foresight=True),
    "open-loop": Oversight(OpenLoop, NoEvidence, NoSecondLook),
    "timeout-only": Oversight(TimeoutOnly, NoEvidence, NoSecondLook),
    "success-only": Oversight(SuccessOnly, NoHindsight, NoSecondLook),
    "detector": Oversight(TimeoutOnly, NoEvidence, NoSecondLook, True, Reversals),
    "oracle": Oversight(foresight=True, sees="truth"),
}

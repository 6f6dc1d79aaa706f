"""The supervisor walks through a plan and decides, on the critic's word, what is next; every tier is capped.

Other motion, then the same subtask again, then a new plan, then a question, then a safe stop (DESIGN, decision 6).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from planner.critic import State
from planner.plan import Plan, Relation, Subtask, Verb

RETRIES = 2
REPLANS = 2
SUBTASK_LIMIT_S = 14.0


class Level(StrEnum):
    """How far up a re-planning went."""

    MOTION = "motion"
    SUBTASK = "subtask"
    PLAN = "plan"
    ASK = "ask"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Replan:
    """A change of mind at time ``t`` s: its level, why, and the critic's probability of failure then."""

    t: float
    level: Level
    reason: str
    p: float


@dataclass
class Step:
    """A subtask of the plan with when it began and what came of it."""

    subtask: Subtask
    began: float
    outcome: str = "running"


@dataclass
class Supervisor:
    """Holds the plan; `advance` is told the critic's state, `current` is what is to be done now (None: finished)."""

    steps: list[Step] = field(default_factory=list)
    replans: list[Replan] = field(default_factory=list)
    wants_plan: bool = False
    asks: str | None = None
    _left: list[Subtask] = field(default_factory=list)
    _retries: int = 0
    _plans: int = 0
    _running: bool = False

    @property
    def current(self) -> Subtask | None:
        """The subtask under way."""
        return self.steps[-1].subtask if self._running else None

    @property
    def began(self) -> float:
        """When the current attempt at it began, s."""
        return self.steps[-1].began

    @property
    def done(self) -> tuple[Subtask, ...]:
        """Subtasks believed done, in order."""
        return tuple(s.subtask for s in self.steps if s.outcome == "done")

    @property
    def left(self) -> tuple[Subtask, ...]:
        """Subtasks still to come, the current one not among them."""
        return tuple(self._left)

    def take(self, plan: Plan, t: float) -> None:
        """Start a plan, in place of what was left of the one before."""
        if self._running:
            self.steps[-1].outcome = "dropped"
        self._left, self._retries, self.wants_plan = list(plan.subtasks), 0, False
        self._next(t)

    def _next(self, t: float) -> None:
        self._running = bool(self._left)
        if self._left:
            self.steps.append(Step(self._left.pop(0), t))

    def advance(self, state: State, p_failed: float, t: float, lost: bool = False) -> bool:
        """Act on the critic's word at ``t`` s; ``lost``: the object has left the scene. True if the subtask changed."""
        if not self._running:
            return False
        if state is State.DONE and not lost:
            self.steps[-1].outcome = "done"
            self._retries = 0
            self._next(t)
            return True
        late = t - self.steps[-1].began > SUBTASK_LIMIT_S
        if state is not State.FAILED and not late and not lost:
            return False
        reason = (
            "object lost" if lost else "took too long" if state is not State.FAILED else "the critic says it failed"
        )
        self.fail(reason, p_failed, t)
        return True

    def fail(self, reason: str, p: float, t: float) -> None:
        """The current subtask failed: go one tier up, as far as each tier allows."""
        step = self.steps[-1]
        step.outcome = "failed"
        self._running = False
        if self._retries < RETRIES and reason != "object lost":
            self._retries += 1
            self.replans.append(Replan(t, Level.SUBTASK, reason, p))
            again = [step.subtask]
            if step.subtask.verb is Verb.PLACE:
                # What is no longer in the hand has to be picked up before it can be put anywhere.
                again = [Subtask(Verb.PICK, step.subtask.object_id, step.subtask.object_name), step.subtask]
            self._left = again + self._left
            self._next(t)
        elif self._plans < REPLANS:
            self._plans += 1
            self.replans.append(Replan(t, Level.PLAN, reason, p))
            self.wants_plan = True
        else:
            self.replans.append(Replan(t, Level.ASK, reason, p))
            self.asks = f"I could not {step.subtask}: {reason}. What shall I do?"

    def swap(self, old_id: str, new_id: str, new_name: str, t: float, held: str | None) -> None:
        """ "No, the green one": put another object in place of ``old_id`` in what is under way and what is to come."""
        if not self._running:
            return
        current = self.steps[-1].subtask
        pending = [_swapped(s, old_id, new_id, new_name) for s in (current, *self._left)]
        first = pending[0]
        if held == old_id and current.object_id == old_id:
            # The wrong object is in the hand: lay it down where it is before taking the right one.
            aside = Subtask(Verb.PLACE, old_id, current.object_name, Relation.LEFT, old_id, current.object_name, 0.12)
            picks = [] if first.verb is Verb.PICK else [Subtask(Verb.PICK, new_id, new_name)]
            pending = [aside, *picks, *pending]
        elif first.verb is Verb.PLACE and current.object_id == old_id:
            pending = [Subtask(Verb.PICK, new_id, new_name), *pending]
        self.steps[-1].outcome = "dropped"
        self._left, self._retries = pending, 0
        self._next(t)

    def close(self, outcome: str) -> None:
        """End whatever runs with ``outcome``."""
        if self._running:
            self.steps[-1].outcome = outcome
            self._running = False


def _swapped(s: Subtask, old: str, new: str, name: str) -> Subtask:
    if s.object_id == old:
        s = replace(s, object_id=new, object_name=name)
        if s.reference_id == old:
            s = replace(s, reference_id=new, reference_name=name)
    elif s.reference_id == old:
        s = replace(s, reference_id=new, reference_name=name)
    return s

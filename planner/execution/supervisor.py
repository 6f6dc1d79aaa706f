"""The supervisor executes a plan: next subtask, retry, new plan or question, from the critic's verdicts.

Each tier has a limit: `RETRIES` of a subtask, then `REPLANS` new plans, then a question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sayso.planner.execution.critic import State
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M

RETRIES = 2
REPLANS = 2
UNDONE = 2  # new plans after a done subtask was found undone
ASIDES = 2  # wrong things that the hand may set aside before a person is asked
SUBTASK_LIMIT_S = 14.0
DOUBTED_S = 1.6  # a subtask that the critic calls done and the scene contradicts for this long has failed
LOST = "I do not see it any more"


class Level(StrEnum):
    """The tier of a change of plan."""

    MOTION = "motion"
    SUBTASK = "subtask"
    PLAN = "plan"
    ASK = "ask"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Replan:
    """A change of plan at ``t`` s: level, reason, and the critic's probability of failure ``p``.

    ``cause`` and ``remedy`` in words, if the critic that looks ahead has called for it.
    """

    t: float
    level: Level
    reason: str
    p: float
    cause: str = ""
    remedy: str = ""


@dataclass
class Step:
    """A subtask of the plan, its start time (s) and its outcome."""

    subtask: Subtask
    began: float
    outcome: str = "running"


@dataclass
class Supervisor:
    """Holds the plan. `advance` takes the critic's verdict; `current` is the subtask under way, None at the end.

    ``patience`` multiplies the time limit of a subtask.
    """

    steps: list[Step] = field(default_factory=list)
    replans: list[Replan] = field(default_factory=list)
    wants_plan: bool = False
    asks: str | None = None
    given_up: dict[str, list[str]] = field(default_factory=dict)
    broken_off: list[Subtask] = field(default_factory=list)
    asides: list[Subtask] = field(default_factory=list)
    unasked: list[Subtask] = field(default_factory=list)  # by the instruction, of all its plans
    patience: float = 1.0
    _left: list[Subtask] = field(default_factory=list)
    _retries: int = 0
    _plans: int = 0
    _undone: int = 0
    _running: bool = False
    _least: int = 0
    _doubted: float | None = None
    _waited: float = 0.0

    @property
    def current(self) -> Subtask | None:
        """The subtask under way."""
        return self.steps[-1].subtask if self._running else None

    @property
    def began(self) -> float:
        """Start time (s) of the current attempt."""
        return self.steps[-1].began

    @property
    def done(self) -> tuple[Subtask, ...]:
        """Subtasks believed done, in order, without those that set a wrong thing aside."""
        return tuple(s.subtask for s in self.steps if s.outcome == "done" and s.subtask not in self.unasked)

    @property
    def left(self) -> tuple[Subtask, ...]:
        """The subtasks after the current one."""
        return tuple(self._left)

    @property
    def ahead(self) -> tuple[Subtask, ...]:
        """The current subtask and those after it."""
        return self.left if self.current is None else (self.current, *self._left)

    def take(self, plan: Plan, t: float) -> None:
        """Start ``plan`` and drop the rest of the one before."""
        if self._running:
            self.steps[-1].outcome = "superseded"
        self._left, self._retries, self.wants_plan = list(plan.subtasks), 0, False
        self._least = len(self._left)
        self.given_up.clear()
        self.broken_off.clear()
        self.asides.clear()
        self._next(t)

    def _next(self, t: float) -> None:
        self._doubted, self._waited = None, 0.0
        self._running = bool(self._left)
        if self._left:
            self.steps.append(Step(self._left.pop(0), t))

    def advance(
        self,
        state: State,
        p_failed: float,
        t: float,
        lost: str | None = None,
        doubt: str | None = None,
        shown: bool = False,
    ) -> bool:
        """Act on the critic's verdict at ``t`` s; True if the subtask changed.

        ``lost`` is why the object is gone: only a new plan helps then. ``doubt`` is the evidence of gripper and scene
        against "done"; a subtask called done and doubted for `DOUBTED_S` has failed. One ``shown`` to be done needs no
        critic.
        """
        if not self._running:
            return False
        done = state is State.DONE and lost is None
        late = self._is_late(t)
        # After the time limit the scene decides without the critic: the object lies at its place, not in the hand.
        shown = lost is None and (shown or (late and self.steps[-1].subtask.verb is Verb.PLACE))
        if (done or shown) and doubt is None:
            self.steps[-1].outcome = "done"
            if len(self._left) < self._least:
                # Only progress in the plan gives new tries; a retry's own pick is none.
                self._least, self._retries = len(self._left), 0
            self._next(t)
            return True
        self._doubted = (t if self._doubted is None else self._doubted) if done else None
        reason = self._reason(state, t, lost, doubt)
        if reason is None:
            return False
        self.fail(reason, p_failed, t, again=lost is None)
        return True

    def _reason(self, state: State, t: float, lost: str | None, doubt: str | None) -> str | None:
        """Why the current subtask has failed; None if it has not."""
        if lost is not None:
            return lost
        if self._doubted is not None and t - self._doubted >= DOUBTED_S:
            return doubt
        because = f": {doubt}" if doubt else ""
        if state is State.FAILED:
            return f"the critic says it failed{because}"
        return f"took too long{because}" if self._is_late(t) else None

    def _is_late(self, t: float) -> bool:
        return t - self.steps[-1].began - self._waited > SUBTASK_LIMIT_S * self.patience

    def not_counting(self, seconds: float, t: float) -> None:
        """Take ``seconds`` before ``t`` s, in which the arm stood for a person, off the time of the current subtask."""
        if not self._running:
            return
        seconds = min(seconds, t - self.steps[-1].began - self._waited)  # it may have begun meanwhile
        self._waited += seconds
        if self._doubted is not None:
            self._doubted += seconds

    def fail(self, reason: str, p: float, t: float, again: bool = True) -> None:
        """Fail the current subtask and use the lowest tier within its limit; ``again`` allows a retry."""
        step = self.steps[-1]
        step.outcome = "failed"
        self._running = False
        if self._retries < RETRIES and again:
            self._retries += 1
            self.replans.append(Replan(t, Level.SUBTASK, reason, p))
            tries = [step.subtask]
            if step.subtask.verb is Verb.PLACE:
                # The object may have left the hand: pick it up first.
                tries = [Subtask(Verb.PICK, step.subtask.object_id, step.subtask.object_name), step.subtask]
            self._left = tries + self._left
            self._next(t)
        else:
            self._plans += 1
            self._plan_anew(step.subtask, reason, p, t, self._plans <= REPLANS)

    def _plan_anew(self, subtask: Subtask, reason: str, p: float, t: float, may: bool) -> None:
        self.broken_off = [subtask, *self._left]
        if may:
            self.replans.append(Replan(t, Level.PLAN, reason, p))
            self.wants_plan = True
        else:
            self.replans.append(Replan(t, Level.ASK, reason, p))
            self.asks = f"I could not {subtask}: {reason}. What shall I do?"

    def arrive(self, t: float) -> None:
        """What the current subtask waits for has come about: it is done."""
        self.steps[-1].outcome = "done"
        self._next(t)

    def leave_rest(self) -> None:
        """Drop the current subtask and those after it."""
        self.close("superseded")
        self._left = []

    def end_here(self) -> None:
        """Drop the rest, and that something was picked up for it: nobody wants it in the hand any more."""
        dropped = {step.object_id for step in self.ahead}
        for step in self.steps:
            if step.outcome == "done" and step.subtask.verb is Verb.PICK and step.subtask.object_id in dropped:
                step.outcome = "superseded"
        self.leave_rest()
        self.broken_off.clear()

    def undo(self, subtask: Subtask, reason: str, t: float) -> None:
        """Mark the done ``subtask`` as failed and ask for a new plan; after `UNDONE` times, ask a person."""
        if self.current is not None:
            self._left = [self.current, *self._left]
            self.close("superseded")
        for step in self.steps:
            if step.subtask == subtask and step.outcome == "done":
                step.outcome = "failed"
        self._undone += 1
        self._plan_anew(subtask, reason, 0.0, t, self._undone <= UNDONE)

    def give_up(self, reason: str, t: float) -> None:
        """Drop the current object's subtasks for ``reason`` and continue with the rest."""
        step = self.steps[-1]
        step.outcome, self._retries = "failed", 0
        self.given_up.setdefault(reason, []).append(f"the {step.subtask.object_name}")
        # Objects that go beside or on the dropped one are dropped too; with a full hand, all are.
        left, full = {step.subtask.object_id}, step.subtask.verb is Verb.PLACE
        for later in self._left:
            if later.handles and (full or later.reference_id in left) and later.object_id not in left:
                left.add(later.object_id)
                self.given_up[reason].append(f"the {later.object_name}")
        self._left = [s for s in self._left if s.object_id not in left]
        self._least = len(self._left)
        self._next(t)

    def swap(self, old_id: str, new_id: str, new_name: str, t: float, held: str | None) -> None:
        """Replace the object ``old_id`` in the current and later subtasks ("no, the green one")."""
        if not self._running:
            return
        current = self.steps[-1].subtask
        pending = [_swapped(s, old_id, new_id, new_name) for s in (current, *self._left)]
        first = pending[0]
        if held == old_id and current.object_id == old_id:
            # The hand holds the wrong object: set it down first.
            aside = Subtask(
                Verb.PLACE, old_id, current.object_name, Relation.LEFT, old_id, current.object_name, BESIDE_M
            )
            picks = [] if first.verb is Verb.PICK else [Subtask(Verb.PICK, new_id, new_name)]
            pending = [aside, *picks, *pending]
        elif first.verb is Verb.PLACE and current.object_id == old_id:
            pending = [Subtask(Verb.PICK, new_id, new_name), *pending]
        self.steps[-1].outcome = "superseded"
        self._left, self._retries, self._least = pending, 0, len(pending)
        self._next(t)

    def first(self, before: Sequence[Subtask], reason: str, p: float, t: float) -> None:
        """Carry out ``before`` first, which the instruction does not ask for, then the current subtask again."""
        current = self.steps[-1].subtask
        self.steps[-1].outcome = "failed"
        self._running = False
        others = [subtask for subtask in before if subtask.object_id != current.object_id]
        self.asides.extend(others)
        self.unasked.extend(others)
        self.replans.append(Replan(t, Level.SUBTASK, reason, p))
        self._left = [*before, current, *self._left]
        self._next(t)

    def ask(self, question: str, reason: str, p: float, t: float) -> None:
        """Fail the current subtask and ask a person."""
        step = self.steps[-1]
        step.outcome = "failed"
        self._running = False
        self.broken_off = [step.subtask, *self._left]
        self.replans.append(Replan(t, Level.ASK, reason, p))
        self.asks = question

    def set_aside(self, aside: Subtask, reason: str, t: float) -> None:
        """The hand holds a thing that the current subtask is not about: carry out ``aside``, then begin it again."""
        current = self.steps[-1].subtask
        self.steps[-1].outcome = "failed"
        self._running = False
        self.asides.append(aside)
        self.unasked.append(aside)
        if sum(one.relation is Relation.AT for one in self.asides) > ASIDES:
            self._plan_anew(current, reason, 0.0, t, False)
            return
        self.replans.append(Replan(t, Level.SUBTASK, reason, 0.0))
        again = [] if current.verb is Verb.PICK else [Subtask(Verb.PICK, current.object_id, current.object_name)]
        self._left = [aside, *again, current, *self._left]
        self._next(t)

    def once(self, plan: Plan, t: float) -> None:
        """Start a ``plan`` without retries: its first failure ends it."""
        self.take(plan, t)
        self._retries, self._plans, self.asks = RETRIES, REPLANS, None

    def close(self, outcome: str) -> None:
        """End the current subtask with ``outcome``."""
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

"""What a person says while the arm moves, as the learned reader reads it → a `Correction`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.as_task import str_of
from sayso.planner.corrections.correction import NOT_UNDERSTOOD, REMARKED, Correction, goal_of
from sayso.planner.corrections.effects.another_place import another_place, thing_read_as_place
from sayso.planner.corrections.effects.another_thing import another_thing
from sayso.planner.corrections.effects.coreference import beside_the_plan, in_full
from sayso.planner.corrections.effects.motions import motion_of, only_moves
from sayso.planner.corrections.effects.outcome import outcome
from sayso.planner.corrections.effects.questions import which_instead, which_of, which_to_skip
from sayso.planner.corrections.effects.remaining_plan import RemainingPlan
from sayso.planner.corrections.text import tokens
from sayso.planner.corrections.words import TASK_VERBS, words
from sayso.planner.interpreter.grounding import Likelihoods
from sayso.planner.language.grounding import Unresolved
from sayso.planner.plan import Question, Subtask
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.understanding import PLAUSIBLE
from sayso.planner.task.english import said, without_ids
from sayso.planner.task.text import write
from sayso.planner.task.values import (
    Again,
    All,
    Also,
    Approach,
    Ask,
    Choose,
    Drop,
    Event,
    First,
    GoOn,
    Gripper,
    Harm,
    If,
    Instead,
    InsteadAt,
    Move,
    Name,
    Once,
    Put,
    Release,
    Remark,
    Repeat,
    Retreat,
    Rule,
    Seq,
    Skip,
    Stop,
    Task,
    The,
    Thing,
    Unable,
    Unclear,
    Undo,
    Until,
    Utterance,
    Wait,
    WhereItWas,
    Whether,
    With,
)  # fmt: skip
from sayso.skills.motion import LanguageMotion

_PUTS = TASK_VERBS - {"move", "pull", "push", "take", "lift", "drag"}
"""What things are put back with; the others may be about the arm's motion, too."""
_OLD = re.compile(
    r"\bwhere (?:it|he|she|they|you|we|i) \w+|\b(?:initial|original|starting|start|previous|former|old) "
    r"(?:state|place|position|spot|location)\b",
    re.I,
)
"""What says that a thing, and not the arm, is to be where it was."""
_NUMBERED = words("first second third fourth fifth last next other others rest")


@dataclass(frozen=True, slots=True)
class Heard:
    """A correction that the words may make, its most probable meaning and the probability of its effect."""

    probability: float
    meaning: Utterance
    correction: Correction


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything that words said during a motion may refer to.

    ``steps`` are the current subtask and those after it, ``current`` the motion under way, ``spoken`` whether a person
    asked for that motion, ``yaw`` (rad, base frame) where the speaker looks.
    """

    text: str
    scene: Scene
    steps: tuple[Subtask, ...]
    current: LanguageMotion | None
    yaw: float
    kinds: Likelihoods
    colors: Likelihoods
    spoken: bool = True

    @property
    def plan(self) -> RemainingPlan:
        """What is left to do."""
        return RemainingPlan(self.steps, self.scene, self.yaw, self.kinds, self.colors)

    def likely(self, meanings: Sequence[Meaning]) -> list[Heard]:
        """The corrections that ``meanings`` make, most probable first; meanings with the same effect add up."""
        possible = self._possible(meanings)
        read = [Heard(m.probability, m.value, self.read(m.value)) for m in possible[:1]]
        read += [Heard(m.probability, m.value, self.read(m.value)) for m in possible[1:] if m.probability >= PLAUSIBLE]
        if len(read) < 2:
            return read
        found: dict[object, Heard] = {}
        for one in read:
            effect = outcome(self.plan, one.correction)
            before = found.get(effect, replace(one, probability=0.0))
            found[effect] = replace(before, probability=before.probability + one.probability)
        return sorted(found.values(), key=lambda one: -one.probability)

    def _possible(self, meanings: Sequence[Meaning]) -> Sequence[Meaning]:
        """The ``meanings`` that words may have where the arm handles nothing, such as on its way home.

        They are no other place for a thing; what begins as an order is no remark and no other thing either. The rest
        share the probability, if one of them is an order.
        """
        if not self.steps or any(step.handles for step in self.steps):
            return meanings
        no = (InsteadAt, Instead, Remark) if TASK_VERBS.intersection(tokens(self.text)[:1]) else (InsteadAt,)
        others = [m for m in meanings if not isinstance(m.value, no)]
        if len(others) == len(meanings) or not any(isinstance(m.value, Task) for m in others):
            return meanings
        scale = sum(m.probability for m in meanings) / sum(m.probability for m in others)
        return [replace(m, probability=m.probability * scale) for m in others]

    def choice(self, asks: str, acts: Sequence[Heard]) -> Question | None:
        """The question which of ``acts`` is meant; None where one changes nothing of the plan."""
        left: dict[str, str] = {}
        for one in acts:
            left.setdefault(said(without_ids(one.meaning)), self.plan.instruction_after(one.correction))
        return which_of(asks, left)

    def reversed(self) -> Correction | None:
        """What is left to do, in the opposite order; None where that is one thing."""
        tasks = self.plan.tasks
        return goal_of(self.text, Seq(tasks[::-1])) if len(tasks) > 1 else None

    def found(self, thing: Thing) -> list[SceneObject]:
        """The things of the scene that ``thing`` may mean."""
        return self.plan.ground.matching(thing)

    @property
    def as_it_is(self) -> str | None:
        """What is left to do, as an instruction."""
        left = self.plan.task
        return None if left is None else str_of(left)

    def read(self, value: Utterance) -> Correction:
        """The correction that ``value`` makes; the question where it fits nothing, or several things."""
        try:
            return self._made_by(value)
        except Unresolved as unresolved:
            answer = unresolved.answer
            options = answer.options if isinstance(answer, Question) else ()
            asks = str(getattr(answer, "text", getattr(answer, "reason", answer)))
            holds = which_instead(self.plan, value, unresolved, self.read)
            return Correction(self.text, "ask", asks, options=options, holds=holds)
        except ValueError as error:
            return Correction(self.text, "ask", str(error))

    def _made_by(self, value: Utterance) -> Correction:  # one case for each kind of utterance
        """The correction that ``value`` makes. Raises `Unresolved` and ValueError with the question."""
        plan, text = self.plan, self.text
        match value:
            case Stop():
                return Correction(text, "stop", "stop")
            case GoOn():
                return Correction(text, "resume", "go on")
            case Undo() if not self.spoken or not _PUTS.isdisjoint(tokens(text)) or _OLD.search(text):
                return goal_of(text, value)  # what was moved goes back: the arm's own motion is nobody's wish
            case Put(thing, WhereItWas()) if plan.moves_only(thing):
                return goal_of(text, Undo())
            case Wait(Event()) if plan.tasks:
                return goal_of(text, Seq((value, *plan.tasks)))
            case First(Move() | Gripper() | Approach() | Retreat() | Seq() as task) if only_moves(task):
                return self._made_by(task)  # before the rest is now
            case _ if (motion := motion_of(value, plan, self.current, text)) is not None:
                return motion
            case Instead(thing):
                return another_thing(plan, thing, text)
            case InsteadAt(place):
                if (thing_meant := thing_read_as_place(plan, place, text)) is not None:
                    return another_thing(plan, thing_meant, text)
                return goal_of(text, another_place(plan, place, text))
            case Skip() if numbered := _NUMBERED.intersection(tokens(text)):
                raise ValueError(which_to_skip(self.steps, min(numbered)))
            case Skip():
                return goal_of(text, plan.without_current())
            case Also(task):
                return goal_of(text, Seq((*plan.tasks, in_full(plan, beside_the_plan(plan, task, text)))))
            case First(Again(The() | All() as thing)) if planned := plan.planned(thing):
                return goal_of(text, plan.beginning_with(planned))
            case First(task):
                return goal_of(text, Seq((in_full(plan, task), *plan.tasks)))
            case Drop(thing):
                return goal_of(text, plan.without(thing))
            case Rule(constraints):
                left = plan.task
                now = goal_of(text, With(left, constraints)) if left is not None else self._remark(value)
                return replace(now, rule=write(value))
            case Release():
                return goal_of(text, value)
            case Remark() | Ask() | Whether() | Name():
                return self._remark(value)
            case Unable() | Harm():
                return Correction(text, "unknown", f"I cannot do that while I move: {said(value)}")
            case Unclear():
                return Correction(text, "unknown", NOT_UNDERSTOOD)
            case If() | Once() | Until() | With() | Choose() | Repeat() if only_moves(value):
                raise ValueError("I cannot heed that in a motion beside what I do; say the motion alone")
            case Task():
                return goal_of(text, in_full(plan, value))
        return Correction(text, "unknown", NOT_UNDERSTOOD)

    def _remark(self, value: Utterance) -> Correction:
        if isinstance(value, Ask | Whether):
            now = f"I {self.steps[0]}" if self.steps else "I do nothing"
            return Correction(self.text, "remark", f"{now}; I go on")
        return Correction(self.text, "remark", REMARKED)

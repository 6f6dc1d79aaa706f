"""Questions which one is meant, each answer with what is then left to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sayso.perception.scene import SceneObject
from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.effects.remaining_plan import RemainingPlan
from sayso.planner.interpreter.grounding import named
from sayso.planner.language.grounding import Unresolved
from sayso.planner.plan import Question, Subtask
from sayso.planner.task.values import Instead, InsteadAt, Utterance


def which_instead(
    plan: RemainingPlan, value: Utterance, unresolved: Unresolved, read: Callable[[Utterance], Correction]
) -> Question | None:
    """The question which of several things takes the place of the one that the person refuses; None for others."""
    asks = unresolved.answer
    if not isinstance(asks, Question) or len(unresolved.things) < 2 or not isinstance(value, Instead | InsteadAt):
        return None

    def left(thing: SceneObject) -> str:
        one = named(thing)
        if isinstance(value, InsteadAt):
            return plan.instruction_after(read(InsteadAt(replace(value.place, thing=one))))  # type: ignore[call-arg]
        return plan.instruction_after(read(Instead(one)))

    answers = tuple(map(left, unresolved.things))
    return Question(asks.text, asks.options, answers) if all(answers) else None


def which_of(asks: str, left: Mapping[str, str]) -> Question | None:
    """The question which of several changes of the plan is meant; ``left`` is what each leaves to do. None where one
    changes nothing of the plan."""
    if not all(left.values()):
        return None
    if len(left) == 1:
        return Question(asks, ("yes", "no"), (*left.values(), ""))
    return Question(asks, tuple(left), tuple(left.values()))


def which_to_skip(steps: Sequence[Subtask], numbered: str) -> str:
    """The question which of ``steps`` "the second one" is: steps may be done, and new ones have come."""
    things = dict.fromkeys(step.object_name for step in steps if step.object_name)
    told = " or ".join(f"the {name}" for name in things)
    return f"which is the {numbered} one: {told}? Say for example: leave out the {next(iter(things), 'block')}"

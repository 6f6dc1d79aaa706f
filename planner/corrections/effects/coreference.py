"""Orders that name things by the plan, in full: "the same with the green one", "put it down", "the second one too"."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from sayso.planner.corrections.effects.containers import container
from sayso.planner.corrections.effects.remaining_plan import RemainingPlan
from sayso.planner.corrections.text import plain_color, tokens
from sayso.planner.corrections.words import words
from sayso.planner.interpreter.grounding import named
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.reader.doubt import COLORS
from sayso.planner.task.things import THING
from sayso.planner.task.values import Again, Color, Held, In, It, On, Pick, Put, Seq, Task, The, Thing, Value

_COLOR_IN_COLOR = re.compile(
    rf"\b(?P<color>{COLORS.pattern})(?: one)? (?:in|into|inside) the (?P<there>{COLORS.pattern})(?: one)?\b"
    r"(?! (?!after|afterwards|then|too|also|as|next|later|please)\w)",
    re.I,
)
_SAME = re.compile(r"\b(?:the|that) same \w+", re.I)
_ANOTHER = words("second other next another")


def in_full(plan: RemainingPlan, task: Task) -> Task:
    """``task`` with "the same with …" and "it" put in full. Raises ValueError where nothing is done with a thing."""
    if isinstance(task, Again) and task.thing is not None:
        now = next((t for t in plan.tasks if isinstance(t, Put | Pick)), None)
        if now is None:
            raise ValueError("do what with it? Say the whole instruction")
        return replace(now, thing=task.thing)
    thing = plan.scene.find(plan.current.object_id) if plan.current is not None else None
    return _with_it(task, named(thing)) if thing is not None else task


def beside_the_plan(plan: RemainingPlan, task: Task, text: str) -> Task:
    """``task``, which is to be done too, with "the second one" for the one other of its kind and color, and "the same
    plate" for the one of the plan."""
    now = plan.scene.find(plan.current.object_id) if plan.current is not None else None
    there, pair = plan.destination, _COLOR_IN_COLOR.search(text)
    match task:
        case Again(The() as thing) if pair is not None and there is not None and is_container(there):
            color = plain_color(pair["there"])
            if color != there.color:  # "the yellow one in the yellow"
                return Put(thing, In(container(plan, The(THING, (Color(color),)), there)))
        case Again(The(noun, modifiers)) if now is not None and noun == THING:
            if any(isinstance(m, Color) for m in modifiers) or _ANOTHER.isdisjoint(tokens(text)):
                return task
            used = {step.object_id for step in plan.steps}
            twins = [o for o in plan.scene.objects if o.name == now.name and o.id not in used]
            return Again(named(twins[0])) if len(twins) == 1 else task
        case Put(_, In(The(_, ()) as inner) | On(The(_, ()) as inner)) if _SAME.search(text):
            if there is not None and there in plan.ground.matching(inner):
                return replace(task, place=replace(task.place, thing=named(there)))  # type: ignore[call-arg]
    return task


def _with_it(value: Any, thing: Thing) -> Any:
    """``value`` with ``thing`` for its first "it" outside of a sequence that names one before."""
    if isinstance(value, It | Held):
        return thing
    if isinstance(value, Seq):
        return replace(value, tasks=(_with_it(value.tasks[0], thing), *value.tasks[1:]))
    if isinstance(value, Value) and fields(value):
        return replace(value, **{f.name: _with_it(getattr(value, f.name), thing) for f in fields(value)})
    return value

"""Another place for the thing that the arm handles: "no, next to the cup", "both in the brown bowl"."""

from __future__ import annotations

import re
from dataclasses import replace

from sayso.perception.scene import SceneObject
from sayso.planner.corrections.effects.containers import are_solid, container, the_other
from sayso.planner.corrections.effects.remaining_plan import RemainingPlan
from sayso.planner.corrections.text import tokens
from sayso.planner.corrections.words import words
from sayso.planner.interpreter.grounding import named
from sayso.planner.plan import Verb
from sayso.planner.task.things import THING
from sayso.planner.task.values import (
    Behind,
    Beside,
    In,
    InFrontOf,
    It,
    LeftOf,
    Nth,
    Other,
    Place,
    Put,
    Rank,
    RightOf,
    Seq,
    Task,
    The,
    Thing,
)  # fmt: skip

_NEXT_TO = (Beside, LeftOf, RightOf, InFrontOf, Behind)
_SIDES = {Rank.LEFT: LeftOf, Rank.RIGHT: RightOf}
_INTO = words("in into inside")
_ALL_OF_THEM = words("both all each every")
_NEXT_TO_IT = re.compile(r"\b(?:next to|beside|alongside) (?:it|that)\b", re.I)
_NEAR_THE_OTHER = re.compile(
    r"\b(?:in front|behind|next|beside|near|by|left|right|side|between|close|ahead|before|after)\b"
    r"[^,;.!?]*\bother\b",
    re.I,
)


def thing_read_as_place(plan: RemainingPlan, place: Place, text: str) -> Thing | None:
    """The thing that takes the place of another where ``text`` was read as a ``place``; None for a true place."""
    (_, there), inner = _at_hand(plan), getattr(place, "thing", None)
    if isinstance(place, In) and not _INTO.intersection(tokens(text)):
        inside = named(there) if isinstance(inner, It) and there is not None else place.thing
        if are_solid(plan, inside):
            return inside
    is_other = isinstance(inner, The) and Other() in inner.modifiers
    if is_other and isinstance(place, _NEXT_TO) and not _NEAR_THE_OTHER.search(text):
        return inner  # "the other one, in front of you" says where that is
    return None


def another_place(plan: RemainingPlan, place: Place, text: str) -> Task:
    """What is left to do with the thing at hand, or all of them, at ``place``. Raises ValueError without a thing."""
    thing, there = _at_hand(plan)
    place = _meant(plan, place, there, text)
    several = list(dict.fromkeys(s.object_id for s in plan.steps if s.verb is Verb.PLACE and s.object_id))
    if len(several) > 1 and not _ALL_OF_THEM.isdisjoint(tokens(text)):  # "both in the brown bowl"
        return Seq(tuple(Put(named(o), place) for o in plan.objects(several)))
    later = plan.task_of([step for step in plan.steps if step.object_id != thing.id])
    new = Put(named(thing), place)
    return Seq((new, later)) if later is not None else new


def _at_hand(plan: RemainingPlan) -> tuple[SceneObject, SceneObject | None]:
    """The next thing that is put somewhere, and what is at that place. Raises ValueError without a thing."""
    put = plan.place or plan.current
    thing = plan.scene.find(put.object_id) if put is not None else None
    if put is None or thing is None:
        raise ValueError("put what there? Say the whole instruction")
    return thing, plan.scene.find(put.reference_id)


def _meant(plan: RemainingPlan, place: Place, there: SceneObject | None, text: str) -> Place:
    """``place`` with the very thing that its description means, instead of ``there``."""
    inner = getattr(place, "thing", None)
    if isinstance(inner, It) and there is not None:  # nothing is put beside itself
        return _at(place, container(plan, named(there), there) if isinstance(place, In) else named(there))
    if isinstance(place, Beside) and isinstance(inner, The) and inner.noun == THING:
        side = next((m for m in inner.modifiers if isinstance(m, Nth)), None)
        if side is not None and side.rank in _SIDES and there is not None and _NEXT_TO_IT.search(text):
            return _SIDES[side.rank](named(there), place.by)  # "next to it, on the left"
    if isinstance(inner, The) and Other() in inner.modifiers:
        return _at(place, named(the_other(plan, inner, isinstance(place, In))))
    if isinstance(place, In) and isinstance(inner, The):
        return In(container(plan, inner, there))
    if isinstance(place, _NEXT_TO) and there is not None and _is_bare_name(plan, inner, there):
        return _at(place, named(there))  # "next to the cup, not in it"
    return place


def _at(place: Place, thing: Thing) -> Place:
    """The same place at another ``thing``."""
    return replace(place, thing=thing)  # type: ignore[call-arg]


def _is_bare_name(plan: RemainingPlan, thing: Thing | None, there: SceneObject) -> bool:
    """Whether ``thing`` is a noun alone, which ``there`` may be called by."""
    return isinstance(thing, The) and not thing.modifiers and there in plan.ground.matching(thing)

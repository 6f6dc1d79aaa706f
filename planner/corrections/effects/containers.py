"""Which container a description means where something else is to go, and which thing is "the other"."""

from __future__ import annotations

from dataclasses import replace

from sayso.perception.scene import SceneObject
from sayso.planner.corrections.effects.remaining_plan import RemainingPlan
from sayso.planner.corrections.words import words
from sayso.planner.interpreter.grounding import named
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.task.things import THING
from sayso.planner.task.values import Other, The, Thing

_GENERIC = words("bin container basket bucket tub pot vessel receptacle dish tray crate hopper")
"""Nouns for anything that holds others."""


def container(plan: RemainingPlan, thing: The, there: SceneObject | None) -> Thing:
    """``thing``, in which something is to be put instead of ``there``: "the cyan one" is a cup where only a cup is
    cyan, and a "bin" whatever holds others."""
    ground = plan.ground
    bare = replace(thing, noun=THING) if _is_generic(plan, thing) else thing
    holders = [o for o in plan.scene.objects if is_container(o)]
    alike = [o for o in holders if there is not None and o.kind == there.kind]
    for pool in (alike, holders) if bare.noun == THING else (list(plan.scene.objects),):
        try:
            found = ground.several(bare, pool)
        except Unresolved:
            continue
        if len(found) == 1:
            return named(found[0])
    return replace(bare, noun="bowl") if bare.noun == THING else bare


def the_other(plan: RemainingPlan, thing: The, holds: bool) -> SceneObject:
    """The thing that ``thing`` calls the other, one that ``holds`` others or any: none that the steps handle.

    Raises `Unresolved`.
    """
    plain = not_other(thing)
    if holds and _is_generic(plan, thing):
        plain = replace(plain, noun=THING)
    used = {i for step in plan.steps for i in (step.object_id, step.reference_id)}
    ground = plan.ground
    found = [o for o in ground.matching(plain) if o.id not in used and (is_container(o) or not holds)]
    if not found:
        raise ground._absent(thing, [o for o in plan.scene.objects if o.id not in used])
    if len(found) > 1:
        raise ground._which(thing, found)
    return found[0]


def not_other(thing: The) -> The:
    """``thing`` without the word "other"."""
    return replace(thing, modifiers=tuple(m for m in thing.modifiers if m != Other()))


def are_solid(plan: RemainingPlan, thing: Thing) -> bool:
    """Whether nothing that fits ``thing`` holds others, and something fits."""
    found = plan.ground.matching(thing)
    return bool(found) and not any(map(is_container, found))


def _is_generic(plan: RemainingPlan, thing: The) -> bool:
    """Whether the noun of ``thing`` is one for whatever holds others, and nothing here is that by itself."""
    return thing.noun in _GENERIC and not plan.ground.matching(The(thing.noun))

"""Another thing in the place of one in the plan: "no, the green one", "the mug, not the can", "the other one"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sayso.perception.scene import SceneObject
from sayso.planner.corrections.correction import Correction, goal_of
from sayso.planner.corrections.effects.another_place import another_place
from sayso.planner.corrections.effects.containers import not_other
from sayso.planner.corrections.effects.remaining_plan import RemainingPlan
from sayso.planner.corrections.text import plain_color
from sayso.planner.interpreter.grounding import Grounding, named
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.plan import Relation, Verb
from sayso.planner.reader.doubt import COLORS
from sayso.planner.task.nouns import singular
from sayso.planner.task.things import kind_named
from sayso.planner.task.values import All, Called, Color, In, Nth, On, Other, Pick, Put, Seq, Some, The, Thing, Together

_REFUSED = re.compile(rf"\bnot (?:in |into |on )?(?:the |that )?({COLORS.pattern})\b", re.I)
_GIVEN_UP = re.compile(
    rf"\b(?:not|i said|instead of) (?:in |into |on |onto )?(?:the |that |a )?(?:{COLORS.pattern} )?(?P<noun>[a-z]+)\b",
    re.I,
)
"""A noun that the person takes back: "not the can, the mug", "I said cup but I meant plate"."""


def another_thing(plan: RemainingPlan, thing: Thing, text: str) -> Correction:
    """``thing`` in the place of the one that the arm is at, or of the first of its kind in the plan.

    Raises `Unresolved`.
    """
    ids = [i for s in plan.steps for i in ((s.object_id,) if s.verb is Verb.PICK else (s.reference_id, s.object_id))]
    roles = list(dict.fromkeys(i for i in ids if i))
    seen, unused = plan.objects(roles), [o for o in plan.scene.objects if o.id not in roles]
    refused = {plain_color(color) for color in _REFUSED.findall(text)}
    if len(given_up := [o for o in seen if o.color in refused]) == 1:  # "the purple, not the yellow"
        seen = given_up + [o for o in seen if o not in given_up]
    elif (old := _taken_back(plan, thing, seen, text)) is not None:
        return _in_its_place(plan, _one_for(plan, thing, old, unused), old, text)
    ground, several = plan.ground, isinstance(thing, All | Together | Some)
    if several or any(isinstance(m, Nth) for m in getattr(thing, "modifiers", ())):  # "both", "the left one" of all
        alike = [o for o in plan.scene.objects if seen and is_container(o) == is_container(seen[0])]
    else:
        alike = [o for o in unused if len(seen) == 1 or (seen and is_container(o) == is_container(seen[0]))]
    fits = {o.id for o in ground.matching(_bare(thing))}  # a mug, and not a can that looks a little like one
    alike, unused = ([o for o in pool if o.id in fits] for pool in (alike, unused))
    found = _first_that_fits(ground, thing, (alike, unused, list(plan.scene.objects)))
    if len(found) > 1 and several:
        return goal_of(text, _with_each(plan, found))
    if len(found) != 1:
        raise ground._which(thing, found)
    (target,) = found
    if target.id in roles:
        return Correction(text, "resume", f"the {target.name}, as it is", target=target.id)
    same = (o for o in seen if is_container(o) == is_container(target))
    replaced = seen[0] if len(seen) == 1 else next(same, None)
    if replaced is None:
        return Correction(text, "ask", f"the {target.name} instead of what?", options=(target.kind,))
    return _swapped(text, target, replaced)


def _taken_back(plan: RemainingPlan, thing: Thing, seen: Sequence[SceneObject], text: str) -> SceneObject | None:
    """The one of the things ``seen`` in the plan that the person takes back; None where the words do not tell."""
    if not isinstance(thing, The):
        return None
    ground = plan.ground
    if Other() in thing.modifiers:  # "the other gray one": than the gray one of the plan
        if not any(isinstance(m, Color) for m in thing.modifiers):
            return None
        alike = ground.matching(not_other(thing))
        found = [o for o in seen if o in alike]
        has_twin = len(found) == 1 and any(o not in seen and o.kind == found[0].kind for o in alike)
        return found[0] if has_twin else None
    nouns = {singular(given["noun"].casefold()) for given in _GIVEN_UP.finditer(text)}
    refused = [o for noun in nouns if kind_named(noun) is not None for o in ground.matching(The(noun))]
    given_up = [o for o in seen if o in refused]
    return given_up[0] if len(given_up) == 1 and given_up[0] not in ground.matching(thing) else None


def _one_for(plan: RemainingPlan, thing: Thing, old: SceneObject, unused: Sequence[SceneObject]) -> SceneObject:
    """The one of the things ``unused`` that ``thing`` means in the place of ``old``. Raises `Unresolved`."""
    if isinstance(thing, The) and Other() in thing.modifiers:
        return plan.ground.one(not_other(thing), [o for o in unused if o.kind == old.kind])
    return plan.ground.one(thing, unused)


def _in_its_place(plan: RemainingPlan, new: SceneObject, old: SceneObject, text: str) -> Correction:
    """``new`` in the place of ``old``; what was to go into a cup goes onto a plate."""
    put = plan.place
    inside = put is not None and old.id == put.reference_id and put.relation in (Relation.IN, Relation.ON)
    if inside and is_container(old) != is_container(new):
        place = In(named(new)) if is_container(new) else On(named(new))
        return goal_of(text, another_place(plan, place, text))
    return _swapped(text, new, old)


def _swapped(text: str, new: SceneObject, old: SceneObject) -> Correction:
    """The same subtasks with ``new`` for ``old``."""
    read_as = f"the {new.name} instead of the {old.name}"
    return Correction(text, "subtask", read_as, target=new.id, replaces=old.id)


def _with_each(plan: RemainingPlan, things: Sequence[SceneObject]) -> Seq:
    """What is done now with each of ``things``, first with the one at hand if it is among them."""
    now, *rest = plan.tasks or (None,)
    if not isinstance(now, Put | Pick):
        raise ValueError("do what with them? Say the whole instruction")
    ids = [o.id for o in things]
    later = [task for task in rest if _called(getattr(task, "thing", None)) not in ids]
    first = sorted(things, key=lambda o: o.id != plan.steps[0].object_id)
    return Seq((*(replace(now, thing=named(o)) for o in first), *later))


def _first_that_fits(ground: Grounding, thing: Thing, pools: Sequence[Sequence[SceneObject]]) -> list[SceneObject]:
    """What ``thing`` means among the first of ``pools`` that has it. Raises `Unresolved`."""
    absent: Unresolved | None = None
    for pool in pools:
        try:
            return ground.several(thing, pool)
        except Unresolved as unresolved:
            if str(getattr(unresolved.answer, "text", "")).startswith("Which"):
                raise
            absent = unresolved
    assert absent is not None
    raise absent


def _called(thing: Thing | None) -> str:
    """The id by which ``thing`` is called; "" without one."""
    return next((m.name for m in getattr(thing, "modifiers", ()) if isinstance(m, Called)), "")


def _bare(thing: Thing) -> Thing:
    """``thing`` by its noun and colors alone."""
    if not isinstance(thing, The):
        return thing
    return The(thing.noun, tuple(m for m in thing.modifiers if isinstance(m, Color)))

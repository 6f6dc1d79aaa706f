"""Things picked up and put down: pick, hand over, put, push, release, swap, undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sayso.perception.scene import SceneObject
from sayso.planner.interpreter.discourse import Origin
from sayso.planner.interpreter.grounding import named
from sayso.planner.interpreter.places import Spot
from sayso.planner.interpreter.plan_builder import Paused, PlanBuilder
from sayso.planner.interpreter.tasks.stacking import tower
from sayso.planner.language.grounding import Unresolved, names, the
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.plan import Question, Refusal, Relation, Subtask, Verb
from sayso.planner.room import FINGER_M
from sayso.planner.task.english import said
from sayso.planner.task.inside import values_in
from sayso.planner.task.values import (
    A,
    All,
    Aside,
    Behind,
    Beside,
    Hand,
    Held,
    Here,
    Hold,
    In,
    InFrontOf,
    It,
    LeftOf,
    On,
    Other,
    OutOf,
    Pick,
    Place,
    Push,
    Put,
    Release,
    Rest,
    RightOf,
    Some,
    Swap,
    Table,
    The,
    Them,
    Thing,
    Undo,
    WhereItWas,
)
from sayso.planner.watch import atoms
from sayso.planner.watch.formula import Formula, negated
from sayso.planner.watch.wait import Wait

SAME_PLACE_M = 0.025
"""A thing this near to where it was is there."""


def pick_up(plan: PlanBuilder, task: Pick | Hold, at: tuple[int, ...]) -> None:
    """The hand takes one thing and keeps it."""
    found = plan.movable(task.thing, (*at, 0))
    if len(found) > 1:
        text = "I can hold one thing at a time. Which shall I pick up?"
        raise Unresolved(Question(text, names(found)), task.thing, found)
    step = Subtask(Verb.PICK, found[0].id, found[0].name)
    if plan.around.held != found[0].id and not plan.was_done(step):
        plan.pick(found[0])


def hand(plan: PlanBuilder, task: Hand, at: tuple[int, ...], more: bool = False) -> None:
    """The hand holds things up to the person, one after the other; before another, or ``more`` steps, it waits until
    the person has taken the one."""
    waits = {s.wait.condition for s in plan.done if s.wait is not None}
    bound = plan.meant.bound.get((*at, 0), ())
    if not any(_taken(i) in waits for i in bound):
        found = plan.movable(task.thing, (*at, 0))
        alike = isinstance(task.thing, All | Rest | Some)
        bound = tuple(o.id for o in (plan.around.in_order(found) if alike else found))
        plan.meant.bound[*at, 0] = bound
    for k, name in enumerate(bound):
        thing = plan.around.scene.find(name)
        if _taken(name) in waits or thing is None:
            past = [s for s in plan.done if s.object_id == name or (s.wait and s.wait.condition == _taken(name))]
            plan.done = [s for s in plan.done if s not in past]
            continue
        step = Subtask(Verb.PICK, thing.id, thing.name)
        if plan.around.held != thing.id and not plan.was_done(step):
            plan.pick(thing)
        plan.notes.append("I cannot reach a hand yet: I hold the thing up for you to take")
        if more or k + 1 < len(bound):
            plan.steps.append(Subtask(Verb.WAIT, "", "", wait=Wait(f"you have taken {the([thing])}", _taken(name))))
            raise Paused


def _taken(name: str) -> Formula:
    """The hand does not hold the object with this id any more."""
    return negated(atoms.Held((name,)))


def push(plan: PlanBuilder, task: Push, at: tuple[int, ...]) -> None:
    """The thing is lifted, not pushed."""
    plan.notes.append("I cannot push: I lift the thing and set it down")
    put(plan, Put(task.thing, task.place), at)


def release(plan: PlanBuilder, _: Release, at: tuple[int, ...]) -> None:
    """What is held goes where the hand was sent, into or onto what it was sent over, else where there is room."""
    held, sent, below = plan.around.in_hand, plan.where_sent, plan.sent_over
    if held is None:
        if not plan.finished:
            plan.unmet.append("I hold nothing that I could let go of")
        return
    if below is not None:
        spot = plan.places.spot((In if is_container(below) else On)(named(below)), held)
    else:
        spot = plan.places.spot(Aside(), held) if sent is None else plan.places.at(sent)
    plan.place(held, spot)


def put(plan: PlanBuilder, task: Put, at: tuple[int, ...]) -> None:
    """Each thing goes to the place."""
    if isinstance(task.place, OutOf) and (empty := _emptied(plan, task.thing)) is not None:
        plan.unmet.append(f"{said(empty)} is empty already, so I did nothing")
        return
    group = isinstance(task.thing, All | Rest | Some | A)
    if isinstance(task.thing, It | Held) and isinstance(task.place, Aside | Here) and plan.where_sent is not None:
        release(plan, Release(), at)
        return
    before, several = plan.talk.last or plan.around.held, plan.talk.last_several
    # "Put the thing on the box": of several things that may be meant never the one that it goes to.
    apart = group or len(plan.ground.matching(task.thing)) > 1
    found = plan.movable(task.thing, (*at, 0), plan.named(task.place) if apart else ())
    meant = getattr(task.place, "thing", None)
    if isinstance(meant, It):
        within = (v for m in getattr(task.thing, "modifiers", ()) for v in values_in(m) if isinstance(v, Thing))
        own = [o for thing in within for o in plan.ground.matching(thing)]
        before = own[0].id if len(own) == 1 else before  # "the block nearest to the bowl in it"
        task = replace(task, place=_beside_it(plan, task.place, before, found))
    elif isinstance(meant, Them) and isinstance(task.place, Beside | LeftOf | RightOf | InFrontOf | Behind):
        foot = several[-1] if several else None
        while foot is not None and (below := plan.around.under.get(foot)) is not None:
            foot = below
        task = replace(task, place=_beside_it(plan, task.place, foot, found))
    there = plan.named(task.place)
    other = getattr(task.place, "thing", None)
    if isinstance(other, The) and Other() in other.modifiers and len(there) == 1:  # spoken of, it stays the other one
        task = replace(task, place=replace(task.place, thing=named(plan.ground.one(other))))  # type: ignore[call-arg]
    if not _is_of_others(task.place):  # "the other" things stay other ones
        plan.talk.places += there
    ordered = plan.around.in_order(found) if isinstance(task.thing, All | Rest | Some) else found
    if len(ordered) > 1 and isinstance(task.place, On) and not _is_flat(plan, task.place):
        tower(plan, [*plan.ground.several(task.place.thing), *ordered])
        return
    spots = plan.places.shared(task.place, ordered)
    if spots is not None:
        place_all(plan, list(zip(ordered, spots, strict=True)))
        return
    if (homes := _homes(plan, task.place, ordered)) is not None:
        for thing, home in zip(ordered, homes, strict=True):
            plan.place(thing, Spot(Relation.IN, home))
        return
    last: SceneObject | None = None
    if isinstance(task.place, WhereItWas) and isinstance(task.thing, All | Rest):
        ordered = [o for o in ordered if o.id in plan.talk.earlier.origins] or ordered
    for thing in ordered:
        lies = thing.id not in plan.around.under and thing.id != plan.around.held
        if lies and (isinstance(task.place, OutOf) or (len(ordered) > 1 and task.place == On(Table()))):
            continue
        spot = plan.places.spot(task.place, thing)
        if spot.reference is not None and spot.relation not in (Relation.IN, Relation.ON) and last is not None:
            spot = replace(spot, reference=last)  # several go in a row, each beside the one before
        if len(ordered) == 1:
            plan.ask_for_room(thing, spot, task.place)
        plan.place(thing, spot)
        last = thing


def _is_of_others(place: Place) -> bool:
    """Whether ``place`` names all the other things."""
    named = getattr(place, "things", (getattr(place, "thing", None),))
    return any(isinstance(t, Rest) or (isinstance(t, All | Some) and Other() in t.modifiers) for t in named)


def _homes(plan: PlanBuilder, place: Place, things: Sequence[SceneObject]) -> list[SceneObject] | None:
    """The container of each of several ``things``: in turn those of "in the bowls", another one each of "in a different
    bowl", the empty ones first; None for other places. Raises `Unresolved` for more things than different containers.
    """
    inside = place.thing if isinstance(place, In) else None
    different = isinstance(inside, A) and Other() in inside.modifiers
    if not isinstance(inside, All | A) or (isinstance(inside, A) and not different) or len(things) < 2:
        return None
    ids = {o.id for o in things}
    meant = All(inside.noun, tuple(m for m in inside.modifiers if m != Other()))
    found = [o for o in plan.ground.matching(meant) if is_container(o) and o.id not in ids]
    if different and len(found) < len(things):
        text = f"There are {len(things)} things for {the(found) or 'nothing'}. Which ones shall I put there?"
        raise Unresolved(Question(text))
    if len(found) < 2:
        return None
    held = [below for name, below in plan.around.under.items() if name not in ids]
    found = sorted(plan.around.in_order(found), key=lambda o: held.count(o.id))
    return [found[i % len(found)] for i in range(len(things))]


def _beside_it(plan: PlanBuilder, place: Place, last: str | None, moved: Sequence[SceneObject]) -> Place:
    """``place`` with the thing that its "it" or "them" means: never one that is ``moved`` there, but the ``last`` thing
    that was spoken of before, or beside the container that this lies in. Raises `Unresolved`."""
    scene, ids = plan.around.scene, {o.id for o in moved}
    meant = scene.find(last)
    below = scene.find(plan.around.under.get(last or ""))
    if below is not None and is_container(below) and not isinstance(place, On):
        meant = below
    if meant is None or meant.id in ids:
        others = [o for o in scene.objects if o.id not in ids]
        pronoun: Thing = place.thing  # type: ignore[attr-defined]
        raise Unresolved(Question(f"What do you mean by '{said(pronoun)}'?", names(others)), pronoun, others)
    return replace(place, thing=named(meant))  # type: ignore[call-arg]


def _emptied(plan: PlanBuilder, things: Thing) -> Thing | None:
    """What holds none of all the ``things`` that are to be taken out of it; None if it holds some, or is not
    seen."""
    if not isinstance(things, All) or plan.ground.matching(things):
        return None
    inside = (m.thing for m in things.modifiers if isinstance(m, In))
    return next((held for held in inside if plan.ground.matching(held)), None)


def _is_flat(plan: PlanBuilder, place: On) -> bool:
    """Whether things put there lie side by side: the table, or a bowl."""
    return isinstance(place.thing, Table) or any(is_container(o) for o in plan.ground.several(place.thing))


def place_all(plan: PlanBuilder, puts: list[tuple[SceneObject, Spot]]) -> None:
    """Put several things at points; a point on which one of them still stands waits until that one has moved."""
    puts.sort(key=lambda one: one[0].id != plan.around.held)
    while puts:
        free = (one for one in puts if not any(_stands_on(one, thing) for thing, _ in puts if thing is not one[0]))
        first = puts[0] if puts[0][0].id == plan.around.held else next(free, puts[0])
        puts.remove(first)
        plan.place(*first)


def _stands_on(put: tuple[SceneObject, Spot], other: SceneObject) -> bool:
    """Whether ``other`` stands where a thing is to be put, or too near for the fingers."""
    thing, spot = put
    apart = float(np.hypot(*(other.position[:2] - np.array(spot.point)))) if spot.point is not None else np.inf
    return apart < float(thing.size[:2].max() + other.size[:2].max()) / 2 + FINGER_M


def swap(plan: PlanBuilder, task: Swap, at: tuple[int, ...]) -> None:
    """Two things exchange their places."""
    one, other = (plan.movable(t, (*at, i)) for i, t in enumerate((task.one, task.other)))
    if len(one) != 1 or len(other) != 1 or one[0].id == other[0].id:
        both = list({o.id: o for o in (*one, *other)}.values())
        if len(both) < 2:
            raise Unresolved(Question(f"I find only {the(both)}. Which two shall I exchange?"))
        raise Unresolved(Question(f"Which two shall I exchange: {the(both)}?", names(both)))
    first, second = one[0], other[0]
    homes = {o.id: plan.places.at_first(o).position for o in (first, second)}
    below = {o.id: plan.around.scene.find(plan.around.under.get(o.id)) for o in (first, second)}
    plan.place(first, plan.places.spot(Aside(), first))
    for thing, place in ((second, first), (first, second)):
        support = below[place.id]
        x, y = homes[place.id][:2]
        if support is not None:
            spot = Spot(Relation.IN if is_container(support) else Relation.ON, support)
        else:
            spot = Spot(Relation.AT, None, None, (float(x), float(y)), f"where the {place.name} was")
        plan.place(thing, spot)
    plan.talk.speak_of([first, second])


def undo(plan: PlanBuilder, _: Undo, at: tuple[int, ...]) -> None:
    """What was moved last goes back."""
    if not plan.back:
        raise Unresolved(Refusal("I have moved nothing that I could put back."))
    for object_id, origin in plan.back:
        thing = plan.around.scene.find(object_id)
        if thing is None:
            plan.notes.append("I do not see everything any more that I moved; I put back what I see")
        elif plan.around.held == object_id or not _is_there(plan, thing, origin):
            plan.place(thing, plan.places.back(thing, origin))


def _is_there(plan: PlanBuilder, thing: SceneObject, origin: Origin) -> bool:
    """Whether ``thing`` is where it was, and no step moves it or has moved it."""
    moved = any(s.object_id == thing.id for s in (*plan.steps, *plan.finished))
    off = float(np.hypot(*(thing.position[:2] - np.array(origin.point))))
    return not moved and plan.around.under.get(thing.id) == origin.below and off < SAME_PLACE_M

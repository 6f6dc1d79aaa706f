"""Things put onto each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sayso.perception.scene import SceneObject
from sayso.planner.interpreter import arrangements
from sayso.planner.interpreter.grounding import named
from sayso.planner.interpreter.places import Spot
from sayso.planner.interpreter.plan_builder import PlanBuilder
from sayso.planner.language.grounding import Unresolved, names, the
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.plan import Question, Relation
from sayso.planner.task.exchange import exchanged
from sayso.planner.task.things import THING
from sayso.planner.task.values import All, On, Put, Rest, Some, Stack, The


def stack(plan: PlanBuilder, task: Stack, at: tuple[int, ...]) -> None:
    """Several things go onto each other, or into a container."""
    foot = plan.ground.several(task.place.thing) if isinstance(task.place, On) else []
    found = plan.movable(task.thing, (*at, 0), [o.id for o in foot])
    unordered = isinstance(task.thing, All | Rest | Some)
    if task.by is not None:
        found = arrangements.ordered_by(found, task.by)[::-1]
    elif unordered and not foot and task.place is None:
        found = plan.around.tower(found)
    elif unordered:
        found = plan.around.in_order(found)
    if foot and is_container(foot[0]):
        for thing in found:
            plan.place(thing, Spot(Relation.IN, foot[0]))
        return
    if len(found) + len(foot) < 2:
        others = [o for o in plan.around.movable if o not in found]
        on = On(The(THING))
        whole = exchanged(plan.meant.task, task, Put(named(found[0]), on))
        text = f"On what shall I put {the(found)}?"
        raise Unresolved(Question(text, names(others)), on, [On(named(o)) for o in others], whole)
    if task.place is not None and not foot:
        plan.place(found[0], plan.places.spot(task.place, found[0]))
    tower(plan, [*foot, *found])


def tower(plan: PlanBuilder, things: Sequence[SceneObject]) -> None:
    """Each thing goes onto what stands on the one below it."""
    for below, thing in pairwise(things):
        if is_container(below):
            plan.place(thing, Spot(Relation.IN, below))
            continue
        top, above = below, plan.around.above(below, thing)
        while above is not None:
            top, above = above, plan.around.above(above, thing)
        plan.place(thing, Spot(Relation.ON, top))

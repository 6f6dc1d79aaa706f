"""Several things in a shape, or sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import SceneObject
from sayso.planner.interpreter import arrangements
from sayso.planner.interpreter.manner import line_way
from sayso.planner.interpreter.places import Spot
from sayso.planner.interpreter.plan_builder import PlanBuilder
from sayso.planner.interpreter.tasks.putting import place_all, put
from sayso.planner.language.grounding import Unresolved, names, the
from sayso.planner.plan import Question, Relation
from sayso.planner.room import DIRECTIONS, area
from sayso.planner.task.english import said, without_ids
from sayso.planner.task.values import Arrange, Beside, In, Key, On, Put, Shape, Sort, Table


def arrange(plan: PlanBuilder, task: Arrange, at: tuple[int, ...]) -> None:
    """Several things go to the points of a shape; in or on a thing there is only room for them together."""
    if isinstance(task.place, In | On) and not isinstance(task.place.thing, Table):
        put(plan, Put(task.thing, task.place), at)
        return
    found = plan.movable(task.thing, (*at, 0), plan.named(task.place) if task.place is not None else ())
    at_first = [plan.places.at_first(o) for o in found]
    ordered = plan.ground.ordered(at_first, arrangements.RANK)
    if task.by is not None:
        ordered = arrangements.ordered_by(found, task.by)
    others = [plan.places.at_first(o) for o in plan.around.scene.objects if o not in found]
    shape = line_way(task, plan.manner) or task.shape
    within, yaw = area(plan.ground.reach), plan.ground.yaw
    center = None
    if task.place is not None:
        middle = arrangements.points(shape, ordered, (within[0] + within[1]) / 2, within, yaw)
        around = isinstance(task.place, Beside) and shape is Shape.CIRCLE
        center = _center(plan.places.spot(task.place, ordered[0]), at_first, middle - middle.mean(axis=0), around)
    points = arrangements.points(shape, ordered, center, within, yaw, others)
    named = said(without_ids(task)).removeprefix(f"arrange {said(without_ids(task.thing))} ")
    spots = [Spot(Relation.AT, None, None, (float(x), float(y)), named) for x, y in points]
    things = {o.id: o for o in found}
    place_all(plan, [(things[o.id], spot) for o, spot in zip(ordered, spots, strict=True)])


def _center(spot: Spot, things: Sequence[SceneObject], shape: Array, around: bool) -> Array:
    """Where the middle (2,) m of an arrangement of ``things`` at ``spot`` is, or ``around`` its reference.

    ``shape`` (n, 2) m are the points about that middle: none comes nearer to the reference than one thing would.
    """
    if spot.point is not None:
        return np.array(spot.point)
    way, far = DIRECTIONS[spot.relation], spot.distance or 0.0
    if spot.reference is None:
        return np.mean([o.position[:2] for o in things], axis=0) + far * way
    return spot.reference.position[:2] + (0.0 if around else far - float((shape @ way).min())) * way


def sort(plan: PlanBuilder, task: Sort, at: tuple[int, ...]) -> None:
    """Things go by color or kind into containers, or in heaps; by size or height in a line."""
    into = plan.things(task.into, (*at, 1)) if task.into is not None else plan.around.containers
    found = plan.movable(task.thing, (*at, 0), [o.id for o in into])
    groups: dict[str, list[SceneObject]] = {}
    for thing in found:
        groups.setdefault(thing.color if task.by is Key.COLOR else thing.kind, []).append(thing)
    if task.by in (Key.SIZE, Key.HEIGHT):
        arrange(plan, Arrange(task.thing, arrangements.LINE, by=task.by), at)
        return
    free = list(into)
    homes: dict[str, SceneObject] = {}
    for name in groups:
        alike = next((o for o in free if o.color == name), None)
        if alike is not None:
            homes[name] = alike
            free.remove(alike)
    missing = [name for name in groups if name not in homes]
    if task.into is None and missing and not homes:
        _heaps(plan, groups)
        return
    if len(free) < len(missing):
        raise Unresolved(
            Question(
                f"There are more colors than containers. Where shall I put {the(groups[missing[0]])}?", names(into)
            )
        )
    homes |= dict(zip(missing, free, strict=False))
    for name, things in groups.items():
        for thing in plan.around.in_order(things):
            plan.place(thing, Spot(Relation.IN, homes[name]))


def _heaps(plan: PlanBuilder, groups: Mapping[str, Sequence[SceneObject]]) -> None:
    lower, upper = area(plan.ground.reach)
    centers = arrangements.heaps(len(groups), (lower, upper))
    for center, (name, things) in zip(centers, groups.items(), strict=True):
        for thing, point in zip(
            things, arrangements.heap(center, len(things), float(things[0].size[:2].max())), strict=True
        ):
            plan.place(
                thing, Spot(Relation.AT, None, None, (float(point[0]), float(point[1])), f"with the {name} ones")
            )

"""Corners and sides of the table, described like things: "the corner nearest to the bowl", "a corner each".

The noun of such a description is "corner", "side" or "edge"; it means a `Corner` or an `AtSide`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import SceneObject
from sayso.planner.interpreter.grounding import BETWEEN, Grounding
from sayso.planner.language.grounding import Unresolved
from sayso.planner.plan import Question
from sayso.planner.room import area
from sayso.planner.task.english import said
from sayso.planner.task.nouns import singular
from sayso.planner.task.values import (
    A,
    All,
    AtSide,
    Corner,
    Each,
    Farthest,
    ForEach,
    In,
    Middle,
    Modifier,
    Nearest,
    Nth,
    On,
    Other,
    Place,
    Put,
    Rest,
    Side,
    Some,
    The,
    Thing,
)  # fmt: skip

_CORNERS = tuple(Corner(depth, side) for depth, side in product((Side.FAR, Side.NEAR), (Side.LEFT, Side.RIGHT)))
_SIDES = tuple(AtSide(side) for side in Side)
_NOUNS: dict[str, tuple[Place, ...]] = {"corner": _CORNERS, "side": _SIDES, "edge": _SIDES}
THERE_M = 0.06
"""A place that a person points at, or where a thing was, is so far around it still."""
Where = Callable[[Place], Array]
"""The point (2,) m of a corner or side."""


def described(place: Place | None) -> Thing | None:
    """The description of corners or sides in ``place``; None if it is another place."""
    inner = place.thing if isinstance(place, In | On) else None
    is_region = isinstance(inner, The | A | All | Some | Rest) and singular(inner.noun).split()[-1] in _NOUNS
    return inner if is_region else None


def one_in_each(task: ForEach, ground: Grounding, where: Where) -> Put | None:
    """What "a block in each corner" comes to: so many things, each in a corner of its own; None for another task."""
    body, place = task.task, In(task.thing)
    if described(place) is None or not isinstance(body, Put) or not isinstance(body.thing, A):
        return None
    if not isinstance(body.place, In | On) or not isinstance(body.place.thing, Each):
        return None
    count = min(len(ground.matching(body.thing)), len(fitting(place, ground, where)))
    return Put(Some(count, body.thing.noun, body.thing.modifiers), place)


def are_several(thing: Thing) -> bool:
    """Whether several things are to have different corners or sides: "the corners", "another corner each"."""
    return isinstance(thing, All | Some | Rest) or (isinstance(thing, A) and Other() in thing.modifiers)


def fitting(place: Place, ground: Grounding, where: Where) -> list[Place]:
    """The corners or sides that ``place`` describes. Raises `Unresolved` if its words tell none."""
    thing = described(place)
    assert isinstance(thing, The | A | All | Some | Rest)
    found = list(_NOUNS[singular(thing.noun).split()[-1]])
    for modifier in sorted(thing.modifiers, key=lambda m: isinstance(m, Nearest | Farthest | Nth)):
        found = _narrowed(modifier, found, ground, where)
        if not found:
            raise Unresolved(Question(f"I cannot tell which corner or side '{said(thing)}' is. Which one do you mean?"))
    if isinstance(thing, The) and len(found) > 1:
        options = tuple(said(f) for f in found)
        raise Unresolved(Question(f"Which {thing.noun} do you mean?", options), place, found)
    return found


def _narrowed(modifier: Modifier, found: list[Place], ground: Grounding, where: Where) -> list[Place]:
    match modifier:
        case Nearest(to) | Farthest(to):
            at = ground._position(to, [])
            sign = 1.0 if isinstance(modifier, Nearest) else -1.0
            return [min(found, key=lambda p: sign * float(np.hypot(*(where(p) - at))))]
        case AtSide(side):
            return [p for p in found if side in _sides_of(p)]
        case Corner(depth, side):
            return [p for p in found if {depth, side} <= _sides_of(p)]
        case Nth(number, rank) if number == 1 and rank in tuple(Side):
            return [p for p in found if Side(str(rank)) in _sides_of(p)]
        case Other():
            return found
    return []


def _sides_of(place: Place) -> set[Side]:
    if isinstance(place, Corner):
        return {place.depth, place.side}
    return {place.side} if isinstance(place, AtSide) else set()


def shared_out(
    things: Sequence[SceneObject], regions: Sequence[Place], others: Sequence[SceneObject], where: Where
) -> list[Place]:
    """A region for each of ``things``, all different, near to it and free of ``others`` where that can be.

    Raises `Unresolved` for more things than regions.
    """
    if len(things) > len(regions):
        text = f"There are {len(things)} things for {len(regions)} places. Which ones shall I put there?"
        raise Unresolved(Question(text))
    points = [where(r) for r in regions]
    taken = [min((float(np.hypot(*(o.position[:2] - p))) for o in others), default=1.0) < 0.12 for p in points]
    pairs = sorted(
        (bool(taken[j]), float(np.hypot(*(thing.position[:2] - points[j]))), i, j)
        for (i, thing), j in product(enumerate(things), range(len(regions)))
    )
    chosen: dict[int, int] = {}
    for _, _, i, j in pairs:
        if i not in chosen and j not in chosen.values():
            chosen[i] = j
    return [regions[chosen[i]] for i in range(len(things))]


def edges(place: AtSide | Corner | Middle, ground: Grounding) -> tuple[tuple[float, float, float], ...]:
    """The inner sides (x, y, offset) of a part of the table, as `Grounding` bounds it, in the scene's frame."""
    lower, upper = area(ground.reach)
    middle, half = (lower + upper) / 2, (upper - lower) / 2
    c, s = float(np.cos(ground.yaw)), float(np.sin(ground.yaw))
    ways = {Side.FAR: (c, s), Side.NEAR: (-c, -s), Side.LEFT: (-s, c), Side.RIGHT: (s, -c)}

    def edge(way: tuple[float, float], share: float) -> tuple[float, float, float]:
        x, y = way[0] / half[0], way[1] / half[1]
        return float(x), float(y), float(x * middle[0] + y * middle[1] + share)

    match place:
        case AtSide(side):
            return (edge(ways[side], 0.05),)
        case Corner(depth, side):
            return edge(ways[depth], 0.15), edge(ways[side], 0.15)
    return tuple(edge(way, -0.45) for way in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)))


def edges_between(things: Sequence[SceneObject]) -> tuple[tuple[float, float, float], ...]:
    """The inner sides of what lies between two things, as a description with "between" has it, or among several."""
    points = np.array([o.position[:2] for o in things])
    if len(points) > 2:
        (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return (1.0, 0.0, x0), (-1.0, 0.0, -x1), (0.0, 1.0, y0), (0.0, -1.0, -y1)
    length = max(float(np.hypot(*(points[1] - points[0]))), 1e-6)
    x, y = ((points[1] - points[0]) / length).tolist()
    start = float(points[0] @ (x, y))
    across, off = float(points[0] @ (-y, x)), BETWEEN * length
    return (x, y, start), (-x, -y, -start - length), (-y, x, across - off), (y, -x, -across - off)


def edges_around(point: Array) -> tuple[tuple[float, float, float], ...]:
    """The inner sides of the place "there", around a ``point`` (2,) m."""
    x, y = point.tolist()
    return (1.0, 0.0, x - THERE_M), (-1.0, 0.0, -x - THERE_M), (0.0, 1.0, y - THERE_M), (0.0, -1.0, -y - THERE_M)

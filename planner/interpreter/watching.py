"""Conditions of the task language → formulas over what is perceived, with ids in place of descriptions."""

from __future__ import annotations

import numpy as np

from sayso.perception.scene import COLORS, KINDS
from sayso.planner import room
from sayso.planner.interpreter import regions
from sayso.planner.interpreter.conditions import FULL
from sayso.planner.interpreter.grounding import NEAR_M, Grounding
from sayso.planner.interpreter.places import GAP_M, metres
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.task.values import (
    A,
    After,
    All,
    And,
    At,
    AtLeast,
    AtSide,
    Behind,
    Beside,
    Color,
    Condition,
    Corner,
    Empty,
    Event,
    Exists,
    Full,
    Holding,
    In,
    InFrontOf,
    LeftOf,
    Middle,
    Modifier,
    Not,
    On,
    Or,
    OutOf,
    Place,
    Rest,
    RightOf,
    Some,
    Table,
    The,
    Thing,
)  # fmt: skip
from sayso.planner.watch import atoms
from sayso.planner.watch.formula import Formula, both, either, negated

_WAYS = {LeftOf: (0.0, 1.0), RightOf: (0.0, -1.0), InFrontOf: (-1.0, 0.0), Behind: (1.0, 0.0)}


def watched(condition: Condition, ground: Grounding) -> Formula | None:
    """The formula of one moment for ``condition``, in the base frame; None if nothing that is perceived shows it.

    Raises `Unresolved` for a description that fits nothing, or too much.
    """
    match condition:
        case Not(inner):
            part = watched(inner, ground)
            return None if part is None else negated(part)
        case And(several) | Or(several):
            parts = [watched(c, ground) for c in several]
            known = [p for p in parts if p is not None]
            if len(known) < len(parts):
                return None
            return both(*known) if isinstance(condition, And) else either(*known)
        case After(seconds):
            return atoms.Elapsed(seconds)
        case Event(words):
            return atoms.Told(words)
        case Holding(thing):
            return atoms.Held(_ids(thing, ground))
        case Exists(thing):
            return _seen(thing, 1, ground)
        case AtLeast(number, thing):
            return _seen(thing, int(number), ground)
        case Empty(thing):
            return both(*(negated(_load(i, ground)) for i in _ids(thing, ground)))
        case Full(thing):
            vessels = tuple(i for i in _ids(thing, ground) if is_container(_object(i, ground)))
            return atoms.Inside(None, vessels, FULL) if vessels else None
        case At(thing, place):
            return _at(thing, place, ground)
    return None


def _load(thing: str, ground: Grounding) -> Formula:
    """Something is in or on the object with this id."""
    if is_container(_object(thing, ground)):
        return atoms.Inside(None, (thing,))
    return atoms.Upon(None, (thing,))


def _object(i: str, ground: Grounding):  # type: ignore[no-untyped-def]
    found = ground.around.scene.find(i)
    assert found is not None
    return found


def _ids(thing: Thing, ground: Grounding) -> tuple[str, ...]:
    """The ids that ``thing`` fits. Raises `Unresolved` if it fits nothing."""
    found = ground.matching(thing) or ground.several(thing)
    return tuple(o.id for o in found)


def _seen(thing: Thing, least: int, ground: Grounding) -> Formula | None:
    """At least so many things that fit ``thing`` are seen, or are where it says."""
    if not isinstance(thing, The | A | All | Some | Rest):
        return None
    places = [m for m in thing.modifiers if isinstance(m, Place)]
    named = [m for m in thing.modifiers if isinstance(m, Color)]
    if len(places) + len(named) < len(thing.modifiers) or len(places) > 1 or len(named) > 1:
        return None
    if places:
        plain: tuple[Modifier, ...] = tuple(named)
        return _at(All(thing.noun, plain), places[0], ground, least)
    kinds, colors = ground.weights(thing.noun, named[0].name if named else None)
    return atoms.Seen(
        None if "any" in kinds else tuple((k, kinds[k]) for k in KINDS if kinds.get(k)),
        None if "any" in colors else tuple((c, colors[c]) for c in COLORS if colors.get(c)), least,
    )  # fmt: skip


def _at(thing: Thing, place: Place, ground: Grounding, least: int | None = None) -> Formula | None:
    ids = _ids(thing, ground)
    least = least or (len(ids) if isinstance(thing, All) else 1)
    if place == On(Table()) or isinstance(place, OutOf):
        return atoms.Upon(ids, None, least)
    match place:
        case In(inside) | On(inside):
            below = _ids(inside, ground)
            if all(is_container(_object(i, ground)) for i in below):
                return either(*(atoms.Inside(ids, (i,), least) for i in below))
            return atoms.Upon(ids, below, least)
        case LeftOf(to) | RightOf(to) | InFrontOf(to) | Behind(to) | Beside(to):
            way = _WAYS.get(type(place))  # type: ignore[call-overload]
            if way is not None:
                c, s = np.cos(ground.yaw + ground.turn), np.sin(ground.yaw + ground.turn)
                way = (float(c * way[0] - s * way[1]), float(s * way[0] + c * way[1]))
            gap = metres(place.by, NEAR_M, GAP_M) if place.by is not None else NEAR_M
            return atoms.Beside(ids, ground.one(to).id, gap, way, least)
        case AtSide() | Corner() | Middle():
            return atoms.Within(ids, _turned(regions.edges(place, ground), ground.turn), least)
    return None


def _turned(edges: room.Edges, turn: float) -> tuple[tuple[float, float, float], ...]:
    """Inner sides in the frame that ``turn`` (rad) leads back to."""
    c, s = float(np.cos(turn)), float(np.sin(turn))
    return tuple((c * x - s * y, s * x + c * y, offset) for x, y, offset in edges)

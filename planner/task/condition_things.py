"""What a conditional leaves unsaid: "if the red block is on the left, put it in the bowl" moves the red block, and "put
it in the bowl unless it is already there" asks whether it is in the bowl."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from sayso.planner.task.values import (
    A,
    And,
    Approach,
    At,
    AtLeast,
    Behind,
    Beside,
    Condition,
    Empty,
    Event,
    Exists,
    Full,
    GoTo,
    Holding,
    If,
    In,
    InFrontOf,
    It,
    Not,
    On,
    Once,
    Or,
    PointAt,
    Put,
    Retreat,
    Seq,
    Task,
    The,
    Thing,
    Until,
    Value,
)  # fmt: skip

_CONTAINERS = frozenset({"bowl", "box", "basket", "plate", "tray", "cup", "bin", "container"})


_THERE = re.compile(
    r"(?:(?:it|that|this)(?:['’]?s| is)? )?(?:already )?(?:in |on )?(?:there|it|place)(?: already| yet| anyway)?", re.I
)


def with_condition_things(value: Any) -> Any:
    """``value`` with the thing that a condition names in place of the "it" of its task.

    "It" in "in it" is the container that the condition names. An "it" after a step that names a thing stays, and so
    does the "it" of a step that follows another step, which named its thing before the condition. A put "unless it is
    there" asks whether its thing is at its place.
    """
    match value:
        case If(Not(condition), Put(thing, place) as task) if _is_there(condition, thing):
            return replace(value, condition=Not(At(thing, place)), task=task)
        case If(condition, task, otherwise):
            task, rest = _filled(task, condition), _filled(otherwise, condition)
            return replace(value, task=with_condition_things(task), otherwise=with_condition_things(rest))
        case Once(condition, task) | Until(condition, task):
            return replace(value, task=with_condition_things(_filled(task, condition)))
        case Seq(tasks):
            return replace(value, tasks=(with_condition_things(tasks[0]), *tasks[1:]))
        case Value() if fields(value):
            parts = {f.name: getattr(value, f.name) for f in fields(value)}
            return replace(
                value, **{k: with_condition_things(v) if isinstance(v, Task) else v for k, v in parts.items()}
            )
    return value


def _is_there(condition: Condition, thing: Thing) -> bool:
    """Whether ``condition`` only says that the ``thing`` that is to be put somewhere "is there"."""
    match condition:
        case Exists(A(noun, modifiers) | The(noun, modifiers)):
            return isinstance(thing, The) and (noun, modifiers) == (thing.noun, thing.modifiers)
        case Event(words):
            return isinstance(thing, The) and _THERE.fullmatch(words) is not None
    return False


def _filled(value: Any, condition: Condition) -> Any:
    """``value`` with the things of ``condition`` for its "it", up to the first step that names a thing itself."""
    match value:
        case Seq(tasks):
            return replace(value, tasks=(_filled(tasks[0], condition), *tasks[1:]))
        case In(It()):
            return replace(value, thing=_container(condition) or value.thing)
        case Put(The() | A() as thing, Beside(It()) | On(It()) | Behind(It()) | InFrontOf(It()) as place):
            there = condition.thing if isinstance(condition, Exists) and _is_one(condition.thing) else place.thing
            return replace(value, place=replace(place, thing=there)) if there != thing else value
        case PointAt(It()) | Approach(It()) | Retreat(It()):
            return replace(value, thing=_thing(condition) or _container(condition) or value.thing)
        case GoTo(In(It()) | On(It()) as place):
            over = _thing(condition) or _container(condition) or place.thing
            return replace(value, place=replace(place, thing=over))
        case It():
            return _thing(condition) or value
        case Value() if fields(value):
            return replace(value, **{f.name: _filled(getattr(value, f.name), condition) for f in fields(value)})
    return value


def _thing(condition: Condition) -> Thing | None:
    """The first thing that ``condition`` names, if an arm may move it; None if it names none."""
    match condition:
        case Not(inner):
            return _thing(inner)
        case And(several) | Or(several):
            return _thing(several[0])
        case At(thing, _) | Exists(thing) | Holding(thing) | AtLeast(_, thing):
            return thing if _is_one(thing) and getattr(thing, "noun", "") not in _CONTAINERS else None
    return None


def _container(condition: Condition) -> Thing | None:
    """The container that ``condition`` names; None if it names none."""
    match condition:
        case Not(inner):
            return _container(inner)
        case And(several) | Or(several):
            return _container(several[0])
        case Empty(thing) | Full(thing) | At(_, In(thing)):
            return thing if _is_one(thing) else None
        case Exists(thing):
            return thing if _is_one(thing) and getattr(thing, "noun", "") in _CONTAINERS else None
    return None


def _is_one(thing: Thing) -> bool:
    return isinstance(thing, The | A)

"""Meanings that nobody can have: a thing put in or on itself, a group that names one thing twice or
leaves all of itself out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any

from sayso.planner.task.values import (
    A,
    All,
    And,
    Between,
    But,
    Choose,
    Either,
    In,
    It,
    On,
    Or,
    OutOf,
    Push,
    Put,
    Rest,
    Seq,
    Swap,
    The,
    Together,
    Under,
    Value,
    With,
)  # fmt: skip

_GROUPS = (And, Between, Choose, Either, Or, Together, With)


def absurd(value: Any) -> bool:
    """Whether ``value`` or a value inside it cannot be meant."""
    if isinstance(value, tuple):
        return any(map(absurd, value))
    if not isinstance(value, Value):
        return False
    match value:
        case Put(thing, In(other) | On(other) | Under(other)) | Push(thing, In(other) | On(other) | Under(other)):
            if thing == other:
                return True
        case Put(The() as thing, place) | Push(The() as thing, place) if getattr(place, "thing", None) == thing:
            return True  # in, on, beside or away from itself
        case The(noun, modifiers) | A(noun, modifiers) | All(noun, modifiers) | Rest(noun, modifiers):
            if any(isinstance(m, But) and _covers(m.thing, noun, modifiers) for m in modifiers):
                return True
        case Swap(one, other) if one == other:
            return True
        case Seq(tasks) if any(a == b or _is_elsewhere(a, b) for a, b in pairwise(tasks)):
            return True
        case _ if isinstance(value, _GROUPS) and any(_twice(getattr(value, f.name)) for f in fields(value)):
            return True
    return any(absurd(getattr(value, f.name)) for f in fields(value))


def _covers(out: Any, noun: str, modifiers: Sequence[Any]) -> bool:
    """Whether ``out`` is all that a noun with ``modifiers`` means, so that nothing is left."""
    return isinstance(out, All) and out.noun == noun and set(out.modifiers) <= set(modifiers)


def _is_elsewhere(before: Value, after: Value) -> bool:
    """Whether ``after`` takes a thing out of another container than ``before`` put it in."""
    match before, after:
        case Put(thing, In(one)), Put(other, OutOf(two)) if other in (It(), thing):
            return isinstance(two, The) and two not in (one, It())
    return False


def _twice(members: Any) -> bool:
    return isinstance(members, Sequence) and not isinstance(members, str) and len(set(members)) < len(members)

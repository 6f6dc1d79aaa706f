"""The normal form of a meaning: two values that ask for the same have the same one."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sayso.planner.task.nouns import singular
from sayso.planner.task.values import (
    A,
    About,
    All,
    And,
    Ask,
    Between,
    Color,
    Constraint,
    Each,
    Either,
    Exists,
    ForEach,
    Hold,
    Modifier,
    Not,
    Once,
    Or,
    Pick,
    Put,
    Rule,
    Seq,
    Some,
    The,
    Together,
    Value,
    Wait,
    With,
)  # fmt: skip

_UNORDERED = (And, Or, Between, Either, Rule)


def canonical(value: Any) -> Any:
    """``value`` with one order of what has none, nothing nested that need not be, and lower-case words."""
    if isinstance(value, tuple):
        return tuple(canonical(v) for v in value)
    if type(value) is str:
        return " ".join(value.casefold().replace("’", "'").split())
    if not isinstance(value, Value):
        return value
    held = {f.name: canonical(getattr(value, f.name)) for f in fields(value)}
    if "noun" in held:
        held["noun"] = singular(held["noun"])
    for name, several in held.items():
        if isinstance(several, tuple) and (isinstance(value, _UNORDERED) or _all(several, (Modifier, Constraint))):
            held[name] = tuple(sorted(several, key=str))
    value = _same(replace(value, **held))
    if isinstance(value, With) and isinstance(value.task, With):
        value = With(value.task.task, tuple(sorted((*value.task.constraints, *value.constraints), key=str)))
    if isinstance(value, Seq):
        tasks = tuple(t for one in value.tasks for t in (one.tasks if isinstance(one, Seq) else (one,)))
        return tasks[0] if len(tasks) == 1 else Seq(tasks)
    if isinstance(value, Together):
        things = tuple(t for one in value.things for t in (one.things if isinstance(one, Together) else (one,)))
        return things[0] if len(things) == 1 else Together(things)
    return value


def _same(value: Value) -> Value:  # one case for each equivalence
    """The one form of a meaning that has several."""
    match value:
        case Some(1.0, noun, modifiers):
            return A(noun, modifiers)
        case Hold(thing):
            return Pick(thing)
        case Exists(The(noun, modifiers) | All(noun, modifiers)):
            return Exists(A(noun, modifiers))
        case Ask(about, The(noun, modifiers) | A(noun, modifiers)) if about is About.COUNT:
            return Ask(about, All(noun, modifiers))
        case Color("grey"):
            return Color("gray")
        case Not(Or(several)):
            return And(tuple(sorted((Not(c) for c in several), key=str)))
        case Seq((Wait(condition), *rest)) if rest:
            return Once(condition, rest[0] if len(rest) == 1 else Seq(tuple(rest)))
        case ForEach(thing, Put(Each(), place)) if not _says_each(place):
            return Put(thing, place)
    return value


def _says_each(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(_says_each(v) for v in value)
    return isinstance(value, Each) or (
        isinstance(value, Value) and any(_says_each(getattr(value, f.name)) for f in fields(value))
    )


def _all(several: tuple[Any, ...], kinds: tuple[type, ...]) -> bool:
    return bool(several) and all(isinstance(v, kinds) for v in several)

"""The form of every value, its head and its fields, from which text, JSON and grammar follow."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from sayso.planner.task import values
from sayso.planner.task.values import Value


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a value.

    ``types`` are what it holds: subclasses of Value or StrEnum, str, or float. An ``optional`` field may be None and
    is written with its name; of a ``many`` field there are any number, at least ``least``.
    """

    name: str
    types: tuple[type, ...]
    optional: bool
    many: bool
    least: int


@dataclass(frozen=True, slots=True)
class Form:
    """The head that is written for a class of values, and the class's fields in order."""

    head: str
    made: type[Value]
    fields: tuple[Field, ...]


def form_of(made: type[Value]) -> Form:
    """The form of a class of values."""
    return _form_by_name(made.__name__)


@cache
def _form_by_name(name: str) -> Form:
    made = getattr(values, name)
    hints = get_type_hints(made)
    out = []
    for field in fields(made):
        hint = hints[field.name]
        many = get_origin(hint) is tuple
        inside = get_args(hint)[0] if many else hint
        options = get_args(inside) if get_origin(inside) in (types.UnionType, Union) else (inside,)
        kinds = tuple(t for t in options if t is not type(None))
        required = field.default is MISSING
        out.append(Field(field.name, kinds, not required and not many, many, 1 if many and required else 0))
    return Form(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", made.__name__).lower(), made, tuple(out))


def _leaves(made: type) -> Iterator[type]:
    below: list[type] = made.__subclasses__()
    if not below:
        yield made
    for sub in below:
        yield from _leaves(sub)


@cache
def forms() -> dict[str, Form]:
    """Every value that can be written, by its head."""
    return {f.head: f for f in map(form_of, _leaves(Value))}


@cache
def fitting(kinds: tuple[type, ...]) -> dict[str, Form]:
    """The values that a field of these types may hold, by head."""
    classes = tuple(k for k in kinds if issubclass(k, Value))
    return {head: form for head, form in forms().items() if issubclass(form.made, classes)}


@cache
def words(kinds: tuple[type, ...]) -> dict[str, Any]:
    """The bare words that a field of these types may hold, with their values."""
    return {str(member): member for kind in kinds if issubclass(kind, StrEnum) for member in kind}

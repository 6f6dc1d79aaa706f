"""The values inside a value of the task language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from sayso.planner.task.values import Value


def values_in(value: Any) -> Iterator[Value]:
    """``value`` and every value inside it."""
    if isinstance(value, tuple):
        for one in value:
            yield from values_in(one)
    elif isinstance(value, Value):
        yield value
        for field in fields(value):
            yield from values_in(getattr(value, field.name))

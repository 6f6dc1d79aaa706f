"""A value with another one in the place of a part of it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sayso.planner.task.values import Value


def exchanged(value: Any, old: Value, new: Value) -> Any:
    """``value`` with ``new`` in every place of ``old``."""
    if value == old:
        return new
    if isinstance(value, tuple):
        return tuple(exchanged(one, old, new) for one in value)
    if isinstance(value, Value) and fields(value):
        return replace(value, **{f.name: exchanged(getattr(value, f.name), old, new) for f in fields(value)})
    return value

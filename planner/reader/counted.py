"""A distance that a sentence says once counts once: "put it left of the bowl and stay 8 cm away from the cup"."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import Any

from sayso.planner.reader.doubt import values_in
from sayso.planner.reader.source import number_of, words_in
from sayso.planner.task.values import KeepAway, Length, Place, Value, With


def counted(said: str, meaning: Any) -> Any:
    """``meaning`` without the distances of its places that ``said`` gives only to a constraint."""
    if not isinstance(meaning, With):
        return meaning
    there = Counter(number for number in map(number_of, words_in(said)) if number is not None)
    apart = {c.by for c in meaning.constraints if isinstance(c, KeepAway) and isinstance(c.by, Length)}
    used = Counter(value for value in values_in(meaning) if isinstance(value, Length))
    twice = {by for by in apart if used[by] > there[float(by.number)]}  # type: ignore[attr-defined]
    return replace(meaning, task=_without(meaning.task, twice)) if twice else meaning


def _without(value: Any, lengths: set[Any]) -> Any:
    """``value`` with no place at one of ``lengths`` from its thing."""
    if isinstance(value, tuple):
        return tuple(_without(one, lengths) for one in value)
    if not isinstance(value, Value) or not fields(value):
        return value
    if isinstance(value, Place) and getattr(value, "by", None) in lengths:
        value = replace(value, by=None)  # type: ignore[call-arg]
    return replace(value, **{f.name: _without(getattr(value, f.name), lengths) for f in fields(value)})

"""Numbers as the sentence gives them: a distance said once counts once, "2 metres" are metres, "the three rightmost"
three.

Numbers and units are closed classes, so that the words tell them where the reader takes them for others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from sayso.planner.reader.source import number_of, words_in
from sayso.planner.task.inside import values_in
from sayso.planner.task.nouns import singular
from sayso.planner.task.values import (
    A,
    After,
    All,
    AtLeast,
    Cm,
    Degree,
    Inch,
    KeepAway,
    Length,
    M,
    Mm,
    Not,
    Nth,
    Place,
    Rank,
    Repeat,
    Shift,
    The,
    Together,
    Toward,
    Value,
    With,
)  # fmt: skip

_UNITS: dict[type[Length], str] = {
    Mm: r"mm|milli\s?met(?:er|re)s?|mil{1,2}s?", Cm: r"cms?|centi\s?met(?:er|re)s?|centis?",
    Inch: r"inch(?:es)?|in(?=\W*$)", M: r"met(?:er|re)s?|m",
}  # fmt: skip
UNIT = "|".join(f"(?P<{unit.__name__}>{words})" for unit, words in _UNITS.items())
_AMOUNT = re.compile(rf"(?P<number>\d+(?:[.,]\d+)?|[a-z]+)[\s-]?(?:{UNIT})\b", re.I)
_TIME = re.compile(r"(?P<number>\d+(?:[.,]\d+)?|[a-z]+)[\s-]?(?:seconds?|secs?|s)\b", re.I)
_SIDES = {
    Rank.LEFT: r"left-?\s?most|furthest (?:to the )?left", Rank.RIGHT: r"right-?\s?most|furthest (?:to the )?right",
    Rank.NEAR: "nearest|closest|foremost", Rank.FAR: "farthest|furthest|hindmost",
    Rank.BIG: "biggest|largest", Rank.SMALL: "smallest|tiniest|littlest", Rank.TALL: "tallest|highest",
    Rank.SHORT: "shortest|lowest",
}  # fmt: skip
_ANY = re.compile(
    r"^\W*any (?:and all |one )?(?P<noun>\w+)s?(?: (?!is\b|must\b|should\b|shall\b|can\b|may\b|will\b)[\w'’]+){0,6}? "
    r"(?:is to|are to|must|shall|should|has to|have to|goes|go|belongs?)\b",
    re.I,
)
_BOUND = re.compile(
    r"(?<!\bnot )\b(?P<bound>no more than|more than|less than|fewer than|over|at most) (?P<number>\d+|[a-z]+)"
    r"(?= (?!cm|mm|centi|milli|inch|met|sec|min)[a-z])",
    re.I,
)
_FIRST = re.compile(
    r"\bfirst (?P<number>two|three|four|five|six|\d) (?:[\w-]+ )?(?P<noun>\w+s) (?:from|on|at) (?:the )?"
    r"(?P<side>left|right|front|back)\b",
    re.I,
)
_FROM = {"left": Rank.LEFT, "right": Rank.RIGHT, "front": Rank.NEAR, "back": Rank.FAR}
MOST_NAMED = 6


def as_counted(said: str, meaning: Any) -> Any:
    """``meaning`` with the numbers, units and quantities that the words of ``said`` give."""
    return counted(said, repeated_once(bounded(said, every(said, several(said, timed(said, measured(said, meaning)))))))


def measured(said: str, meaning: Any) -> Any:
    """``meaning`` with the unit that ``said`` gives to each of its lengths; a number said with two units stays."""
    units: dict[float, set[type[Length]]] = {}
    for found in _AMOUNT.finditer(said):
        number = number_of(found["number"])
        if number is not None:
            units.setdefault(number, set()).add(next(unit for unit in _UNITS if found[unit.__name__]))

    def right(value: Any) -> Any:
        if not isinstance(value, Length):
            return value
        told = units.get(float(value.number), set())  # type: ignore[attr-defined]
        return next(iter(told))(value.number) if len(told) == 1 and type(value) not in told else value  # type: ignore

    return each_changed(meaning, right)


def timed(said: str, meaning: Any) -> Any:
    """``meaning`` with the only time of ``said`` for one that is a length there, and its only length for "a little"."""
    lengths = {
        next(unit for unit in _UNITS if found[unit.__name__])(number)  # type: ignore[call-arg]
        for found in _AMOUNT.finditer(said)
        if (number := number_of(found["number"])) is not None
    }
    times = {number for found in _TIME.finditer(said) if (number := number_of(found["number"])) is not None}
    length = next(iter(lengths)) if len(lengths) == 1 else None
    time = next(iter(times)) if len(times) == 1 else None
    used = any(value == length for value in values_in(meaning))

    def told(value: Any) -> Any:
        if isinstance(value, After) and time is not None and length is not None:
            return replace(value, seconds=time) if value.seconds == length.number else value  # type: ignore[attr-defined]
        is_little = isinstance(value, Toward | Shift) and value.by is Degree.LITTLE
        return replace(value, by=length) if is_little and length is not None and not used else value

    return each_changed(meaning, told)


def several(said: str, meaning: Any) -> Any:
    """``meaning`` with the first three from the right for "the three rightmost blocks", not the third alone."""

    def all_of_them(value: Any) -> Any:
        if not isinstance(value, The | All) or sum(isinstance(m, Nth) for m in value.modifiers) != 1:
            return value
        nth = next(m for m in value.modifiers if isinstance(m, Nth))
        first = _FIRST.search(said)
        if first is not None and nth.rank == _FROM[first["side"].casefold()] and singular(first["noun"]) == value.noun:
            return _ranked(value, nth, _cardinal(first["number"]) or nth.number)
        if not 2 <= nth.number <= MOST_NAMED or nth.rank not in _SIDES:
            return value
        spoken = rf"(?:(?P<c>\w+) )?(?:(?P<a>\w+) )?\b(?:{_SIDES[nth.rank]})\b(?: (?P<b>\w+))?"
        if not any(
            nth.number in map(_cardinal, filter(None, f.group("a", "b", "c"))) for f in re.finditer(spoken, said, re.I)
        ):
            return value
        return _ranked(value, nth, nth.number)

    return each_changed(meaning, all_of_them)


def _ranked(thing: The | All, nth: Nth, number: float) -> Together:
    """The first ``number`` of ``thing`` by the rank of ``nth``, one of its modifiers."""
    others = tuple(m for m in thing.modifiers if m is not nth)
    return Together(tuple(The(thing.noun, (*others, Nth(k + 1.0, nth.rank))) for k in range(int(number))))


def _cardinal(word: str) -> float | None:
    """The number of a word that counts things: "three", not "third" or "once"."""
    ordinal = re.search(r"(?:st|nd|rd|th|once|twice)$", word, re.I)
    return None if ordinal else number_of(word)


def bounded(said: str, meaning: Any) -> Any:
    """``meaning`` with three as the least number of "more than two"; "fewer than three" are not at least three."""
    found = list(_BOUND.finditer(said))
    number = _cardinal(found[0]["number"]) if len(found) == 1 else None
    if number is None or sum(isinstance(value, AtLeast) for value in values_in(meaning)) != 1:
        return meaning
    bound = found[0]["bound"].casefold()
    least = number if bound in ("less than", "fewer than") else number + 1.0

    def told(value: Any) -> Any:
        if isinstance(value, AtLeast) and abs(value.number - number) <= 1.0:
            least_of_all = replace(value, number=least)
            return least_of_all if bound in ("more than", "over") else Not(least_of_all)
        twice = isinstance(value, Not) and isinstance(value.condition, Not)
        return value.condition if twice and bound not in ("more than", "over") else value

    return each_changed(meaning, told)


def repeated_once(meaning: Any) -> Any:
    """``meaning`` without a number of times inside the same number of times: the person said it once."""

    def flat(value: Any) -> Any:
        if not isinstance(value, Repeat):
            return value
        number = value.number
        inner = each_changed(value.task, lambda v: v.task if isinstance(v, Repeat) and v.number == number else v)
        return replace(value, task=inner)

    return each_changed(meaning, flat)


def every(said: str, meaning: Any) -> Any:
    """``meaning`` for all that fit where "any block … is to be put" speaks of each of them."""
    found = _ANY.search(said)
    if found is None:
        return meaning

    def universal(value: Any) -> Any:
        same = isinstance(value, A) and value.noun.casefold().startswith(found["noun"].casefold().rstrip("s"))
        return All(value.noun, value.modifiers) if same else value

    return each_changed(meaning, universal)


def each_changed(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with each value inside it changed, the inner ones first."""
    if isinstance(value, tuple):
        return tuple(each_changed(one, change) for one in value)
    if not isinstance(value, Value):
        return value
    if fields(value):
        value = replace(value, **{f.name: each_changed(getattr(value, f.name), change) for f in fields(value)})
    return change(value)


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

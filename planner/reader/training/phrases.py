"""Phrases of the pairs with their meanings, to be put into other pairs in place of plain ones.

Things come from answers ("the one by the cup") and from orders that end in one ("grab ..."), places from answers and
from what follows a plain thing that is put somewhere.
Exchanging whole phrases follows Jia and Liang 2016 (data recombination, abstracting whole phrases).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sayso.planner.reader.source import Context
from sayso.planner.reader.training.pairs import Pair
from sayso.planner.task.inside import values_in
from sayso.planner.task.nouns import singular
from sayso.planner.task.values import (
    All,
    AnswerPlace,
    AnswerThing,
    Beside,
    Color,
    Each,
    Hand,
    Held,
    Hold,
    In,
    It,
    On,
    OutOf,
    Pick,
    Place,
    PointAt,
    Push,
    Put,
    The,
    Them,
    Thing,
    Value,
    WhereItWas,
)  # fmt: skip

LONGEST = 12
"""Words of a phrase."""
_END = re.compile(r"(?:[\s,]+(?:please|pls|plz|now|for me|thanks|thank you|ta|mate|cheers|ok|okay))*[\s.!?]*$", re.I)
_ASKING = (
    r"^(?:(?:please|ok|okay|right|now|just|go|let's|can|could|would|will|you|u|i want you to|i'd like you to)[\s,]+)*"
)
_DETERMINED = r"((?:the|a|an|one|all|any|both|every|two|three|my|that|this|those|whichever|whatever)\b.+)$"
_TAKE = re.compile(
    _ASKING
    + r"(?:pick up|grab|take|lift(?: up)?|hold|give me|pass me|hand me|fetch me|get me|get|pick|point at|pass)\s+"
    + _DETERMINED,
    re.I,
)
_BRING = re.compile(
    _ASKING
    + r"(?:put|move|place|stick|shove|pop|drop|bring|slide|push|chuck|toss|set|lay|get|take|pick up|plonk|dump)\s+"
    + _DETERMINED,
    re.I,
)
_BARE = re.compile(_DETERMINED, re.I)
_LINK = re.compile(
    r"(?:\s+(?:goes|over|down|and \w+ it|right))*"
    r"\s+(?:in|into|inside|inside of|on|onto|on top of|next to|beside|by|near|to)$",
    re.I,
)
_LOOSE = re.compile(r"\b(?:up|down|over|there|here|it|goes|go)$", re.I)
_PLACE = re.compile(
    r"^(?:just |right |way |a (?:bit|little|touch|hair) |slightly |exactly |about |somewhere |anywhere |\d\S* ?\w* )?"
    r"(?:in|on|into|onto|to|next|left|right|behind|between|beside|under|over|near|at|by|away|close|closer|further|farther|"
    r"off|out|aside|inside|underneath|alongside|towards?|up|against|atop|among|forwards?|backwards?|below|somewhere|"
    r"anywhere|halfway)\b",
    re.I,
)
_SPLIT = re.compile(r"[,;:.!?\"()]|\b(?:and|then|but|because|so|before|after|while|if|when|which is|please|or)\b", re.I)
_POINTING = (It, Them, Held, Each, WhereItWas)
_TAKERS = (Pick, Put, Push, Hand, Hold, PointAt)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases for things (with their meanings) and for places."""

    things: tuple[tuple[str, Thing], ...]
    places: tuple[tuple[str, Place], ...]


def phrases_in(pairs: Sequence[Pair]) -> Phrases:
    """The phrases of ``pairs`` that stand in plain orders and whose meaning is certain."""
    things: dict[str, Thing] = {}
    places: dict[str, Place] = {}
    for pair in pairs:
        said = _END.sub("", pair.said)
        if isinstance(pair.meaning, AnswerThing):
            _keep(_BARE.match(said), pair.meaning.thing, things)
        elif (
            isinstance(pair.meaning, AnswerPlace)
            and _usable(said)
            and _PLACE.match(said)
            and not _points(pair.meaning.place)
        ):
            places[said] = pair.meaning.place
        if pair.context != Context():
            continue
        if isinstance(pair.meaning, Pick | Hand | Hold | PointAt):
            _keep(_TAKE.match(said), pair.meaning.thing, things)
        elif isinstance(pair.meaning, Put):
            if (place := _place_in(said, pair.meaning)) is not None:
                places[place] = pair.meaning.place
            if isinstance(pair.meaning.place, In | On | Beside | OutOf):
                where = plain_phrase(pair.meaning.place.thing, said)
                if where is not None and where[1] == len(said) and (link := _LINK.search(said[: where[0]].rstrip())):
                    _keep(_BRING.match(said[: link.start()]), pair.meaning.thing, things)
    return Phrases(tuple(things.items()), tuple(places.items()))


def _keep(match: re.Match[str] | None, thing: Thing, things: dict[str, Thing]) -> None:
    if match and _usable(match[1]) and _LOOSE.search(match[1]) is None and _fits(match[1], thing):
        things[match[1]] = thing


def _place_in(said: str, meaning: Put) -> str | None:
    plain = plain_phrase(meaning.thing, said)
    if plain is None:
        return None
    rest = said[plain[1] :].strip()
    usable = bool(rest) and _usable(rest) and _PLACE.match(rest) is not None and not _points(meaning.place)
    return rest if usable else None


def _usable(phrase: str) -> bool:
    return _SPLIT.search(phrase) is None and len(phrase.split()) <= LONGEST


def _fits(phrase: str, thing: Thing) -> bool:
    """Whether ``phrase`` says no more than ``thing`` means."""
    if _points(thing):
        return False
    parts = sum(1 for _ in values_in(thing))
    return len(phrase.split()) <= 2 + 3 * (parts - 1)


def _points(value: Value) -> bool:
    return any(isinstance(v, _POINTING) for v in values_in(value))


def plain_phrase(thing: Value, said: str) -> tuple[int, int] | None:
    """Where ``said`` says "the red block" or "the block" for ``thing``, if that is all it means, and only once."""
    if not isinstance(thing, The | All) or len(thing.modifiers) > 1 or thing.noun == "thing":
        return None
    color = ""
    if thing.modifiers:
        only = thing.modifiers[0]
        if not isinstance(only, Color):
            return None
        color = re.escape(only.name) + r"\s+"
    found = [
        m
        for m in re.finditer(rf"\b(?:the|that|this|teh)\s+{color}([\w'-]+)", said, re.I)
        if singular(m[1].casefold()) == thing.noun and (m[1].casefold() == thing.noun) == isinstance(thing, The)
    ]
    if len(found) != 1:
        return None
    after = said[found[0].end() :].lstrip()
    return None if re.match(r"(?:that|which|with|of|from)\b", after, re.I) else found[0].span()


def exchanged(pair: Pair, phrases: Phrases, rng: np.random.Generator) -> Pair:
    """``pair`` with another phrase for one plain thing or for the place at its end; as it is where nothing fits."""
    if isinstance(pair.meaning, Put) and pair.context == Context() and rng.random() < 0.4:
        said = _END.sub("", pair.said)
        rest = _place_in(said, pair.meaning)
        if rest is not None:
            phrase, place = phrases.places[int(rng.integers(len(phrases.places)))]
            return replace(
                pair,
                said=said[: len(said) - len(rest)] + phrase + pair.said[len(said) :],
                meaning=replace(pair.meaning, place=place),
            )
    spots = [
        (value, taken, where)
        for value, taken in _things(pair.meaning)
        if isinstance(value, The) and (where := plain_phrase(value, pair.said)) is not None
    ]
    if not spots:
        return pair
    value, taken, (start, end) = spots[int(rng.integers(len(spots)))]
    told = [v for part in (pair.context.doing, pair.context.before) if part is not None for v in values_in(part)]
    if sum(v == value for v in values_in(pair.meaning)) != 1 or value in told:
        return pair
    for _ in range(8):
        phrase, thing = phrases.things[int(rng.integers(len(phrases.things)))]
        if taken or isinstance(thing, The):
            said = pair.said[:start] + phrase + pair.said[end:]
            return replace(pair, said=said, meaning=_replaced(pair.meaning, value, thing))
    return pair


def _things(value: Any, taken: bool = False) -> Iterator[tuple[Value, bool]]:
    """The values in ``value``, each with whether it is what an act takes, where groups may stand."""
    if isinstance(value, tuple):
        for one in value:
            yield from _things(one)
    elif isinstance(value, Value):
        yield value, taken
        for field in fields(value):
            yield from _things(getattr(value, field.name), isinstance(value, _TAKERS) and field.name == "thing")


def _replaced(value: Any, old: Value, new: Value) -> Any:
    if value == old:
        return new
    if isinstance(value, tuple):
        return tuple(_replaced(v, old, new) for v in value)
    if isinstance(value, Value):
        return replace(value, **{f.name: _replaced(getattr(value, f.name), old, new) for f in fields(value)})
    return value

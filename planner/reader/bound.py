"""Words bound to each other in a sentence and in a meaning: the color of its noun, the side of its choice.

"Between the yellow mug and the cyan cup" speaks of no yellow cup, and "the one that's further back" chooses. The words
of kinds, colors and sides are closed classes. What is told after "it" or a correction is bound to other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sayso.planner.task import values as v
from sayso.planner.task.nouns import singular
from sayso.planner.task.things import ANY, COLOR_NAMES, KIND_OF
from sayso.planner.task.values import Utterance, Value

_COLOR = "|".join(sorted((word for words in COLOR_NAMES.values() for word in words.split()), key=len, reverse=True))
_NOUN = "|".join(sorted(KIND_OF, key=len, reverse=True))
_NAMED = re.compile(rf"\b(?P<color>{_COLOR})\b(?: (?P<noun>{_NOUN})(?:e?s)?\b)?", re.I)
_SIDED = re.compile(rf"\bthe (?P<side>left|right|near|far)(?:[- ]hand|most|est)? (?P<color>{_COLOR})\b", re.I)
_EXCEPT = re.compile(r"\b(?:except(?:ing)?|apart from|other than|but not|all but|not the)\b", re.I)
_COLOR_OF = {word: color for color, words in COLOR_NAMES.items() for word in words.split()}
_DESCRIBED = (v.The, v.A, v.All, v.Some, v.Rest)


def misbound(said: str, meaning: Utterance) -> bool:
    """Whether ``meaning`` gives a noun the color that ``said`` gives only to other nouns, a side to another color, or
    leaves out what ``said`` names before an exception."""
    told: dict[str, set[str]] = {}
    for found in _NAMED.finditer(said):
        kind = KIND_OF.get(singular(found["noun"] or ""), ANY)
        told.setdefault(_COLOR_OF[found["color"].casefold()], set()).add(kind)
    for thing in _described(meaning):
        kind = KIND_OF.get(thing.noun, ANY)
        for color in (m.name.casefold() for m in thing.modifiers if isinstance(m, v.Color)):
            kinds = told.get(_COLOR_OF.get(color, color))
            if kinds is not None and kind != ANY and ANY not in kinds and kind not in kinds:
                return True
    for found in _SIDED.finditer(said):
        color = _COLOR_OF[found["color"].casefold()]
        ranked = [t for t in _described(meaning) if any(_is_of(m, found["side"].casefold()) for m in t.modifiers)]
        if ranked and not any(_is_colored(t, color) for t in ranked):
            return True
    left_out = _EXCEPT.search(said)
    named = _NAMED.finditer(said, 0, left_out.start()) if left_out is not None else ()
    return any(found["noun"] is not None and not _is_named(found, meaning) for found in named)


_THE = re.compile(rf"\b(?:the|that|this|my|those|these) (?P<noun>{_NOUN})(?:e?s)?\b(?! of\b)", re.I)


def describes(said: str, meaning: Utterance) -> bool:
    """Whether ``meaning`` describes each thing of a known color and kind that ``said`` names, if it says no "it"."""
    if any(isinstance(value, v.It | v.Them | v.Rest) for value in _values(meaning)):
        return True
    things = list(_described(meaning))
    for found in _THE.finditer(said):
        kind = KIND_OF[singular(found["noun"])]
        if kind != ANY and not any(KIND_OF.get(thing.noun, ANY) in (ANY, kind) for thing in things):
            return False
    return all(_is_named(found, meaning, False) for found in _NAMED.finditer(said) if found["noun"] is not None)


def _values(value: object) -> Iterator[Value]:
    if isinstance(value, tuple):
        for one in value:
            yield from _values(one)
    elif isinstance(value, Value):
        yield value
        for field in type(value).__dataclass_fields__:
            yield from _values(getattr(value, field))


def _is_named(found: re.Match[str], meaning: Utterance, outside: bool = True) -> bool:
    """Whether ``meaning`` has a description with color and kind of ``found``; ``outside`` of what an exception leaves
    out."""
    color, kind = _COLOR_OF[found["color"].casefold()], KIND_OF[singular(found["noun"])]
    return any(
        (kind == ANY or KIND_OF.get(thing.noun, ANY) in (ANY, kind)) and _is_colored(thing, color)
        for thing in _described(meaning, outside)
    )


def _is_colored(thing: v.The | v.A | v.All | v.Some | v.Rest, color: str) -> bool:
    return any(isinstance(m, v.Color) and _COLOR_OF.get(m.name.casefold()) == color for m in thing.modifiers)


def _is_of(modifier: v.Modifier, side: str) -> bool:
    return isinstance(modifier, v.Nth) and str(modifier.rank) == side


def _described(value: object, outside: bool = False) -> Iterator[v.The | v.A | v.All | v.Some | v.Rest]:
    if isinstance(value, tuple):
        for one in value:
            yield from _described(one, outside)
    elif isinstance(value, Value) and not (outside and isinstance(value, v.But | v.Non)):
        if isinstance(value, _DESCRIBED):
            yield value
        for field in type(value).__dataclass_fields__:
            yield from _described(getattr(value, field), outside)

"""What a reading of a sentence comes to where the scene shows that a part of it cannot be meant.

A reader knows no scene: for "the pink one" it fills in a noun, "every" it may read as "the", and what is to be left
alone it may name like what is to be moved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import fields, replace
from typing import Any

from sayso.planner.interpreter.grounding import Grounding
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.modality import Modality, doubts
from sayso.planner.language.symbolic_state import is_fixed
from sayso.planner.reader.doubt import COLORS
from sayso.planner.task.inside import values_in
from sayso.planner.task.nouns import singular
from sayso.planner.task.things import THING
from sayso.planner.task.values import (
    A,
    All,
    But,
    Color,
    Constraint,
    Each,
    Exists,
    ForEach,
    Hand,
    Here,
    Hold,
    If,
    In,
    Me,
    Nth,
    Other,
    Pick,
    Place,
    Push,
    Put,
    Rest,
    Sort,
    Stack,
    Swap,
    The,
    Them,
    Thing,
    Together,
    Toward,
    Untouched,
    Value,
    With,
)  # fmt: skip

_ONE = re.compile(r"\bones?\b", re.I)
_OTHERS = re.compile(r"\b(?:others?|rest|else|remaining)\b", re.I)
_NO_MATTER = re.compile(
    r"\b(?:whichever|whatever|either (?:one|of)|any (?:one|of)|(?:no|doesn['’]?t|does not|don['’]?t|not) (?:matter|care"
    r"|mind|important) which|which\w* (?:\w+ )?(?:is not important|doesn['’]?t matter))\b",
    re.I,
)
_GIVES = re.compile(r"\b(?:give|gie|gimme|pass|hand|bring|fetch)\b[^.;]*?\b(?:here|me|us)\b", re.I)
_ANOTHER = re.compile(r"\banother\b", re.I)
_APART = re.compile(r"\b(?:each|every|different|separate|own)\b", re.I)
_SUCH_ONE = re.compile(
    r"\b(?:other|near(?:er|est)?|far|furthe(?:r|st)|farthe(?:r|st)|close(?:r|st)|left(?:most)?|right(?:most)?) one\b",
    re.I,
)
_IF_ONE = re.compile(r"\bif there (?:is|['’]s) one\b", re.I)
_EVERY, _ANY = r"(?:every|evry|evrey|each|all|both)", r"(?:any|either|whichever|whatever)"
_BETWEEN = r"(?: (?:one|single|last|of|the|those|these|my))*(?: \w+)?"


def in_scene(said: str, meaning: Any, ground: Grounding) -> Any:
    """``meaning``, one reading of the sentence ``said``, with what cannot be meant here replaced.

    - A noun that the sentence does not say ("the pink one") fits nothing, and without the noun something fits.
    - "The" means several things, and the sentence says "every", "both" or "any".
    - What must not be touched is all that the task moves, and the sentence speaks of the others.
    - Things to be sorted are those into which others are sorted.
    - A group of one is named as one after "except".
    - "The other" is another one than the thing that the sentence denies, "the other one" one like the thing that moves.
    - "The bowls" are all of them, and "another bowl" for several things is one.
    - "Give it here", to somebody who points nowhere, hands it over.
    - "If there is one" of each thing's match is asked for each.
    """
    denied = {color for d in doubts(said) if d.modality is Modality.NEGATED for color in COLORS.findall(d.clause)}
    # "Put one of the yellow ones in the bowl and leave the other" denies no yellow one.
    moved = (getattr(one, "modifiers", ()) for one in _moved(meaning))
    denied -= {m.name for those in moved if Other() not in those for m in those if isinstance(m, Color)}
    heard = Counter(singular(word) for word in re.findall(r"[^\W\d_]+", said.casefold()))
    named = Counter(value.noun for value in values_in(meaning) if isinstance(value, The | A | All | Rest))

    def thing(value: Value) -> Value:
        if not isinstance(value, The | A | All | Rest):
            return value
        if isinstance(value, The | All) and value.noun in ("rest", "remainder") and not ground.matching(value):
            return Rest(THING, value.modifiers)
        if Other() in value.modifiers and denied:
            value = _other_than(value, denied, ground)
        assert isinstance(value, The | A | All | Rest)
        added = 0 < heard[value.noun] < named[value.noun] and _ONE.search(said) is not None
        if added and value.modifiers and not ground.matching(value):
            bare = replace(value, noun=THING)
            value = bare if ground.matching(bare) else value
        return _quantified(value, said, ground) if isinstance(value, The) else value

    def task(value: Value) -> Value:
        match value:
            case Put(moved, place) if (there := _placed(said, moved, place, ground)) is not place:
                return Hand(moved) if there is None else replace(value, place=there)
            case ForEach(_, Put(Each(), In(The() as home))) if _IF_ONE.search(said):
                return replace(value, task=If(Exists(home), value.task))
            case With(inner, constraints) if _OTHERS.search(said):
                return replace(value, constraints=tuple(_of_the_others(c, inner, ground) for c in constraints))
            case Sort(things):
                return replace(value, thing=_sorted(things, ground))
            case But(Together(groups)):
                return But(Together(tuple(_one(group, ground) for group in groups)))
            case But(group):
                return But(_one(group, ground))
        return value

    return _each(_each(meaning, thing), task)


def _placed(said: str, moved: Thing, place: Place, ground: Grounding) -> Place | None:
    """``place``, where ``moved`` goes, as the sentence ``said`` has it here; None for the hand of the person."""
    there = getattr(place, "thing", None)
    nowhere = isinstance(place, Here) and ground.talk.earlier.here is None
    if (nowhere or place == Toward(Me())) and _GIVES.search(said):
        return None
    if isinstance(there, A) and Other() in there.modifiers and _ANOTHER.search(said) and not _APART.search(said):
        kinds = ("corner", "side")
        return place if there.noun in kinds else replace(place, thing=The(there.noun, there.modifiers))  # type: ignore
    if not isinstance(there, The) or there.noun != THING or isinstance(place, In) or not isinstance(moved, The | A):
        return place
    if there.modifiers and all(isinstance(m, Other | Nth) for m in there.modifiers) and _SUCH_ONE.search(said):
        colored = tuple(m for m in moved.modifiers if isinstance(m, Color))
        for modifiers in (colored, ()):
            if len(ground.matching(All(moved.noun, modifiers))) > 1:  # "the near one" is another of its kind
                return replace(place, thing=The(moved.noun, (*modifiers, *there.modifiers)))  # type: ignore[call-arg]
    return place


def _other_than(thing: Any, colors: Collection[str], ground: Grounding) -> Any:
    """``thing``, "the other" one, as one that is not of its kind and of the one of ``colors`` that its kind has."""
    out = [All(thing.noun, (Color(color),)) for color in colors]
    out = [one for one in out if ground.matching(one)]
    if len(out) != 1:
        return thing
    kept = (m for m in thing.modifiers if m != Other() and m not in out[0].modifiers)
    return replace(thing, modifiers=(*kept, But(_one(out[0], ground))))


def _one(thing: Thing, ground: Grounding) -> Thing:
    """``thing``, a group of one as that one."""
    alone = isinstance(thing, All) and len(ground.matching(thing)) == 1
    return The(thing.noun, thing.modifiers) if isinstance(thing, All) and alone else thing


def _quantified(thing: The, said: str, ground: Grounding) -> Thing:
    """``thing``, or where it means several things what the sentence says of how many."""
    if any(isinstance(m, Nth) for m in thing.modifiers) or len(ground.matching(thing)) < 2:
        return thing
    if thing.noun != THING and re.search(rf"\bthe {re.escape(thing.noun)}s\b", said, re.I):
        one = re.search(rf"\b{re.escape(thing.noun)}\b", said, re.I)
        return thing if one is not None else All(thing.noun, thing.modifiers)
    noun = r"(?:one|thing)" if thing.noun == THING else rf"{re.escape(thing.noun)}"
    if re.search(rf"\b{_EVERY}{_BETWEEN} {noun}s?\b", said, re.I):
        return All(thing.noun, thing.modifiers)
    if re.search(rf"\b{_ANY}{_BETWEEN} {noun}s?\b", said, re.I) or _NO_MATTER.search(said):
        return A(thing.noun, thing.modifiers)
    return thing


def _of_the_others(constraint: Constraint, task: Any, ground: Grounding) -> Constraint:
    """``constraint``, or where it forbids to touch all that ``task`` moves the same about the other things."""
    thing = getattr(constraint, "thing", None)
    moved = _moved(task)
    if isinstance(thing, The) and Other() in thing.modifiers:  # "the other one stays"
        thing = All(thing.noun, tuple(m for m in thing.modifiers if m != Other()))
    if not isinstance(constraint, Untouched) or not isinstance(thing, All | Rest) or not moved:
        return constraint
    ids = {o.id for one in moved for o in ground.matching(one)}
    if not ids or not ids <= {o.id for o in ground.matching(thing)}:
        return constraint
    kept = () if thing.modifiers in [getattr(m, "modifiers", None) for m in moved] else thing.modifiers
    spared = tuple(dict.fromkeys([*moved, *(_targets(task) if thing.noun == THING else ())]))
    but = But(spared[0] if len(spared) == 1 else Together(spared))
    return Untouched(All(thing.noun, (*(m for m in kept if m != Other()), but)))


def _moved(task: Any) -> list[Thing]:
    """What ``task`` moves, as far as it describes that."""
    if isinstance(task, tuple):
        return [thing for one in task for thing in _moved(one)]
    if not isinstance(task, Value):
        return []
    here = []
    if isinstance(task, Put | Push | Pick | Hold | Hand | Stack | Sort):
        here = [task.thing]
    elif isinstance(task, Swap):
        here = [task.one, task.other]
    inner = [thing for f in fields(task) for thing in _moved(getattr(task, f.name))]
    return [t for t in (*here, *inner) if isinstance(t, The | A | All | Together)]


def _targets(task: Any) -> list[Thing]:
    """The things in, on or beside which ``task`` puts others."""
    if isinstance(task, tuple):
        return [thing for one in task for thing in _targets(one)]
    if not isinstance(task, Value):
        return []
    there = getattr(task.place, "thing", None) if isinstance(task, Put | Push) else None
    inner = [thing for f in fields(task) for thing in _targets(getattr(task, f.name))]
    return [t for t in (there, *inner) if isinstance(t, The | A | All)]


def _sorted(things: Thing, ground: Grounding) -> Thing:
    """``things``, or all that can be moved where the hand can take none of them, or where nothing was spoken of."""
    try:
        found = ground.several(things)
    except Unresolved:
        found = []
    if isinstance(things, Them) and found:
        return things
    wide = bool(found) and all(is_fixed(o) for o in found)
    if not ground.around.movable or not (wide or isinstance(things, Them)):
        return things
    kinds = {o.kind for o in ground.around.movable}
    return All(kinds.pop() if len(kinds) == 1 else THING)


def _each(value: Any, change: Callable[[Value], Value]) -> Any:
    """``value`` with ``change`` made to every value inside it, the innermost first."""
    if isinstance(value, tuple):
        return tuple(_each(one, change) for one in value)
    if not isinstance(value, Value) or not fields(value):
        return value
    inner = {f.name: _each(getattr(value, f.name), change) for f in fields(value)}
    if any(inner[name] is not getattr(value, name) and inner[name] != getattr(value, name) for name in inner):
        value = replace(value, **inner)
    return change(value)

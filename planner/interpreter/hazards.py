"""Tasks that would hurt somebody or break something, by their values."""

from __future__ import annotations

import re
from typing import Any

from sayso.planner.checks.threats import BEING, SOFT_PART
from sayso.planner.task.inside import values_in
from sayso.planner.task.values import (
    Beside,
    Close,
    Harm,
    In,
    Me,
    On,
    Place,
    Pour,
    Press,
    Push,
    Put,
    Stack,
    The,
    Thing,
    Tip,
    Toward,
    Turn,
    Under,
    Utterance,
)  # fmt: skip

_LIVING = re.compile(rf"(?:\w+ )*(?:{BEING}|{SOFT_PART})")
_DANGEROUS = re.compile(
    r".*\b(?:knife|knives|blades?|scalpels?|scissors|razors?|needles?|saws?|axes?|swords?|daggers?|cleavers?|chisels?|"
    r"flames?|fire|lighters?|match(?:es)?|torch|candles?|irons?|acid|bleach|poison|petrol|lye|boiling \w+|hot \w+)"
)
"""Blades, fire and what burns or poisons."""


def hazardous(utterance: Utterance) -> bool:
    """Whether any part of ``utterance`` is harm, or a task that does something to a person's or an animal's body."""
    return any(isinstance(v, Harm) or _strikes(v) for v in values_in(utterance))


def _strikes(task: Any) -> bool:
    if isinstance(task, Press | Tip | Turn | Close):
        return _is_living(task.thing)
    if isinstance(task, Put | Push | Pour | Stack):
        return task.place is not None and _hits(task.thing, task.place)
    return False


def _hits(thing: Thing, place: Place) -> bool:
    target = getattr(place, "thing", None)
    if not isinstance(target, Thing):
        return False
    near = isinstance(place, In | On | Under | Beside | Toward)
    if near and (isinstance(target, Me) or _is_living(target)) and _is_dangerous(thing):
        return True
    return isinstance(place, In | On) and _is_living(target)


def _is_living(thing: Thing) -> bool:
    return isinstance(thing, The) and _LIVING.fullmatch(thing.noun) is not None


def _is_dangerous(thing: Thing) -> bool:
    return _DANGEROUS.fullmatch(getattr(thing, "noun", "")) is not None

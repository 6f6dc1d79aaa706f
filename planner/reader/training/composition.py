"""Prohibitions and conditions that people said, beside other orders than theirs: how a reader learns that both count.

Recombining whole clauses follows Jia and Liang 2016 (data recombination, concatenation and nesting).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from sayso.planner.reader.source import Context
from sayso.planner.reader.training.pairs import Pair
from sayso.planner.task.inside import values_in
from sayso.planner.task.values import (
    Each,
    Held,
    If,
    It,
    KeepAway,
    Mind,
    Never,
    Once,
    Only,
    Rest,
    Rule,
    Seq,
    Task,
    The,
    Them,
    Untouched,
    Value,
    With,
)  # fmt: skip

LONGEST = 16
"""Words of a prohibition."""
_BESIDE = (
    "{0} but {1}", "{0}, but {1}", "{0}, and {1}", "{0}. {1}", "{0}; {1}", "{0}, {1}", "{0} - {1}", "{1}. {0}",
    "{1}, and {0}", "{1} and {0}", "{0} and {1}", "{0} and please {1}", "{0}. oh and {1}", "{0}, just {1}",
    "{0}, only {1}", "{0}, um, {1}", "{1}; {0}", "{0} while {1}", "ok {0}. and {1}", "{1}, now {0}", "{0} ({1})",
    "{0}, mind you, {1}", "{0}. {1} though", "{0}, {1}, ok?",
)  # fmt: skip
_ELSE = (
    ", otherwise {0}", ", else {0}", ". if not, {0}", "; otherwise {0}", ", and if not {0}", ". Otherwise {0}",
    " else {0}", ", or else {0}", ". if it isn't, {0}", " otherwise {0}", " if not {0}", ", if not, {0}", ". Else {0}",
)  # fmt: skip
_STANDING = re.compile(
    r"\b(?:always|ever|from now|never again|in future|any ?more|until further|later|today|no one|yesterday|told|said"
    r"|wondering|want|put that|ask(?:ed|ing)?)\b",
    re.I,
)
_CONDITION = re.compile(
    r"^((?:(?:ok|so|and|please|only|but)[\s,]+)*(?:if|once|when|as soon as|unless|whenever|after|should|provided"
    r"|in case|assuming|the moment|the minute|given that)\b[^,]+),\s+(?:then\s+)?([^,]+)$",
    re.I,
)
_ONE = re.compile(r"\bones?\b|\byins?\b", re.I)
_POINTING = (It, Them, Held, Rest, Each)


@dataclass(frozen=True, slots=True)
class Clauses:
    """Prohibitions, and beginnings of sentences that set a condition, each with its meaning."""

    prohibitions: tuple[Pair, ...]
    conditions: tuple[tuple[str, If | Once], ...]


def clauses_in(pairs: Sequence[Pair]) -> Clauses:
    """The clauses of ``pairs`` that mean the same beside another order."""
    prohibitions, conditions = [], []
    for pair in pairs:
        meaning = pair.meaning
        if pair.context != Context() or any(isinstance(v, _POINTING) for v in values_in(meaning)):
            continue
        if isinstance(meaning, Rule):
            watched = all(isinstance(c, Untouched | Never | KeepAway | Only) for c in meaning.constraints)
            short = len(pair.said.split()) <= LONGEST and not re.search(r"[.!?;].*\w", pair.said)
            if watched and short and not _STANDING.search(pair.said):
                prohibitions.append(pair)
        elif isinstance(meaning, If | Once) and (isinstance(meaning, Once) or meaning.otherwise is None):
            said = _CONDITION.match(pair.said.rstrip(" .!"))
            if said and not any(isinstance(v, Mind) for v in values_in(meaning)):
                conditions.append((said[1], meaning))
    return Clauses(tuple(prohibitions), tuple(conditions))


def limited(order: Pair, prohibition: Pair, rng: np.random.Generator) -> Pair:
    """``order`` under a ``prohibition``, in one sentence; ``order`` as it is if it is none or limited already."""
    assert isinstance(prohibition.meaning, Rule)
    if not isinstance(order.meaning, Task) or isinstance(order.meaning, With | If | Once):
        return order
    constraints = prohibition.meaning.constraints
    noun = next((v.noun for v in values_in(order.meaning) if isinstance(v, The) and v.noun != "thing"), "thing")
    if _ONE.search(prohibition.said):  # "the green one" is a block where blocks are spoken of
        constraints = _with_noun(constraints, noun)
    texts = [order.said.rstrip(" .!"), prohibition.said.rstrip(" .!")]
    said = str(rng.choice(_BESIDE)).format(*(_lower(text) for text in texts))
    return Pair(said, order.context, With(order.meaning, constraints), "constraint")


def conditional(order: Pair, condition: tuple[str, If | Once], rng: np.random.Generator, other: Pair) -> Pair:
    """``order`` under a ``condition``, in one sentence, and sometimes ``other`` where the condition does not hold.

    Gives ``order`` as it is if it is none or limited already.
    """
    if not isinstance(order.meaning, Task) or isinstance(order.meaning, With | If | Once):
        return order
    if not isinstance(order.meaning, Seq) and rng.random() < 0.3:  # of several orders only the last would wait
        said = f"{order.said.rstrip(' .!')} {_lower(condition[0])}"
    else:
        said = f"{condition[0]}, {_lower(order.said)}"
    meaning = replace(condition[1], task=order.meaning)
    if isinstance(meaning, If) and isinstance(other.meaning, Task) and rng.random() < 0.4:
        said = said.rstrip(" .!") + str(rng.choice(_ELSE)).format(_lower(other.said))
        meaning = replace(meaning, otherwise=other.meaning)
    return Pair(said, order.context, meaning, "conditional")


def _lower(text: str) -> str:
    return text if text[:2] in ("I ", "I'") else text[:1].lower() + text[1:]


def _with_noun(value: Any, noun: str) -> Any:
    """``value`` with ``noun`` for every thing without one."""
    if isinstance(value, tuple):
        return tuple(_with_noun(one, noun) for one in value)
    if not isinstance(value, Value):
        return value
    held = {f.name: _with_noun(getattr(value, f.name), noun) for f in fields(value)}
    if held.get("noun") == "thing":
        held["noun"] = noun
    return replace(value, **held)

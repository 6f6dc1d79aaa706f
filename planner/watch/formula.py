"""Linear temporal logic over finite traces, progressed over one moment of the trace at a time.

Syntax and semantics are those of De Giacomo and Vardi, "Linear Temporal Logic and Linear Dynamic Logic on Finite
Traces" (2013). `progress` rewrites a formula into what the rest of the trace must satisfy.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sayso.planner.watch.moment import Moment


@dataclass(frozen=True, slots=True)
class Formula:
    """A property of a finite trace of moments."""


class Atom(Formula, ABC):
    """A property of one moment."""

    __slots__ = ()

    @abstractmethod
    def holds(self, moment: Moment) -> bool:
        """Whether the property holds in ``moment``."""


@dataclass(frozen=True, slots=True)
class Truth(Formula):
    """A formula whose ``value`` no rest of the trace can change."""

    value: bool


TRUE, FALSE = Truth(True), Truth(False)


@dataclass(frozen=True, slots=True)
class Not(Formula):
    """``part`` is false."""

    part: Formula


@dataclass(frozen=True, slots=True)
class And(Formula):
    """All ``parts`` are true."""

    parts: frozenset[Formula]


@dataclass(frozen=True, slots=True)
class Or(Formula):
    """One of ``parts`` is true."""

    parts: frozenset[Formula]


@dataclass(frozen=True, slots=True)
class Next(Formula):
    """There is a next moment, and ``part`` is true from there on."""

    part: Formula


@dataclass(frozen=True, slots=True)
class Until(Formula):
    """``goal`` becomes true in some moment, and ``meanwhile`` is true in every moment before."""

    meanwhile: Formula
    goal: Formula


_MORE = Until(TRUE, TRUE)
"""The trace has another moment."""


def both(*parts: Formula) -> Formula:
    """The conjunction of ``parts``, simplified."""
    flat: set[Formula] = set()
    for part in parts:
        flat |= part.parts if isinstance(part, And) else {part}
    flat.discard(TRUE)
    if FALSE in flat or any(negated(part) in flat for part in flat):
        return FALSE
    return And(frozenset(flat)) if len(flat) > 1 else next(iter(flat), TRUE)


def either(*parts: Formula) -> Formula:
    """The disjunction of ``parts``, simplified."""
    flat: set[Formula] = set()
    for part in parts:
        flat |= part.parts if isinstance(part, Or) else {part}
    flat.discard(FALSE)
    if TRUE in flat or any(negated(part) in flat for part in flat):
        return TRUE
    return Or(frozenset(flat)) if len(flat) > 1 else next(iter(flat), FALSE)


def negated(part: Formula) -> Formula:
    """The negation of ``part``, simplified."""
    if isinstance(part, Truth):
        return FALSE if part.value else TRUE
    return part.part if isinstance(part, Not) else Not(part)


def eventually(part: Formula) -> Formula:
    """``part`` becomes true in some moment."""
    return Until(TRUE, part)


def always(part: Formula) -> Formula:
    """``part`` is true in every moment to the end of the trace."""
    return negated(eventually(negated(part)))


def lasting(part: Formula, moments: int) -> Formula:
    """``part`` is true in so many moments in a row, this one the first: one wrong look decides nothing."""
    return part if moments <= 1 else both(part, Next(lasting(part, moments - 1)))


def progress(formula: Formula, moment: Moment) -> Formula:
    """What the trace after ``moment`` must satisfy for the trace from ``moment`` on to satisfy ``formula``."""
    match formula:
        case Atom():
            return TRUE if formula.holds(moment) else FALSE
        case Not(part):
            return negated(progress(part, moment))
        case And(parts):
            return both(*(progress(part, moment) for part in parts))
        case Or(parts):
            return either(*(progress(part, moment) for part in parts))
        case Next(part):
            return both(part, _MORE)
        case Until(meanwhile, goal):
            return either(progress(goal, moment), both(progress(meanwhile, moment), formula))
    return formula


def holds_at_end(formula: Formula) -> bool:
    """Whether the trace that has ended satisfies what is left of its formula.

    `Next`, `Until` and atoms need a moment, and there is none.
    """
    match formula:
        case Truth(value):
            return value
        case Not(part):
            return not holds_at_end(part)
        case And(parts):
            return all(map(holds_at_end, parts))
        case Or(parts):
            return any(map(holds_at_end, parts))
    return False

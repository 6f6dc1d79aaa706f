"""A constraint of a plan in a form that needs no language: what is watched, and what the motion keeps clear of."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.plan import Relation, Subtask
from sayso.planner.watch.atoms import TOUCH_M, Faster, Moved, Near
from sayso.planner.watch.formula import Formula, Until, always, both, either, lasting, negated

MOVED_M = 0.015
LOOKS = 3
"""So many looks in a row show that a constraint is broken."""
FULL_SPEED_M_S = 0.30
"""The tool is never faster than this at the usual pace."""


@dataclass(frozen=True, slots=True)
class Clear:
    """The hand and what it carries stay ``distance`` m away from the object ``id``; 0: they do not touch it."""

    id: str
    name: str
    distance: float = 0.0


@dataclass(frozen=True, slots=True)
class Bar:
    """None of the objects with these ids is put in ``relation`` to one of ``references``."""

    ids: frozenset[str]
    relation: Relation
    references: frozenset[str]

    def stops(self, step: Subtask) -> bool:
        """Whether ``step`` would do it."""
        return step.relation is self.relation and step.object_id in self.ids and step.reference_id in self.references


@dataclass(frozen=True, slots=True)
class Constraint:
    """What must hold while a plan is carried out; ``said`` is the constraint in words, after "you said: ".

    ``formula`` must be true over the moments of the run. ``clear`` is what every motion heeds, ``pace`` the largest
    fraction of the usual speed. ``bars`` say which steps would make the formula false.
    """

    said: str
    formula: Formula
    clear: tuple[Clear, ...] = ()
    pace: float | None = None
    bars: tuple[Bar, ...] = ()


def never(part: Formula) -> Formula:
    """``part`` is not so in several looks in a row."""
    return always(negated(lasting(part, LOOKS)))


def never_again(part: Formula) -> Formula:
    """``part``, once it is not so, is never so again; it may be so at first."""
    return either(always(part), Until(part, never(part)))


def untouched(said: str, clear: tuple[Clear, ...]) -> Constraint:
    """The things of ``clear`` are neither touched nor moved."""
    ids = tuple(c.id for c in clear)
    return Constraint(said, both(never(Near(ids, -TOUCH_M)), never(Moved(ids, MOVED_M))), clear)


def kept_away(said: str, clear: tuple[Clear, ...]) -> Constraint:
    """The hand and what it carries stay away from the things of ``clear``."""
    return Constraint(said, both(*(never(Near((c.id,), c.distance)) for c in clear)), clear)


def at_most(said: str, pace: float) -> Constraint:
    """The tool moves at no more than this fraction of the usual speed."""
    return Constraint(said, never(Faster(pace * FULL_SPEED_M_S)), pace=pace)

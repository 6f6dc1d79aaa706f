"""Progression agrees with the semantics of LTLf on whole traces, and tells as early as a verdict is certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from sayso.hardware.types import Pose
from sayso.perception.scene import Scene
from sayso.planner.watch.formula import (
    FALSE,
    TRUE,
    And,
    Atom,
    Formula,
    Next,
    Not,
    Or,
    Truth,
    Until,
    always,
    both,
    either,
    eventually,
    holds_at_end,
    lasting,
    negated,
    progress,
)
from sayso.planner.watch.moment import Moment


@dataclass(frozen=True, slots=True)
class Event(Atom):
    """The moment has an event of this name."""

    name: str

    def holds(self, moment: Moment) -> bool:
        return self.name in moment.events


P, Q = Event("p"), Event("q")
FORMULAS = [
    P, Not(P), always(P), eventually(Q), Until(P, Q), Not(Until(P, Q)), Next(P), Next(Not(P)), Not(Next(P)),
    always(negated(lasting(P, 2))), always(either(negated(P), eventually(Q))), both(eventually(P), always(Q)),
    either(always(P), Until(P, always(negated(P)))), Next(Next(Until(Q, P))), eventually(both(P, Next(Q))),
]  # fmt: skip


def moment(events: str) -> Moment:
    return Moment(Scene(0.0, (), Pose(np.zeros(3), np.eye(3))), events=frozenset(events))


def satisfied(f: Formula, trace: Sequence[str], at: int = 0) -> bool:
    """The definition in De Giacomo and Vardi (2013), section 2."""
    match f:
        case Truth(value):
            return value
        case Event(name):
            return name in trace[at]
        case Not(part):
            return not satisfied(part, trace, at)
        case And(parts):
            return all(satisfied(part, trace, at) for part in parts)
        case Or(parts):
            return any(satisfied(part, trace, at) for part in parts)
        case Next(part):
            return at + 1 < len(trace) and satisfied(part, trace, at + 1)
        case Until(meanwhile, goal):
            return any(
                satisfied(goal, trace, j) and all(satisfied(meanwhile, trace, k) for k in range(at, j))
                for j in range(at, len(trace))
            )
    raise AssertionError(f)


@pytest.mark.parametrize("formula", FORMULAS)
def test_progress_over_a_trace_is_its_satisfaction(formula: Formula) -> None:
    for length in range(1, 5):
        for trace in product(("", "p", "q", "pq"), repeat=length):
            left = formula
            for events in trace:
                left = progress(left, moment(events))
            assert holds_at_end(left) is satisfied(formula, trace), trace


def test_a_verdict_is_given_as_soon_as_no_rest_can_change_it() -> None:
    twice = always(negated(lasting(P, 2)))
    once = progress(twice, moment("p"))
    assert once not in (TRUE, FALSE)
    assert progress(once, moment("p")) == FALSE
    assert progress(eventually(Q), moment("q")) == TRUE


def test_a_formula_does_not_grow_with_the_trace() -> None:
    left: Formula = both(*(always(negated(lasting(Event(n), 3))) for n in "pqr"))
    for i in range(200):
        left = progress(left, moment("pqr"[i % 3]))
    assert len(repr(left)) < 3000

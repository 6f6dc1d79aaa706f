"""What holds while the rest runs."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Condition, Constraint, Thing
from sayso.planner.task.values.lengths import By
from sayso.planner.task.values.words import Pace


@dataclass(frozen=True, slots=True)
class Untouched(Constraint):
    """A thing is never touched or moved."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Never(Constraint):
    """A condition never comes about: ``never(at(the(block), in(the(bowl))))``."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class KeepAway(Constraint):
    """The arm and what it carries stay away from a thing."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Only(Constraint):
    """Nothing but these things is touched."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class AtPace(Constraint):
    """At a speed; "gently" and "carefully" are ``slow``."""

    pace: Pace


@dataclass(frozen=True, slots=True)
class Mind(Constraint):
    """A wish that the robot cannot watch, in the speaker's words: "without a noise"."""

    words: str

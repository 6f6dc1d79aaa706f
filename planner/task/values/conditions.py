"""What can be true or false of the table."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Condition, Place, Thing
from sayso.planner.task.values.words import Rank


@dataclass(frozen=True, slots=True)
class At(Condition):
    """A thing is in a place."""

    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True)
class Exists(Condition):
    """There is such a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Empty(Condition):
    """A container holds nothing, or nothing stands on a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Full(Condition):
    """A container has no more room."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Holding(Condition):
    """The hand holds a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """At least ``number`` such things are there."""

    number: float
    thing: Thing


@dataclass(frozen=True, slots=True)
class More(Condition):
    """There are more of the first things than of the second: "more red blocks than blue ones"."""

    thing: Thing
    than: Thing


@dataclass(frozen=True, slots=True)
class Compared(Condition):
    """The first thing is nearer, farther to the left, bigger, taller, … than the second."""

    rank: Rank
    thing: Thing
    than: Thing


@dataclass(frozen=True, slots=True)
class After(Condition):
    """Some seconds have passed."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Event(Condition):
    """Something that the robot cannot see, in the speaker's words: "the phone rings", "I say so", "Mum is back"."""

    words: str


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """A condition does not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class And(Condition):
    """All of several conditions hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """One of several conditions holds."""

    conditions: tuple[Condition, ...]

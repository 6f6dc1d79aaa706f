"""What narrows a description."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Modifier, Thing
from sayso.planner.task.values.words import Rank, Size


@dataclass(frozen=True, slots=True)
class Color(Modifier):
    """A color, in the speaker's words."""

    name: str


@dataclass(frozen=True, slots=True)
class Is(Modifier):
    """Any other property, in the speaker's words: "wooden", "striped", "shiny"."""

    words: str


@dataclass(frozen=True, slots=True)
class Sized(Modifier):
    """A size that is no superlative: "the big bowl"."""

    size: Size


@dataclass(frozen=True, slots=True)
class Nth(Modifier):
    """The ``number``-th of those that fit, from that side or by that measure: "leftmost" is ``nth(1, left)``."""

    number: float
    rank: Rank


@dataclass(frozen=True, slots=True)
class Nearest(Modifier):
    """Of those that fit, the nearest to another thing."""

    to: Thing


@dataclass(frozen=True, slots=True)
class Farthest(Modifier):
    """Of those that fit, the farthest from another thing."""

    to: Thing


@dataclass(frozen=True, slots=True)
class SameColor(Modifier):
    """As another thing's color: "the bowl of the same color", ``same_color(it)``."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Called(Modifier):
    """By a name that a person gave it: "Betty", "my mug"."""

    name: str


@dataclass(frozen=True, slots=True)
class Other(Modifier):
    """Not the one spoken of or being handled: "the other block", "another one"."""


@dataclass(frozen=True, slots=True)
class But(Modifier):
    """Except a thing: "all but the red one"."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Non(Modifier):
    """The opposite of a modifier: "the block that is not red"."""

    modifier: Modifier

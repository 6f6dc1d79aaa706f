"""Things, described."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Modifier, Thing


@dataclass(frozen=True, slots=True)
class The(Thing):
    """The one thing that fits: "the red block", "that one"."""

    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class A(Thing):
    """Any one thing that fits: "a block", "any of the bowls"."""

    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class All(Thing):
    """Every thing that fits: "all the blocks", "the blocks", "both", "everything"."""

    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Some(Thing):
    """Any ``number`` of the things that fit: "two blocks"."""

    number: float
    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest(Thing):
    """All that fit and were not mentioned yet: "the rest", "the remaining blocks", "the others"."""

    noun: str
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Together(Thing):
    """Several descriptions: "the red block and the green one"."""

    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Either(Thing):
    """One of several descriptions, the robot may choose: "the red or the green one, I don't mind"."""

    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class It(Thing):
    """The thing spoken of last: "it", "that", "the same one"."""


@dataclass(frozen=True, slots=True)
class Them(Thing):
    """The things spoken of last: "them", "those", "these"."""


@dataclass(frozen=True, slots=True)
class Held(Thing):
    """What is in the hand: "what you are holding"."""


@dataclass(frozen=True, slots=True)
class Each(Thing):
    """In the body of `ForEach`: the thing whose turn it is."""


@dataclass(frozen=True, slots=True)
class Me(Thing):
    """The person who speaks; also their hand."""


@dataclass(frozen=True, slots=True)
class Robot(Thing):
    """The robot itself, its hand, its base."""


@dataclass(frozen=True, slots=True)
class Table(Thing):
    """The table."""

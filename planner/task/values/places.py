"""Places, which narrow a description, too."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Place, Thing
from sayso.planner.task.values.lengths import By
from sayso.planner.task.values.words import Direction, Side


@dataclass(frozen=True, slots=True)
class In(Place):
    """Inside a container."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class On(Place):
    """On top of a thing, or on the table."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Under(Place):
    """Underneath a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class OutOf(Place):
    """On the table, out of or off a thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Beside(Place):
    """Beside a thing on whichever side; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class LeftOf(Place):
    """To the left of a thing; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class RightOf(Place):
    """To the right of a thing; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class InFrontOf(Place):
    """In front of a thing; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Behind(Place):
    """Behind a thing; ``by`` is the gap between the two."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Between(Place):
    """Between two things, or among those of one group."""

    things: tuple[Thing, ...]


@dataclass(frozen=True, slots=True)
class Corner(Place):
    """A corner of the table."""

    depth: Side
    side: Side


@dataclass(frozen=True, slots=True)
class AtSide(Place):
    """A side of the table: "on the left", "the left half", "the far edge"."""

    side: Side


@dataclass(frozen=True, slots=True)
class Middle(Place):
    """The middle of the table."""


@dataclass(frozen=True, slots=True)
class Aside(Place):
    """Out of the way, wherever there is room; "put it down", "set it aside"."""


@dataclass(frozen=True, slots=True)
class WhereItWas(Place):
    """Where the thing was before it was moved."""


@dataclass(frozen=True, slots=True)
class WhereWas(Place):
    """Where another thing was before it was moved: "where the red one was", "the red one's old place"."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Here(Place):
    """A place that the person points at: "here", "there", "that spot"."""


@dataclass(frozen=True, slots=True)
class Point(Place):
    """A point in the picture, 0 to 1 from the left and from the top."""

    u: float
    v: float


@dataclass(frozen=True, slots=True)
class Shift(Place):
    """From where the thing is now, some way in a direction: "10 cm to the left"."""

    direction: Direction
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Toward(Place):
    """Nearer to a thing."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class AwayFrom(Place):
    """Farther from a thing."""

    thing: Thing
    by: By | None = None

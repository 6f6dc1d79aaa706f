"""Tasks of one action."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Condition, Place, Task, Thing, Value
from sayso.planner.task.values.lengths import By
from sayso.planner.task.values.words import Direction, Jaw, Key, Shape, Spot


@dataclass(frozen=True, slots=True)
class Pick(Task):
    """Pick up, take, grab, lift; the hand keeps the thing."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Put(Task):
    """Put, move, place, bring a thing to a place."""

    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True)
class Push(Task):
    """Push, slide, nudge a thing over the table without lifting it."""

    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True)
class Stack(Task):
    """Stack several things; in the order in which they are named from the bottom up, unless ``by`` orders them."""

    thing: Thing
    place: Place | None = None
    by: Key | None = None


@dataclass(frozen=True, slots=True)
class Arrange(Task):
    """Arrange several things in a shape."""

    thing: Thing
    shape: Shape
    place: Place | None = None
    by: Key | None = None


@dataclass(frozen=True, slots=True)
class Sort(Task):
    """Sort things by color, kind or size, into containers if ``into`` names them."""

    thing: Thing
    by: Key
    into: Thing | None = None


@dataclass(frozen=True, slots=True)
class Swap(Task):
    """Exchange the places of two things."""

    one: Thing
    other: Thing


@dataclass(frozen=True, slots=True)
class Hold(Task):
    """Pick up a thing and hold it in the air, or go on holding it."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Hand(Task):
    """Hand a thing over to the person who speaks: "give me", "pass me"."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Release(Task):
    """Let go of what is held, put it down where the hand is."""


@dataclass(frozen=True, slots=True)
class PointAt(Task):
    """Show a thing by pointing at it."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Turn(Task):
    """Turn a thing about the upright axis; degrees, clockwise from above positive, None: some."""

    thing: Thing
    degrees: float | None = None


@dataclass(frozen=True, slots=True)
class Tip(Task):
    """Turn a container over, tip out what it holds, or set a thing upright."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Open(Task):
    """Open a drawer, a box, a door, a lid."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Close(Task):
    """Close a drawer, a box, a door, a lid."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Press(Task):
    """Press a button or a switch."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Pour(Task):
    """Pour what a thing holds into a place."""

    thing: Thing
    place: Place


@dataclass(frozen=True, slots=True)
class Wipe(Task):
    """Wipe a thing or a place."""

    thing: Thing | Place


@dataclass(frozen=True, slots=True)
class Gripper(Task):
    """Open or close the gripper."""

    jaw: Jaw


@dataclass(frozen=True, slots=True)
class Go(Task):
    """Move the arm to a posture with a name."""

    spot: Spot


@dataclass(frozen=True, slots=True)
class GoTo(Task):
    """Move the hand to a place or above a thing, without taking anything: "go over to the bowl"."""

    place: Place


@dataclass(frozen=True, slots=True)
class Way(Value):
    """A direction and how far."""

    direction: Direction
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Move(Task):
    """Move the arm in one or several directions: "up a bit", "left and down"."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Approach(Task):
    """Move the arm nearer to a thing: "closer to the bowl"."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Retreat(Task):
    """Move the arm away from a thing: "away from the glass"."""

    thing: Thing
    by: By | None = None


@dataclass(frozen=True, slots=True)
class Wait(Task):
    """Do nothing until a condition holds: ``wait(after(5))``, ``wait(event("I am ready"))``."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Unable(Task):
    """Something that no arm at a table does or no other value says, in the speaker's words: "bake a cake"."""

    words: str


@dataclass(frozen=True, slots=True)
class Harm(Task):
    """What would hurt somebody or break something."""


@dataclass(frozen=True, slots=True)
class Undo(Task):
    """Undo what was done last: "put it back as it was", "undo that"."""


@dataclass(frozen=True, slots=True)
class Again(Task):
    """Do once more what was done last; with ``thing``, the same with another thing."""

    thing: Thing | None = None

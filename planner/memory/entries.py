"""The entries of the memory, each one line of JSON that a person can read and edit."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from sayso.planner.task.text import parse
from sayso.planner.task.values import Rule, Task, Thing, Value
from sayso.skills.motion import parse as parse_motion

LONGEST = 2000
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Point = tuple[Coordinate, Coordinate]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]


def _of(kind: type[Value]) -> AfterValidator:
    def check(text: str) -> str:
        parse(text, kind)
        return text

    return AfterValidator(check)


class Entry(BaseModel):
    """One thing remembered since ``when``; things are named by color and kind, points are x, y in m in the base frame.

    ``robot`` is the name of the robot on whose table it is; rules and preferences hold for all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    when: AwareDatetime


class Named(Entry):
    """A ``thing`` has a ``name``; it was last ``at`` a point."""

    kind: Literal["name"] = "name"
    name: Text
    thing: Text
    at: Point
    robot: str


class Standing(Entry):
    """A ``rule`` of the task language that holds until it is forgotten, and how it was ``said``."""

    kind: Literal["rule"] = "rule"
    said: Text
    rule: Annotated[Text, _of(Rule)]


class Preferred(Entry):
    """The ``thing`` of the task language that is meant where several fit, and how it was ``said``."""

    kind: Literal["preference"] = "preference"
    said: Text
    thing: Annotated[Text, _of(Thing)]


class Moved(BaseModel):
    """A ``thing`` that was at the point ``was``, in or on the thing ``was_in``, and is at the point ``now``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    thing: Text
    was: Point
    was_in: str | None = None
    now: Point


class Done(Entry):
    """An instruction as it was ``said``, its ``task``, its ``outcome``, and what ``moved``, in order."""

    kind: Literal["done"] = "done"
    said: Text
    task: Annotated[Text, _of(Task)] | None = None
    outcome: str
    moved: tuple[Moved, ...] = ()
    robot: str


class Seen(Entry):
    """A ``thing`` was last seen ``at`` a point, in or on the thing ``inside``."""

    kind: Literal["seen"] = "seen"
    thing: Text
    at: Point
    inside: str | None = None
    robot: str


class Tip(Entry):
    """Something to think of: what a person asked to remember, or why the instruction ``said`` failed."""

    kind: Literal["tip"] = "tip"
    text: Text
    said: str = ""
    robot: str = ""


Phase = Literal["reaching", "lifting", "carrying", "leaving"]
Span = tuple[Coordinate, Coordinate]


class Habit(Entry):
    """What people said to the moving ``arm`` in like circumstances, in ``words``; from so many ``corrections``.

    In this ``phase`` of a subtask, for things with this ``height`` and ``width``, with the hand so far ``above`` and
    ``off`` (spans in m, see `sayso.planner.execution.habits`), the language motion is ``motion``, or the robot's own,
    ``slowly``; or the goal is ``shift`` m (x, y, z) beside where the robot sees it, and ``turn`` rad about the base
    farther left.
    """

    kind: Literal["habit"] = "habit"
    words: Text
    motion: Annotated[Text, AfterValidator(lambda text: str(parse_motion(text)))] | None = None
    slowly: bool = False
    shift: tuple[Coordinate, Coordinate, Coordinate] | None = None
    turn: Coordinate | None = None
    phase: Phase
    height: Span
    width: Span
    above: Span
    off: Span
    arm: str
    corrections: int


AnyEntry = Annotated[Named | Standing | Preferred | Done | Seen | Tip | Habit, Field(discriminator="kind")]
_READS: TypeAdapter[AnyEntry] = TypeAdapter(AnyEntry)


def parse_entry(line: str | bytes) -> AnyEntry:
    """The entry in a line. Raises ValueError with what is wrong, in one line."""
    try:
        return _READS.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:] or first["loc"])
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from None


def written(entry: AnyEntry) -> str:
    """The line of an entry, without its end."""
    fields = entry.model_dump(mode="json", exclude_none=True)
    ordered = {"kind": fields.pop("kind"), "when": fields.pop("when")} | fields
    return json.dumps({k: v for k, v in ordered.items() if v not in ("", [])}, ensure_ascii=False)


def thing_name(thing: str) -> tuple[str, str]:
    """Color and kind of the name of a thing: "red block"."""
    color, _, kind = thing.partition(" ")
    return color, kind


def seconds_since(entry: Entry, now: datetime) -> float:
    """Age of an entry, s; never negative."""
    return max(0.0, (now - entry.when).total_seconds())

"""The classes of values that the others derive from, which are all that a field names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the task language."""


class Utterance(Value):
    """What a whole sentence means."""

    __slots__ = ()


class Task(Utterance):
    """What the robot is to do."""

    __slots__ = ()


class Thing(Value):
    """One or several things, described."""

    __slots__ = ()


class Modifier(Value):
    """What narrows a description."""

    __slots__ = ()


class Place(Modifier):
    """Where a thing goes; in a description, where the thing is."""

    __slots__ = ()


class Condition(Value):
    """What can be true or false of the table."""

    __slots__ = ()


class Constraint(Value):
    """What holds while the rest runs."""

    __slots__ = ()


class Length(Value):
    """A length in the speaker's words: a number and a unit."""

    __slots__ = ()

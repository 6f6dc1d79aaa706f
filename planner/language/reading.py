"""The reading of an instruction without the scene: clauses with actions and mentions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sayso.perception.scene import COLORS, KINDS, Likely

ANY, OTHER, SAME, TABLE = "any", "other", "same", "table"
KIND_WORDS = (*KINDS, ANY, OTHER, TABLE)
"""Kinds of a mention: the scene's, unnamed ("the green one"), unknown, the table."""
COLOR_WORDS = (*COLORS, ANY, OTHER, SAME)
"""Colors of a mention; SAME is "the bowl of the same color"."""
NUMBERS = ("1", "2", "3", "4")


class Intent(StrEnum):
    """The intent of a whole sentence."""

    TASK = "task"
    UNSAFE = "unsafe"
    UNABLE = "unable"
    CHAT = "chat"


class Action(StrEnum):
    """The action of a clause; LEFT, RIGHT, FRONT and BEHIND without a reference move the object from its place."""

    PICK = "pick up"
    IN = "put in"
    ON = "put on"
    STACK = "stack"
    LEFT = "move left"
    RIGHT = "move right"
    FRONT = "move in front"
    BEHIND = "move behind"
    BESIDE = "put beside"
    PUT = "put"
    FORBID = "leave alone"
    OTHER = "other"


class Role(StrEnum):
    """The role of a span of words in its clause; the last three are distances."""

    OBJECT = "object"
    REFERENCE = "reference"
    SOURCE = "source"
    EXCEPT = "except"
    MEASURE = "measure"
    LITTLE = "little"
    FAR = "far"


DISTANCES = (Role.MEASURE, Role.LITTLE, Role.FAR)


class Quantity(StrEnum):
    """How many of the fitting objects a mention means."""

    THE = "the"
    ANY = "any"
    ALL = "all"
    IT = "it"
    THEM = "them"
    ANOTHER = "another"
    REST = "rest"
    HELD = "held"


class Side(StrEnum):
    """The outermost object on one side, in the robot's view."""

    NONE = "none"
    LEFT = "left"
    RIGHT = "right"
    NEAR = "near"
    FAR = "far"
    LARGE = "large"
    SMALL = "small"


TAGS = ("O", *(f"{part}-{role}" for role in Role for part in "BI"))
HEADS: dict[str, tuple[str, ...]] = {
    "tag": TAGS,
    "begin": ("inside", "begin"),
    "action": tuple(Action),
    "order": ("keep", "earlier"),
    "kind": KIND_WORDS,
    "color": COLOR_WORDS,
    "quantity": tuple(Quantity),
    "number": NUMBERS,
    "side": tuple(Side),
    "intent": tuple(Intent),
}
"""The learned heads and the labels of each, in the order of the network's outputs."""


@dataclass(frozen=True, slots=True)
class Mention(Likely):
    """A mention of an object, from character ``start`` on.

    ``kinds`` and ``colors`` map `KIND_WORDS` and `COLOR_WORDS` to probabilities.
    """

    text: str
    role: Role
    kinds: Mapping[str, float]
    colors: Mapping[str, float]
    quantity: Quantity = Quantity.THE
    number: int = 1
    side: Side = Side.NONE
    start: int = 0

    @property
    def is_group(self) -> bool:
        """Whether the mention means several objects, unordered."""
        return self.quantity in (Quantity.ALL, Quantity.THEM, Quantity.REST) or self.number > 1


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with one action: probabilities ``actions``, ``distance`` in m or None.

    It spans the characters ``start`` to ``end``.
    """

    text: str
    actions: Mapping[str, float]
    mentions: tuple[Mention, ...] = ()
    distance: float | None = None
    start: int = 0
    end: int = 0

    @property
    def action(self) -> Action:
        """The most probable action."""
        return Action(max(self.actions, key=lambda a: self.actions[a]))

    def having(self, role: Role) -> tuple[Mention, ...]:
        """The mentions with this role, in order."""
        return tuple(m for m in self.mentions if m.role is role)


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole instruction: probabilities ``intents``, and ``clauses`` in order of execution."""

    text: str
    intents: Mapping[str, float]
    clauses: tuple[Clause, ...]

    @property
    def intent(self) -> Intent:
        """The most probable intent."""
        return Intent(max(self.intents, key=lambda i: self.intents[i]))

"""The bare words of the language."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """A side of the table or of a thing."""

    LEFT = "left"
    RIGHT = "right"
    NEAR = "near"
    FAR = "far"


class Rank(StrEnum):
    """What things are ordered by, the first being the farthest to that side, or the biggest, smallest, …"""

    LEFT = "left"
    RIGHT = "right"
    NEAR = "near"
    FAR = "far"
    BIG = "big"
    SMALL = "small"
    TALL = "tall"
    SHORT = "short"
    TOP = "top"
    BOTTOM = "bottom"
    MIDDLE = "middle"


class Size(StrEnum):
    """A size that is no superlative."""

    BIG = "big"
    SMALL = "small"
    TALL = "tall"
    SHORT = "short"


class Direction(StrEnum):
    """A direction of the arm or of a thing."""

    LEFT = "left"
    RIGHT = "right"
    FORWARD = "forward"
    BACK = "back"
    UP = "up"
    DOWN = "down"


class Degree(StrEnum):
    """How much, without a number."""

    LITTLE = "little"
    LOT = "lot"


class Key(StrEnum):
    """What things are sorted by or ordered by."""

    COLOR = "color"
    KIND = "kind"
    SIZE = "size"
    HEIGHT = "height"


class Pace(StrEnum):
    """A speed: relative to the present one, or of its own."""

    SLOWER = "slower"
    FASTER = "faster"
    SLOW = "slow"
    FAST = "fast"
    NORMAL = "normal"


class Shape(StrEnum):
    """The shape in which things are arranged."""

    LINE = "line"
    COLUMN = "column"
    CIRCLE = "circle"
    TOWERS = "towers"
    APART = "apart"
    TOGETHER = "together"


class Jaw(StrEnum):
    """What the gripper does."""

    OPEN = "open"
    CLOSE = "close"


class Spot(StrEnum):
    """A posture of the arm that has a name."""

    HOME = "home"
    REST = "rest"


class About(StrEnum):
    """What a question to the robot is about."""

    SEE = "see"
    WHERE = "where"
    COUNT = "count"
    WHAT = "what"
    DOING = "doing"
    WHY = "why"
    ABLE = "able"


class Reply(StrEnum):
    """A bare answer to the robot's question."""

    YES = "yes"
    NO = "no"
    ANY = "any"
    NONE = "none"
    UNSURE = "unsure"

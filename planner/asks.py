"""Names for how much the robot asks before it acts."""

from __future__ import annotations

from enum import StrEnum


class Asks(StrEnum):
    """How much the robot asks; `caution` says it as a number (`sayso.planner.reader.asking`)."""

    NEVER = "never"
    LESS = "less"
    NORMAL = "normal"
    MORE = "more"
    ALWAYS = "always"

    @property
    def caution(self) -> float:
        """From -1, which dares most, to 1, which asks before everything."""
        return {Asks.NEVER: -1.0, Asks.LESS: -0.5, Asks.NORMAL: 0.0, Asks.MORE: 0.9, Asks.ALWAYS: 1.0}[self]

"""The causes of failure that the critic tells apart."""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """Why a subtask fails, in the order of the critic's logits."""

    NONE = "none"
    MISSED = "missed"  # the fingers have closed on nothing
    SLIPPED = "slipped"  # the thing has left the hand
    WRONG = "wrong thing"  # the hand has, or goes for, another thing
    GONE = "gone"  # the thing or its target is not there any more
    BLOCKED = "blocked"  # something is where the thing is to go
    STUCK = "stuck"  # the arm does not get where it is to go
    SENSOR = "sensor"  # a camera does not show what is there


CAUSES = tuple(Cause)

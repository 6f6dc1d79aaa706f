"""What a motion is about: the numbers of one object and of the place it goes to, taken from the scene."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.hardware.types import Array


@dataclass(frozen=True, slots=True)
class SubtaskGoal:
    """The object of the current subtask and, when it is to be put somewhere, the place.

    ``position`` (3,), ``size`` (3,) m, ``yaw`` rad modulo 90°, base frame. ``place`` (3,) m is the point its underside
    goes to, None while picking up; ``tolerance`` m how far beside it may be let go; ``clearance`` m the top of the
    highest other object; ``held`` whether it is believed to be in the hand.
    """

    position: Array
    size: Array
    yaw: float
    held: bool = False
    place: Array | None = None
    tolerance: float = 0.006
    clearance: float = 0.0

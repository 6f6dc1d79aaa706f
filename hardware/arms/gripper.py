"""A jaw that turns against a fixed finger: how wide it is open at which angle."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, sin


@dataclass(frozen=True, slots=True)
class RotaryJaw:
    """A jaw on the ``joint`` of the URDF, shut at ``closed`` rad and as wide as it goes at ``wide`` rad.

    ``radius`` m from its axis to its tip; ``lean`` rad between that line and the fixed finger when it is shut.
    """

    joint: str
    closed: float
    wide: float
    radius: float
    lean: float

    def angle(self, opening: float) -> float:
        """The joint's position (rad) at which the tip is ``opening`` m from the fixed finger."""
        reached = min(max(opening / self.radius - sin(self.lean), -1.0), 1.0)
        turn = min(max(self.lean + asin(reached), 0.0), abs(self.wide - self.closed))
        return self.closed + (turn if self.wide > self.closed else -turn)

    def opening(self, angle: float) -> float:
        """How far (m) the tip is from the fixed finger at the joint's position ``angle`` rad."""
        turn = abs(angle - self.closed) if (angle > self.closed) == (self.wide > self.closed) else 0.0
        return self.radius * (sin(turn - self.lean) + sin(self.lean))

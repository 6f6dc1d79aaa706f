"""Geometry of a gripper with one rotary jaw against a fixed finger."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, sin


@dataclass(frozen=True, slots=True)
class RotaryJaw:
    """A jaw on ``joint`` of the URDF, shut at ``closed`` rad and fully open at ``wide`` rad.

    ``radius`` m from the jaw's axis to its tip; ``lean`` rad between that line and the fixed finger when shut.
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
        """Distance (m) between the tip and the fixed finger at joint position ``angle`` rad."""
        turn = abs(angle - self.closed) if (angle > self.closed) == (self.wide > self.closed) else 0.0
        return self.radius * (sin(turn - self.lean) + sin(self.lean))

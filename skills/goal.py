"""The subtask goal: numbers about where one thing is taken, how far it reaches from there, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.hardware.types import Array


@dataclass(frozen=True, slots=True)
class SubtaskGoal:
    """The grasp of the current subtask's thing and, for placing, its destination.

    ``position`` (3,) m is the point between the fingertips when they hold the thing, base frame; ``yaw`` rad, modulo
    180°, the tool's heading there; ``width`` m what lies between the fingers. The thing reaches ``hang`` m down from
    ``position`` and ``above`` m up. ``place`` (3,) m is where the point of the thing's underside below ``position``
    goes, None while picking up; ``tolerance`` m is the allowed horizontal error at release; ``clearance`` m the top of
    the highest other object; ``held``: the thing is believed to be in the hand. Where a block stands for the thing,
    for a policy from before grasps, ``fingers`` are the thing's own width and the hand's whole opening, m.
    """

    position: Array
    yaw: float
    width: float
    hang: float
    above: float
    held: bool = False
    place: Array | None = None
    tolerance: float = 0.006
    clearance: float = 0.0
    fingers: tuple[float, float] | None = None

    def opening(self, true: float) -> float:
        """The fingers' opening (m) as it would be on the block: ``true`` on a thing of another width."""
        if self.fingers is None:
            return true
        own, whole = self.fingers
        if true <= own:
            return true * self.width / own
        return self.width + (true - own) * (whole - self.width) / max(whole - own, 1e-3)

    @property
    def height(self) -> float:
        """The thing's height, m."""
        return self.hang + self.above

    @property
    def bottom(self) -> float:
        """The height of the thing's lowest point, m."""
        return float(self.position[2]) - self.hang

    @property
    def top(self) -> float:
        """The height of the thing's top, m."""
        return float(self.position[2]) + self.above

    @classmethod
    def of_box(cls, position: Array, size: Array, yaw: float, held: bool = False, place: Array | None = None,
               tolerance: float = 0.006, clearance: float = 0.0) -> SubtaskGoal:  # fmt: skip
        """The goal for a box of full extents ``size`` (3,) m that is taken at its center ``position`` (3,) m."""
        half = float(size[2]) / 2
        width = float(np.max(size[:2]))
        return cls(position, yaw, width, half, half, held, place, tolerance, clearance)

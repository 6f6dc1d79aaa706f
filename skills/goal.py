"""The subtask goal: numbers from the scene about one object and its destination."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.hardware.types import Array


@dataclass(frozen=True, slots=True)
class SubtaskGoal:
    """The object of the current subtask and, for placing, its destination.

    ``position`` (3,), ``size`` (3,) m, ``yaw`` rad modulo 90°, base frame. ``place`` (3,) m is the destination of the
    object's underside, None while picking up; ``tolerance`` m is the allowed horizontal error at release; ``clearance``
    m the top of the highest other object; ``held``: the object is believed to be in the hand. Where a block stands for
    another thing, ``fingers`` are the thing's width where the fingers close on it and the hand's whole opening, m.
    """

    position: Array
    size: Array
    yaw: float
    held: bool = False
    place: Array | None = None
    tolerance: float = 0.006
    clearance: float = 0.0
    fingers: tuple[float, float] | None = None

    def opening(self, true: float) -> float:
        """The fingers' opening (m) as it would be on the block: ``true`` on a thing of another width."""
        if self.fingers is None:
            return true
        (width, whole), block = self.fingers, float(self.size[0])
        if true <= width:
            return true * block / width
        return block + (true - width) * (whole - block) / max(whole - width, 1e-3)

"""The things of a world in the base frame, for benchmarks and demonstrations: where they are, and putting them."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array
from sayso.hardware.world import ObjectTruth, World
from sayso.hardware.worlds.frame import WorldFrame


class WorldObjects:
    """``places``: whether the world has `place`."""

    def __init__(self, world: World) -> None:
        self._world, self._base = world, WorldFrame(world)
        self.places = type(world).place is not World.place

    def truth(self) -> Mapping[str, ObjectTruth]:
        """All true poses. Raises `RobotError` for a world without `truth`."""
        truth = self._base.truth(self._world.truth())
        if truth is None:
            raise RobotError(f"{type(self._world).__name__} does not tell where things are; it has no truth()")
        return truth

    def place(self, object_id: str, position: Array, yaw: float = 0.0) -> None:
        """Put an object's center at ``position`` (3,) m, turned by ``yaw`` rad, at rest."""
        self._world.place(object_id, *self._base.out(position, yaw))

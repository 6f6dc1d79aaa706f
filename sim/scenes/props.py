"""What only the cameras notice: bodies without weight and contact, such as a hand or a sheet of paper."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.hardware.types import Array
from sayso.sim.bullet import pybullet as p


@dataclass(frozen=True, slots=True)
class Prop:
    """A box of full extents ``size`` (3,) m in ``color``, sRGB in 0..1."""

    size: tuple[float, float, float]
    color: tuple[float, float, float]


def add_prop(client: int, prop: Prop, position: tuple[float, float, float]) -> int:
    """Add ``prop`` with its center at ``position`` (3,) m; return its body id."""
    half = [side / 2 for side in prop.size]
    look = p.createVisualShape(p.GEOM_BOX, halfExtents=half, rgbaColor=[*prop.color, 1.0], physicsClientId=client)
    return int(p.createMultiBody(0, -1, look, position, physicsClientId=client))


def move_prop(client: int, body: int, position: Array, yaw: float = 0.0) -> None:
    """Put a prop's center at ``position`` (3,) m."""
    turn = p.getQuaternionFromEuler([0, 0, yaw])
    p.resetBasePositionAndOrientation(body, [float(v) for v in position], turn, physicsClientId=client)

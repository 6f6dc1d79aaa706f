"""The simulator's truth as a `Scene`: for demonstrations, labels and rungs of the ladder without perception."""

from __future__ import annotations

from collections.abc import Mapping

from hardware.types import Array, Pose
from perception.scene import Scene, SceneObject
from sim.world import ObjectTruth


def true_scene(
    truth: Mapping[str, ObjectTruth],
    t: float,
    tool: Pose,
    gripper: float,
    held: str | None = None,
    noise: Mapping[str, Array] | None = None,
) -> Scene:
    """The scene as perfect perception would give it; ``noise`` adds (4,) m and rad to an object's position and yaw."""
    objects = []
    for name, item in truth.items():
        position, yaw = item.position, item.yaw
        if noise is not None and name in noise:
            position, yaw = position + noise[name][:3], yaw + float(noise[name][3])
        objects.append(
            SceneObject(
                id=name,
                kinds={item.spec.kind: 1.0},
                colors={item.spec.color: 1.0},
                position=position,
                size=item.size,
                yaw=yaw,
                held=name == held,
            )
        )
    return Scene(t, tuple(objects), tool, gripper, held)

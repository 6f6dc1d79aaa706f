"""All that a world of somebody else's needs to name, in one place; see docs/add-a-world.md."""

from __future__ import annotations

import numpy as np

from sayso.hardware.arms.load import load_arm
from sayso.hardware.check_world import check_world
from sayso.hardware.types import Frame, JointState, JointTarget, Pose
from sayso.hardware.world import ObjectTruth, Task, World
from sayso.hardware.worlds.frame import WorldFrame
from sayso.hardware.worlds.views import depth_of, looking_at, pinhole
from sayso.sim.camera import DEFAULT_CAMERAS, FAR, NEAR, CameraSpec

LENSES: dict[str, CameraSpec] = {camera.name: camera for camera in DEFAULT_CAMERAS}
"""Two cameras, "left" and "right", where the shipped detector was trained for."""


def place_of(lens: CameraSpec, world: World) -> Pose:
    """Where ``lens`` stands in the world's own frame, as it does at the table of an arm that the models know."""
    base = WorldFrame(world)
    eye, target = (base.out(np.array(point), 0.0)[0] for point in (lens.eye, lens.target))
    return looking_at(eye, target)


__all__ = [
    "FAR",
    "LENSES",
    "NEAR",
    "CameraSpec",
    "Frame",
    "JointState",
    "JointTarget",
    "ObjectTruth",
    "Pose",
    "Task",
    "World",
    "check_world",
    "depth_of",
    "load_arm",
    "looking_at",
    "pinhole",
    "place_of",
]

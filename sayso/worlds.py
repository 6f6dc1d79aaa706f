"""All names that another package's world needs; see docs/add-a-world.md."""

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
"""Two cameras, "left" and "right", at the places that the shipped detector was trained for."""


def place_of(lens: CameraSpec, world: World) -> Pose:
    """The pose of ``lens`` in the world's frame, at the same place relative to the arm as in training."""
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

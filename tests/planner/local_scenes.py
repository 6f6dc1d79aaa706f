"""Scenes for the tests of the local planner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.types import Pose
from sayso.perception.scene import COLORS, KINDS, Scene, SceneObject

BLOCK, BOWL = (0.04, 0.04, 0.04), (0.15, 0.15, 0.055)


def thing(name: str, x: float, y: float, z: float | None = None) -> SceneObject:
    """A "red block" seen without doubt; its id is its name unless a number follows ("red block 2")."""
    color, kind, *_ = name.split()
    size = np.array(BLOCK if kind == "block" else BOWL)
    kinds = {k: float(k == kind) for k in KINDS}
    return SceneObject(
        name, kinds, {c: float(c == color) for c in COLORS}, np.array([x, y, size[2] / 2 if z is None else z]), size
    )


def scene(*things: SceneObject, held: str | None = None) -> Scene:
    """A scene of these, the tool above its middle."""
    objects = tuple(replace(t, held=t.id == held) for t in things)
    return Scene(0.0, objects, Pose(np.array([0.4, 0.0, 0.3]), np.eye(3)), 1.0, held)


TABLE = scene(
    thing("red block", 0.45, 0.10),
    thing("green block", 0.40, -0.10),
    thing("blue block", 0.55, 0.25),
    thing("yellow block", 0.50, -0.25),
    thing("blue bowl", 0.65, 0.00),
    thing("pink bowl", 0.35, 0.35),
)

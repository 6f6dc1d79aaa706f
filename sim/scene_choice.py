"""Which scene stands before an arm: the one asked for if the arm reaches it, else one it does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hardware.types import RobotSpec
from sim.palette import KINDS
from sim.scene_file import REACH, Area, load_scene
from sim.spawn import scene_with_room, spawn_area
from sim.spec import SceneSpec

MARGIN = 0.03  # a scene's author may go that much further out than objects are drawn at random


def area_of(spec: RobotSpec) -> Area:
    """Where a scene file may put objects for this arm."""
    if spec.reach is None:
        return REACH
    (x0, x1), (y0, y1) = spawn_area(spec.reach)
    return Area((x0 - MARGIN, x1 + MARGIN), (y0 - MARGIN, y1 + MARGIN), REACH.z)


def scene_for(spec: RobotSpec, scene: str | None, seed: int = 0) -> SceneSpec:
    """The ``scene`` by name or file; without one the tabletop, or its first colours where a smaller arm reaches them.

    Raises `SceneError`, for an object out of the arm's reach too.
    """
    if scene is not None or spec.reach is None:
        return load_scene(scene or "tabletop", area_of(spec))
    drawn = scene_with_room(np.random.default_rng(seed), 2, 1, reach=spec.reach)
    # What is said to one arm can be said to all.
    colors = {kind: iter([o.color for o in load_scene("tabletop").objects if o.kind == kind]) for kind in KINDS}
    return replace(drawn, objects=tuple(replace(o, color=next(colors[o.kind])) for o in drawn.objects))

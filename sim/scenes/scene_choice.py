"""Chooses the scene for an arm: the requested one within reach, or else a default within reach."""

from __future__ import annotations

from dataclasses import replace
from math import hypot

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import RobotSpec
from sayso.sim.scenes.palette import KINDS
from sayso.sim.scenes.scene_file import REACH, Area, check_scene, load_scene, scene_names
from sayso.sim.scenes.scene_fit import Room, fit_scene
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import scene_with_room, spawn_area

MARGIN = 0.03  # m, by which a scene file may exceed the area of randomly drawn objects


def area_of(spec: RobotSpec) -> Area:
    """The area in which a scene file may place objects for this arm."""
    if spec.reach is None:
        return REACH
    (x0, x1), (y0, y1) = spawn_area(spec.reach)
    limits = (x0 - MARGIN, x1 + MARGIN), (y0 - MARGIN, y1 + MARGIN)
    x, y = ((round(low, 6), round(high, 6)) for low, high in limits)
    return Area(x, y, REACH.z)


def check_reach(spec: RobotSpec, scene: SceneSpec) -> None:
    """Raise `SceneError` for the first object out of the arm's reach."""
    check_scene(scene, "scene", area_of(spec))


def scene_for(spec: RobotSpec, scene: str | None, seed: int = 0) -> SceneSpec:
    """The ``scene`` by name or file; None: the tabletop, or for a smaller arm a random scene in the same colors.

    A ready-made scene is moved within the arm's reach; a file is used unchanged. Raises `SceneError`, also for a file's
    object out of the arm's reach.
    """
    if scene is not None and spec.reach is not None and scene in scene_names():
        (x, y), outer, top = spawn_area(spec.reach), area_of(spec), float(spec.reach.upper[2])
        # Beyond the corners of its reach the arm cannot come down to the table.
        near = Room(outer.x, outer.y, top, hypot(x[1], max(-y[0], y[1])))
        rooms = Room(x, y, top), near, Room(outer.x, outer.y, top)
        return fit_scene(load_scene(scene), rooms, Kinematics(spec).forward(spec.home).position, f"scene '{scene}'")
    if scene is not None or spec.reach is None:
        return load_scene(scene or "tabletop", area_of(spec))
    drawn = scene_with_room(np.random.default_rng(seed), 2, 1, reach=spec.reach)
    # The tabletop's colors, so that the same instructions suit every arm.
    colors = {kind: iter([o.color for o in load_scene("tabletop").objects if o.kind == kind]) for kind in KINDS}
    return replace(drawn, objects=tuple(replace(o, color=next(colors[o.kind])) for o in drawn.objects))

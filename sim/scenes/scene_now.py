"""The scene that a table holds at this moment, as a scene file could describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sayso.hardware.world import ObjectTruth
from sayso.sim.scenes.scene_spec import SceneSpec

ON_TABLE_M = 0.002


def scene_now(scene: SceneSpec, truth: Mapping[str, ObjectTruth]) -> SceneSpec:
    """``scene`` with its objects where ``truth``, by object id, has them; an object without truth stays."""
    objects = []
    for spec in scene.objects:
        now = truth.get(spec.id)
        if now is not None:
            x, y, z = (round(float(v), 4) for v in now.position)
            foot = round(z - float(now.size[2]) / 2, 4)
            at = (x, y) if foot < ON_TABLE_M else (x, y, foot)
            spec = replace(spec, position=at, yaw=round(now.yaw, 4))
        objects.append(spec)
    return replace(scene, objects=tuple(objects))

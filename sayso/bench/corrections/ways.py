"""Tasks about the way and the place: over a pane of glass, into a narrow bowl."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.bench.corrections.worth import End, Moment, Wish, WorthCorrecting
from sayso.hardware.types import Box
from sayso.sim.bullet import pybullet as p
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import random_scene
from sayso.sim.table_world import TableWorld

APART_M = 0.30
PANE_M, PANE_HIGH_M = (0.16, 0.006), (0.05, 0.145)
NARROW_M = (0.076, 0.092)
SUNK_M, LEVEL = 0.006, 0.97
SLOW = 0.6


def _apart(rng: np.random.Generator, reach: Box | None, apart: float) -> tuple[SceneSpec, str]:
    """A block and a bowl at least ``apart`` m from each other."""
    while True:
        scene = random_scene(rng, 1, 1, reach=reach)
        bowl, block = scene.objects
        if np.hypot(*np.subtract(bowl.position[:2], block.position[:2])) >= apart:
            return scene, f"put the {block.color} block in the {bowl.color} bowl"


def _pane_scene(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    return _apart(rng, reach, APART_M)


def _pane(table: TableWorld, rng: np.random.Generator) -> float:
    """A pane of glass between block and bowl, which no camera sees; its height (m)."""
    bowl, block = table.physics.scene.objects
    a, b = np.array(block.position[:2]), np.array(bowl.position[:2])
    middle, way = a + 0.5 * (b - a), float(np.arctan2(*(b - a)[::-1]))
    high, c = float(rng.uniform(*PANE_HIGH_M)), table.physics.client
    half = [PANE_M[1] / 2, PANE_M[0] / 2, high / 2]
    shape = p.createCollisionShape(p.GEOM_BOX, halfExtents=half, physicsClientId=c)
    look = p.createVisualShape(p.GEOM_BOX, halfExtents=half, rgbaColor=[0.7, 0.9, 1.0, 0.4], physicsClientId=c)
    turn = p.getQuaternionFromEuler([0, 0, way])
    p.createMultiBody(0, shape, look, [*middle.tolist(), high / 2], turn, physicsClientId=c)
    return high


def _over_the_pane(now: Moment) -> Wish:
    """Carry it over the pane."""
    goal = now.aim
    if goal is None or not goal.held:
        return Wish(pace=SLOW)  # who has seen it fail speaks in time
    return Wish(replace(goal, clearance=max(goal.clearance, now.staged)), pace=SLOW)


def _narrow_scene(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    """A bowl that is hardly wider than the block."""
    scene, said = _apart(rng, reach, 0.16)
    wide = float(rng.uniform(*NARROW_M))
    objects = tuple(replace(o, size=(wide, wide, 0.06)) if o.kind == "bowl" else o for o in scene.objects)
    return replace(scene, objects=objects), said


def _sunk(end: End) -> bool:
    """Whether the block sits level in the bowl, its foot below the rim."""
    bowl = next(o for o in end.truth.values() if o.kind == "bowl")
    block = next(o for o in end.truth.values() if o.kind == "block")
    foot = block.position[2] - block.size[2] / 2 - (bowl.position[2] - bowl.size[2] / 2)
    inside = np.hypot(*(block.position - bowl.position)[:2]) < bowl.size[0] / 2
    return bool(inside and foot < bowl.size[2] - SUNK_M and block.upright > LEVEL and bowl.upright > LEVEL)


def _over_its_middle(now: Moment) -> Wish:
    """Let it go over the middle, to 4 mm."""
    goal = now.aim
    if goal is None or goal.place is None:
        return Wish()
    return Wish(replace(goal, tolerance=0.004))


WAYS = (
    WorthCorrecting(
        "glass pane", "a pane of glass that no camera sees stands in the way; carry the block higher",
        _pane_scene, _over_the_pane, stage=_pane, limit_s=18.0,
    ),
    WorthCorrecting(
        "narrow bowl", "the bowl is hardly wider than the block, which stays on its rim; let it go over the middle",
        _narrow_scene, _over_its_middle, done=_sunk, limit_s=18.0,
    ),
)  # fmt: skip

"""Tasks about where the hand takes a thing: a tall one, a heavy side, a camera or a joint that is off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.bench.corrections.worth import Moment, Wish, WorthCorrecting
from sayso.hardware.types import Array, Box
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import scene_with_room
from sayso.sim.table_world import TableWorld

PALM_M = 0.042
"""How far the fingers reach below the palm of the Panda's hand, less 3 mm."""
CAMERA_M = (0.016, 0.030)
JOINT_RAD = (0.030, 0.055)


def a_block(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    """One block among one to three others, perhaps with a bowl."""
    scene = scene_with_room(rng, int(rng.integers(2, 5)), int(rng.integers(0, 2)), reach=reach)
    block = next(o for o in scene.objects if o.kind == "block")
    return scene, f"pick up the {block.color} block"


def _tall(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    """One block of 9 to 11 cm."""
    scene = scene_with_room(rng, int(rng.integers(2, 5)), int(rng.integers(0, 2)), reach=reach)
    block = next(o for o in scene.objects if o.kind == "block")
    size = (float(rng.uniform(0.036, 0.044)), 0.0, float(rng.uniform(0.088, 0.11)))
    tall = replace(block, size=(size[0], size[0], size[2]))
    objects = tuple(tall if o.id == block.id else o for o in scene.objects)
    return SceneSpec(objects, scene.camera_jitter), f"pick up the {block.color} block"


def _at_the_top(now: Moment) -> Wish:
    """Take the upper part of a thing that is too tall for the fingers."""
    goal, thing = now.aim, now.thing
    if goal is None or thing is None:
        return Wish()
    top = float(thing.position[2] + thing.size[2] / 2)
    grip = max(float(thing.position[2]), top - PALM_M)
    position = np.array([*thing.position[:2], grip])
    half, width = top - grip, float(thing.size[:2].max())
    return Wish(replace(goal, position=position, width=width, hang=half, above=half, yaw=thing.yaw))


def _where_it_is(now: Moment) -> Wish:
    """Take the thing where it is, with the hand where it is."""
    goal, thing = now.aim, now.thing
    if goal is None or thing is None or goal.held:
        return Wish()
    believed = now.tick.body.tool.position
    return Wish(replace(goal, position=thing.position + (believed - now.tool), yaw=thing.yaw))


def _camera_off(rng: np.random.Generator) -> Array:
    """The camera stands too far left, so that everything seems to be too far right."""
    return np.array([0.0, -float(rng.uniform(*CAMERA_M)), 0.0])


def _joint_off(table: TableWorld, rng: np.random.Generator) -> None:
    """The first joint's encoder has slipped: the arm stands to the right of where it believes it does."""
    zero = np.zeros(table.spec.dof)
    zero[0] = float(rng.uniform(*JOINT_RAD))
    table.arm.zero = zero


GRIPS = (
    WorthCorrecting(
        "tall blocks", "the hand goes down until its palm pushes the block; close it higher", _tall, _at_the_top
    ),
    WorthCorrecting(
        "camera off", "the camera stands 2 to 3 cm too far left, so that the hand comes down right of the block",
        a_block, _where_it_is, seen_off=_camera_off,
    ),
    WorthCorrecting(
        "joint off", "the first joint stands 2 to 3 degrees beside its reading; the hand comes down left of the block",
        a_block, _where_it_is, stage=_joint_off,
    ),
)  # fmt: skip

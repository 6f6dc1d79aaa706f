"""Tasks worth correcting: scenes at which the shipped motion planner fails, and what a person knows about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sayso.hardware.types import Box
from sayso.hardware.world import ObjectTruth
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import scene_with_room
from sayso.skills.goal import SubtaskGoal

PALM_M = 0.042
"""How far the fingers reach below the palm of the Panda's hand, less 3 mm."""


@dataclass(frozen=True, slots=True)
class WorthCorrecting:
    """A task: ``scene(rng, reach)`` with its instruction; ``reason`` is why the shipped models fail, in words.

    ``understood(goal, truth)`` is the goal of the robot as a person would set it who sees the object's truth.
    """

    name: str
    reason: str
    scene: Callable[[np.random.Generator, Box | None], tuple[SceneSpec, str]]
    understood: Callable[[SubtaskGoal, ObjectTruth], SubtaskGoal]


def _tall(rng: np.random.Generator, reach: Box | None) -> tuple[SceneSpec, str]:
    """One block of 9 to 11 cm among one to three others."""
    scene = scene_with_room(rng, int(rng.integers(2, 5)), int(rng.integers(0, 2)), reach=reach)
    block = next(o for o in scene.objects if o.kind == "block")
    size = (float(rng.uniform(0.036, 0.044)), 0.0, float(rng.uniform(0.088, 0.11)))
    tall = replace(block, size=(size[0], size[0], size[2]))
    objects = tuple(tall if o.id == block.id else o for o in scene.objects)
    return SceneSpec(objects, scene.camera_jitter), f"pick up the {block.color} block"


def _gripped_at_the_top(goal: SubtaskGoal, truth: ObjectTruth) -> SubtaskGoal:
    """The upper part of a thing that is too tall for the fingers."""
    top = float(truth.position[2] + truth.size[2] / 2)
    grip = max(float(truth.position[2]), top - PALM_M)
    position = np.array([*truth.position[:2], grip])
    return replace(goal, position=position, size=np.array([*truth.size[:2], 2 * (top - grip)]), yaw=truth.yaw)


TASKS: Mapping[str, WorthCorrecting] = {
    task.name: task
    for task in (
        WorthCorrecting(
            "tall blocks",
            "the hand goes down until its palm pushes the block; close it higher",
            _tall,
            _gripped_at_the_top,
        ),
    )
}

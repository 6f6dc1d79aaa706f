"""The scene of a simulated arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sayso.sim.scenes.scene_spec import SceneSpec


def scene_of(arm: str, scene: str | None, seed: int) -> SceneSpec:
    """The scene of the simulated ``arm`` by the option --scene. Raises `SceneError`."""
    from sayso.sim.arms.own_arm import arm_model
    from sayso.sim.scenes.scene_choice import scene_for

    return scene_for(arm_model(arm).spec, scene, seed)

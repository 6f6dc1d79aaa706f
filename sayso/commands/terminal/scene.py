"""The scene of a simulated arm, and whether the arm needs the eyes for any thing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sayso.sim.scenes.scene_spec import SceneSpec


def scene_of(arm: str, scene: str | None, seed: int) -> SceneSpec:
    """The scene of the simulated ``arm`` by the option --scene. Raises `SceneError`."""
    from sayso.sim.arms.own_arm import arm_model
    from sayso.sim.scenes.scene_choice import scene_for

    return scene_for(arm_model(arm).spec, scene, seed)


def sees_things(eyes: bool | None, scene: SceneSpec | None) -> bool | None:
    """Whether the eyes are on: as --eyes or --no-eyes says, else where ``scene`` has more than blocks and bowls.

    None without both: then a real arm has them.
    """
    return eyes if eyes is not None or scene is None else not all(o.plain for o in scene.objects)

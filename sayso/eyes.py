"""How the stack comes by its scene: the contract, and the truthful stand-in for the rungs that leave perception out."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from hardware.types import JointState
from perception.scene import Scene
from sayso.collection.expert import hand_of
from sayso.truth import true_scene
from sim.teacher import Goal, in_hand
from sim.world import World
from skills.features import Proprioception


class Eyes(Protocol):
    """Gives the scene at every policy tick."""

    def see(self, state: JointState, body: Proprioception) -> Scene:
        """The scene now; `SEES_EVERY` policy ticks apart it rests on new camera frames."""
        ...


class TrueEyes:
    """The simulator's truth as a scene. Only benchmarks that say so use it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def see(self, state: JointState, body: Proprioception) -> Scene:
        """The true scene; what is held is judged from the fingers as a tracker would."""
        scene = true_scene(self._world.truth(), state.t, body.tool, state.gripper)
        hand = hand_of(body)
        held = next((o.id for o in scene.objects if in_hand(hand, Goal(o.position, o.size, o.yaw))), None)
        objects = tuple(replace(o, held=o.id == held) for o in scene.objects)
        return replace(scene, objects=objects, held=held)

"""A film of a simulated run: snapshots while it happens, drawn afterwards with the arm's own meshes and shadows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pybullet as p
from numpy.typing import NDArray

from hardware.clock import SimulatedClock
from hardware.types import Array
from sim.camera import OBSERVER, CameraSpec, SimCamera
from sim.world import World


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Joint positions of the arm and fingers and every body's pose at time ``t`` s."""

    t: float
    joints: Array
    bodies: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]


class Film:
    """Takes a snapshot of ``world`` every 1/``fps`` s of its clock, from now on."""

    def __init__(self, world: World, clock: SimulatedClock, fps: float = 12.5) -> None:
        self._world, self._clock, self._every = world, clock, 1.0 / fps
        self.fps = fps
        self.snapshots: list[Snapshot] = []
        step = clock.on_step

        def step_and_shoot() -> None:
            if step is not None:
                step()
            if clock.now() >= len(self.snapshots) * self._every - 1e-9:
                self._shoot()

        clock.on_step = step_and_shoot

    def _shoot(self) -> None:
        w = self._world
        states = p.getJointStates(w.robot, [*w.joints, *w.fingers], physicsClientId=w.client)
        poses = tuple(p.getBasePositionAndOrientation(b, physicsClientId=w.client) for b in w.bodies.values())
        self.snapshots.append(Snapshot(self._clock.now(), np.array([s[0] for s in states]), poses))

    def frames(self, camera: CameraSpec = OBSERVER, pretty: bool = True) -> Iterator[NDArray[np.uint8]]:
        """Draw every snapshot, (H, W, 3) uint8 RGB each."""
        w = self._world
        stage = World(w.scene, w.arm, w.appearance, pretty=pretty)
        shot = SimCamera(stage, self._clock, camera, shadows=True)
        try:
            for snap in self.snapshots:
                for j, v in zip([*stage.joints, *stage.fingers], snap.joints, strict=True):
                    p.resetJointState(stage.robot, j, float(v), physicsClientId=stage.client)
                for body, (position, turn) in zip(stage.bodies.values(), snap.bodies, strict=True):
                    p.resetBasePositionAndOrientation(body, position, turn, physicsClientId=stage.client)
                yield shot.read().rgb
        finally:
            stage.close()

"""Records a film of a simulated run: takes snapshots during the run and renders them later with meshes and shadows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.clock import SimulatedClock
from sayso.hardware.types import Array
from sayso.sim.arms.arm_models import ArmModel
from sayso.sim.bullet import pybullet as p
from sayso.sim.camera import FAR, CameraSpec, SimCamera, nearer
from sayso.sim.physics import OUT_OF_SIGHT, Appearance, Physics
from sayso.sim.scenes.props import Prop
from sayso.sim.scenes.scene_spec import SceneSpec

# Far enough away to show a whole Panda.
SEAT = CameraSpec("film", (1.62, -0.80, 0.86), (0.34, 0.02, 0.24), fov=36.0, width=768, height=576)
# Background wall, sRGB at the top and the bottom of the picture.
WALL = ((216, 224, 234), (246, 246, 244))


BodyPose = tuple[tuple[float, ...], tuple[float, ...]]
_MISSING: BodyPose = (OUT_OF_SIGHT, (0.0, 0.0, 0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Positions of arm and finger joints and the poses of all bodies and ``props`` at time ``t`` s."""

    t: float
    joints: Array
    bodies: tuple[BodyPose, ...]
    props: tuple[BodyPose, ...] = ()


class Stage:
    """A second world without physics that renders another world's snapshots from ``camera``, or from `SEAT`."""

    def __init__(
        self,
        scene: SceneSpec,
        arm: ArmModel,
        appearance: Appearance,
        props: Sequence[Prop] = (),
        camera: CameraSpec | None = None,
        pretty: bool = True,
    ) -> None:
        self._world = Physics(scene, arm, appearance, pretty=pretty)
        for prop in props:
            self._world.add_prop(prop)
        self._camera = SimCamera(self._world, SimulatedClock(1.0), camera or nearer(SEAT, arm.spec), shadows=True)

    def draw(self, snapshot: Snapshot) -> NDArray[np.uint8]:
        """Render one snapshot, (H, W, 3) uint8 RGB."""
        w = self._world
        for j, v in zip([*w.joints, *w.fingers], snapshot.joints, strict=True):
            p.resetJointState(w.robot, j, float(v), physicsClientId=w.client)
        props = [body for _, body in w.props]
        for bodies, poses in ((list(w.bodies.values()), snapshot.bodies), (props, snapshot.props)):
            later = [_MISSING] * (len(bodies) - len(poses))  # what came after this snapshot
            for body, (position, turn) in zip(bodies, [*poses, *later], strict=True):
                p.resetBasePositionAndOrientation(body, position, turn, physicsClientId=w.client)
        shot = self._camera.read()
        assert shot.depth is not None
        height = shot.rgb.shape[0]
        wall = np.linspace(*WALL, height)[:, None].astype(np.uint8)
        return np.where(shot.depth[..., None] > 0.97 * FAR, wall, shot.rgb)

    def close(self) -> None:
        """Close the world."""
        self._world.close()


class Film:
    """Takes a snapshot of ``world`` every 1/``fps`` s of its clock, from construction on."""

    def __init__(self, world: Physics, clock: SimulatedClock, fps: float = 12.5) -> None:
        self._world, self._clock, self._every = world, clock, 1.0 / fps
        self.fps = fps
        self.snapshots: list[Snapshot] = []
        self._taken = 0
        clock.subscribe(self._stepped)

    def _stepped(self) -> None:
        if self._clock.now() >= self._taken * self._every - 1e-9:
            self._shoot()
            self._taken += 1

    def clear(self) -> None:
        """Delete all snapshots."""
        self.snapshots.clear()

    @property
    def times(self) -> list[float]:
        """The time of each snapshot, s on the world's clock."""
        return [snapshot.t for snapshot in self.snapshots]

    @property
    def set(self) -> tuple[SceneSpec, ArmModel, Appearance, tuple[Prop, ...]]:
        """The arguments of a `Stage` for this film."""
        w = self._world
        return w.scene, w.arm, w.appearance, tuple(prop for prop, _ in w.props)

    def _shoot(self) -> None:
        w = self._world
        states = p.getJointStates(w.robot, [*w.joints, *w.fingers], physicsClientId=w.client)
        joints = np.array([s[0] for s in states])
        props = tuple(self._pose(body) for _, body in w.props)
        self.snapshots.append(Snapshot(self._clock.now(), joints, tuple(map(self._pose, w.bodies.values())), props))

    def _pose(self, body: int) -> BodyPose:
        return p.getBasePositionAndOrientation(body, physicsClientId=self._world.client)  # type: ignore[no-any-return]

    def frames(self, camera: CameraSpec | None = None, pretty: bool = True) -> Iterator[NDArray[np.uint8]]:
        """Render every snapshot, (H, W, 3) uint8 RGB each."""
        stage = Stage(*self.set, camera, pretty)
        try:
            yield from map(stage.draw, self.snapshots)
        finally:
            stage.close()

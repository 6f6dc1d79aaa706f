"""A table of things that came to rest in physics, seen by cameras and reached for by a hand."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from sayso.hardware.types import Array
from sayso.sim.arms.arm_models import ArmModel, panda
from sayso.sim.bullet import pybullet as p
from sayso.sim.grasps.hand import FlyingHand
from sayso.sim.render.layout import Table, shadow_of
from sayso.sim.render.picture import HeightMap
from sayso.sim.render.tables import TableThing
from sayso.sim.scenes.thing_bodies import add_bare

HZ = 250.0
SOLVER_STEPS = 20
DROP = 0.001  # m
REST_S, STEP_S = 2.5, 0.25
STILL = 0.004  # m/s and rad/s · 0.1 m below which a thing rests
TABLE_FRICTION = 0.9
SIDE = 1.3  # m
FALLEN = -0.05
NEAR = 0.02  # m around a thing's extents


class GraspTable:
    """One PyBullet client with a table at height 0, ``things`` that came to rest on it, and the hand of ``arm``.

    `things` are those that rest on the table, with their poses. A thing that rolls on is not among them, and is
    removed. The state at rest is kept: `restore` returns to it, for any number of trials.
    """

    def __init__(self, things: Sequence[TableThing], arm: ArmModel | None = None) -> None:
        self.client = c = p.connect(p.DIRECT)
        self._gone = weakref.finalize(self, p.disconnect, physicsClientId=c)
        p.setPhysicsEngineParameter(
            fixedTimeStep=1 / HZ, numSolverIterations=SOLVER_STEPS, solverResidualThreshold=1e-5,
            deterministicOverlappingPairs=1, physicsClientId=c,
        )  # fmt: skip
        p.setGravity(0, 0, -9.81, physicsClientId=c)
        floor = p.createCollisionShape(p.GEOM_BOX, halfExtents=[SIDE, SIDE, 0.05], physicsClientId=c)
        self.table = p.createMultiBody(0, floor, -1, [0, 0, -0.05], physicsClientId=c)
        p.changeDynamics(self.table, -1, lateralFriction=TABLE_FRICTION, physicsClientId=c)
        bodies = [self._add(thing) for thing in things]
        self._rest(bodies)
        kept = [k for k, body in enumerate(bodies) if self._rests(body)]
        for k in set(range(len(bodies))) - set(kept):
            p.removeBody(bodies[k], physicsClientId=c)
        self.bodies = [bodies[k] for k in kept]
        self.things = [self._resting(things[k], bodies[k]) for k in kept]
        self.hand = FlyingHand(c, arm or panda())
        self._masses = [float(p.getDynamicsInfo(body, -1, physicsClientId=c)[0]) for body in self.bodies]
        self._focus: int | None = None
        self._state = p.saveState(physicsClientId=c)

    def _add(self, thing: TableThing) -> int:
        if thing.solid is None:
            raise ValueError(f"a {thing.kind} without a solid cannot be put into physics")
        turn = Rotation.from_matrix(thing.placed.rotation).as_quat().tolist()
        return add_bare(self.client, thing.kind, thing.solid, thing.placed.position + np.array([0, 0, DROP]), turn)

    def _rest(self, bodies: Sequence[int]) -> None:
        for _ in range(int(REST_S / STEP_S)):
            for _ in range(int(STEP_S * HZ)):
                p.stepSimulation(physicsClientId=self.client)
            if all(self._still(body) for body in bodies):
                return

    def _still(self, body: int) -> bool:
        linear, angular = p.getBaseVelocity(body, physicsClientId=self.client)
        return bool(np.linalg.norm(linear) < STILL and np.linalg.norm(angular) < 10 * STILL)

    def _rests(self, body: int) -> bool:
        (x, y, z), _ = p.getBasePositionAndOrientation(body, physicsClientId=self.client)
        return self._still(body) and z > FALLEN and max(abs(x), abs(y)) < SIDE / 2

    def _resting(self, thing: TableThing, body: int) -> TableThing:
        position, turn = p.getBasePositionAndOrientation(body, physicsClientId=self.client)
        rotation = Rotation.from_quat(turn).as_matrix()
        return replace(thing, placed=replace(thing.placed, position=np.array(position), rotation=rotation))

    def restore(self) -> None:
        """Return to the state at rest."""
        p.restoreState(stateId=self._state, physicsClientId=self.client)

    def focus(self, thing: int) -> None:
        """Fix in place what is not near a thing, by its number: what is free to move costs time."""
        if thing == self._focus:
            return
        low, high = p.getAABB(self.bodies[thing], physicsClientId=self.client)
        near = p.getOverlappingObjects(
            [v - NEAR for v in low], [v + NEAR for v in high], physicsClientId=self.client
        ) or ()  # fmt: skip
        free = {body for body, _ in near} | {self.bodies[thing]}
        for body, mass in zip(self.bodies, self._masses, strict=True):
            p.changeDynamics(body, -1, mass=mass if body in free else 0.0, physicsClientId=self.client)
        self._focus = thing

    def step(self, seconds: float) -> None:
        """Advance the physics by ``seconds``, rounded to whole steps."""
        for _ in range(max(round(seconds * HZ), 1)):
            p.stepSimulation(physicsClientId=self.client)

    def position(self, thing: int) -> Array:
        """The middle (3,) m of the extents of a thing by its number."""
        return np.array(p.getBasePositionAndOrientation(self.bodies[thing], physicsClientId=self.client)[0])

    def heights(self, rng: np.random.Generator) -> HeightMap:
        """The heights of what is on the table, for the shadows in a picture."""
        table = Table(SIDE)
        for thing in self.things:
            mesh = thing.placed.mesh.moved(thing.placed.rotation, thing.placed.position)
            shadow = shadow_of(mesh, rng)
            table.cover(shadow)
        return table.map()

    def close(self) -> None:
        """Disconnect the client; safe to call twice."""
        self._gone()

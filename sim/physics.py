"""A table with an arm and objects in PyBullet; the only source of ground truth."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array
from sayso.hardware.world import ObjectTruth
from sayso.sim.arms.arm_models import ArmModel, panda
from sayso.sim.bullet import pybullet as p
from sayso.sim.bullet import quiet
from sayso.sim.scenes.palette import ALL_COLORS, COLORS, MIXED
from sayso.sim.scenes.props import Prop, add_prop
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.shapes import add_object

PHYSICS_HZ = 250.0
SETTLE_STEPS = 25
OUT_OF_SIGHT = (-3.0, 3.0, -1.0)  # m, farther away than any camera sees


@dataclass(frozen=True, slots=True)
class Appearance:
    """Irrelevant variation between worlds: color shades, light, table color, friction."""

    shades: tuple[tuple[float, float, float], ...] = ()
    table: tuple[float, float, float] = (0.72, 0.62, 0.50)
    light: tuple[float, float, float] = (0.3, -0.4, 1.2)
    ambient: float = 0.62
    diffuse: float = 0.38
    specular: float = 0.05
    friction: float = 0.9


def random_appearance(rng: np.random.Generator, objects: int) -> Appearance:
    """Draw an appearance; each object's color gets its own shade."""
    ambient = float(rng.uniform(0.5, 0.7))
    warm = rng.uniform(0.75, 1.0, 3)
    return Appearance(
        shades=tuple(tuple(float(v) for v in rng.normal(0.0, 0.025, 3)) for _ in range(objects)),  # type: ignore[misc]
        table=tuple(float(v) for v in rng.uniform(0.25, 0.9) * warm),  # type: ignore[arg-type]
        light=(float(rng.uniform(-1.0, 1.0)), float(rng.uniform(-1.0, 1.0)), float(rng.uniform(0.8, 1.6))),
        ambient=ambient,
        diffuse=float(rng.uniform(0.2, 0.95 - ambient)),
        specular=float(rng.uniform(0.0, 0.12)),
        friction=float(rng.uniform(0.7, 1.1)),
    )


@dataclass
class Physics:
    """One PyBullet client with a table, an arm and the objects of ``scene``.

    ``pretty`` loads the arm's own meshes, for videos. Raises `RobotError` if PyBullet cannot load the arm, KeyError for
    a color without a palette entry.
    """

    scene: SceneSpec
    arm: ArmModel = field(default_factory=panda)
    appearance: Appearance = field(default_factory=Appearance)
    pretty: bool = False

    def __post_init__(self) -> None:
        self.client = p.connect(p.DIRECT)
        # Disconnects the client of a world that was garbage-collected without `close`.
        self._gone = weakref.finalize(self, p.disconnect, physicsClientId=self.client)
        self._build()

    def reset(self, scene: SceneSpec, appearance: Appearance | None = None) -> None:
        """Rebuild the world with another scene in the same client."""
        self.scene, self.appearance = scene, appearance or self.appearance
        self._build()

    def _build(self) -> None:
        c = self.client
        p.resetSimulation(physicsClientId=c)
        p.setPhysicsEngineParameter(
            fixedTimeStep=1 / PHYSICS_HZ, numSolverIterations=20, solverResidualThreshold=1e-5,
            deterministicOverlappingPairs=1, physicsClientId=c,
        )  # fmt: skip
        p.setGravity(0, 0, -9.81, physicsClientId=c)
        half = [0.42, 0.6, 0.02]
        table = p.createCollisionShape(p.GEOM_BOX, halfExtents=half, physicsClientId=c)
        top = p.createVisualShape(
            p.GEOM_BOX,
            halfExtents=half,
            rgbaColor=[*self.appearance.table, 1],
            specularColor=[0.05] * 3,
            physicsClientId=c,
        )
        self.table = p.createMultiBody(0, table, top, [0.5, 0, -0.02], physicsClientId=c)
        p.changeDynamics(self.table, -1, lateralFriction=self.appearance.friction, physicsClientId=c)
        spec = self.arm.spec
        if self.pretty:
            p.setAdditionalSearchPath(str(spec.urdf).rsplit("/", 1)[0], physicsClientId=c)
        flags = p.URDF_ENABLE_CACHED_GRAPHICS_SHAPES
        file = (self.arm.full_urdf if self.pretty else "") or self.arm.lite_urdf
        try:
            with quiet(1):  # PyBullet prints the defaults that it assumes for incomplete links
                at = [0.0, 0.0, spec.base_height]
                self.robot = p.loadURDF(file, at, useFixedBase=True, flags=flags, physicsClientId=c)
        except p.error as error:
            raise RobotError(f"the simulator cannot load {spec.urdf}: {error}") from error
        infos = [
            p.getJointInfo(self.robot, j, physicsClientId=c)
            for j in range(p.getNumJoints(self.robot, physicsClientId=c))
        ]
        index = {info[1].decode(): info[0] for info in infos}
        self.joints = [index[name] for name in spec.joints]
        self.fingers = [index[name] for name in self.arm.finger_joints]
        # With a single finger, the opposite pad is the link that carries the finger.
        pads = self.fingers if len(self.fingers) != 1 else [*self.fingers, infos[self.fingers[0]][16]]
        for j in pads:
            link = {"lateralFriction": 1.3, "spinningFriction": 0.02}
            p.changeDynamics(self.robot, j, **link, physicsClientId=c)
        self._gear()
        self._tip = next((info[0] for info in infos if spec.tip in (info[12].decode(), info[1].decode())), None)
        self.bodies: dict[str, int] = {}
        self._held: dict[str, float] = {}  # masses of the objects that `hold` holds
        self.props: list[tuple[Prop, int]] = []  # with their body ids
        for i, item in enumerate(self.scene.objects):
            self._add_body(i, item)
        self.set_joints(spec.home)
        self._settle()

    def _add_body(self, number: int, item: ObjectSpec) -> None:
        shades = self.appearance.shades
        shade = shades[number] if number < len(shades) else (0.0, 0.0, 0.0)
        base = COLORS["gray"] if item.color == MIXED else ALL_COLORS[item.color]
        color = np.clip(np.array(base) + shade, 0.0, 1.0)
        self.bodies[item.id] = add_object(self.client, item, tuple(color), self.appearance.friction)

    def _settle(self) -> None:
        """Let the objects come to rest, then sleep until touched: only awake objects cost simulation time."""
        for _ in range(SETTLE_STEPS):
            self.step()
        for body in self.bodies.values():
            p.changeDynamics(body, -1, activationState=p.ACTIVATION_STATE_SLEEP, physicsClientId=self.client)
        self.set_joints(self.arm.spec.home)

    def _gear(self) -> None:
        """Couple two fingers, so that a held object stays centered in the hand."""
        if len(self.fingers) != 2:
            return
        a, b = self.fingers
        gear = p.createConstraint(
            self.robot, a, self.robot, b, p.JOINT_GEAR, [1, 0, 0], [0, 0, 0], [0, 0, 0], physicsClientId=self.client
        )
        p.changeConstraint(
            gear, gearRatio=1 if self.arm.opposite else -1, erp=0.1, maxForce=50, physicsClientId=self.client
        )

    def move_table(self, height: float) -> None:
        """Move the table's top to ``height`` m with all objects on it, until the next `reset`.

        For worlds that differ from those of training.
        """
        c = self.client
        by = height - 0.02 - p.getBasePositionAndOrientation(self.table, physicsClientId=c)[0][2]
        for body in (self.table, *self.bodies.values()):
            (x, y, z), turn = p.getBasePositionAndOrientation(body, physicsClientId=c)
            p.resetBasePositionAndOrientation(body, [x, y, z + by], turn, physicsClientId=c)
        self._settle()

    def set_joints(self, q: Array, gripper: float = 1.0) -> None:
        """Set the arm to ``q`` (n,) rad with the gripper open by a fraction, at rest, without physics."""
        opening = self.arm.finger_at(gripper) if self.fingers else 0.0
        for j, v in zip(self.joints, q, strict=True):
            p.resetJointState(self.robot, j, float(v), 0.0, physicsClientId=self.client)
        for j, sign in zip(self.fingers, self.arm.finger_signs, strict=True):
            p.resetJointState(self.robot, j, sign * opening, 0.0, physicsClientId=self.client)

    def step(self) -> None:
        """Advance the physics by 1/`PHYSICS_HZ` s."""
        p.stepSimulation(physicsClientId=self.client)

    def truth(self) -> dict[str, ObjectTruth]:
        """Ground truth of every object, for the teacher, success predicates and labels only."""
        out = {}
        for item in self.scene.objects:
            position, quaternion = p.getBasePositionAndOrientation(self.bodies[item.id], physicsClientId=self.client)
            center, size = np.array(position), np.array(item.extents)
            if item.origin_height == 0.0:
                up = np.array(p.getMatrixFromQuaternion(quaternion)).reshape(3, 3)[:, 2]
                center = center + up * size[2] / 2
            out[item.id] = ObjectTruth(item.kind, item.color, center, np.array(quaternion), size)
        return out

    def snapshot(self) -> Array:
        """Positions of all joints and objects, (k,), for `show` in another world with the same scene and arm."""
        c, joints = self.client, range(p.getNumJoints(self.robot, physicsClientId=self.client))
        out = [state[0] for state in p.getJointStates(self.robot, joints, physicsClientId=c)]
        for body in self.bodies.values():
            position, quaternion = p.getBasePositionAndOrientation(body, physicsClientId=c)
            out += [*position, *quaternion]
        return np.array(out)

    def show(self, snapshot: Array) -> None:
        """Set joints and objects to another world's ``snapshot``, without physics, for rendering."""
        c, n = self.client, p.getNumJoints(self.robot, physicsClientId=self.client)
        for j, v in enumerate(snapshot[:n].tolist()):
            p.resetJointState(self.robot, j, v, 0.0, physicsClientId=c)
        for body, pose in zip(self.bodies.values(), snapshot[n:].reshape(-1, 7).tolist(), strict=True):
            p.resetBasePositionAndOrientation(body, pose[:3], pose[3:], physicsClientId=c)

    def place(self, object_id: str, position: Array, yaw: float = 0.0) -> None:
        """Put an object's center at ``position`` (3,) m, at rest, for disturbances and data generation."""
        item = next(o for o in self.scene.objects if o.id == object_id)
        z = position[2] - (item.extents[2] / 2 if item.origin_height == 0.0 else 0.0)
        body = self.bodies[object_id]
        turn = p.getQuaternionFromEuler([0, 0, yaw])
        if object_id in self._held:
            p.changeDynamics(body, -1, mass=self._held.pop(object_id), physicsClientId=self.client)
        p.resetBasePositionAndOrientation(body, [position[0], position[1], z], turn, physicsClientId=self.client)
        p.resetBaseVelocity(body, [0, 0, 0], [0, 0, 0], physicsClientId=self.client)
        p.changeDynamics(body, -1, activationState=p.ACTIVATION_STATE_WAKE_UP, physicsClientId=self.client)

    def add(self, item: ObjectSpec) -> None:
        """Put another object into the world, for disturbances; it is gone after the next `reset`."""
        self._add_body(len(self.scene.objects), item)
        self.scene = replace(self.scene, objects=(*self.scene.objects, item))

    def add_prop(self, prop: Prop) -> int:
        """Put a prop into the world, out of sight at first; return its body id. It is gone after the next `reset`."""
        self.props.append((prop, add_prop(self.client, prop, OUT_OF_SIGHT)))
        return self.props[-1][1]

    def hold(self, object_id: str, position: Sequence[float] | Array = OUT_OF_SIGHT) -> None:
        """Keep an object's origin at ``position`` (3,) m, against gravity and contact, until `place` frees it."""
        body, c = self.bodies[object_id], self.client
        if object_id not in self._held:
            self._held[object_id] = float(p.getDynamicsInfo(body, -1, physicsClientId=c)[0])
            p.changeDynamics(body, -1, mass=0.0, physicsClientId=c)
        p.resetBasePositionAndOrientation(body, [float(v) for v in position], [0, 0, 0, 1], physicsClientId=c)

    def tool(self) -> Array:
        """The true position (3,) m of the arm's tip. Raises `RobotError` for an arm whose model has no such link."""
        if self._tip is None:
            raise RobotError(f"the simulator's arm has no tip {self.arm.spec.tip}")
        state = p.getLinkState(self.robot, self._tip, computeForwardKinematics=True, physicsClientId=self.client)
        return np.array(state[4])

    def arm_touches(self, gap: float = 0.003) -> bool:
        """Whether the arm is nearer than ``gap`` m to an object."""
        near = (p.getClosestPoints(self.robot, b, gap, physicsClientId=self.client) for b in self.bodies.values())
        return any(near)

    def close(self) -> None:
        """Disconnect the client; safe to call twice."""
        self._gone()
        self.client = -1

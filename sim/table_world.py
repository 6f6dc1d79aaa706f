"""The built-in table as a `World`: PyBullet physics, cameras, an arm, and the judge's verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sayso.hardware.robot import Camera, RobotError
from sayso.hardware.types import Array, Frame, JointState, JointTarget, Pose
from sayso.hardware.world import ORIGIN, ObjectTruth, Task, World
from sayso.hardware.worlds.standing import standing
from sayso.sim.arms.arm_models import ArmModel
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.camera import CameraSpec, SimCamera, cameras_for, jittered
from sayso.sim.judge import judge
from sayso.sim.physics import PHYSICS_HZ, Physics, random_appearance
from sayso.sim.robot import SimArm
from sayso.sim.scenes.scene_choice import scene_for
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import random_scene
from sayso.sim.tasks import TASKS, TaskKind, task_kind

_EXACT_S = 1e-9


class TableWorld(World):
    """A table with ``arm``, a model or its name (see `sayso.sim.arms.own_arm.arm_model`), and ``scene``: a name, file
    or value, None for the arm's default.

    The base stands ``base_height`` m above the table, None: as in the arm's spec. With ``shuffled`` every reset draws
    two blocks and a bowl instead. In each step of ``step_s`` s the arm moves straight to its target. Raises
    `SceneError` or `RobotError`.
    """

    def __init__(
        self, arm: str | ArmModel = "panda", scene: str | Path | SceneSpec | None = None, *, shuffled: bool = False,
        step_s: float = 1 / PHYSICS_HZ, base_height: float | None = None,
    ) -> None:  # fmt: skip
        model = arm if isinstance(arm, ArmModel) else arm_model(arm)
        self.model, self.step_s = model, step_s
        if base_height is not None:
            self.model = replace(model, spec=standing(model.spec, base_height))
        self.spec, self.tasks = self.model.spec, tuple(kind.name for kind in TASKS.values() if kind.asked)
        self.mount = Pose(np.array([0.0, 0.0, self.spec.base_height]), np.eye(3)) if self.spec.base_height else ORIGIN
        self.cameras = tuple(camera.name for camera in cameras_for(self.spec))
        self._asked, self._shuffled = scene, shuffled
        self._physics: Physics | None = None
        self._task = Task("")
        self._also: tuple[TaskKind, ...] = ()
        self._before: Mapping[str, ObjectTruth] = {}

    @classmethod
    def around(cls, physics: Physics) -> TableWorld:
        """The table of ``physics`` in its present state, without a task."""
        table = cls(physics.arm, physics.scene)
        table._physics = physics
        table._attach(physics, cameras_for(table.spec))
        return table

    @property
    def physics(self) -> Physics:
        """The simulated world since the last reset. Raises `RobotError` before the first."""
        if self._physics is None:
            raise RobotError("the table is not set up; call reset first")
        return self._physics

    def reset(self, seed: int, task: str | None = None) -> Task:
        """Build scene, colors, light and cameras from ``seed``; without ``task`` only a shuffled table has a task."""
        rng = np.random.default_rng(seed)
        scene = self._scene(seed)
        look = random_appearance(rng, len(scene.objects))
        if self._physics is None:
            self._physics = Physics(scene, self.model, look)
        else:
            self._physics.reset(scene, look)
        self._attach(self._physics, [jittered(c, rng, scene.camera_jitter) for c in cameras_for(self.spec)])
        self._task = self._asks(np.random.default_rng(seed), scene, task)
        return self._task

    def _attach(self, physics: Physics, lenses: Sequence[CameraSpec]) -> None:
        self.arm = SimArm(physics)
        self.arm.connect()
        self._last: JointTarget | None = None
        self._steps, self._written = 0, 0.0
        self.lenses: dict[str, Camera] = {c.name: SimCamera(physics, self.arm.clock, c) for c in lenses}
        self._before = physics.truth()

    def _scene(self, seed: int) -> SceneSpec:
        if self._shuffled:
            return random_scene(np.random.default_rng(seed), 2, 1, reach=self.spec.reach)
        if isinstance(self._asked, SceneSpec):
            return self._asked
        return scene_for(self.spec, None if self._asked is None else str(self._asked), seed)

    def _asks(self, rng: np.random.Generator, scene: SceneSpec, task: str | None) -> Task:
        if task is None and not self._shuffled:
            return Task("")
        blocks = rng.permutation([o.color for o in scene.objects if o.kind == "block"]).tolist()
        bowls = rng.permutation([o.color for o in scene.objects if o.kind == "bowl"]).tolist()
        kind = task_kind(str(rng.choice(self.tasks)) if task is None else task)
        self._also = (kind,)
        a, *others = [f"{color} block" for color in blocks] or [""]
        references = {"block": others, "bowl": [f"{color} bowl" for color in bowls]}
        b = [*references[kind.references[0]], ""][0] if kind.references else a
        if not a or not b:
            raise RobotError(f"the scene has too few blocks or bowls for the task '{kind.name}'")
        return Task(kind.sentence.format(a=a, b=b))

    def read(self) -> JointState:
        """Encoder readings of the arm."""
        return self.arm.read()

    def step(self, target: JointTarget) -> None:
        """Advance the physics by ``step_s``, in steps of 1/`PHYSICS_HZ` s."""
        clock, period = self.arm.clock, 1 / self.spec.control_hz
        if self.step_s <= period and (target is not self._last or clock.now() - self._written > period - _EXACT_S):
            self.arm.write(target)  # the hand moves at its own speed, one control period per write
            self._written = clock.now()
        self._steps += 1
        until = self._steps * self.step_s
        if self.step_s > period:
            self._glide(target, until)
        clock.sleep_until(until)
        self._last = target

    def _glide(self, target: JointTarget, until: float) -> None:
        """Interpolate to the target in control periods, as an arm's own controller does within a longer step."""
        clock, period = self.arm.clock, 1 / self.spec.control_hz
        start, began = self._last or replace(target, position=self.arm.read().position), clock.now()
        velocity = (target.position - start.position) / (until - began)
        while clock.now() + period < until + period / 2:
            position = start.position + velocity * (clock.now() + period - began)
            self.arm.write(replace(target, position=position, velocity=velocity))
            clock.sleep_until(clock.now() + period)

    def look(self, camera: str) -> Frame:
        """Render one camera."""
        return self.lenses[camera].read()

    def success(self) -> bool | None:
        """The judge's verdict on the task."""
        return judge(self._task.instruction, self._before, self.physics.truth(), also=self._also)

    def truth(self) -> Mapping[str, ObjectTruth]:
        """Ground truth of all objects."""
        return self.physics.truth()

    def place(self, object_id: str, position: Array, yaw: float = 0.0) -> None:
        """Put an object's center at ``position`` (3,) m, at rest."""
        self.physics.place(object_id, position, yaw)

    def close(self) -> None:
        """Close the physics."""
        if self._physics is not None:
            self._physics.close()


class ShuffledTable(TableWorld):
    """The world named "table": the Panda's table with two blocks and a bowl, drawn at every reset."""

    def __init__(self) -> None:
        super().__init__(shuffled=True)

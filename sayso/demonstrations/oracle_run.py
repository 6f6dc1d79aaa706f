"""The runtime on true scenes, supervised by the oracle: with the teacher, or a policy and a motion planner."""

from __future__ import annotations

import numpy as np

from sayso.demonstrations.demonstrator import DemonstrationRecorder, Demonstrator, Teacher
from sayso.demonstrations.disturbance import CLEAN, Disturbance, DisturbanceRates
from sayso.demonstrations.expert import Expert
from sayso.demonstrations.ground_truth import GroundTruthPerception
from sayso.demonstrations.oracle import OracleTasks, Task
from sayso.demonstrations.worlds_teacher import WorldsTeacher
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.loop import ControlLoop
from sayso.hardware.types import Array
from sayso.hardware.world import World
from sayso.hardware.worlds.objects import WorldObjects
from sayso.hardware.worlds.robot import WorldRobot
from sayso.runtime.runtime import MOTION_TICKS, MotionSource, Runtime
from sayso.skills.goal import SubtaskGoal
from sayso.skills.policy import Policy


class OracleRun:
    """A `Runtime` for the arm in ``world``; ``policy`` and ``motions``, if given, replace the teacher.

    The world is set up and has `truth`. With ``record`` a ``recorder`` stores rows for training, with the teacher's
    answer even where a policy acts. ``held_motions``: a motion lasts as long as in the product, else for one tick.
    ``taught``: the world's own teacher demonstrates, not Sayso's.
    """

    def __init__(
        self,
        world: World,
        rng: np.random.Generator,
        *,
        policy: Policy | None = None,
        motions: MotionSource | None = None,
        trouble: DisturbanceRates = CLEAN,
        record: bool = False,
        held_motions: bool = True,
        taught: bool = False,
    ) -> None:
        self.world, self.robot, self.objects = world, WorldRobot(world), WorldObjects(world)
        self.robot.connect()
        spec, expert = self.robot.spec, Expert(self.robot.spec)
        teacher = WorldsTeacher(expert, world, self.robot) if taught else Teacher(expert)
        noise = {
            name: np.append(rng.normal(0, trouble.scene_noise, 3), rng.normal(0, 8 * trouble.scene_noise))
            for name in self.objects.truth()
        }
        self.tasks = OracleTasks(self.objects, teacher.expert, spec)
        self.disturbance = Disturbance(self.objects, rng, trouble)
        self._demonstrator = Demonstrator(teacher, rng, self.disturbance, policy, asks=record)
        self.recorder = DemonstrationRecorder(spec, rng, self._demonstrator, teacher, self.tasks) if record else None
        self.runtime = Runtime(
            self.robot,
            lambda source, on_cycle: ControlLoop(self.robot, Guard(spec, 1 / spec.control_hz), source, on_cycle),
            # The oracle says what is held.
            perception=GroundTruthPerception(spec, self.objects.truth, noise, feels=False),
            tasks=self.tasks,
            motions=motions or teacher,
            policy=self._demonstrator if record or policy is None else policy,
            override=self.disturbance,
            subscribers=[self.disturbance, *([self.recorder] if self.recorder else [])],
            motion_ticks=MOTION_TICKS if held_motions else 1,
        )

    def run(self, task: Task, limit_s: float = 20.0) -> bool:
        """Execute ``task`` within ``limit_s`` simulated s; the ground-truth verdict."""
        self.begin(task)
        clock, deadline = self.robot.clock, self.robot.clock.now() + limit_s
        self.runtime.run(lambda: self.tasks.finished or clock.now() >= deadline)
        return self.tasks.done()

    def go_on(self, seconds: float) -> None:
        """Run for another ``seconds``, independent of the task."""
        self.runtime.run(self.robot.clock.now() + seconds)

    def begin(self, task: Task) -> None:
        """Start ``task`` without motion."""
        self.tasks.begin(task)
        self.disturbance.block = task.block
        self.runtime.ticks = self._demonstrator.ticks = 0

    @property
    def tool(self) -> Array:
        """The tool's position (3,) m; the origin before the first tick."""
        return np.zeros(3) if self.runtime.body is None else self.runtime.body.tool.position

    @property
    def goal(self) -> SubtaskGoal | None:
        """The goal of the last tick."""
        return self.runtime.goal

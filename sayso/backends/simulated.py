"""A session's body in a simulated world: its arm, its cameras, and the truth about it where the world tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sayso.backends.backend import Footage
from sayso.backends.recording_camera import RecordingCamera
from sayso.hardware.clock import SimulatedClock
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.homing import go_home
from sayso.hardware.control.loop import ControlLoop, Cycle, Source
from sayso.hardware.robot import Camera
from sayso.hardware.types import JointTarget
from sayso.hardware.world import ObjectTruth, Task, World
from sayso.hardware.worlds.frame import WorldFrame
from sayso.hardware.worlds.robot import WorldCamera, WorldRobot
from sayso.model_store import ModelStore
from sayso.perception.detector import Detector
from sayso.perception.pipeline import Perception, PerceptionPipeline
from sayso.result import RobotEvent
from sayso.runtime.pacing import keep_real_time

# By how many cameras (None: all of them), and whether they have depth.
SIGHTS: dict[str, tuple[int | None, bool]] = {
    "pixels": (None, True),
    "two views, no depth": (2, False),
    "one view, no depth": (1, False),
}
AT_HOME_RAD, OPEN = 0.05, 0.9
OPENING_S = 1.0


class SimBackend:
    """The arm of ``world``, set up by ``seed`` for ``task``; ``task`` is then what the world asks for.

    It ``sees`` as one of `SIGHTS` or, for benchmarks that leave perception out, "truth", which not every world tells.
    ``live`` keeps the computer's own time. Raises `SceneError`, `RobotError` or `ModelError`.
    """

    def __init__(
        self, world: World, seed: int, store: ModelStore, task: str | None = None, *,
        sees: str = "pixels", film: bool = False, live: bool = False,
    ) -> None:  # fmt: skip
        self.world = world
        self.task: Task = world.reset(seed, task)
        self._base = WorldFrame(world)
        self.robot = WorldRobot(world)
        self.arm = world.spec.name
        self.seen_with: tuple[str, ...] = ()
        cameras: list[Camera] = []
        detector: Detector | None = None
        self.film: Footage | None = None
        if sees != "truth":
            count, depth = SIGHTS[sees]
            depth = depth and world.depth
            self.seen_with = ("detector",) if depth else ("detector-rgb",)
            network = store.load(*self.seen_with)
            detector = Detector(network) if depth else Detector(None, colour=network)
            cameras = [WorldCamera(world, name, self.robot.clock, depth) for name in world.cameras[:count]]
        if film:
            self.film = _film(world, self.robot.clock)
        if film and self.film is None and cameras:
            cameras[0] = self.film = RecordingCamera(cameras[0])
        if detector is not None:
            self.perception: Perception = PerceptionPipeline(self.robot.spec, detector, cameras)
        else:
            from sayso.demonstrations.ground_truth import GroundTruthPerception  # no part of the product

            self.perception = GroundTruthPerception(self.robot.spec, self._truth)
        self._live = live

    def _truth(self) -> Mapping[str, ObjectTruth]:
        return self.truth() or {}

    @property
    def events(self) -> tuple[RobotEvent, ...]:
        """None: nothing breaks here."""
        return ()

    def reset(self, seed: int, task: str | None = None) -> Task:
        """Set the world up anew, and forget what was seen."""
        self.task = self.world.reset(seed, task)
        self.robot.reset()
        self.perception.reset()
        return self.task

    def connect(self, stopped: Callable[[], bool]) -> None:
        """Hold the arm where it is; one that is not at home with its hand open, where policies begin, goes there."""
        robot, clock = self.robot, self.robot.clock
        robot.connect()
        state = robot.read()
        if state.gripper < OPEN:
            robot.write(JointTarget(state.position, np.zeros(robot.spec.dof), 1.0, np.inf))
            clock.sleep_until(clock.now() + OPENING_S)
        if np.abs(robot.read().position - robot.spec.home).max() > AT_HOME_RAD:
            go_home(robot, self._guard(), stopped=stopped)

    def loop(self, source: Source, on_cycle: Callable[[Cycle], None]) -> ControlLoop:
        """The loop and its guard, in this process, on the simulated clock."""
        return ControlLoop(self.robot, self._guard(), source, on_cycle)

    def _guard(self) -> Guard:
        return Guard(self.robot.spec, 1 / self.robot.spec.control_hz)

    def begin(self) -> None:
        """From now on the clock keeps to the computer's, if this is to be ``live``."""
        if self._live:
            keep_real_time(self.robot.clock)
            self._live = False

    def stop(self) -> None:
        """Nothing before the next cycle hears of it: the same words give the same run."""

    def go_home(self, stopped: Callable[[], bool]) -> None:
        """Move the arm home through the guard; raises `StoppedError` if ``stopped()`` ends it."""
        go_home(self.robot, self._guard(), stopped=stopped)

    def rest(self, stopped: Callable[[], bool]) -> None:
        """Nothing: a simulated arm has no motors to switch off."""

    def stops(self) -> int:
        """Nobody else can press anything."""
        return 0

    def clear(self, stops: int) -> None:
        """Nothing was pressed."""

    stop_line, rested, lies_down = "", False, False

    def truth(self) -> Mapping[str, ObjectTruth] | None:
        """The world's, in the base frame; None if it does not tell."""
        return self._base.truth(self.world.truth())

    def verdict(self, instruction: str, before: Mapping[str, ObjectTruth] | None) -> bool | None:
        """Whether ``instruction`` is done: by the world's word on its own task, else by the judge where it tells the
        truth."""
        if instruction == self.task.instruction:
            return self.world.success()
        after = self.truth()
        if before is None or after is None:
            return None
        from sayso.sim.judge import judge

        return judge(instruction, before, after)

    def close(self) -> None:
        """Let go of the robot; the world belongs to whoever opened it."""
        self.perception.close()
        self.robot.disconnect()


def _film(world: World, clock: SimulatedClock) -> Footage | None:
    """What draws the project's own table afterwards; None for another world."""
    from sayso.sim.film import Film
    from sayso.sim.table_world import TableWorld

    return Film(world.physics, clock) if isinstance(world, TableWorld) else None

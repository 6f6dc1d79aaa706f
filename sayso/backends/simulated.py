"""The simulated backend: a world's arm and cameras, and its ground truth if the world provides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from sayso.backends.backend import Footage
from sayso.backends.recording_camera import RecordingCamera
from sayso.backends.seeing import seeing
from sayso.hardware.clock import SimulatedClock
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.homing import go_home
from sayso.hardware.control.loop import ControlLoop, Cycle, Source
from sayso.hardware.control.speed_scale import SpeedScale
from sayso.hardware.robot import Camera
from sayso.hardware.types import JointState, JointTarget
from sayso.hardware.world import ObjectTruth, Task, World
from sayso.hardware.worlds.frame import WorldFrame
from sayso.hardware.worlds.robot import WorldCamera, WorldRobot
from sayso.model_store import ModelStore
from sayso.perception.pipeline import Perception, PerceptionPipeline, Sees
from sayso.result import RobotEvent
from sayso.runtime.pacing import keep_real_time

# Number of cameras (None: all of them), and whether depth is used.
SIGHTS: dict[str, tuple[int | None, bool]] = {
    "pixels": (None, True),
    "two views, no depth": (2, False),
    "one view, no depth": (1, False),
}
AT_HOME_RAD, OPEN = 0.05, 0.9
OPENING_S = 1.0


class SimBackend:
    """The arm of ``world``, set up from ``seed`` for ``task``; the attribute ``task`` is the world's resulting task.

    ``sees`` is one of `SIGHTS` or, for benchmarks without perception, "truth", which not every world provides. With
    ``eyes`` it sees things other than blocks and bowls, too; None: if the built-in table has such things. ``live`` runs
    at the computer's own time. Raises `SceneError`, `RobotError` or `ModelError`.
    """

    def __init__(
        self, world: World, seed: int, store: ModelStore, task: str | None = None, *,
        sees: str = "pixels", film: bool = False, live: bool = False, eyes: bool | None = None,
    ) -> None:  # fmt: skip
        self.world = world
        self.task: Task = world.reset(seed, task)
        self._base = WorldFrame(world)
        self.robot = WorldRobot(world)
        self.arm = world.spec.name
        self.seen_with: tuple[str, ...] = ()
        cameras: list[Camera] = []
        detector: Sees | None = None
        self.film: Footage | None = None
        if sees != "truth":
            count, depth = SIGHTS[sees]
            depth = depth and world.depth
            eyes = _has_other_things(world) if eyes is None else eyes
            detector, self.seen_with = seeing(store, self.robot.spec, deep=depth, flat=not depth, eyes=eyes)
            cameras = [WorldCamera(world, name, self.robot.clock, depth) for name in world.cameras[:count]]
        if film:
            self.film = _film(world, self.robot.clock)
        if film and self.film is None and cameras:
            cameras[0] = self.film = RecordingCamera(cameras[0])
        if detector is not None:
            self.perception: Perception = PerceptionPipeline(self.robot.spec, detector, cameras)
        else:
            from sayso.demonstrations.ground_truth import GroundTruthPerception  # benchmarks only

            self.perception = GroundTruthPerception(self.robot.spec, self._truth)
        self._live, self._speed = live, SpeedScale()
        self._begin_pace: Callable[[], None] | None = None

    def _truth(self) -> Mapping[str, ObjectTruth]:
        return self.truth() or {}

    @property
    def events(self) -> tuple[RobotEvent, ...]:
        """Empty: a simulated arm has no faults."""
        return ()

    def reset(self, seed: int, task: str | None = None) -> Task:
        """Set up the world again and clear the scene."""
        self.task = self.world.reset(seed, task)
        self.robot.reset()
        self.perception.reset()
        return self.task

    def connect(self, stopped: Callable[[], bool]) -> None:
        """Hold the arm; first open the hand and go home if the arm is elsewhere, because policies start at home."""
        robot, clock = self.robot, self.robot.clock
        robot.connect()
        state = robot.read()
        if state.gripper < OPEN:
            robot.write(JointTarget(state.position, np.zeros(robot.spec.dof), 1.0, np.inf))
            clock.sleep_until(clock.now() + OPENING_S)
        if np.abs(robot.read().position - robot.spec.home).max() > AT_HOME_RAD:
            go_home(robot, self._guard(), stopped=stopped)

    def loop(self, source: Source, on_cycle: Callable[[Cycle], None]) -> ControlLoop:
        """The loop with its guard, in this process, on the simulated clock."""
        guard, period = self._guard(), 1 / self.robot.spec.control_hz

        def scaled(state: JointState) -> JointTarget | None:
            if self._speed.step(period):
                guard.limit_speed(self._speed.value)
            return source(state)

        return ControlLoop(self.robot, guard, scaled, on_cycle)

    def _guard(self) -> Guard:
        return Guard(self.robot.spec, 1 / self.robot.spec.control_hz)

    def begin(self) -> None:
        """Start real-time pacing of the clock, if ``live``."""
        if self._live and self._begin_pace is None:
            self._begin_pace = keep_real_time(self.robot.clock)
        elif self._begin_pace is not None:
            self._begin_pace()

    def stop(self) -> None:
        """Does nothing: the loop stops in its next cycle, so that the same inputs repeat a run."""

    def ask(self, speed: float, pressed: bool) -> None:
        """The loop follows at no more than this; a stop is all that a key let go means here."""
        self._speed.ask(speed)

    def hold_stop(self, held: bool) -> None:
        """Does nothing: in simulation a stop holds until "go on"."""

    def go_home(self, stopped: Callable[[], bool]) -> None:
        """Move the arm home through the guard. Raises `StoppedError` if ``stopped()`` ends this."""
        go_home(self.robot, self._guard(), stopped=stopped)

    def rest(self, stopped: Callable[[], bool]) -> None:
        """Does nothing: a simulated arm has no motors to switch off."""

    def stops(self) -> int:
        """Always 0: no other process can press this stop."""
        return 0

    def clear(self, stops: int) -> None:
        """Does nothing: there are no stops to clear."""

    stop_line, rested, lies_down = "", False, False

    def truth(self) -> Mapping[str, ObjectTruth] | None:
        """The world's ground truth in the base frame; None if the world provides none."""
        return self._base.truth(self.world.truth())

    def verdict(
        self, instruction: str, before: Mapping[str, ObjectTruth] | None, viewpoint_yaw: float = 0.0
    ) -> bool | None:
        """Whether ``instruction`` is done: by the world's verdict on its own task, else by the judge if there is ground
        truth."""
        if instruction == self.task.instruction:
            return self.world.success()
        after = self.truth()
        if before is None or after is None:
            return None
        from sayso.planner.viewpoint import Viewpoint
        from sayso.sim.judge import judge

        view = Viewpoint(viewpoint_yaw)
        return judge(instruction, view.truth(before), view.truth(after))

    def close(self) -> None:
        """Disconnect the robot; the caller closes the world."""
        self.perception.close()
        self.robot.disconnect()


def _film(world: World, clock: SimulatedClock) -> Footage | None:
    """A film of the built-in table; None for another world."""
    from sayso.sim.film import Film
    from sayso.sim.table_world import TableWorld

    return Film(world.physics, clock) if isinstance(world, TableWorld) else None


def _has_other_things(world: World) -> bool:
    """Whether other things than blocks and bowls stand on the built-in table."""
    from sayso.sim.table_world import TableWorld

    return isinstance(world, TableWorld) and not all(o.plain for o in world.physics.scene.objects)

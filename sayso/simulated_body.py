"""A session's body in simulation: a world with an arm and cameras, and the truth about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from hardware.guard import Guard
from hardware.homing import go_home
from hardware.loop import ControlLoop, Cycle, Source
from perception.detector import Detector
from perception.pipeline import Perception, PerceptionPipeline
from sayso.live import keep_real_time
from sayso.model_store import ModelStore
from sayso.result import RobotEvent
from sim.camera import SimCamera, cameras_for, jittered
from sim.film import Film
from sim.own_arm import arm_model
from sim.robot import SimArm
from sim.scene_choice import scene_for
from sim.spec import SceneSpec
from sim.world import ObjectTruth, World, random_appearance

# By how many cameras (None: all of them), and whether they have depth.
SIGHTS: dict[str, tuple[int | None, bool]] = {
    "pixels": (None, True),
    "two views, no depth": (2, False),
    "one view, no depth": (1, False),
}


class SimulatedBody:
    """``arm``, as `sim.own_arm.arm_model` takes it, in ``scene``, a name, file or value. The same ``seed`` gives the
    same world.

    It ``sees`` as one of `SIGHTS` or, for benchmarks that leave perception out, "truth". ``live`` keeps the computer's
    own time. Raises `SceneError` or `ModelError`.
    """

    def __init__(
        self, arm: str, scene: str | Path | SceneSpec | None, seed: int, store: ModelStore, *,
        sees: str = "pixels", film: bool = False, live: bool = False,
    ) -> None:  # fmt: skip
        model = arm_model(arm)
        if not isinstance(scene, SceneSpec):
            scene = scene_for(model.spec, None if scene is None else str(scene), seed)
        rng = np.random.default_rng(seed)
        self.world = World(scene, model, random_appearance(rng, len(scene.objects)))
        self.arm, self.robot = model.spec.name, SimArm(self.world)
        self.seen_with: tuple[str, ...] = ()
        if sees == "truth":
            from sayso.collection.ground_truth import GroundTruthPerception  # no part of the product

            self.perception: Perception = GroundTruthPerception(model.spec, self.world.truth)
        else:
            count, depth = SIGHTS[sees]
            cameras = [
                SimCamera(self.world, self.robot.clock, jittered(c, rng, scene.camera_jitter), depth=depth)
                for c in cameras_for(model.spec)[:count]
            ]
            self.seen_with = ("detector",) if depth else ("detector-rgb",)
            network = store.load(*self.seen_with)
            detector = Detector(network) if depth else Detector(None, colour=network)
            self.perception = PerceptionPipeline(model.spec, detector, cameras)
        self.film = Film(self.world, self.robot.clock) if film else None
        self._live = live

    @property
    def events(self) -> tuple[RobotEvent, ...]:
        """None: nothing breaks here."""
        return ()

    def connect(self, stopped: Callable[[], bool]) -> None:
        """Hold the arm where it is: at home."""
        self.robot.connect()

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

    def truth(self) -> dict[str, ObjectTruth]:
        """The simulator's."""
        return self.world.truth()

    def close(self) -> None:
        """Let go of the robot and the world."""
        self.perception.close()
        self.robot.disconnect()
        self.world.close()

"""A session puts the parts together: a robot, its cameras, the models and a planner, and carries out instructions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from hardware.guard import Guard
from planner.corrections import warm_up
from planner.critic import Critic
from planner.local import LocalPlanner
from planner.motion_planner import MotionPlanner
from planner.plan import Planner, Question
from planner.remote import RemotePlanner
from sayso.eyes import CameraEyes, Eyes, TrueEyes
from sayso.inbox import Inbox
from sayso.model_store import ModelStore
from sayso.outcome import result_of
from sayso.result import RunResult
from sayso.stack import Parts, Stack
from sim.arms import ARMS
from sim.camera import DEFAULT_CAMERAS, SimCamera, jittered
from sim.film import Film
from sim.judge import judge
from sim.robot import SimArm
from sim.scene_file import load_scene
from sim.spec import SceneSpec
from sim.world import ObjectTruth, World, random_appearance
from skills.policy import OnnxPolicy

Progress = Callable[[float, str], None]
LIMIT_S = 25.0
FIRST_LOOKS = 3


class SessionError(ValueError):
    """What was asked of a session cannot be; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Options:
    """What varies between sessions beside robot, scene, seed and planner.

    ``sees`` "pixels" is the product; "truth" is for benchmarks that leave perception out. ``limit_s`` is simulated
    seconds allowed; None: by the length of the plan. ``film`` takes snapshots for a video.
    """

    sees: str = "pixels"
    limit_s: float | None = None
    film: bool = False


class Session:
    """One robot in one scene. ``robot`` "sim" (or "sim:ARM"), ``scene`` a ready-made name, a file or a `SceneSpec`.

    Raises `SessionError`, `SceneError` or `ModelError` for what cannot be set up.
    """

    def __init__(
        self,
        robot: str = "sim",
        scene: str | Path | SceneSpec = "tabletop",
        seed: int = 0,
        planner: str | Planner = "local",
        models: Path | None = None,
        options: Options | None = None,
    ) -> None:
        options = options or Options()
        kind, _, arm = robot.partition(":")
        arm = arm or "panda"
        if kind != "sim" or arm not in ARMS:
            raise SessionError(f"no robot '{robot}'; there are: sim, {', '.join(f'sim:{a}' for a in ARMS)}")
        self.robot_name, self.seed, self.options = robot, seed, options
        self.store = ModelStore(models) if models else ModelStore()
        spec = scene if isinstance(scene, SceneSpec) else load_scene(scene)
        rng = np.random.default_rng(seed)
        self.world = World(spec, ARMS[arm](), random_appearance(rng, len(spec.objects)))
        self.robot = SimArm(self.world)
        self.robot.connect()
        self.inbox = Inbox()
        cameras = [
            SimCamera(self.world, self.robot.clock, jittered(c, rng, spec.camera_jitter)) for c in DEFAULT_CAMERAS
        ]
        eyes: Eyes = TrueEyes(self.world)
        if options.sees == "pixels":
            eyes = CameraEyes(self.robot.spec, self.store.load("detector"), cameras)
        words = LocalPlanner(self.store.root)
        used = ["detector"] * (options.sees == "pixels") + [f"policy-{arm}", f"motion-{arm}", f"critic-{arm}", "words"]
        self.models = {name: self.store.card(name).digest for name in used}
        self.planner_name = planner if isinstance(planner, str) else planner.name
        parts = Parts(
            policy=OnnxPolicy(self.store.load(f"policy-{arm}")),
            motions=MotionPlanner(self.store.load(f"motion-{arm}")),
            critic=Critic(self.store.load(f"critic-{arm}")),
            planner=_planner(planner, words, eyes) if isinstance(planner, str) else planner,
            eyes=eyes,
            embed=words.model.embed,
        )
        warm_up(words.model.embed)
        self.film = Film(self.world, self.robot.clock) if options.film else None
        self.stack = Stack(self.robot, Guard(self.robot.spec, 1 / self.robot.spec.control_hz), parts, self.inbox)
        self._thread: threading.Thread | None = None
        self._result: RunResult | None = None

    def run(
        self,
        instruction: str,
        say: Sequence[tuple[float, str]] = (),
        progress: Progress | None = None,
    ) -> RunResult:
        """Carry out ``instruction`` and return what came of it; ``say`` are words to arrive at times in s."""
        stack, before = self.stack, self.world.truth()
        self._settle()
        start = self.robot.clock.now()
        self.inbox.schedule([(start + t, text) for t, text in say])
        stack.begin(instruction, self.options.limit_s or LIMIT_S)
        if self.options.limit_s is None:
            stack.extend(LIMIT_S * max(1, len(stack.supervisor.left) + 1))
        if stack.outcome is None:
            stack.run(_teller(stack, start, progress) if progress else None)
            self._settle(0.4)
        after = self.world.truth()
        self._result = result_of(self, instruction, start, before, after, self._verdict(before, after), self.models)
        return self._result

    def _verdict(self, before: dict[str, ObjectTruth], after: dict[str, ObjectTruth]) -> bool | None:
        """The simulator's word on what was last asked for; none once an object was swapped by a correction."""
        if any(heard.correction.level == "subtask" for heard in self.stack.log.heard):
            return None
        return judge(self.stack.instruction, before, after)

    def _settle(self, seconds: float = 0.0) -> None:
        """Look until the scene stands: a few frames at the beginning, or let objects come to rest at the end."""
        clock = self.robot.clock
        if seconds:
            clock.sleep_until(clock.now() + seconds)
            return
        for _ in range(FIRST_LOOKS):
            clock.sleep_until(clock.now() + 0.1)
            self.stack.look()

    def start(self, instruction: str) -> None:
        """Begin ``instruction`` in a thread of its own and return at once; see `say`, `stop` and `wait`."""
        if self._thread is not None and self._thread.is_alive():
            raise SessionError("an instruction is already being carried out; stop it or wait for it")
        self._thread = threading.Thread(target=self.run, args=(instruction,), daemon=True)
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> RunResult | None:
        """Wait for what `start` began; None if it is still going on after ``timeout_s``."""
        if self._thread is not None:
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                return None
        return self._result

    def say(self, text: str) -> None:
        """Say something to the moving arm; returns at once."""
        self.inbox.say(text, self.robot.clock.now())

    def stop(self) -> None:
        """Stop the arm at the next loop cycle."""
        self.inbox.stop()

    @property
    def truth(self) -> dict[str, ObjectTruth]:
        """The simulator's truth, for reports and verdicts only."""
        return self.world.truth()

    def close(self) -> None:
        """Let go of the robot and the world; safe to call twice."""
        self.stack.parts.eyes.close()
        self.robot.disconnect()
        self.world.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _planner(name: str, words: LocalPlanner, eyes: Eyes) -> Planner:
    if name == "local":
        return words
    if name.startswith("openai:"):
        return RemotePlanner.from_spec(name, image=eyes.image if isinstance(eyes, CameraEyes) else None)
    raise SessionError(f"no planner '{name}'; there are: local, openai:MODEL@URL")


def _teller(stack: Stack, start: float, progress: Progress) -> Callable[[], bool]:
    """Tells the progress line when the motion or the subtask changes; never ends the run."""
    last = [""]

    def tell() -> bool:
        motion = stack.log.motions[-1].text if stack.log.motions else "looking"
        line = f"{stack.supervisor.current or 'done'}: {motion}"
        if line != last[0]:
            last[0] = line
            progress(stack.robot.clock.now() - start, line)
        return False

    return tell


__all__ = ["Options", "Question", "Session", "SessionError"]

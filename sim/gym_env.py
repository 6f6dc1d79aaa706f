"""The table as a Gymnasium environment: joint targets in, RGB-D and joint states out, the judge's verdict as reward."""

from __future__ import annotations

from collections import Counter
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from hardware.guard import Guard, GuardEvent
from hardware.loop import ControlLoop, Cycle
from hardware.types import JointState, JointTarget
from sim.arms import ARMS, ArmModel
from sim.camera import DEFAULT_CAMERAS, FAR, OBSERVER, CameraSpec, SimCamera, jittered
from sim.judge import judge
from sim.robot import SimArm
from sim.scene_file import load_scene
from sim.spawn import random_scene
from sim.spec import SceneSpec
from sim.world import World, random_appearance

Observation = dict[str, NDArray[Any]]
SETTLED_S = 0.5  # a wish counts when it has held this long: a block carried past a bowl is not in it
SLACK_RAD = 0.1  # how far a measured joint may be beyond its limit and still be in the observation space
OPTIONS = {"scene", "instruction"}


def random_instruction(rng: np.random.Generator, scene: SceneSpec) -> str:
    """An instruction that ``scene`` allows and the judge understands: pick up, put in or on, by names that fit once.

    Raises ValueError for a scene without a block of its own colour.
    """
    names = Counter((o.color, o.kind) for o in scene.objects)
    once = [f"{color} {kind}" for (color, kind), count in names.items() if count == 1]
    blocks, bowls = ([name for name in once if name.endswith(kind)] for kind in ("block", "bowl"))
    if not blocks:
        raise ValueError("no block in the scene has a colour of its own; pass what is wanted in options['instruction']")
    block, *others = (str(b) for b in rng.permutation(blocks))
    choices = [f"pick up the {block}"]
    if bowls:
        choices.append(f"put the {block} in the {rng.choice(bowls)}")
    if others:
        choices.append(f"put the {block} on the {others[0]}")
    return str(rng.choice(choices))


class TabletopEnv(gymnasium.Env[Observation, NDArray[np.float32]]):
    """An arm at a table, behind the same guard and control loop that a real one has.

    Action (n + 1,) float32: absolute joint targets with -1 and 1 at the lower and upper limits, then the gripper's
    opening from 0 (closed) to 1; held for one step of 1/``rate_hz`` s. Observation: ``joints`` (n,) rad,
    ``joint_velocities`` (n,) rad/s, ``gripper`` (1,) and, for each camera, ``rgb_NAME`` (H, W, 3) uint8 and
    ``depth_NAME`` (H, W) float32 m. The reward is 1 on the step that ends the episode because the simulator's judge
    has seen the instruction carried out for `SETTLED_S`, else 0. Without ``scene`` and ``instruction`` (here, or for
    one episode in ``reset(options=…)``) the seed draws them. ``info`` has the instruction, whether it holds now, what
    the guard thought of the action and, after a reset, ``intrinsics_NAME`` (3, 3) and ``pose_NAME`` (4, 4), the
    camera in the base frame with OpenCV axes. A scene is a `SceneSpec`, a ready-made name or a file. Raises ValueError
    for an unknown arm, scene, option or instruction.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012 (Gymnasium's own declaration)

    def __init__(
        self,
        render_mode: str | None = None,
        arm: str | ArmModel = "panda",
        scene: SceneSpec | str | None = None,
        instruction: str | None = None,
        cameras: tuple[CameraSpec, ...] = DEFAULT_CAMERAS,
        rate_hz: float = 10.0,
    ) -> None:
        if isinstance(arm, str) and arm not in ARMS:
            raise ValueError(f"there is no arm '{arm}'; available: {', '.join(ARMS)}")
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"there is no render mode '{render_mode}'; available: {self.metadata['render_modes']}")
        self.render_mode = render_mode
        self.metadata = {**self.metadata, "render_fps": rate_hz}
        self.arm = ARMS[arm]() if isinstance(arm, str) else arm
        self._scene, self._wanted, self._cameras, self._step_s = scene, instruction, cameras, 1 / rate_hz
        self._world: World | None = None
        spec = self.arm.spec
        lowest, highest = -np.ones(spec.dof + 1, np.float32), np.ones(spec.dof + 1, np.float32)
        lowest[-1] = 0
        self.action_space = spaces.Box(lowest, highest, dtype=np.float32)
        low, high = (spec.lower - SLACK_RAD).astype(np.float32), (spec.upper + SLACK_RAD).astype(np.float32)
        fastest = (2 * spec.velocity).astype(np.float32)
        self._positions, self._velocities = spaces.Box(low, high), spaces.Box(-fastest, fastest)
        seen: dict[str, spaces.Space[Any]] = {
            "joints": self._positions,
            "joint_velocities": self._velocities,
            "gripper": spaces.Box(0, 1, (1,), np.float32),
        }
        for c in cameras:
            seen[f"rgb_{c.name}"] = spaces.Box(0, 255, (c.height, c.width, 3), np.uint8)
            seen[f"depth_{c.name}"] = spaces.Box(0, FAR, (c.height, c.width), np.float32)
        self.observation_space = spaces.Dict(seen)  # type: ignore[assignment]

    @property
    def world(self) -> World:
        """The truth behind the environment; raises ResetNeeded before the first reset."""
        if self._world is None:
            raise gymnasium.error.ResetNeeded("call reset() first")
        return self._world

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Begin an episode; ``options`` may give its ``scene`` and its ``instruction``."""
        super().reset(seed=seed)
        options = options or {}
        if unknown := set(options) - OPTIONS:
            raise ValueError(f"unknown options {sorted(unknown)}; allowed: {sorted(OPTIONS)}")
        rng = self.np_random
        scene = options.get("scene", self._scene)
        if scene is None:
            scene = random_scene(rng, blocks=int(rng.integers(2, 5)), bowls=int(rng.integers(1, 3)))
        elif not isinstance(scene, SceneSpec):
            scene = load_scene(scene)
        self._instruction = options.get("instruction", self._wanted) or random_instruction(rng, scene)
        appearance = random_appearance(rng, len(scene.objects))
        if self._world is None:
            self._world = World(scene, self.arm, appearance)
        else:
            self._world.reset(scene, appearance)
        self._before = self._world.truth()
        if judge(self._instruction, self._before, self._before) is None:
            names = ", ".join(f"{o.color} {o.kind}" for o in scene.objects)
            raise ValueError(f"'{self._instruction}' cannot be judged; name objects by colour and kind, here: {names}")
        robot = SimArm(self._world)
        robot.connect()
        self._eyes = [SimCamera(self._world, robot.clock, jittered(c, rng, scene.camera_jitter)) for c in self._cameras]
        self._observer = SimCamera(self._world, robot.clock, OBSERVER, shadows=True)
        self._target: JointTarget | None = None
        self._guard_says = GuardEvent.OK
        self._loop = ControlLoop(robot, Guard(robot.spec, 1 / robot.spec.control_hz), self._source, self._note)
        self._held_steps = self._steps = 0
        info = self._info(holds=False)
        for eye in self._eyes:
            info[f"intrinsics_{eye.name}"], info[f"pose_{eye.name}"] = eye.intrinsics.copy(), eye.pose.matrix()
        return self._observe(), info

    def step(self, action: NDArray[np.float32]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Hold the targets of ``action`` for one step; what is out of limits or not finite is left to the guard."""
        spec, world = self.arm.spec, self.world
        action = np.asarray(action, dtype=np.float64)
        if action.shape != (spec.dof + 1,):
            raise ValueError(f"an action of {spec.name} has shape ({spec.dof + 1},); got {action.shape}")
        self._steps += 1
        end = self._steps * self._step_s
        joints = spec.lower + (action[:-1] + 1) / 2 * (spec.upper - spec.lower)
        self._target = JointTarget(joints, np.zeros(spec.dof), float(action[-1]), end + self._step_s)
        self._guard_says = GuardEvent.OK
        self._loop.run(end)
        holds = judge(self._instruction, self._before, world.truth()) is True
        self._held_steps = self._held_steps + 1 if holds else 0
        done = self._held_steps * self._step_s > SETTLED_S - 1e-9
        return self._observe(), float(done), done, False, self._info(holds)

    def render(self) -> NDArray[np.uint8] | None:  # type: ignore[override]
        """The observer's view (480, 640, 3) uint8, or None without a render mode."""
        if self.render_mode is None:
            return None
        return self._observer.read().rgb if self.world else None

    def close(self) -> None:
        """Let go of the world; safe to call twice."""
        if self._world is not None:
            self._world.close()
            self._world = None

    def _source(self, state: JointState) -> JointTarget | None:
        return self._target

    def _note(self, cycle: Cycle) -> None:
        if cycle.event is not GuardEvent.OK:
            self._guard_says = cycle.event

    def _info(self, holds: bool) -> dict[str, Any]:
        return {"instruction": self._instruction, "success": holds, "guard": str(self._guard_says)}

    def _observe(self) -> Observation:
        state, p, v = self._loop.robot.read(), self._positions, self._velocities
        # A joint that is pushed, or the far plane rounded up, may be a little beyond what is declared.
        out: Observation = {
            "joints": np.clip(state.position.astype(np.float32), p.low, p.high),
            "joint_velocities": np.clip(state.velocity.astype(np.float32), v.low, v.high),
            "gripper": np.array([state.gripper], np.float32),
        }
        for eye in self._eyes:
            frame = eye.read()
            assert frame.depth is not None
            out[f"rgb_{eye.name}"], out[f"depth_{eye.name}"] = frame.rgb, np.minimum(frame.depth, np.float32(FAR))
        return out

"""The table as a Gymnasium environment: joint targets in, RGB-D and joint states out, the judge's verdict as reward."""

from __future__ import annotations

import os
from collections import Counter
from math import isfinite
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from sayso.hardware.control.guard import Guard, GuardEvent
from sayso.hardware.control.loop import ControlLoop, Cycle
from sayso.hardware.near_miss import suggestion
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointState, JointTarget
from sayso.sim.arms.arm_models import ARMS, ArmModel
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.camera import FAR, OBSERVER, CameraSpec, SimCamera, cameras_for, jittered, nearer
from sayso.sim.judge import judge
from sayso.sim.physics import PHYSICS_HZ, Physics, random_appearance
from sayso.sim.robot import SimArm
from sayso.sim.scenes.palette import ALL_COLORS, MIXED
from sayso.sim.scenes.scene_choice import check_reach, scene_for
from sayso.sim.scenes.scene_file import MAX_OBJECTS
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import counts_with_room, scene_with_room
from sayso.sim.things.catalog import ALL_KINDS

Observation = dict[str, NDArray[Any]]
SETTLED_S = 0.5  # a goal must hold this long: a block carried over a bowl is not in the bowl
SLACK_RAD = 0.1  # margin of the observation space beyond the joint limits
OPTIONS = {"scene", "instruction"}
DRAWS = 50  # most scenes drawn in search of one that a small arm's hand does not touch at the start
SLOWEST_HZ = 0.1
LONGEST_TEXT = 256
FARTHEST = 2.0  # largest coordinate (m) in observations: an object that fell off the table keeps falling
# A row of ``objects``: kind and color as numbers from 1, position (3,), quaternion (4,) xyzw, extents (3,).
OBJECT_LOW = np.array([0, 0, *[-FARTHEST] * 3, *[-1] * 4, *[0] * 3], np.float32)
ALL_NAMES = ALL_KINDS, (*ALL_COLORS, MIXED)
OBJECT_HIGH = np.array([*map(len, ALL_NAMES), *[FARTHEST] * 3, *[1] * 4, *[1] * 3], np.float32)


def random_instruction(rng: np.random.Generator, scene: SceneSpec) -> str:
    """A feasible instruction for ``scene`` that the judge understands: pick up, put in or put on, with unique names.

    Raises ValueError for a scene without a block of a unique color.
    """
    names = Counter((o.color, o.kind) for o in scene.objects)
    once = [f"{color} {kind}" for (color, kind), count in names.items() if count == 1]
    blocks, bowls = ([name for name in once if name.endswith(kind)] for kind in ("block", "bowl"))
    if not blocks:
        raise ValueError("no block in the scene has a color of its own; pass an instruction in options['instruction']")
    block, *others = (str(b) for b in rng.permutation(blocks))
    choices = [f"pick up the {block}"]
    if bowls:
        choices.append(f"put the {block} in the {rng.choice(bowls)}")
    if others:
        choices.append(f"put the {block} on the {others[0]}")
    return str(rng.choice(choices))


def text_of(instruction: NDArray[np.uint8]) -> str:
    """Decode an observation's ``instruction``."""
    return bytes(instruction).rstrip(b"\0").decode()


def check_rate(rate_hz: float, control_hz: float) -> None:
    """Check that a step of 1/``rate_hz`` s is a multiple of the arm's control period and of the physics step.

    Raises ValueError that names allowed rates.
    """

    def whole(rate: float) -> bool:
        shares = (hz / rate for hz in (control_hz, PHYSICS_HZ))
        return all(share > 1 - 1e-9 and abs(share - round(share)) < 1e-6 for share in shares)

    number = isinstance(rate_hz, int | float | np.number) and not isinstance(rate_hz, bool)
    if number and isfinite(rate_hz) and rate_hz >= SLOWEST_HZ and whole(float(rate_hz)):
        return
    every = (control_hz / n for n in range(1, round(control_hz) + 1))
    rates = [f"{rate:g}" for rate in every if whole(rate) and float(f"{rate:g}") == rate]
    raise ValueError(
        f"rate_hz = {rate_hz!r} does not divide the arm's {control_hz:g} Hz and the physics' {PHYSICS_HZ:g} Hz; "
        f"allowed: {', '.join(rates[:8])} Hz and their divisors, at least {SLOWEST_HZ:g} Hz"
    )


def _arm(name: str) -> ArmModel:
    if name not in ARMS and not Path(name).is_dir():
        there = f"{', '.join(ARMS)}, or a folder with an arm.json{suggestion(name, ARMS)}"
        raise ValueError(f"there is no arm '{name}'; available: {there}")
    try:
        return arm_model(name)
    except RobotError as error:
        raise ValueError(str(error)) from error


class TabletopEnv(gymnasium.Env[Observation, NDArray[np.float32]]):
    """An arm at a table, behind the same guard and control loop as a real arm.

    Action (n + 1,) float32: absolute joint targets, with -1 and 1 at the lower and upper limits, then the gripper's
    opening from 0 (closed) to 1; held for one step of 1/``rate_hz`` s. Observation: ``instruction`` (`LONGEST_TEXT`,)
    uint8, zero-padded ASCII (see `text_of`), ``joints`` (n,) rad, ``joint_velocities`` (n,) rad/s, ``gripper`` (1,)
    and, for each camera, ``rgb_NAME`` (H, W, 3) uint8 and ``depth_NAME`` (H, W) float32 m; with ``object_poses`` also
    the ground truth: ``objects`` (`MAX_OBJECTS`, 12), rows as in `OBJECT_LOW`, in the order of ``info["objects"]``,
    zero-padded. The reward is 1 on the step that ends the episode because the simulator's judge has seen the goal hold
    for `SETTLED_S`, else 0. Without ``scene`` and ``instruction`` (here, or for one episode in ``reset(options=…)``)
    the seed draws them. ``info`` has the instruction, whether the goal holds now (``is_success``), the guard's verdict
    on the action and, after a reset, ``intrinsics_NAME`` (3, 3) and ``pose_NAME`` (4, 4), the camera in the base frame
    with OpenCV axes. An arm is a name, a folder with its ``arm.json`` or an `ArmModel`; a scene is a `SceneSpec`, a
    file, or a ready-made name, which is moved within the arm's reach. The default ``cameras`` are those of
    `cameras_for`. Raises ValueError for an unknown arm, scene, option or instruction, for objects out of reach, and for
    a rate that does not divide the arm's own.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012 (Gymnasium's own declaration)

    def __init__(
        self,
        render_mode: str | None = None,
        arm: str | ArmModel = "panda",
        scene: SceneSpec | str | None = None,
        instruction: str | None = None,
        cameras: tuple[CameraSpec, ...] | None = None,
        rate_hz: float = 10.0,
        object_poses: bool = False,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"there is no render mode '{render_mode}'; available: {self.metadata['render_modes']}")
        self.render_mode = render_mode
        self.metadata = {**self.metadata, "render_fps": rate_hz}
        self.arm = _arm(arm) if isinstance(arm, str) else arm
        spec = self.arm.spec
        check_rate(rate_hz, spec.control_hz)
        cameras = cameras_for(spec) if cameras is None else cameras
        if twice := [name for name, n in Counter(c.name for c in cameras).items() if n > 1]:
            raise ValueError(f"more than one camera is called '{twice[0]}'; each needs its own name")
        self._scene, self._wanted, self._cameras, self._step_s = scene, instruction, cameras, 1 / rate_hz
        self._world: Physics | None = None
        lowest, highest = -np.ones(spec.dof + 1, np.float32), np.ones(spec.dof + 1, np.float32)
        lowest[-1] = 0
        self.action_space = spaces.Box(lowest, highest, dtype=np.float32)
        low, high = (spec.lower - SLACK_RAD).astype(np.float32), (spec.upper + SLACK_RAD).astype(np.float32)
        fastest = (2 * spec.velocity).astype(np.float32)
        self._positions, self._velocities = spaces.Box(low, high), spaces.Box(-fastest, fastest)
        seen: dict[str, spaces.Space[Any]] = {
            "instruction": spaces.Box(0, 127, (LONGEST_TEXT,), np.uint8),
            "joints": self._positions,
            "joint_velocities": self._velocities,
            "gripper": spaces.Box(0, 1, (1,), np.float32),
        }
        self._poses = object_poses
        if object_poses:
            low, high = (np.tile(limit, (MAX_OBJECTS, 1)) for limit in (OBJECT_LOW, OBJECT_HIGH))
            seen["objects"] = spaces.Box(low, high, dtype=np.float32)
        for c in cameras:
            seen[f"rgb_{c.name}"] = spaces.Box(0, 255, (c.height, c.width, 3), np.uint8)
            seen[f"depth_{c.name}"] = spaces.Box(0, FAR, (c.height, c.width), np.float32)
        self.observation_space = spaces.Dict(seen)  # type: ignore[assignment]

    @property
    def world(self) -> Physics:
        """The simulated world with its ground truth. Raises ResetNeeded before the first reset."""
        if self._world is None:
            raise gymnasium.error.ResetNeeded("call reset() first")
        return self._world

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Start an episode; ``options`` may give its ``scene`` and its ``instruction``."""
        super().reset(seed=seed)
        options = options or {}
        if unknown := set(options) - OPTIONS:
            raise ValueError(f"unknown options {sorted(unknown)}; allowed: {sorted(OPTIONS)}")
        rng, given = self.np_random, options.get("scene", self._scene)
        spec = self.arm.spec
        for _ in range(DRAWS):
            scene = self._scene_of(given)
            said = options.get("instruction", self._wanted) or random_instruction(rng, scene)
            self._instruction = " ".join(str(said).split())
            if not self._instruction.isascii() or len(self._instruction) > LONGEST_TEXT:
                raise ValueError(f"an instruction has at most {LONGEST_TEXT} characters, all of them ASCII")
            appearance = random_appearance(rng, len(scene.objects))
            if self._world is None:
                self._world = Physics(scene, self.arm, appearance)
            else:
                self._world.reset(scene, appearance)
            if given is not None or not self._world.arm_touches():
                break
        world = self.world
        self._before = world.truth()
        if judge(self._instruction, self._before, self._before) is None:
            names = ", ".join(f"{o.color} {o.kind}" for o in scene.objects)
            raise ValueError(f"'{self._instruction}' cannot be judged; name objects by color and kind, here: {names}")
        robot = SimArm(world)
        robot.connect()
        self._eyes = [SimCamera(world, robot.clock, jittered(c, rng, scene.camera_jitter)) for c in self._cameras]
        self._observer = SimCamera(world, robot.clock, nearer(OBSERVER, spec), shadows=True)
        self._target: JointTarget | None = None
        self._guard_says = GuardEvent.OK
        self._loop = ControlLoop(robot, Guard(robot.spec, 1 / robot.spec.control_hz), self._source, self._note)
        self._held_steps = self._steps = 0
        info = self._info(holds=False)
        for eye in self._eyes:
            info[f"intrinsics_{eye.name}"], info[f"pose_{eye.name}"] = eye.intrinsics.copy(), eye.pose.matrix()
        return self._observe(), info

    def _scene_of(self, given: SceneSpec | str | os.PathLike[str] | None) -> SceneSpec:
        spec, rng = self.arm.spec, self.np_random
        if given is None:
            blocks, bowls = counts_with_room(int(rng.integers(2, 5)), int(rng.integers(1, 3)), spec.reach)
            return scene_with_room(rng, blocks, bowls, reach=spec.reach)
        if not isinstance(given, SceneSpec):
            return scene_for(spec, os.fspath(given))
        check_reach(spec, given)
        return given

    def step(self, action: NDArray[np.float32]) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Hold the targets of ``action`` for one step; the guard handles values out of limits or not finite."""
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
        """The observer camera's view (480, 640, 3) uint8, or None without a render mode."""
        if self.render_mode is None:
            return None
        return self._observer.read().rgb if self.world else None

    def close(self) -> None:
        """Close the world; safe to call twice."""
        if self._world is not None:
            self._world.close()
            self._world = None

    def _source(self, state: JointState) -> JointTarget | None:
        return self._target

    def _note(self, cycle: Cycle) -> None:
        if cycle.event is not GuardEvent.OK:
            self._guard_says = cycle.event

    def _info(self, holds: bool) -> dict[str, Any]:
        out: dict[str, Any] = {"instruction": self._instruction, "success": holds, "is_success": holds}
        if self._poses:
            out["objects"] = tuple(f"{o.color} {o.kind}" for o in self.world.scene.objects)
        return out | {"guard": str(self._guard_says)}

    def _objects(self) -> NDArray[np.float32]:
        rows = np.zeros((MAX_OBJECTS, len(OBJECT_LOW)), np.float32)
        for row, truth in zip(rows, self.world.truth().values(), strict=False):
            names = (1 + all_.index(own) for all_, own in zip(ALL_NAMES, (truth.kind, truth.color), strict=True))
            row[:] = [*names, *truth.position, *truth.quaternion, *truth.size]
        return np.clip(rows, OBJECT_LOW, OBJECT_HIGH)

    def _observe(self) -> Observation:
        state, p, v = self._loop.robot.read(), self._positions, self._velocities
        # A pushed joint, or a rounded far plane, may slightly exceed the declared bounds.
        out: Observation = {
            "instruction": np.frombuffer(self._instruction.encode().ljust(LONGEST_TEXT, b"\0"), np.uint8).copy(),
            "joints": np.clip(state.position.astype(np.float32), p.low, p.high),
            "joint_velocities": np.clip(state.velocity.astype(np.float32), v.low, v.high),
            "gripper": np.array([state.gripper], np.float32),
        }
        if self._poses:
            out["objects"] = self._objects()
        for eye in self._eyes:
            frame = eye.read()
            assert frame.depth is not None
            out[f"rgb_{eye.name}"], out[f"depth_{eye.name}"] = frame.rgb, np.minimum(frame.depth, np.float32(FAR))
        return out

"""Obedience: does the arm follow a commanded direction, on and off the demonstrated path, holding or not?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sayso.demonstrations.collect import place_arm
from sayso.demonstrations.disturbance import CLEAN, ROUGH
from sayso.demonstrations.oracle import Task
from sayso.demonstrations.oracle_run import OracleRun
from sayso.hardware.types import Array
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.scenes.spawn import scene_with_room
from sayso.sim.table_world import TableWorld
from sayso.sim.tasks import TASKS
from sayso.skills.motion import HOLD, Axis, LanguageMotion, Step
from sayso.skills.onnx_model import open_model
from sayso.skills.policy import OnnxPolicy

SEED_BASE = 710_000_000
WINDOW_S = 0.5
HOLD_S = 2.0
COSINE = 0.7
ROOM_M = 0.07
DIRECTIONS = tuple((axis, sign) for axis in (Axis.X, Axis.Y, Axis.Z) for sign in (1, -1))
TRIES = 60


@dataclass(frozen=True, slots=True)
class Obeyed:
    """One state: commanded ``motion``, ``cosine`` of the tool's path to it, distance in m, and the kind of state."""

    motion: str
    cosine: float
    moved: float
    holding: bool
    off_path: bool

    @property
    def ok(self) -> bool:
        """Direction followed, or for "hold still" a drift of at most 5 mm."""
        return self.moved <= 0.005 if self.motion == str(HOLD) else self.cosine > COSINE


def _state(policy: str, seed: int, holding: bool, off_path: bool, arm: str) -> tuple[Physics, OracleRun]:
    """Drive the teacher (with detours, if off the path) to a random moment, and hand over to the policy there."""
    rng = np.random.default_rng(seed)
    blocks, bowls = int(rng.integers(2, 6)), int(rng.integers(1, 3))
    model = arm_model(arm)
    scene = scene_with_room(rng, blocks, bowls, reach=model.spec.reach)
    world = Physics(scene, model, random_appearance(rng, blocks + bowls))
    place_arm(world, rng)
    trouble = replace(ROUGH, scene_noise=0.0, drops=0.0) if off_path else CLEAN
    run = OracleRun(TableWorld.around(world), rng, trouble=trouble)
    run.begin(Task("b1", TASKS["put in"], "w1") if rng.random() < 0.5 else Task("b1", TASKS["put on"], "b2"))
    run.go_on(float(rng.uniform(0.3, 1.8)))
    while holding and not (run.goal and run.goal.held) and run.robot.clock.now() < 12.0:
        run.go_on(0.1)
    if holding:
        run.go_on(float(rng.uniform(0.2, 1.5)))
    run.disturbance.trouble, run.runtime.policy = CLEAN, OnnxPolicy(open_model(Path(policy)))
    return world, run


def _room(run: OracleRun, axis: Axis, sign: int) -> float:
    """Free distance (m) of the tool in that direction before a wall, the table or an object."""
    box, tool = run.robot.spec.workspace, run.tool
    if axis is Axis.Z and sign < 0:
        goal = run.goal
        assert goal is not None
        low = 0.02
        if goal.held:
            low = tool[2] - goal.bottom + (goal.clearance if goal.place is not None else 0.0)
        elif np.hypot(*(goal.position - tool)[:2]) < 0.06:
            low = float(goal.position[2])
        return float(tool[2] - low)
    return float(box.upper[axis] - tool[axis] if sign > 0 else tool[axis] - box.lower[axis])


def obey(policy: str, seed: int, arm: str = "panda") -> Obeyed:
    """Say one direction (or, one time in seven, "hold still") in one state; a state without room is drawn again."""
    case = seed % 14
    holding, off_path, which = bool(case % 2), bool(seed // 14 % 2), case // 2
    for attempt in range(TRIES):
        world, run = _state(policy, SEED_BASE + seed * TRIES + attempt, holding, off_path, arm)
        held = bool(run.goal and run.goal.held)
        hold = which == len(DIRECTIONS)
        axis, sign = DIRECTIONS[0 if hold else which]
        if held == holding and (hold or _room(run, axis, sign) > ROOM_M):
            break
        world.close()
    else:
        raise RuntimeError(f"no state with room for seed {seed}")
    motion = HOLD if hold else LanguageMotion((Step(axis, sign),))
    run.disturbance.order = motion
    start = run.tool.copy()
    if hold:
        run.go_on(0.3)  # let the previous motion come to rest
        start = run.tool.copy()
    run.go_on(HOLD_S if hold else WINDOW_S)
    gap: Array = run.tool - start
    moved = float(np.linalg.norm(gap))
    world.close()
    cosine = 0.0 if hold or moved < 1e-6 else float(gap[axis] * sign / moved)
    return Obeyed(str(motion), cosine, moved, held, off_path)

"""The ladder: teacher, policy under the teacher's motions, policy with the motion planner, all on true scenes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sayso.demonstrations.collect import draw_things, place_arm, random_task, things_task
from sayso.demonstrations.disturbance import CLEAN, DISTURBED, DisturbanceRates
from sayso.demonstrations.oracle_run import OracleRun
from sayso.planner.execution.motion_planner import MotionPlanner
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.scenes.spawn import scene_with_room
from sayso.sim.table_world import TableWorld
from sayso.skills.onnx_model import open_model
from sayso.skills.policy import OnnxPolicy

LIMIT_S = 25.0
DISTURBED_LIMIT_S = 35.0
SEED_BASE = 700_000_000


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: ``policy`` and ``motion`` are ONNX files, None for the expert and the teacher's own motions.

    ``things``: with things of all families but the one held out, instead of blocks alone, and all their tasks.
    """

    name: str
    policy: str | None = None
    motion: str | None = None
    trouble: DisturbanceRates = CLEAN
    arm: str = "panda"
    tasks: tuple[str, ...] = ("put in", "put on")
    things: bool = False


@dataclass(frozen=True, slots=True)
class Climbed:
    """One episode: success by the truth, how long it took (simulated s), the task, and how far (m) an object was pushed
    that the task does not name."""

    ok: bool
    seconds: float
    task: str
    pushed: float


def climb(rung: Rung, seed: int) -> tuple[bool, float, str]:
    """One episode: success by the truth, how long it took (simulated s), and the task."""
    done = climbed(rung, seed)
    return done.ok, done.seconds, done.task


def climbed(rung: Rung, seed: int) -> Climbed:
    """One episode of ``rung``; the same seed gives the same episode."""
    rng = np.random.default_rng(SEED_BASE + seed)
    blocks, bowls = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    arm = arm_model(rung.arm)
    drawn = np.random.default_rng([SEED_BASE + seed, 1])
    scene = draw_things(drawn, arm.spec) if rung.things else scene_with_room(rng, blocks, bowls, reach=arm.spec.reach)
    world = Physics(scene, arm, random_appearance(rng, max(blocks + bowls, len(scene.objects))))
    place_arm(world, rng)
    run = OracleRun(
        TableWorld.around(world), rng, trouble=rung.trouble,
        policy=OnnxPolicy(open_model(Path(rung.policy))) if rung.policy else None,
        motions=MotionPlanner(open_model(Path(rung.motion))) if rung.motion else None,
    )  # fmt: skip
    if rung.things and arm.spec.gripper is not None:
        task = things_task(drawn, scene, arm.spec.gripper)
    else:
        task = random_task(rng, scene)
        while task.kind.name not in rung.tasks:
            task = random_task(rng, scene)
    before = {name: item.position for name, item in run.objects.truth().items()}
    ok = run.run(task, LIMIT_S if rung.trouble == CLEAN else DISTURBED_LIMIT_S)
    took, after = run.robot.clock.now(), run.objects.truth()
    others = before.keys() - {task.block, task.reference}
    pushed = max((float(np.linalg.norm(after[name].position - before[name])) for name in others), default=0.0)
    world.close()
    return Climbed(ok, took, f"{task}", pushed)


def rungs(policy: str, motion: str, arm: str = "panda") -> list[Rung]:
    """The rungs below perception, in order."""
    clean = Rung("teacher, clean", arm=arm)
    things = Rung("teacher, things", arm=arm, things=True)
    return [
        clean,
        replace(clean, name="teacher, disturbed", trouble=DISTURBED),
        replace(clean, name="policy under the teacher's motions", policy=policy),
        replace(clean, name="policy with motion planner, true scenes", policy=policy, motion=motion),
        replace(clean, name="policy with motion planner, disturbed", policy=policy, motion=motion, trouble=DISTURBED),
        things,
        replace(things, name="policy with motion planner, things, true scenes", policy=policy, motion=motion),
    ]

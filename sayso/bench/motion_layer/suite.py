"""The cells of ``sayso bench motion-layer``: arms by what the policy is told, at so many demonstrations a skill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np

from sayso.bench.motion_layer.demonstrations import (
    HELD_OUT_BASE,
    SKILLS,
    UNSEEN,
    UNSEEN_PAIR,
    demonstrations,
    pairs_of,
    world_of,
)
from sayso.bench.tasks.obedience import COSINE, ROOM_M, WINDOW_S
from sayso.demonstrations.disturbance import CLEAN
from sayso.demonstrations.oracle_run import OracleRun
from sayso.planner.execution.motion_planner import MotionPlanner
from sayso.sim.arms.own_arm import arm_model, name_of
from sayso.sim.table_world import TableWorld
from sayso.skills.motion import LanguageMotion, Step
from sayso.skills.onnx_model import open_model
from sayso.skills.policy import OnnxPolicy
from sayso.skills.training.policy import Mode

Record = dict[str, Any]
COUNTS = (10, 30, 100)
ARMS: dict[Mode, str] = {"motion": "words", "class": "class numbers", "flat": "flat"}
LIMIT_S = 20.0
STEPS = 1_000
SEEDS, IN_A_ROW = 3, 50
"""So many trainings an arm; so many episodes in a row use the same one."""


def cells(arm: str, work: Path, steps: int = STEPS) -> list[tuple[str, Callable[[int], Record], int, Any, Any]]:
    """Name, episode, usual number, figures and preparation of each cell; ``work`` keeps demonstrations and models.

    The seed of an episode chooses its training, too (`training_of`); a training that no episode needs is not done.
    """
    out: list[tuple[str, Callable[[int], Record], int, Any, Any]] = []
    for count in COUNTS:
        for mode, words in ARMS.items():
            prepare = partial(trained, mode, count, arm, work, steps)
            what = f"{count} demonstrations, {words}"
            out += [
                (f"{what}: seen", partial(errand, mode, count, arm, work, False), 150, figures, prepare),
                (f"{what}: unseen compositions", partial(errand, mode, count, arm, work, True), 150, figures, prepare),
            ]
            if mode != "flat":  # it hears nothing
                out.append((f"{what}: an unseen phrase", partial(phrase, mode, count, arm, work), 150, obeyed, prepare))
    return out


def training_of(seed: int) -> int:
    """The number of the training that the episode of ``seed`` tries: the first 50 episodes try the first one."""
    return seed // IN_A_ROW % SEEDS


def _files(mode: Mode, count: int, arm: str, work: Path, seed: int) -> tuple[Path, Path]:
    folder = work / f"{count:03}"
    return folder / f"policy-{name_of(arm)}-{mode}-{seed}.onnx", folder / f"motion-{name_of(arm)}-{seed}.onnx"


def trained(mode: Mode, count: int, arm: str, work: Path, steps: int, seeds: Sequence[int]) -> None:
    """Train what the episodes of ``seeds`` need and is not there yet: policies of one arm, and motion planners."""
    from sayso.planner.training.motion import train_motion
    from sayso.skills.training.policy import train_policy

    assert mode in get_args(Mode)
    columns: Any = None
    for seed in sorted({training_of(seed) for seed in seeds}):
        policy, motion = _files(mode, count, arm, work, seed)
        policy.parent.mkdir(parents=True, exist_ok=True)
        if policy.exists() and (motion.exists() or mode == "flat"):
            continue
        columns = columns or demonstrations(work / "demonstrations", count, arm)
        if not policy.exists():
            half = policy.with_suffix(".pt")
            train_policy(columns, arm_model(arm).spec, policy, mode=mode, steps=steps, seed=seed, checkpoint=half)
        if mode != "flat" and not motion.exists():
            train_motion(columns, motion, steps=steps, seed=seed, checkpoint=motion.with_suffix(".pt"))


def _run(mode: Mode, count: int, arm: str, work: Path, seed: int, skill: str, size: str) -> tuple[OracleRun, Any, Any]:
    policy, motion = _files(mode, count, arm, work, training_of(seed))
    world, task, rng = world_of(skill, size, HELD_OUT_BASE + seed, arm)
    run = OracleRun(
        TableWorld.around(world), rng, trouble=CLEAN, policy=OnnxPolicy(open_model(policy)),
        motions=None if mode == "flat" else MotionPlanner(open_model(motion)),
    )  # fmt: skip
    return run, world, task


def errand(mode: Mode, count: int, arm: str, work: Path, unseen: bool, seed: int) -> Record:
    """One errand: of a composition that was demonstrated, or of one that was not."""
    pool = UNSEEN if unseen else pairs_of(SKILLS)
    skill, size = pool[seed % len(pool)]
    run, world, task = _run(mode, count, arm, work, seed, skill, size)
    ok = run.run(task, LIMIT_S)
    seconds = run.robot.clock.now()
    world.close()
    return {"ok": bool(ok), "skill": skill, "size": size, "seconds": round(seconds, 2), "training": training_of(seed)}


def phrase(mode: Mode, count: int, arm: str, work: Path, seed: int) -> Record:
    """Say `UNSEEN_PAIR` once at a moment of an errand; ok: the hand goes that way."""
    rng = np.random.default_rng(HELD_OUT_BASE + seed)
    motion = LanguageMotion(tuple(Step(axis, sign) for axis, sign in UNSEEN_PAIR))
    way = motion.twist()[:3] / np.linalg.norm(motion.twist()[:3])
    while True:
        run, world, task = _run(mode, count, arm, work, seed, str(rng.choice(SKILLS)), "small")
        run.begin(task)
        run.go_on(float(rng.uniform(0.3, 2.5)))
        room = [run.robot.spec.workspace.upper[axis] - run.tool[axis] for axis, _ in UNSEEN_PAIR]
        if min(room) > ROOM_M and run.tool[2] > ROOM_M:
            break
        world.close()
        seed += SEEDS * IN_A_ROW * 1000
    run.disturbance.order = motion
    start = run.tool.copy()
    run.go_on(WINDOW_S)
    gap = run.tool - start
    moved = float(np.linalg.norm(gap))
    world.close()
    cosine = 0.0 if moved < 1e-6 else float(gap @ way / moved)
    return {"ok": cosine > COSINE, "cosine": round(cosine, 3), "moved": round(moved, 4), "training": training_of(seed)}


def figures(records: Sequence[Record]) -> Record:
    """Successes by skill and by training."""
    return {"by skill": _by(records, "skill"), "by training": _by(records, "training")}


def obeyed(records: Sequence[Record]) -> Record:
    """The middle cosine of the hand's way to the one that was said."""
    return {"median cosine": float(np.median([r["cosine"] for r in records])), "by training": _by(records, "training")}


def _by(records: Sequence[Record], key: str) -> Record:
    names = sorted({str(r[key]) for r in records if key in r})
    return {n: f"{sum(r['ok'] for r in records if str(r.get(key)) == n)} of "
            f"{sum(str(r.get(key)) == n for r in records)}" for n in names}  # fmt: skip

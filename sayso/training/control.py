"""Policy, motion planner and critic from nothing: demonstrations, a first fit, then rounds of DAgger.

DAgger: Ross, Gordon & Bagnell 2011. The learner drives, the memoryless teacher says what it would have done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.collect import Job, collect
from sayso.planner.training.critic import CriticFit, train_critic
from sayso.planner.training.motion import train_motion
from sayso.sim.arms.own_arm import arm_model, name_of
from sayso.skills.dataset import load_columns
from sayso.skills.training.policy import COLUMNS, Mode, PolicyFit, train_policy

Progress = Callable[[str, int, int, float], None]
CRITIC_COLUMNS = ("critic.features", "critic.label")
TRAIN_SEED = 100_000
ROUND_SEEDS = 10_000_000


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Sizes of a training: worlds of demonstrations, DAgger ``rounds`` and their worlds, steps of each fit,
    and the episodes of each score on a card."""

    demo_worlds: int = 75
    rounds: int = 0
    round_worlds: int = 40
    round_steps: int = 6_000
    policy_steps: int = 14_000
    motion_steps: int = 6_000
    critic_steps: int = 4_000
    score_episodes: int = 60


# To go on from models that are there, see `sayso train --start`: fewer worlds and steps.
ON_FROM = TrainConfig(demo_worlds=42, policy_steps=5_000, motion_steps=3_000, critic_steps=2_500, score_episodes=24)
QUICK = TrainConfig(demo_worlds=8, rounds=0, policy_steps=600, motion_steps=400, critic_steps=200, score_episodes=6)


def gather_demonstrations(work: Path, recipe: TrainConfig, arm: str, workers: int, progress: Progress) -> Path:
    """Demonstrations and DAgger rounds at ``work``/demos-ARM; existing worlds are skipped. Returns the dataset."""
    name = name_of(arm)
    root = work / f"demos-{name}"
    jobs = [Job(TRAIN_SEED + i, arm) for i in range(recipe.demo_worlds)]
    collect(root, jobs, workers, lambda d, n, g: progress(f"demonstrations (success {g:.0%})", d, n, g))
    for number in range(1, recipe.rounds + 1):
        policy, motion = work / f"round{number}-policy-{name}.onnx", work / f"round{number}-motion-{name}.onnx"
        if not (policy.exists() and motion.exists()):
            columns = load(root, COLUMNS)
            fit_motion(columns, motion, recipe.round_steps // 2, work, progress)
            fit_policy(columns, policy, arm, "motion", recipe.round_steps, work, progress)
        first = ROUND_SEEDS * number + TRAIN_SEED
        jobs += [Job(first + i, arm, str(policy), str(motion)) for i in range(recipe.round_worlds)]
        collect(root, jobs, workers, lambda d, n, g, k=number: progress(f"DAgger {k} (success {g:.0%})", d, n, g))  # type: ignore[misc]
    return root


def load(root: Path, names: tuple[str, ...]) -> dict[str, NDArray[np.float32]]:
    """Columns of the demonstrations."""
    return load_columns(root, list(names))


def fit_policy(
    columns: dict[str, NDArray[np.float32]], out: Path, arm: str, mode: Mode, steps: int, work: Path,
    progress: Progress, start: Path | None = None,
) -> PolicyFit:  # fmt: skip
    """Fit one policy arm (motion, flat or class) and export it."""
    return train_policy(
        columns, arm_model(arm).spec, out, mode=mode, steps=steps, start=start,
        checkpoint=work / f"{out.stem}.checkpoint",
        progress=lambda s, n, loss: progress(f"{out.stem} (loss {loss:.4f})", s, n, loss),
    )  # fmt: skip


def fit_motion(
    columns: dict[str, NDArray[np.float32]], out: Path, steps: int, work: Path, progress: Progress,
    start: Path | None = None,
) -> PolicyFit:  # fmt: skip
    """Fit the motion planner and export it."""
    return train_motion(
        columns, out, steps=steps, checkpoint=work / f"{out.stem}.checkpoint", start=start,
        progress=lambda s, n, loss: progress(f"{out.stem} (loss {loss:.4f})", s, n, loss),
    )  # fmt: skip


def fit_critic(
    root: Path, out: Path, steps: int, work: Path, progress: Progress, start: Path | None = None
) -> CriticFit:
    """Fit the critic and export it."""
    return train_critic(
        load(root, CRITIC_COLUMNS), out, steps=steps, checkpoint=work / f"{out.stem}.checkpoint", start=start,
        progress=lambda s, n, loss: progress(f"{out.stem} (loss {loss:.4f})", s, n, loss),
    )  # fmt: skip

"""States of ordinary tasks, at which a motion planner that goes on learning keeps its answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.collect import Job, collect
from sayso.sim.arms.own_arm import name_of
from sayso.skills.dataset import load_columns

SEED = 45_000_000
WORLDS = 8
MOST_ROWS = 60_000


def rehearsal(
    work: Path, arm: str, policy: Path, motion: Path, workers: int = 2, worlds: int = WORLDS,
    progress: Callable[[str, int, int, float], None] = lambda *_: None,
) -> NDArray[np.float32]:  # fmt: skip
    """States (R, F) that ``policy`` and ``motion`` come to in disturbed random worlds, and neighbors of these.

    The worlds stay in ``work``; an interrupted collection goes on.
    """
    root = work / f"rehearsal-{name_of(arm)}"
    jobs = [Job(SEED + i, arm, str(policy), str(motion)) for i in range(worlds)]
    collect(root, jobs, workers, lambda done, n, good: progress("rehearsal", done, n, good))
    columns = load_columns(root, ["observation.features", "neighbour.features"])
    visited = columns["observation.features"]
    rows = np.concatenate([visited, columns["neighbour.features"].reshape(-1, visited.shape[1])])
    rng = np.random.default_rng(0)
    return rows if len(rows) <= MOST_ROWS else rows[rng.choice(len(rows), MOST_ROWS, replace=False)]

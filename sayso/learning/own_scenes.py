"""Trials of the gate in the scenes of the runs themselves, with everything moved a little and nobody to help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sayso.errors import UserError
from sayso.learning.attempt import Attempt
from sayso.learning.gate import PUSHED_M, Check, Trial
from sayso.result import RunResult
from sayso.runs.run import EPISODE, Run
from sayso.runs.run_config import RunSettings
from sayso.sim.scenes.scene_spec import SceneSpec

SHAKEN_M, TURNED_RAD = 0.02, 0.5
SEED = 41_000_000
TRIALS = 16


def own_check(attempts: Sequence[Attempt], n: int = TRIALS) -> Check:
    """The instructions of ``attempts``, in their scenes shaken by seeds that no run had.

    Raises `UserError` for runs without a simulated scene.
    """
    settings = [RunSettings.load(attempt.folder / EPISODE) for attempt in attempts]
    simulated = tuple(s.model_dump_json() for s in settings if s.scene is not None)
    if not simulated:
        raise UserError("none of these runs has a simulated scene to try a candidate in; name a task with --gate")
    return Check("the corrected task", "better", partial(own_trial, simulated), tuple(range(SEED, SEED + n)))


def own_trial(runs: Sequence[str], seed: int, models: Path) -> Trial:
    """One of the ``runs`` again, its scene shaken by ``seed``, without a word said."""
    settings = RunSettings.model_validate_json(runs[seed % len(runs)])
    scene = shaken(settings.scene, seed) if settings.scene is not None else None
    again = settings.model_copy(update={"scene": scene, "seed": seed, "say": (), "remembered": ()})
    with Run(again, models, listen=False, tell=lambda text: None) as run:
        result = run.execute()
    return trial_of(result)


def trial_of(result: RunResult) -> Trial:
    """Success by the simulator's verdict, and harm by what the instruction does not name."""
    return Trial(result.outcome == "done" and result.success is True, pushed(result) > PUSHED_M)


def pushed(result: RunResult) -> float:
    """How far (m) something was pushed that is in no subtask of the plan."""
    if result.sim is None:
        return 0.0
    words = " ".join([result.instruction, *(step.subtask for step in result.plan)])
    before, after = result.sim["before"], result.sim["after"]
    others = [name for name, item in before.items() if f"{item.color} {item.kind}" not in words]
    moved: list[Any] = [np.subtract(after[name].position, before[name].position) for name in others]
    return max((float(np.linalg.norm(way)) for way in moved), default=0.0)


def shaken(scene: SceneSpec, seed: int) -> SceneSpec:
    """``scene`` with its things moved and turned a little; what stands on something stays over it."""
    rng = np.random.default_rng(seed)
    shift = rng.normal(0, SHAKEN_M, 2)
    turn = rng.uniform(-TURNED_RAD, TURNED_RAD)
    objects = tuple(
        replace(
            o, position=(o.position[0] + float(shift[0]), o.position[1] + float(shift[1]), *o.position[2:]),
            yaw=o.yaw + float(turn),
        )
        for o in scene.objects
    )  # fmt: skip
    return replace(scene, objects=objects)

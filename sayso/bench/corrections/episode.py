"""One attempt at a task worth correcting, with or without the model of a person beside the arm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from sayso.bench.corrections.beside import Beside
from sayso.bench.corrections.by_hand import Hands
from sayso.bench.corrections.operator_model import Manner, OperatorModel
from sayso.bench.corrections.tasks import TASKS
from sayso.errors import UserError
from sayso.hardware.near_miss import suggestion
from sayso.learning.gate import PUSHED_M, Check, Trial
from sayso.learning.own_scenes import pushed
from sayso.memory_store import MemoryFile
from sayso.planner.memory.entries import written
from sayso.runs.run import Run
from sayso.runs.run_config import RunSettings
from sayso.sim.arms.own_arm import arm_model

SEED_BASE = 740_000_000
TAUGHT_BASE = SEED_BASE + 5_000_000
"""Seeds of the corrected episodes that are learned from."""
GATE_BASE = SEED_BASE + 6_000_000


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt: ``ok`` if the person is content, and believed done; how long it took (s).

    ``said`` counts the person's sentences, ``wrong`` those that said another motion than meant; something else was
    ``pushed`` so far (m).
    """

    ok: bool
    seconds: float
    outcome: str
    said: int
    wrong: int
    pushed: float


def attempt(
    name: str, seed: int, models: Path | None, corrected: bool, keep: Path | None = None, arm: str = "panda",
    manner: Manner | None = None, memory: Path | None = None, by_hand: bool = False,
) -> Tried:  # fmt: skip
    """Try the task ``name`` in the world of ``seed``, on true scenes; ``corrected``: the operator model speaks.
    ``by_hand``: a person moves the arm, and nobody speaks.

    With ``keep`` the folder holds the run afterwards, with its record, whose success is the person's verdict. The
    habits in the file ``memory`` are heeded.
    """
    task, rng = TASKS[name], np.random.default_rng(seed)
    scene, instruction = task.scene(rng, arm_model(arm).spec.reach)
    settings = RunSettings(
        instruction=instruction, robot=f"sim:{arm}", scene=scene, seed=seed % 2**31, limit_s=task.limit_s,
        remembered=() if memory is None else _entries(memory),
    )  # fmt: skip
    with Run(settings, models, listen=False, tell=lambda text: None, sees="truth") as run:
        beside = Beside(task, run.session, rng)
        run.session.runtime.subscribe(beside)
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            run.keep(keep)
        person = OperatorModel(
            run.session.robot.spec, beside.wishes, run.session.say, np.random.default_rng(seed), manner, beside.pace
        )
        if by_hand:
            runtime = run.session.runtime
            runtime.motions = runtime.policy = Hands(run.session, beside.wishes)
        if corrected:
            run.session.runtime.subscribe(person)
        result = run.execute()
        ok = result.outcome == "done" and beside.is_done(result.success)
        if keep is not None:
            run.result = replace(result, success=ok)
            run.save(keep, video=False)
    return Tried(ok, result.duration_s, result.outcome, len(person.said), person.wrong, pushed(result))


def _entries(memory: Path) -> tuple[str, ...]:
    return tuple(written(entry) for entry in MemoryFile(memory, lambda text: None).entries())


def task_trial(name: str, arm: str, seed: int, models: Path) -> Trial:
    """A trial of the gate: the task ``name`` without anybody to help."""
    done = attempt(name, GATE_BASE + seed, models, False, arm=arm)
    return Trial(done.ok, done.pushed > PUSHED_M)


def task_check(name: str, n: int, arm: str = "panda") -> Check:
    """The gate's check of a task worth correcting, on seeds of its own. Raises `UserError` for an unknown task."""
    if name not in TASKS:
        raise UserError(f"no task '{name}'; there are: own, {', '.join(TASKS)}{suggestion(name, TASKS)}")
    return Check(name, "better", partial(task_trial, name, arm), tuple(range(n)))

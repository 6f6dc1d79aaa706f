"""Demonstrations from another simulator's world: by its teacher, Sayso's with its truth, or the shipped policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.collect import LIMIT_S, LINGER_S, Collected, Progress, episode_of, fill, frames_a_second
from sayso.demonstrations.demonstrator import RECORD_TICKS
from sayso.demonstrations.disturbance import ROUGH
from sayso.demonstrations.ground_truth import true_scene
from sayso.demonstrations.oracle import Task
from sayso.demonstrations.oracle_run import OracleRun
from sayso.errors import UserError
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import RobotSpec
from sayso.hardware.world import World
from sayso.hardware.worlds.open import WORLD, open_world
from sayso.model_store import ModelStore
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Verb
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.session import Options, Session
from sayso.sim.tasks import kind_in
from sayso.skills.episodes import Episode


class Source(StrEnum):
    """The demonstrator, as in the dataset's ``sayso.demonstrated_by``."""

    OWN_TEACHER = "the world's own teacher"
    TEACHER = "sayso's teacher on the world's truth"
    POLICY = "the shipped policy's runs that the world calls done"


@dataclass(frozen=True, slots=True)
class WorldJob:
    """One episode: the world's ``name``, the ``seed`` of its reset, the demonstrator and its ``models``."""

    name: str
    seed: int
    source: Source
    models: Path


def source_of(name: str, seed: int) -> tuple[Source, RobotSpec]:
    """The demonstrator of the world ``name``, and its arm. Raises `RobotError`, or `UserError` without one."""
    world = open_world(name)
    try:
        if not world.reset(seed).instruction.strip():
            raise UserError(f"the world {name} has no instruction; its reset must return a Task with a sentence")
        if world.truth() is not None:
            taught = type(world).teach is not World.teach
            return Source.OWN_TEACHER if taught else Source.TEACHER, world.spec
        if world.success() is None:
            raise UserError(
                f"the world {name} has neither truth() nor success(): a teacher needs the first, "
                "the shipped policy the second; write one of them"
            )
        return Source.POLICY, world.spec
    finally:
        world.close()


def collect_from(
    root: Path,
    name: str,
    seeds: Sequence[int],
    models: Path | None = None,
    workers: int = 2,
    progress: Progress | None = None,
) -> tuple[Collected, Source]:
    """An episode for each of ``seeds`` of the world ``name``, into the dataset at ``root``; who demonstrated.

    Seeds that the dataset holds are not made again. Raises as `source_of` and `sayso.demonstrations.collect.fill` do.
    """
    source, spec = source_of(name, seeds[0])
    store = ModelStore(models) if models else ModelStore()
    jobs = [WorldJob(name, seed, source, store.root) for seed in seeds]
    return fill(root, spec, jobs, 1, demonstrate, workers, progress, str(source)), source


def demonstrate(job: WorldJob) -> list[Episode]:
    """The episode of one seed; none where the shipped policy failed."""
    if job.source is Source.POLICY:
        return _by_policy(job)
    world = open_world(job.name)
    try:
        return [_taught(job, world)]
    finally:
        world.close()


def _taught(job: WorldJob, world: World) -> Episode:
    rng = np.random.default_rng(job.seed)
    asked = world.reset(job.seed, _task(world, job.seed))
    run = OracleRun(
        world, rng, trouble=ROUGH, record=True, held_motions=bool(rng.random() < 0.5),
        taught=job.source is Source.OWN_TEACHER,
    )  # fmt: skip
    assert run.recorder is not None
    ok, spec = True, run.robot.spec
    texts: list[tuple[float, str]] = []
    tasks = _oracle_tasks(run, asked.instruction, job)
    for text, task in tasks:
        texts.append((run.recorder.count / frames_a_second(spec), text))
        if not (ok := run.run(task, (asked.limit_s or LIMIT_S * len(tasks)) / len(tasks))):
            break
    run.go_on(float(rng.uniform(LINGER_S / 2, LINGER_S)))
    said = world.success()
    return episode_of(
        spec, job.seed, asked.instruction, ok if said is None else said, run.recorder.take(), tuple(texts)
    )


def _task(world: World, seed: int) -> str | None:
    """Each of the world's tasks in its turn."""
    return world.tasks[seed % len(world.tasks)] if world.tasks else None


@lru_cache(maxsize=1)
def _words(models: Path) -> LocalPlanner:
    return LocalPlanner(models)


def _oracle_tasks(run: OracleRun, instruction: str, job: WorldJob) -> list[tuple[str, Task]]:
    """What the world asks for as tasks that the truth can supervise, each with its text."""
    state = run.robot.read()
    tool = Kinematics(run.robot.spec).forward(state.position)
    answer = _words(job.models).plan(instruction, true_scene(run.objects.truth(), state.t, tool, state.gripper))
    if not isinstance(answer, Plan):
        raise UserError(f"the world {job.name} asks to '{instruction}', which is not understood: {answer}")
    out: list[tuple[str, Task]] = []
    for step in answer.subtasks:
        if step.verb is Verb.PLACE and out and out[-1][1] == Task(step.object_id):
            out.pop()
        if step.verb is Verb.PLACE and (step.reference_id is None or step.reference_id == step.object_id):
            raise UserError(f"the world {job.name} asks to '{instruction}': the teacher puts things only by others")
        out.append((str(step), Task(step.object_id, kind_in(step.relation), step.reference_id)))
    return out


class PolicyRows(Subscriber):
    """What the product itself saw, said and did, a row at every `RECORD_TICKS`-th tick."""

    def __init__(self) -> None:
        self.rows: dict[str, list[NDArray[np.float32]]] = {}
        self._ticks = 0

    def ticked(self, tick: Tick) -> None:
        """Add a row."""
        seen, motion, chunk = tick.observation, tick.motion, tick.chunk
        if seen is None or motion is None or chunk is None:
            return
        self._ticks += 1
        if self._ticks % RECORD_TICKS != 1:
            return
        row = {
            "state": np.append(tick.state.position, tick.state.gripper),
            "features": seen.features,
            "own": motion.encode(),
            "motion": motion.encode(),
            "action": np.append(chunk.slopes[0], float(chunk.closed)),
        }
        for key, value in row.items():
            self.rows.setdefault(key, []).append(np.asarray(value, dtype=np.float32))

    def take(self) -> dict[str, NDArray[np.float32]]:
        """The columns (T, k) float32."""
        return {key: np.stack(value) for key, value in self.rows.items()}


def _by_policy(job: WorldJob) -> list[Episode]:
    with Session(f"{WORLD}:{job.name}", seed=job.seed, models=job.models, options=Options(listen=False)) as session:
        rows = PolicyRows()
        session.runtime.subscribe(rows)
        result = session.run()
    if result.success is not True or not rows.rows:
        return []
    texts = tuple((step.t, step.subtask) for step in result.plan)
    return [episode_of(session.robot.spec, job.seed, result.instruction, True, rows.take(), texts)]

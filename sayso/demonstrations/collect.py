"""Collects demonstrations in many worlds into a LeRobot dataset."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.demonstrator import RECORD_TICKS
from sayso.demonstrations.disturbance import ROUGH, DisturbanceRates
from sayso.demonstrations.oracle import Task
from sayso.demonstrations.oracle_run import OracleRun
from sayso.errors import UserError
from sayso.hardware.arms.lerobot_units import LeRobotUnits
from sayso.hardware.process.spawn import interrupts_held
from sayso.hardware.robot import RobotError
from sayso.hardware.types import GripperSpec, RobotSpec
from sayso.perception.scene import HOLLOW, SceneObject
from sayso.planner.execution.grip import ungraspable
from sayso.planner.execution.motion_planner import MotionPlanner
from sayso.sim.arms.own_arm import arm_model
from sayso.sim.physics import Physics, random_appearance
from sayso.sim.scenes.scene_spec import SceneSpec
from sayso.sim.scenes.spawn import scene_with_room
from sayso.sim.scenes.spawn_things import things_scene
from sayso.sim.table_world import TableWorld
from sayso.sim.tasks import TASKS, TaskKind, task_kind
from sayso.sim.things.catalog import Size
from sayso.skills.dataset import DatasetError, DatasetWriter
from sayso.skills.episodes import Episode, Texts
from sayso.skills.features import feature_names
from sayso.skills.motion import decode
from sayso.skills.onnx_model import open_model
from sayso.skills.policy import OnnxPolicy, policy_rate

TASKS_PER_WORLD = 4
LIMIT_S = 16.0
LINGER_S = 2.0
COMMIT_WORLDS = 25
HIGHER = 0.75
THINGS_WORLDS, THINGS = 0.6, 0.8  # share of the worlds with things, and of their tasks about a thing
FALLEN_M = -0.03
STAND = "s1"  # is put on or in, and not taken itself
STACKED = frozenset({"block", "box"})
ROOMY, BROAD = 0.75, 1.3  # a thing's longer edge, over a vessel's width, and over the shorter edge of what it stands on
COLUMNS = {
    "observation.features": "features",
    "action": "action",
    "motion.own": "own",
    "motion.said": "motion",
    "counterfactual.motion": "other_motions",
    "counterfactual.action": "other_actions",
    "neighbour.features": "near_features",
    "neighbour.own": "near_own",
    "neighbour.motion": "near_motions",
    "neighbour.action": "near_actions",
    "critic.features": "critic_features",
    "critic.label": "critic_label",
}  # of the dataset, and what a recorder calls them
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Collected:
    """Total ``episodes`` and ``frames`` of a dataset; new episodes ``made`` and successful (``good``) ones."""

    episodes: int
    frames: int
    made: int
    good: int


@dataclass(frozen=True, slots=True)
class Job:
    """One world to collect in; ``policy`` and ``motion`` are ONNX files that act instead of the teacher (DAgger).

    ``task`` names the only kind of task (see `sayso.sim.tasks.task_kind`); None: all kinds at random.
    """

    seed: int
    arm: str = "panda"
    policy: str | None = None
    motion: str | None = None
    trouble: DisturbanceRates = ROUGH
    task: str | None = None


def frames_a_second(spec: RobotSpec) -> float:
    """Samples per second of an arm: one per `RECORD_TICKS` policy ticks, 25 Hz for most arms."""
    return policy_rate(spec.control_hz) / RECORD_TICKS


def random_task(
    rng: np.random.Generator, scene: SceneSpec, stacked: Sequence[str] = (), kinds: Iterable[TaskKind] = TASKS.values()
) -> Task:
    """A random task of these ``kinds`` that the scene has the objects for; often "on" the ``stacked`` blocks.

    Raises `RobotError` if it has them for none.
    """
    ids = {kind: [o.id for o in scene.objects if o.kind == kind] for kind in ("block", "bowl")}
    first, *ids["block"] = (str(b) for b in rng.permutation(ids["block"]))
    if stacked and rng.random() < HIGHER:
        loose = [b for b in (first, *ids["block"]) if b not in stacked]
        if loose:
            return Task(loose[0], TASKS["put on"], stacked[-1])
    pools = {kind.name: [i for of in kind.references for i in ids[of]] for kind in kinds}
    # Picking up comes first: the order decides what a seed draws.
    able = sorted((k for k in kinds if pools[k.name] or not k.references), key=lambda kind: bool(kind.references))
    drawn = [kind for kind in able for _ in range(kind.share)] or able
    if not drawn:
        raise RobotError(f"the scene has too few blocks or bowls for the task '{', '.join(k.name for k in kinds)}'")
    kind = drawn[int(rng.integers(len(drawn)))]
    return Task(first, kind, str(rng.choice(pools[kind.name])) if kind.references else None)


def draw_things(rng: np.random.Generator, spec: RobotSpec) -> SceneSpec:
    """A scene of things that the arm's hand can take, beside blocks and bowls."""
    assert spec.gripper is not None
    things, blocks, bowls = (int(rng.integers(*span)) for span in ((1, 4), (0, 3), (0, 2)))
    return things_scene(rng, things, blocks, bowls, partial(_fits, spec.gripper), spec.reach)


def things_task(rng: np.random.Generator, scene: SceneSpec, gripper: GripperSpec, gone: Container[str] = ()) -> Task:
    """A random task with one of the scene's things, or one of its blocks, that the hand can do; none with the ids in
    ``gone``. Raises `RobotError` if there is none."""
    objects = {o.id: o for o in scene.objects if o.id not in gone}
    moved = [i for i, o in objects.items() if o.kind == "block" or (i != STAND and _fits(gripper, o.kind, o.extents))]
    things = [i for i in moved if objects[i].kind != "block"]
    if not moved:
        raise RobotError("nothing is left on the table that the hand can take")
    a = objects[str(rng.choice(things if things and rng.random() < THINGS else moved))]
    others = [o for o in objects.values() if o.id != a.id]
    rooms = {
        "put in": [o.id for o in others if o.kind in HOLLOW and max(a.extents[:2]) < ROOMY * min(o.extents[:2])],
        "put on": [o.id for o in others if o.kind in STACKED and max(a.extents[:2]) < BROAD * min(o.extents[:2])],
    }
    drawn = [(kind, rooms.get(name, [o.id for o in others])) for name, kind in TASKS.items() for _ in range(kind.share)]
    kind, pool = next(
        (kind, pool) for kind, pool in (drawn[i] for i in rng.permutation(len(drawn))) if pool or not kind.references
    )
    return Task(a.id, kind, str(rng.choice(pool)) if kind.references else None)


def _fits(gripper: GripperSpec, kind: str, size: Size) -> bool:
    """Whether the hand can take a thing of this kind and size."""
    item = SceneObject("", {kind: 1.0}, {"gray": 1.0}, np.array([0.0, 0.0, size[2] / 2]), np.array(size))
    return not ungraspable(item, gripper)


def place_arm(world: Physics, rng: np.random.Generator) -> None:
    """Start the arm somewhere near home."""
    spec = world.arm.spec
    q = spec.home + rng.uniform(-0.22, 0.22, spec.dof)
    world.set_joints(np.clip(q, spec.lower, spec.upper), float(rng.choice((1.0, 1.0, rng.uniform(0, 1)))))


def collect_world(job: Job) -> list[Episode]:
    """The episodes of one world; the same job gives the same episodes."""
    rng = np.random.default_rng(job.seed)
    blocks, bowls = int(rng.integers(1, 6)), int(rng.integers(0, 4))
    arm, stacks = arm_model(job.arm), 0.25 if rng.random() < 0.4 else 0.0
    only = None if job.task is None else task_kind(job.task)
    if only is not None:
        blocks, bowls = max(blocks, 1 + ("block" in only.references)), max(bowls, int("bowl" in only.references))
    other = np.random.default_rng([job.seed, 1])  # a world's blocks and bowls do not depend on the things in it
    hand = arm.spec.gripper
    # A rotary jaw tips most things over: the teacher has no way of its own for it yet.
    with_things = only is None and hand is not None and hand.jaw is None and other.random() < THINGS_WORLDS
    if with_things:
        scene = draw_things(other, arm.spec)
    elif only is not None and only.scene is not None:
        scene = only.scene(rng, arm.spec.reach)
    else:
        scene = scene_with_room(rng, blocks, bowls, stacks=stacks, reach=arm.spec.reach)
    world = Physics(scene, arm, random_appearance(rng, max(blocks + bowls, len(scene.objects))))
    place_arm(world, rng)
    run = OracleRun(
        TableWorld.around(world),
        rng,
        policy=OnnxPolicy(open_model(Path(job.policy))) if job.policy else None,
        motions=MotionPlanner(open_model(Path(job.motion))) if job.motion else None,
        trouble=replace(job.trouble, detours=job.trouble.detours * float(rng.choice((0.2, 1.0, 1.6)))),
        record=True,
        held_motions=bool(job.policy or rng.random() < 0.5),
    )
    episodes: list[Episode] = []
    stacked: list[str] = []
    for _ in range(TASKS_PER_WORLD):
        if with_things and hand is not None:
            fallen = {name for name, o in world.truth().items() if o.position[2] < FALLEN_M}
            if fallen >= {o.id for o in scene.objects if o.id != STAND}:
                break
            task = things_task(other, scene, hand, fallen)
        else:
            task = random_task(rng, scene, stacked) if only is None else random_task(rng, scene, (), (only,))
        ok = run.run(task, LIMIT_S)
        if not (ok and task.kind is TASKS["put on"] and task.reference):
            stacked = []
        elif stacked[-1:] != [task.reference]:
            stacked = [task.reference, task.block]
        else:
            stacked.append(task.block)
        # The critic's dwell time continues after success: record those states too.
        run.go_on(float(rng.uniform(0.0, LINGER_S)))
        assert run.recorder is not None
        text = task_text(task, scene)
        episodes.append(episode_of(arm.spec, job.seed, text, ok, run.recorder.take()))
    world.close()
    return episodes


def task_text(task: Task, scene: SceneSpec) -> str:
    """``task`` as a sentence; color and kind name an object uniquely in a random scene."""
    names = {o.id: f"{o.color} {o.kind}" for o in scene.objects}
    return task.kind.sentence.format(a=names[task.block], b=names.get(task.reference or ""))


def episode_of(
    spec: RobotSpec, seed: int, text: str, ok: bool, columns: Mapping[str, NDArray[np.float32]], subtasks: Texts = ()
) -> Episode:
    """An episode of what a recorder's ``columns`` hold; of those it has not there are none."""
    count = len(columns["features"])
    said = columns["motion"]
    changes = [0, *(np.flatnonzero((said[1:] != said[:-1]).any(1)) + 1)]
    units = LeRobotUnits.of(spec)
    last = np.arange(count) == count - 1
    fps = frames_a_second(spec)
    return Episode(
        robot=spec.name, fps=fps, task=text, seed=seed, success=ok, times=np.arange(count) / fps,
        columns={
            "observation.state": np.array([units.row(s[:-1], s[-1]) for s in columns["state"]], np.float32),
            **{name: columns[key] for name, key in COLUMNS.items() if key in columns},
            "next.done": last,
            "next.success": last & ok,
        },
        names={
            "observation.state": units.names,
            "observation.features": feature_names(spec.dof),
            "action": (*(f"{j}.vel" for j in spec.joints), "gripper.closed"),
        },
        units={"observation.state": units.units, "action": (*("rad/s",) * spec.dof, "0-1")},
        subtasks=subtasks or ((0.0, text),),
        motions=tuple((float(i / fps), str(decode(said[i]))) for i in changes),
    )  # fmt: skip


def collect(root: Path, jobs: list[Job], workers: int = 2, progress: Progress | None = None) -> Collected:
    """Collect ``jobs`` into the dataset at ``root``, which is made or added to; see `fill`."""
    return fill(root, arm_model(jobs[0].arm).spec, jobs, TASKS_PER_WORLD, collect_world, workers, progress)


class Seeded(Protocol):
    """Something to make episodes by: the same seed gives the same."""

    @property
    def seed(self) -> int:
        """Its seed."""
        ...


J = TypeVar("J", bound=Seeded)


def fill(
    root: Path, spec: RobotSpec, jobs: Sequence[J], each: int, make: Callable[[J], list[Episode]], workers: int = 2,
    progress: Progress | None = None, demonstrated_by: str | None = None,
) -> Collected:  # fmt: skip
    """Add what ``make`` makes of ``jobs``, ``each`` episodes of one, to the dataset at ``root``.

    Jobs that are there already, by their seeds, are not made again: an interrupted collection resumes. Raises
    `UserError` for a dataset that these episodes do not fit into, and while another program adds to it.
    """
    good = made = 0
    by = demonstrated_by
    try:
        with DatasetWriter(root, spec.name, frames_a_second(spec), plain=True, demonstrated_by=by) as writer:
            there = Counter(writer.seeds)
            left = [job for job in jobs if there[job.seed] < each]
            if left:
                with interrupts_held():
                    pool = multiprocessing.get_context("spawn").Pool(min(workers, len(left)))
                with pool:
                    for done, episodes in enumerate(pool.imap(make, left, chunksize=1), 1):
                        # The same job gives the same episodes: of a world that was cut off the rest is added.
                        for episode in episodes[there[left[done - 1].seed] :]:
                            writer.add(episode)
                            good, made = good + bool(episode.success), made + 1
                        if done % COMMIT_WORLDS == 0:
                            writer.commit()
                        if progress is not None:
                            progress(len(jobs) - len(left) + done, len(jobs), good / max(made, 1))
            return Collected(writer.episodes, writer.frames, made, good)
    except DatasetError as error:
        raise UserError(f"{error}; or collect into another folder") from error

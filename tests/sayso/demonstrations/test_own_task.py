"""A task declared in one place, here, is collected, judged, asked for by the table and climbed, by its name alone."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.bench.tasks.ladder import Rung, climb
from sayso.demonstrations.collect import Job, collect_world, random_task, task_text
from sayso.demonstrations.oracle import Task
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, Box
from sayso.hardware.world import ObjectTruth
from sayso.planner.plan import Relation
from sayso.sim.judge import judge
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.table_world import TableWorld
from sayso.sim.tasks import PICK_UP, TASKS, TaskKind, Truth, kind_in, task_kind

NAME = f"{__name__}:MIRRORED"
SPOT = ("b1", "block", "red", (0.45, 0.12)), ("b2", "block", "green", (0.55, 0.05))
SCENE = SceneSpec(tuple(ObjectSpec(*spot) for spot in SPOT))


def mirrored(before: Truth, now: Truth, a: str, b: str) -> Array:
    """The place of the block's foot across the line y = 0."""
    x, y, z = before[a].position
    return np.array([x, -y, z - before[a].size[2] / 2])


def is_mirrored(before: Truth, after: Truth, a: str, b: str) -> bool:
    wanted = before[a].position * [1, -1, 1]
    return bool(np.linalg.norm(after[a].position - wanted) < 0.02)


def two_blocks(rng: np.random.Generator, reach: Box | None) -> SceneSpec:
    return SCENE


MIRRORED = TaskKind("mirror", "mirror the {a}", is_mirrored, place=mirrored, scene=two_blocks)
NOT_A_TASK = 3


def test_it_is_collected_and_judged() -> None:
    episodes = collect_world(Job(3, task=NAME))
    assert {e.task for e in episodes} <= {"mirror the red block", "mirror the green block"}
    assert sum(bool(e.success) for e in episodes) >= 3
    assert all(len(e.columns["action"]) == len(e.times) for e in episodes)


def test_the_table_asks_for_it_and_gives_its_verdict() -> None:
    world = TableWorld(scene=SCENE)
    try:
        asked = world.reset(0, NAME).instruction
        assert asked in ("mirror the red block", "mirror the green block")
        assert world.success() is False
        block = next(o.id for o in SCENE.objects if o.color in asked)
        there = world.truth()[block].position * [1, -1, 1]
        world.place(block, there)
        assert world.success() is True
    finally:
        world.close()


def test_the_judge_understands_it_beside_the_others() -> None:
    def at(y: float) -> dict[str, ObjectTruth]:
        flat, size = np.array([0.0, 0.0, 0.0, 1.0]), np.full(3, 0.04)
        return {"b1": ObjectTruth("block", "red", np.array([0.5, y, 0.02]), flat, size)}

    assert judge("mirror the red block", at(0.1), at(-0.1), also=[MIRRORED]) is True
    assert judge("mirror the red block", at(0.1), at(0.1), also=[MIRRORED]) is False
    assert judge("mirror the red block", at(0.1), at(-0.1)) is None
    assert judge("move the red block to the left", at(0.0), at(0.12), also=[MIRRORED]) is True


def test_an_entry_in_the_registry_joins_the_random_tasks_and_the_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TASKS, "mirror", MIRRORED)
    drawn = {random_task(np.random.default_rng(seed), SCENE).kind.name for seed in range(60)}
    assert drawn == {"pick up", "mirror", "put on", "put left", "put right", "put front", "put behind"}
    ok, _, task = climb(Rung("teacher, clean", tasks=("mirror",)), 0)
    assert ok and task.endswith(" mirror"), task


def test_a_name_that_is_no_task_is_refused() -> None:
    with pytest.raises(RobotError, match=r"no task 'juggle'; there are: put in, put on, .*, MODULE:NAME"):
        task_kind("juggle")
    with pytest.raises(RobotError, match="cannot be loaded: ModuleNotFoundError"):
        task_kind("no_such_module:TASK")
    with pytest.raises(RobotError, match=r"is no sayso\.sim\.tasks\.TaskKind: 3"):
        task_kind(f"{__name__}:NOT_A_TASK")


def test_a_scene_without_a_reference_is_refused() -> None:
    alone = SceneSpec(SCENE.objects[:1])
    with pytest.raises(RobotError, match="too few blocks or bowls for the task 'put in'"):
        random_task(np.random.default_rng(0), alone, (), [TASKS["put in"]])


@pytest.mark.parametrize("relation", [r for r in Relation if r is not Relation.AT])  # a point has no words
def test_every_relation_of_the_planner_is_a_task(relation: Relation) -> None:
    assert kind_in(relation).relation == relation
    assert task_text(Task("b1", kind_in(relation), "b2"), SCENE) == f"put the red block {relation} the green block"


def test_no_relation_is_picking_up() -> None:
    assert kind_in(None) is PICK_UP and not PICK_UP.puts

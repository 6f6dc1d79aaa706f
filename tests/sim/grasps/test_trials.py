"""Grasps tried out in physics: what is held, what is not, and a table that is as before."""

from collections.abc import Iterator

import numpy as np
import pytest

from sayso.hardware.robot import RobotError
from sayso.sim.arms.arm_models import ARMS
from sayso.sim.grasps.table import GraspTable
from sayso.sim.grasps.trial import Error, HandPose, attempt
from sayso.sim.render.picture import Placed
from sayso.sim.render.tables import UNPAINTED, TableThing
from sayso.sim.things.catalog import random_mesh, solid_of

BLOCK, BOX, CUP = 0, 1, 2


def thing(kind: str, size: tuple[float, float, float], x: float) -> TableThing:
    solid = solid_of(kind, size, 1)
    return TableThing(kind, Placed(solid.mesh, np.eye(3), np.array([x, 0.0, size[2] / 2]), UNPAINTED), solid=solid)


@pytest.fixture(scope="module")
def table() -> Iterator[GraspTable]:
    out = GraspTable(
        [
            thing("block", (0.04, 0.04, 0.04), 0.0),
            thing("box", (0.05, 0.12, 0.06), 0.25),
            thing("cup", (0.08, 0.08, 0.09), -0.25),
        ]
    )
    yield out
    out.close()


def at(x: float, z: float, yaw: float = 0.0, y: float = 0.0) -> HandPose:
    return HandPose(np.array([x, y, z]), yaw)


@pytest.mark.parametrize(
    ("which", "place", "outcome"),
    [
        (BLOCK, at(0.0, 0.02), "held"),
        (BLOCK, at(0.0, 0.02, np.pi / 2), "held"),
        (BLOCK, at(0.1, 0.02), "nothing"),
        (BOX, at(0.25, 0.04), "held"),
        (BOX, at(0.25, 0.04, np.pi / 2), "collision"),
        (CUP, at(-0.213, 0.075), "held"),  # by the rim
        (CUP, at(-0.25, 0.06), "collision"),  # on the rim
    ],
)
def test_what_comes_of_a_grasp(table: GraspTable, which: int, place: HandPose, outcome: str) -> None:
    before = [table.position(k) for k in range(3)]
    assert attempt(table, which, place) == outcome
    assert np.allclose([table.position(k) for k in range(3)], before)


def test_another_thing_that_is_lifted_is_not_the_one_that_was_meant(table: GraspTable) -> None:
    assert attempt(table, BOX, at(0.0, 0.02)) == "slipped"


def test_an_error_shifts_and_turns_the_hand_and_never_lowers_it() -> None:
    rng = np.random.default_rng(0)
    off = [Error().of(at(0.0, 0.02), rng) for _ in range(200)]
    assert min(g.position[2] for g in off) >= 0.02
    assert np.std([g.position[0] for g in off]) == pytest.approx(0.002, rel=0.2)
    assert np.std([g.yaw for g in off]) == pytest.approx(0.035, rel=0.2)


def test_a_thing_that_falls_off_the_table_is_not_on_it() -> None:
    table = GraspTable([thing("block", (0.04, 0.04, 0.04), 2.0), thing("block", (0.03, 0.03, 0.03), 0.0)])
    assert [t.placed.position[0] for t in table.things] == [pytest.approx(0.0, abs=1e-3)]
    table.close()


def test_a_mesh_of_several_parts_collides_part_by_part() -> None:
    solid = solid_of("thing", (0.09, 0.12, 0.03), mesh=random_mesh(0))
    assert len(solid.pieces) == 5


def test_a_jaw_is_no_hand_for_trials() -> None:
    with pytest.raises(RobotError, match="so101 has no two sliding fingers"):
        GraspTable([], ARMS["so101"]())


@pytest.mark.parametrize("arm", ["ur5e", "piper"])
def test_other_hands_with_two_fingers_hold_a_block(arm: str) -> None:
    table = GraspTable([thing("block", (0.04, 0.04, 0.04), 0.0)], ARMS[arm]())
    assert attempt(table, 0, at(0.0, 0.025)) == "held"
    table.close()

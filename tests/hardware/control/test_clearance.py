"""Clearance: never clear when something is closer than the margin, and seldom looked at when all is far."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.hardware.control.clearance import MARGIN_M, Clearance, Plane
from sayso.hardware.robot import RobotError
from sayso.hardware.types import RobotSpec

TABLE = Plane("table", (0.0, 0.0, 2.0), 0.0)


def test_it_watches_what_can_touch_and_not_neighbours(panda: RobotSpec, fold: RobotSpec, planar: RobotSpec) -> None:
    names = Clearance(panda, (TABLE,)).watched
    assert "panda_link0 and panda_hand" in names
    assert "panda_link5 and panda_link7" not in names, "two joints apart: the joints' ranges keep them"
    assert "panda_hand and the table" in names
    assert "panda_link0 and the table" not in names, "the base stands on it"
    assert Clearance(fold).watched == ["base and c", "base and d", "a and d"]
    assert Clearance(planar, (TABLE,)).watched == [], "an arm without geometry has nothing that could touch"
    assert Clearance(planar).clear([9.0, 9.0]) and Clearance(planar).worst([0.0, 0.0]) == (np.inf, "nothing")


def test_distances_are_those_of_the_shapes(fold: RobotSpec) -> None:
    clearance = Clearance(fold)
    # Three sides of a square and on: d lies 0.2 m above a and behind its end, so corner faces corner.
    distance, what = clearance.worst([0.3, np.pi / 2, np.pi / 2, 0.0])
    assert (distance, what) == (pytest.approx(np.hypot(0.02, 0.18) - MARGIN_M, abs=1e-6), "a and d")
    assert not clearance.clear([0.3, np.pi / 2, np.pi / 2, np.pi / 2]), "the square is closed: d touches a"


def test_a_table_at_any_height_and_slope(fold: RobotSpec) -> None:
    low = Clearance(fold, (Plane("table", (0.0, 0.0, 1.0), -0.3),))
    assert low.worst([0.3, 0.0, 0.0, 0.0]) == (pytest.approx(0.3 - 0.01 - MARGIN_M), "a and the table")
    wall = Clearance(fold, (Plane("wall", (0.0, 3.0, 0.0), -0.4),))
    assert wall.worst([0.0, 0.0, 0.0, 0.0]) == (pytest.approx(0.4 - 0.01 - MARGIN_M), "a and the wall")
    assert not wall.clear([-0.4, 0.0, 0.0, 0.0])
    assert wall.clear([0.2, 0.0, 0.0, 0.0]), "and it is clear again once it has come back"


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_skipping_never_hides_that_something_came_close(panda: RobotSpec, fold: RobotSpec, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for spec, planes in ((panda, (TABLE,)), (fold, (Plane("wall", (1.0, 1.0, 0.0), -0.3),))):
        clearance, judge = Clearance(spec, planes), Clearance(spec, planes)
        q = rng.uniform(spec.lower, spec.upper)
        for _ in range(4):
            goal, step = rng.uniform(spec.lower, spec.upper), rng.uniform(0.002, 0.2)
            for _ in range(30):
                q = q + np.clip(goal - q, -step, step)
                assert clearance.clear(q.tolist()) is (judge.worst(q.tolist())[0] > 0)


def test_far_from_everything_it_seldom_looks(panda: RobotSpec) -> None:
    clearance = Clearance(panda)
    looks = clearance.looks
    for k in range(250):  # one second: the tool swings by 0.2 rad to and fro
        q = panda.home + 0.2 * np.sin(k / 40) * np.array([1.0, 0.5, 0, 0.5, 0, 0, 1.0])
        assert clearance.clear(q.tolist())
    assert clearance.looks - looks < 25


def test_not_a_number_is_never_clear(panda: RobotSpec) -> None:
    assert not Clearance(panda).clear([np.nan] * 7)


def test_geometry_that_cannot_be_read_is_named(panda: RobotSpec, tmp_path: Path) -> None:
    lost = tmp_path / "lost.urdf"
    lost.write_text(Path(panda.urdf).read_text())
    with pytest.raises(RobotError, match=r"cannot read the collision geometry of .*lost\.urdf"):
        Clearance(replace(panda, urdf=str(lost)))


def test_a_joint_without_limits_is_named(fold: RobotSpec, tmp_path: Path) -> None:
    endless = tmp_path / "endless.urdf"
    endless.write_text(Path(fold.urdf).read_text().replace('name="h3" type="revolute"', 'name="h3" type="continuous"'))
    with pytest.raises(RobotError, match="joints without limits"):
        Clearance(replace(fold, urdf=str(endless)))

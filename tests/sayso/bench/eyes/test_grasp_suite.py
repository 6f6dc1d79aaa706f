"""The benchmark of grasps: one thing, one answer by each method, and figures that say what came of them."""

import numpy as np
import pytest

from sayso.bench.eyes.grasp_suite import METHODS, box_grasp, figures, grasp_record, shape_relief
from sayso.model_store import PACKAGED
from sayso.perception.grasps.finder import PANDA
from sayso.sim.grasps.table import GraspTable
from sayso.sim.grasps.trial import HandPose, attempt
from sayso.sim.render.picture import Placed
from sayso.sim.render.tables import UNPAINTED, TableThing
from sayso.sim.things.catalog import solid_of


def test_all_methods_grasp_the_same_thing_and_a_seed_repeats() -> None:
    records = [grasp_record(PACKAGED, "alone", method, 1_000) for method in METHODS]
    assert len({r["skipped"] for r in records}) == 1
    assert all(r["ok"] == (r["outcome"] == "held") for r in records)
    assert records[1] == grasp_record(PACKAGED, "alone", METHODS[1], 1_000)


def test_the_box_is_taken_across_its_short_side() -> None:
    solid = solid_of("box", (0.05, 0.14, 0.06))
    turn = np.array([[np.cos(0.5), -np.sin(0.5), 0], [np.sin(0.5), np.cos(0.5), 0], [0, 0, 1.0]])
    placed = Placed(solid.mesh, turn, np.array([0.1, 0.05, 0.03]), UNPAINTED)
    table = GraspTable([TableThing("box", placed, solid=solid)])
    (grasp,) = box_grasp(shape_relief(table), 1, PANDA)
    assert grasp.position == pytest.approx([0.1, 0.05, 0.04], abs=0.004)
    assert grasp.yaw == pytest.approx(0.5, abs=0.05) and grasp.width == pytest.approx(0.05, abs=0.012)  # cells
    assert attempt(table, 0, HandPose(grasp.position, grasp.yaw)) == "held"
    table.close()


def test_figures_count_outcomes_and_rank_by_quality() -> None:
    rows = [("held", 0.9), ("held", 0.8), ("dropped", 0.3), ("unseen", None)]
    records = [{"ok": o == "held", "outcome": o, "quality": q, "skipped": 1} for o, q in rows]
    out = figures(records)
    assert out == {"outcomes": {"dropped": 1, "held": 2, "unseen": 1}, "auroc": 1.0, "passed over": 4}

"""Errands with any thing: what is asked can be done, and the same seed asks the same."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from sayso.bench.tasks.things_errands import (
    ANYWHERE,
    CELLS,
    COLORED,
    LEARNED,
    NAMED,
    TAUGHT,
    THING,
    errand,
    rests_on,
)
from sayso.hardware.world import ObjectTruth
from sayso.planner.room import BEYOND
from sayso.sim.scenes.spawn import REACH_X, REACH_Y
from sayso.sim.things.catalog import HELD_OUT_FAMILY, HELD_OUT_MESHES, MESH_KIND, random_mesh, solid_of


@pytest.mark.parametrize("cell", CELLS)
def test_the_same_seed_asks_the_same(cell: str) -> None:
    assert errand(cell, 5000) == errand(cell, 5000)
    assert errand(cell, 5000) != errand(cell, 5003)


@pytest.mark.parametrize("cell", CELLS)
def test_a_small_arm_has_errands_too(cell: str) -> None:
    """It may have no room for a plate besides a block and a bowl."""
    assert all(errand(cell, seed, "so101").said for seed in range(5000, 5003))


@pytest.mark.parametrize("cell", ANYWHERE)
def test_things_come_in_on_and_beside_others(cell: str) -> None:
    asked = [errand(cell, seed) for seed in range(5000, 5006)]
    assert {"in", "on"} < {one.relation for one in asked}
    assert all(one.taught == (cell == NAMED) == (TAUGHT in one.said) for one in asked)


def test_of_two_things_of_a_family_the_one_of_the_named_color_is_meant() -> None:
    for seed in range(5000, 5006):
        one = errand(COLORED, seed)
        things = {o.color: o.id for o in one.scene.objects if o.kind == HELD_OUT_FAMILY}
        assert len(things) == 2 and things[one.said.split()[2]] == THING
        assert {o.style for o in one.scene.objects} == {0}, "print has colors of its own"


def test_a_flat_top_is_a_box_or_a_plate_and_a_ball_comes_on_a_plate_alone() -> None:
    asked = [errand(cell, seed) for cell in CELLS if "flat" in cell for seed in range(5000, 5020)]
    tops = [(o.kind, one.scene.objects) for one in asked for o in one.scene.objects if o.id == one.reference]
    assert {kind for kind, _ in tops} == {"box", "plate"}
    assert all(kind == "plate" for kind, objects in tops if any(o.id == THING and o.kind == "ball" for o in objects))


def test_what_a_training_may_see_is_never_held_out() -> None:
    things = [next(o for o in errand(LEARNED, seed).scene.objects if o.id == THING) for seed in range(5000, 5040)]
    assert HELD_OUT_FAMILY not in {o.kind for o in things} and len({o.kind for o in things}) > 4
    held_out = {random_mesh(number) for number in HELD_OUT_MESHES}
    meshes = {o.mesh for o in things if o.kind == MESH_KIND}
    assert meshes and not meshes & held_out


@pytest.mark.parametrize("cell", [cell for cell in CELLS if "beside" in cell])
def test_what_goes_beside_something_has_a_place_within_reach(cell: str) -> None:
    for one in (errand(cell, seed) for seed in range(5000, 5060)):
        thing, reference = (next(o for o in one.scene.objects if o.id == i) for i in (THING, one.reference))
        axis, way = {"left": (1, 1), "right": (1, -1), "front": (0, -1), "behind": (0, 1)}[one.relation]
        edge = (REACH_X, REACH_Y)[axis][way > 0] + way * BEYOND
        room = way * (edge - reference.position[axis])
        assert room > 0.8 * (thing.radius + reference.radius), one


CORNERS = np.array([(x, y, z) for x in (-0.05, 0.05) for y in (-0.04, 0.04) for z in (-0.015, 0.015)])


def test_what_rests_on_a_top_is_told_from_what_lies_beside_or_hangs_above() -> None:
    box = _truth("box", (0.12, 0.10, 0.04), (0.5, 0.0, 0.02), yaw=45)
    on = (0.5, 0.0, 0.04 + 0.015)
    assert rests_on(_truth("angle", (0.10, 0.08, 0.03), on), CORNERS, box)
    edgewise = _truth("angle", (0.10, 0.08, 0.03), (0.5, 0.0, 0.04 + 0.05), tilt=90)
    assert rests_on(edgewise, CORNERS, box)
    for place in ((0.5, 0.0, 0.015), (0.5, 0.0, 0.08), (0.5 + 0.06, 0.06, on[2])):
        assert not rests_on(_truth("angle", (0.10, 0.08, 0.03), place), CORNERS, box), place


@pytest.mark.parametrize("tilt", [0.0, 40.0])
def test_a_ball_lies_in_the_dip_of_a_plate_however_it_has_rolled(tilt: float) -> None:
    plate, points = _truth("plate", (0.18, 0.18, 0.02), (0.5, 0.0, 0.01)), solid_of("ball", (0.05,) * 3).mesh.vertices
    assert rests_on(_truth("ball", (0.05,) * 3, (0.52, 0.0, 0.004 + 0.025), tilt=tilt), points, plate)
    assert not rests_on(_truth("ball", (0.05,) * 3, (0.60, 0.0, 0.025), tilt=tilt), points, plate), "on the table"
    assert not rests_on(_truth("ball", (0.05,) * 3, (0.52, 0.0, 0.06), tilt=tilt), points, plate), "in the air"


def _truth(
    kind: str, size: tuple[float, ...], at: tuple[float, ...], yaw: float = 0.0, tilt: float = 0.0
) -> ObjectTruth:
    turn = Rotation.from_euler("zy", [yaw, tilt], degrees=True).as_quat()
    return ObjectTruth(kind, "red", np.array(at), turn, np.array(size))

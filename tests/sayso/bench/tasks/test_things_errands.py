"""Errands with any thing: what is asked can be done, and the same seed asks the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sayso.bench.tasks.things_errands import CELLS, LEARNED, NAMED, TAUGHT, THING, errand
from sayso.hardware.world import ObjectTruth
from sayso.sim.things.catalog import HELD_OUT_FAMILY, HELD_OUT_MESHES, MESH_KIND, random_mesh


@pytest.mark.parametrize("cell", CELLS)
def test_the_same_seed_asks_the_same(cell: str) -> None:
    assert errand(cell, 5000) == errand(cell, 5000)
    assert errand(cell, 5000) != errand(cell, 5003)


def test_a_thing_with_a_taught_name_comes_in_on_and_beside_others() -> None:
    asked = [errand(NAMED, seed) for seed in range(5000, 5006)]
    assert {"in", "on"} < {one.relation for one in asked} and all(TAUGHT in one.said and one.taught for one in asked)
    on = next(one for one in asked if one.relation == "on")
    thing, base = (
        ObjectTruth(
            o.kind, o.color, np.array([0.5, 0.0, o.extents[2] / 2]), np.array([0, 0, 0, 1.0]), np.array(o.extents)
        )
        for o in on.scene.objects
        if o.id in (THING, on.reference)
    )
    there = replace(thing, position=np.array([0.5, 0.02, base.size[2] + thing.size[2] / 2]))
    assert on.done({THING: there, on.reference: base})
    assert not on.done({THING: thing, on.reference: base}), "it lies on the table"


def test_what_a_training_may_see_is_never_held_out() -> None:
    things = [next(o for o in errand(LEARNED, seed).scene.objects if o.id == THING) for seed in range(5000, 5040)]
    assert HELD_OUT_FAMILY not in {o.kind for o in things} and len({o.kind for o in things}) > 4
    held_out = {random_mesh(number) for number in HELD_OUT_MESHES}
    meshes = {o.mesh for o in things if o.kind == MESH_KIND}
    assert meshes and not meshes & held_out

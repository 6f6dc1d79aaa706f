"""Random tables: the same for the same seed, things on the table, and nothing that is held out."""

import numpy as np
import pytest

from sayso.sim.render.layout import Table, resting_rotation, shadow_of
from sayso.sim.render.picture import take
from sayso.sim.render.tables import TableSource, TableView
from sayso.sim.things.catalog import FAMILIES, HELD_OUT_FAMILY, solid_of
from sayso.sim.things.mesh import box


def views(source: TableSource, seeds: range) -> list[TableView]:
    return [view for seed in seeds for view in source.views(seed, 2)]


def picture(view: TableView) -> np.ndarray:
    bodies = [t.placed for t in view.things] + list(view.bodies)
    return take(bodies, view.surfaces, view.camera, view.intrinsics, 64, 48, view.light, view.heights).rgb


def test_a_seed_gives_the_same_picture() -> None:
    source = TableSource(arms=("so101",), width=64, height=48)
    one, two = ([picture(v) for v in views(source, range(3, 5))] for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, two, strict=True)) and not np.allclose(one[0], one[1])
    source.close()


def test_things_rest_on_the_table_and_the_table_carries_them() -> None:
    count = 0
    for view in views(TableSource(arms=()), range(20)):
        top = view.surfaces[0]
        for thing in view.things:
            vertices = thing.placed.mesh.vertices @ thing.placed.rotation.T + thing.placed.position
            assert vertices[:, 2].min() > -1e-6
            local = (vertices - top.center)[:, :2] @ np.stack([top.across, top.along], 1)[:2]
            assert (np.abs(local) < top.half).all()
            count += 1
    assert count > 60


def test_training_tables_hold_nothing_that_is_held_out() -> None:
    kinds = {t.kind for view in views(TableSource(arms=()), range(30)) for t in view.things}
    assert HELD_OUT_FAMILY not in kinds and {"mug", "block", "thing"} <= kinds
    only = {t.kind for v in views(TableSource((HELD_OUT_FAMILY,), (), False, ()), range(6)) for t in v.things}
    assert only == {HELD_OUT_FAMILY}


@pytest.mark.parametrize("kind", ["box", "bottle", "mug", "lump"])
def test_a_thing_rests_on_a_side_that_carries_it(kind: str) -> None:
    for seed in range(4):
        solid = solid_of(kind, FAMILIES[kind].usual, seed)
        turn = resting_rotation(solid.mesh, np.random.default_rng(seed))
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(turn) > 0.99
        turned = solid.mesh.moved(turn).vertices
        low = turned[turned[:, 2] < turned[:, 2].min() + 1e-4]
        assert len(low) >= 3


def test_a_pile_stands_on_what_is_below() -> None:
    rng, table, cube = np.random.default_rng(0), Table(0.3), box((0.06, 0.06, 0.05))
    first = table.put(shadow_of(cube, rng), rng, np.zeros(2), False, 0.0)
    assert first is not None and first[2] == pytest.approx(0.025)
    assert table.put(shadow_of(cube, rng), rng, np.zeros(2), False, 0.0) is None
    second = table.put(shadow_of(cube, rng), rng, np.zeros(2), True, 0.0)
    assert second is not None and second[2] == pytest.approx(0.075, abs=1e-6)


def test_on_a_crowded_table_most_things_touch_another() -> None:
    def touching(crowded: float) -> float:
        near = []
        for view in views(TableSource(arms=(), crowded=crowded), range(12)):
            places = [t.placed.mesh.moved(t.placed.rotation, t.placed.position).vertices for t in view.things]
            for k, one in enumerate(places):
                others = [v for j, v in enumerate(places) if j != k]
                low, high = one.min(0) - 0.004, one.max(0) + 0.004
                near.append(any((v.max(0) > low).all() and (v.min(0) < high).all() for v in others))
        return float(np.mean(near))

    assert touching(0.7) > touching(0.0) + 0.2


def test_tools_like_a_drill_stand_on_their_foot() -> None:
    source = TableSource(drills=1.0, crowded=0.1, arms=())
    things = [t for seed in range(6) for t in source.things(np.random.default_rng(seed), 3)[0]]
    sizes = np.array([t.placed.mesh.moved(t.placed.rotation).size for t in things])
    assert len(things) > 6 and {t.kind for t in things} == {"tool"}
    assert (sizes[:, 2] > 0.1).mean() > 0.7, "most are taller than a tool that lies"

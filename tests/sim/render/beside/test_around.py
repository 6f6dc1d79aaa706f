"""Walls and furniture at a table's edge are there, no things, nowhere in the way; little of glass is measured."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Array, Pose
from sayso.sim.render.beside import covers
from sayso.sim.render.beside.covers import Cover
from sayso.sim.render.beside.edge import Edge, edges_of
from sayso.sim.render.beside.furniture import FURNITURE
from sayso.sim.render.beside.walls import bin_walls, wall
from sayso.sim.render.picture import Light, Picture, Placed, take
from sayso.sim.render.raster import rays_of
from sayso.sim.render.sensor import PERFECT, measured
from sayso.sim.render.surfaces import Surface
from sayso.sim.render.tables import UNPAINTED, TableSource, TableView
from sayso.sim.things.mesh import box
from sayso.training.eyes_views import BACKGROUND, ThingViews

WIDTH, HEIGHT = 56, 40
LIGHT = Light(np.array([0.0, 0.0, 1.0]), 0.6, 0.4, np.ones(3))
GRAY = Cover(np.full((2, 2, 3), 0.5, np.float32), 1.0)
EYE = np.array([-0.2, 0.0, 0.5])


def views(walled: float, seeds: range = range(16)) -> list[TableView]:
    source = TableSource(arms=(), width=WIDTH, height=HEIGHT, walled=walled)
    return [view for seed in seeds for view in source.views(seed, 2)]


def picture(view: TableView) -> Picture:
    bodies = [t.placed for t in view.things] + list(view.bodies)
    return take(bodies, view.surfaces, view.camera, view.intrinsics, WIDTH, HEIGHT, view.light, view.heights)


@pytest.fixture(scope="module")
def walled() -> list[TableView]:
    return views(1.0)


@pytest.fixture(scope="module")
def without() -> list[TableView]:
    return views(0.0)


def is_close(view: TableView, seen: Picture) -> float:
    """The share of the pixels that show something beside the table's top, higher than it and within 0.6 m."""
    rays = rays_of(view.intrinsics, WIDTH, HEIGHT) @ view.camera.rotation.T
    points = view.camera.position + rays * np.where(np.isfinite(seen.depth), seen.depth, 1e3)[..., None]
    top = view.surfaces[0]
    local = np.abs((points - top.center)[..., :2] @ np.stack([top.across, top.along], 1)[:2]) - top.half
    beside = (local.max(-1) > -0.1) & (local.max(-1) < 0.6) & (points[..., 2] > 0.02)
    return float((beside & (seen.owner < -1)).mean())


def test_most_walled_pictures_show_something_close_and_the_others_nothing(
    walled: list[TableView], without: list[TableView]
) -> None:
    shown = [np.mean([is_close(v, picture(v)) > 0.02 for v in some]) for some in (walled, without)]
    assert shown[0] > 0.55 and shown[1] < 0.05


def test_a_share_is_walled_and_the_rest_is_as_without(without: list[TableView], walled: list[TableView]) -> None:
    some = views(0.5)
    same = [len(a.surfaces) == len(b.surfaces) for a, b in zip(some, without, strict=True)]
    assert 0.3 < np.mean(same) < 0.7
    for a, b, is_same in zip(some, without, same, strict=True):
        assert (a.camera.position == b.camera.position).all() and len(a.things) == len(b.things)
        if is_same:
            assert (picture(a).rgb == picture(b).rgb).all()


def test_walls_hide_nearly_nothing_of_the_things(walled: list[TableView], without: list[TableView]) -> None:
    counts = []
    for some in (walled, without):
        seen = [(v, picture(v).owner) for v in some]
        counts.append(sum(int(((own >= 0) & (own < len(v.things))).sum()) for v, own in seen))
    assert counts[0] > 0.93 * counts[1] > 400


def test_the_cut_table_carries_its_things(walled: list[TableView]) -> None:
    for view in walled:
        top = view.surfaces[0]
        for thing in view.things:
            vertices = thing.placed.mesh.vertices @ thing.placed.rotation.T + thing.placed.position
            local = (vertices - top.center)[:, :2] @ np.stack([top.across, top.along], 1)[:2]
            assert (np.abs(local) < top.half).all()


def test_walls_and_furniture_are_labeled_as_background() -> None:
    views = ThingViews(TableSource(arms=(), width=WIDTH, height=HEIGHT, walled=1.0), 1)
    counted = 0
    for seed in range(6):
        (table,) = views.source.views(seed, 1)
        (view,) = views.views(seed)
        own = picture(table).owner
        counted += int((own < -2).sum())
        assert (view.ids[own < -1] == BACKGROUND).all()
    assert counted > 400


def corners(surface: Surface) -> Array:
    signs = np.array([(x, y) for x in (-1, 1) for y in (-1, 1)]) * surface.half
    return surface.center + signs @ np.stack([surface.across, surface.along])


def edge(room: float, eye: Array = EYE) -> Edge:
    top = GRAY.on(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), np.array([0.4, 0.3]))
    (own,) = (e for e in edges_of(top, np.array([-0.1, -0.1]), np.array([0.4 - room, 0.1]), eye) if e.out[0] > 0.9)
    assert own.room == pytest.approx(room) and own.half == 0.3 and own.middle == pytest.approx([0.4, 0, 0])
    return own


@pytest.mark.parametrize("room", [0.02, 0.3])
def test_furniture_and_walls_stay_away_from_the_things(room: float) -> None:
    own, furthest = edge(room), 0.0
    kinds = [lambda rng, gap=gap: wall(rng, own, gap, -0.7) for gap in (0.0, 0.3)]
    kinds += [lambda rng, kind=kind: kind(rng, own, -0.7) for kind in FURNITURE]
    for kind in kinds:
        for seed in range(12):
            for surface in kind(np.random.default_rng(seed)):
                points = corners(surface)
                points = points[(points[:, 2] > 0) & (np.abs(points[:, 1]) < 0.3)]
                furthest = max(furthest, float((own.middle - points)[:, 0].max(initial=0.0)))
    assert 0 < furthest < room + 0.005


def test_a_bin_has_four_walls_and_the_one_before_the_camera_is_low() -> None:
    top = GRAY.on(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), np.array([0.4, 0.3]))
    for seed in range(8):
        rng = np.random.default_rng(seed)
        walls = [
            w for w in bin_walls(rng, edges_of(top, -top.half, top.half, np.array([-0.8, 0, 0.5]))) if w.half[0] > 0.1
        ]
        assert len(walls) == 4
        near = min(walls, key=lambda w: w.center[0])
        assert corners(near)[:, 2].max() <= 0.08 and corners(near)[:, 2].min() == pytest.approx(0)


def shot(surfaces: list[Surface], bodies: list[Placed]) -> Picture:
    down = Pose(EYE, np.array([[0.0, -0.6, 0.8], [-1.0, 0, 0], [0.0, -0.8, -0.6]]))
    return take(bodies, surfaces, down, np.array([[60.0, 0, 60], [0, 60, 40], [0, 0, 1]]), 120, 80, LIGHT)


def test_a_slab_looks_like_the_same_cuboid() -> None:
    own = edge(0.1).turned(0.3, (0.05, 0.1, 0.0))
    low, high = (-0.1, -0.05, -0.2), (0.15, 0.1, 0.12)
    turn = np.stack([own.out, own.along, [0, 0, 1]], 1)
    middle = own.at(tuple(np.add(low, high) / 2))
    body = Placed(box(np.subtract(high, low)[[1, 0, 2]]), turn, middle, UNPAINTED)
    a, b = shot(own.slab(low, high, GRAY), []).depth, shot([], [body]).depth
    seen = np.isfinite(a) & np.isfinite(b)
    assert seen.sum() > 300 and (np.isfinite(a) != np.isfinite(b)).sum() < 0.05 * seen.sum()
    np.testing.assert_allclose(a[seen], b[seen], atol=2e-3)
    assert len(own.slab(low, high, GRAY)) <= 3


def test_little_of_a_window_is_measured_and_all_of_a_wall() -> None:
    pane = edge(0.0).sheet((0.0, 0.1, -0.7), 4.0, 4.0, covers.glass(np.random.default_rng(0)))
    seen, again = (shot([s], []) for s in (pane, replace(pane, blind=False)))
    assert (seen.rgb == again.rgb).all() and (seen.depth == again.depth).all()
    glass, plaster = (measured(p, 60.0, PERFECT, np.random.default_rng(0)) > 0 for p in (seen, again))
    on = seen.owner == -1
    assert on.mean() > 0.5 and plaster[on].mean() > 0.95 and glass[on].mean() < 0.7

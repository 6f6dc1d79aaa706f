"""Families of things: their solids are sound, and what is held out stays held out."""

import numpy as np
import pytest

from sayso.sim.things.catalog import (
    DAMAGED_MESHES,
    FAMILIES,
    HELD_OUT_FAMILY,
    HELD_OUT_MESHES,
    RANDOM_MESHES,
    mesh_solid,
    random_mesh,
    solid_of,
    training_families,
    training_meshes,
)
from sayso.sim.things.mesh import corner_normals, hull, sphere


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_family_gives_closed_solids_of_the_size_asked_for(kind: str) -> None:
    for style in range(6):
        size = FAMILIES[kind].draw(np.random.default_rng(style))
        solid = solid_of(kind, size, style)
        np.testing.assert_allclose(solid.mesh.size, size, atol=1e-9)
        np.testing.assert_allclose(solid.mesh.vertices.max(0), np.array(size) / 2, atol=1e-9)
        a, b, c = solid.mesh.corners.transpose(1, 0, 2)
        # A closed surface's area vectors sum to nothing, and an outward one encloses a positive volume.
        assert np.abs(np.cross(b - a, c - a).sum(0)).max() < 1e-9
        assert np.einsum("ij,ij->", a, np.cross(b, c)) > 0
        inside = np.concatenate(solid.pieces)
        assert (np.abs(inside) <= np.array(size) / 2 * 1.1 + 1e-6).all()
        assert solid.mesh.volume == pytest.approx(sum(hull(points).volume for points in solid.pieces), rel=0.25)


def test_styles_differ_and_repeat() -> None:
    size = FAMILIES["bottle"].usual
    one, same, other = (solid_of("bottle", size, style).mesh.vertices for style in (1, 1, 2))
    assert (one == same).all() and not np.allclose(one, other)


def test_a_family_and_a_hundred_meshes_are_held_out() -> None:
    assert HELD_OUT_FAMILY in FAMILIES and HELD_OUT_FAMILY not in training_families()
    assert len(training_families()) == len(FAMILIES) - 1
    assert len(HELD_OUT_MESHES) == 100 and not set(HELD_OUT_MESHES) & set(training_meshes())
    assert len(HELD_OUT_MESHES) + len(training_meshes()) + len(DAMAGED_MESHES) == RANDOM_MESHES


def test_random_meshes_are_there() -> None:
    for number in (0, HELD_OUT_MESHES[0], HELD_OUT_MESHES[-1]):
        assert len(mesh_solid(random_mesh(number)).mesh.faces) > 50


def test_a_sphere_has_its_own_normals() -> None:
    ball = sphere(2.0)
    np.testing.assert_allclose(corner_normals(ball), ball.corners / 2, atol=0.03)

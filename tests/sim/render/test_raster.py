"""The rasterizer agrees with the geometry: depth, hidden faces, weights."""

import numpy as np

from sayso.sim.render.raster import rasterize, rays_of
from sayso.sim.things.mesh import box, sphere

K = np.array([[100.0, 0, 49.5], [0, 100.0, 39.5], [0, 0, 1]])
SIZE = (100, 80)
AWAY = np.array([0.0, 0.0, 1.0])


def test_a_sphere_has_the_depth_that_geometry_says() -> None:
    ball = sphere(0.2, 4).moved(position=AWAY)
    depth, face, weights = rasterize(ball.corners.astype(np.float32), K, *SIZE)
    rays = rays_of(K, *SIZE).astype(np.float64)
    a, b = (rays**2).sum(-1), rays @ AWAY
    root = b**2 - a * (1 - 0.2**2)
    true = np.where(root > 0, (b - np.sqrt(np.maximum(root, 0))) / a, np.inf)
    well_inside = root > 0.01
    assert well_inside.sum() > 500
    np.testing.assert_allclose(depth[well_inside], true[well_inside], atol=1e-3)
    assert not np.isfinite(depth[root < 0]).any() and (face[root < 0] == -1).all()
    points = np.einsum("hwk,hwkj->hwj", weights, ball.corners[face])
    np.testing.assert_allclose(points[well_inside], (rays * depth[..., None])[well_inside], atol=1e-4)


def test_the_nearer_box_hides_the_farther_one_in_any_order() -> None:
    near, far = box((0.2, 0.2, 0.2), (0, 0, 1.0)), box((0.6, 0.6, 0.2), (0, 0, 2.0))
    for order in ((near, far), (far, near)):
        corners = np.concatenate([m.corners for m in order]).astype(np.float32)
        depth, _, _ = rasterize(corners, K, *SIZE)
        assert abs(depth[40, 50] - 0.9) < 1e-5 and abs(depth[40, 62] - 1.9) < 1e-5
        assert np.isinf(depth[0, 0])


def test_what_is_behind_the_camera_is_not_drawn() -> None:
    behind = box((0.2, 0.2, 0.2), (0, 0, -1.0)).corners.astype(np.float32)
    assert np.isinf(rasterize(behind, K, *SIZE)[0]).all()
    assert np.isinf(rasterize(np.zeros((0, 3, 3), np.float32), K, *SIZE)[0]).all()

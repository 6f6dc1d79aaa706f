"""The table's plane in depth pictures: found with things on it, tilted and far, and refused where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.hardware.types import Frame, Pose
from sayso.perception.table_plane import NoTableError, find_table

K = np.array([[300.0, 0, 159.5], [0, 300.0, 119.5], [0, 0, 1]])
NOWHERE = Pose(np.zeros(3), np.eye(3))


def frame(tilt: float, roll: float, height: float, noise: float = 0.001, wall: bool = False) -> Frame:
    """A table seen by a camera ``height`` m above it that looks down by ``tilt`` rad, with a box and holes."""
    rng = np.random.default_rng(0)
    v, u = np.indices((240, 320))
    rays = np.stack([(u - K[0, 2]) / K[0, 0], (v - K[1, 2]) / K[1, 1], np.ones(u.shape)], -1)
    up = np.array([np.sin(roll), -np.cos(tilt) * np.cos(roll), -np.sin(tilt) * np.cos(roll)])
    depth = height / np.maximum(-(rays @ up), 1e-6)
    side = (u > 130) & (u < 190) & (v > 90) & (v < 150)
    depth[side] = np.minimum(depth[side], 0.9 * np.median(depth[side]))
    depth[depth > (1.6 if wall else 1.2)] = 1.6 if wall else 0.0
    depth = depth + rng.normal(0, noise, depth.shape) * (depth > 0)
    depth[rng.random(depth.shape) < 0.1] = 0
    return Frame(0.0, "c", np.zeros((240, 320, 3), np.uint8), depth.astype(np.float32), K, NOWHERE)


@pytest.mark.parametrize(
    ("tilt", "roll", "height"), [(0.5, 0.0, 0.35), (1.2, 0.1, 0.6), (1.57, 0.0, 0.7), (0.8, -0.2, 0.5)]
)
@pytest.mark.parametrize("wall", [False, True])
def test_the_plane_is_found(tilt: float, roll: float, height: float, wall: bool) -> None:
    plane = find_table(frame(tilt, roll, height, wall=wall))
    up = np.array([np.sin(roll), -np.cos(tilt) * np.cos(roll), -np.sin(tilt) * np.cos(roll)])
    assert np.degrees(np.arccos(min(plane.normal @ up, 1.0))) < 0.3
    assert plane.distance == pytest.approx(height, abs=0.003)
    pose = plane.camera_pose()
    np.testing.assert_allclose(pose.rotation @ pose.rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(pose.rotation) > 0
    np.testing.assert_allclose(pose.rotation @ plane.normal, [0, 0, 1], atol=1e-9)
    assert pose.position.tolist() == [0, 0, plane.distance]


@pytest.mark.parametrize("share", [0.5, 0.7])
def test_the_table_is_found_over_more_of_the_floor(share: float) -> None:
    """A low table that fills less of the picture than the floor around it."""
    seen = frame(0.9, 0.0, 1.1)
    v, u = np.indices((240, 320))
    rays = np.stack([(u - K[0, 2]) / K[0, 0], (v - K[1, 2]) / K[1, 1], np.ones(u.shape)], -1)
    up = np.array([0.0, -np.cos(0.9), -np.sin(0.9)])
    drop = np.maximum(-(rays @ up), 1e-6)
    floor, table = 1.1 / drop, 0.65 / drop
    on = (np.abs(u - 160) < 160 * (1 - share)) & (v > 60)
    depth = np.where(on, table, np.minimum(floor, 2.5)) + np.random.default_rng(0).normal(0, 0.001, u.shape)
    plane = find_table(replace(seen, depth=depth.astype(np.float32)))
    assert (on.mean() < 0.5) and plane.distance == pytest.approx(0.65, abs=0.005)


def test_no_table_is_said() -> None:
    empty = frame(0.6, 0.0, 0.4)
    empty.depth[:] = 0  # type: ignore[index]
    with pytest.raises(NoTableError, match="nearly empty"):
        find_table(empty)
    noise = frame(0.6, 0.0, 0.4)
    noise.depth[:] = np.random.default_rng(1).uniform(0.3, 1.5, noise.depth.shape)  # type: ignore[index,union-attr]
    with pytest.raises(NoTableError, match="no table in view: "):
        find_table(noise)

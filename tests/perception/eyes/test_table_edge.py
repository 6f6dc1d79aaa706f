"""What stands beside the table is no thing on it; what stands on it stays, at its edge and where depth is lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame, Pose
from sayso.perception.eyes.encoding import STRIDE, encode
from sayso.perception.eyes.instances import Instance
from sayso.perception.eyes.table_edge import on_table
from sayso.perception.eyes.view import HEIGHT, WIDTH

EYE, TILT, FLOOR = 0.6, 0.7, -0.7
INTRINSICS = np.array([[210.0, 0, WIDTH / 2 - 0.5], [0, 210.0, HEIGHT / 2 - 0.5], [0, 0, 1]])
AHEAD = np.array([np.cos(TILT), 0, -np.sin(TILT)])
POSE = Pose(np.array([0, 0, EYE]), np.stack([[0, -1.0, 0], [-np.sin(TILT), 0, -np.cos(TILT)], AHEAD], 1))
END = 0.75  # m ahead, where the table ends
Places = tuple[float, float]


def seen(*plates: tuple[Places, Places, float]) -> Frame:
    """A table that ends over a floor, with level ``plates`` over or beside it: from and to (x, y) m, height m."""
    v, u = np.indices((HEIGHT, WIDTH))
    rays = np.stack([(u - INTRINSICS[0, 2]) / 210, (v - INTRINSICS[1, 2]) / 210, np.ones(u.shape)], -1)
    rays = rays @ POSE.rotation.T
    depth = np.full(u.shape, np.inf)
    for low, high, z in (((-9.0, -9.0), (END, 9.0), 0.0), ((-9.0, -9.0), (9.0, 9.0), FLOOR), *plates):
        far = (z - EYE) / np.minimum(rays[..., 2], -1e-6)
        spot = far[..., None] * rays[..., :2]
        hit = (spot >= low).all(-1) & (spot <= high).all(-1)
        depth = np.where(hit, np.minimum(depth, far), depth)
    return Frame(
        0.0, "eye", np.full((HEIGHT, WIDTH, 3), 120, np.uint8), np.where(depth < 3, depth, 0), INTRINSICS, POSE
    )


def thing(frame: Frame, low: Places, high: Places, z: float) -> Instance:
    """A thing of the pixels that lie between ``low`` and ``high`` at ``z`` m."""
    points = encode(frame).points
    mask: NDArray[np.bool_] = (points[..., :2] >= low).all(-1) & (points[..., :2] <= high).all(-1)
    mask &= np.abs(points[..., 2] - z) < 0.01
    assert mask.sum() > 20
    size = np.array([0.1, 0.1, 0.05])
    return Instance(
        mask, (0, 0, 1, 1), (0, 0), {}, {}, np.array([0.5, 0, z]), size, 0.0, 4, 0.9, 0.01, 1.0, points[mask]
    )


def test_a_chair_beside_the_table_is_no_thing_on_it() -> None:
    chair, cup = ((0.85, -0.15), (1.1, 0.15), 0.02), ((0.4, -0.05), (0.5, 0.05), 0.08)
    frame = seen(chair, cup)
    both = thing(frame, *chair), thing(frame, *cup)
    assert on_table(both, encode(frame), frame, 0.0) == both[1:]


def test_a_thing_at_the_edge_is_on_the_table() -> None:
    last = ((END - 0.08, -0.05), (END + 0.01, 0.05), 0.1)
    frame = seen(last)
    one = (thing(frame, *last),)
    assert on_table(one, encode(frame), frame, 0.0) == one


def test_lost_depth_is_no_edge() -> None:
    cup = ((0.85, -0.15), (1.0, 0.15), 0.03)
    frame = seen(cup)
    one = (thing(frame, *cup),)
    assert frame.depth is not None
    points = encode(frame).points
    lost = np.repeat(np.repeat(points[..., 2] < -0.02, STRIDE, 0), STRIDE, 1)
    frame = replace(frame, depth=np.where(lost, 0, frame.depth))
    assert on_table(one, encode(frame), frame, 0.0) == one


def test_without_a_table_in_view_all_stay() -> None:
    frame = seen(((-9.0, -9.0), (9.0, 9.0), 0.1))
    one = (thing(frame, (0.4, -0.1), (0.5, 0.1), 0.1),)
    assert on_table(one, encode(frame), frame, 0.0) == one
    assert on_table((), encode(frame), frame, 0.0) == ()

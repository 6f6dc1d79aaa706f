"""What the network sees depends on what stands there, not on where the camera stands or how it is built."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from sayso.hardware.types import Array, Frame, Pose
from sayso.perception.encoding import FOCAL, HEIGHT, WIDTH, encode, standard_view
from sayso.perception.pipeline import Detector

K = np.array([[FOCAL, 0, WIDTH / 2 - 0.5], [0, FOCAL, HEIGHT / 2 - 0.5], [0, 0, 1.0]])


def looking(eye: Array, target: Array) -> Pose:
    ahead = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(ahead, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    return Pose(eye, np.stack([right, np.cross(ahead, right), ahead], 1))


def plane(pose: Pose, k: Array = K, width: int = WIDTH, height: int = HEIGHT, z: float = 0.0) -> Frame:
    """A frame of nothing but a gray plane at height ``z``."""
    u, v = np.meshgrid(np.arange(width), np.arange(height))
    rays = np.stack([(u - k[0, 2]) / k[0, 0], (v - k[1, 2]) / k[1, 1], np.ones(u.shape)], -1) @ pose.rotation.T
    depth = (z - pose.position[2]) / rays[..., 2]
    return Frame(0.0, "c", np.full((height, width, 3), 128, np.uint8), depth.astype(np.float32), k, pose)


POSE = looking(np.array([1.05, 0.62, 0.72]), np.array([0.46, 0.0, 0.0]))


def test_a_plane_has_its_height_its_normal_and_its_points() -> None:
    seen = encode(plane(POSE, z=0.1), table=0.07)
    inner = seen.inputs[:, 2:-2, 2:-2]
    assert np.allclose(inner[3], 0.03 * 10 - 1, atol=1e-4)
    assert np.allclose(inner[6], 1.0, atol=1e-3) and np.allclose(inner[4:6], 0.0, atol=2e-2)
    assert np.allclose(seen.points[..., 2], 0.1, atol=1e-5) and seen.valid.all()


def test_turning_camera_and_world_together_changes_nothing() -> None:
    c, s = np.cos(0.9), np.sin(0.9)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    turned = Pose(turn @ POSE.position, turn @ POSE.rotation)
    a, b = encode(plane(POSE)), encode(plane(turned))
    assert np.allclose(a.inputs, b.inputs, atol=1e-4)
    assert np.allclose(a.points @ turn.T, b.points, atol=1e-5)


def test_a_camera_straight_down_has_a_heading() -> None:
    down = Pose(np.array([0.5, 0.0, 1.0]), np.diag([1.0, -1.0, -1.0]))
    heading = encode(plane(down)).heading
    assert np.allclose(np.linalg.norm(heading, axis=-1), 1.0, atol=1e-5)
    assert np.allclose(heading[HEIGHT // 4, WIDTH // 4], [0.0, 1.0], atol=0.05), "up in the image is where it heads"


def test_another_resolution_and_lens_is_resampled_to_the_same_view() -> None:
    k = np.array([[600.0, 0, 319.5], [0, 600.0, 239.5], [0, 0, 1]])
    standard = standard_view(plane(POSE, k, 640, 480))
    assert standard.rgb.shape == (HEIGHT, WIDTH, 3)
    assert np.allclose(encode(standard).points[20:-20, 20:-20, 2], 0.0, atol=3e-3)
    assert standard_view(plane(POSE)).intrinsics is K


def test_pixels_without_depth_are_invalid() -> None:
    frame = plane(POSE)
    assert frame.depth is not None
    frame.depth[10], frame.depth[20] = 0.0, np.nan
    seen = encode(frame)
    assert not seen.valid[5].any() and not seen.valid[10].any() and seen.valid[6].all()
    assert np.isfinite(seen.inputs).all()


def test_a_frame_without_a_network_for_it_is_an_error_that_names_its_camera() -> None:
    frame = plane(POSE)
    with pytest.raises(ValueError, match="no detector for frames without depth, as the camera 'c' gives"):
        Detector(None).detect([dataclasses.replace(frame, depth=None)])
    with pytest.raises(ValueError, match="no detector for frames with depth, as the camera 'c' gives"):
        Detector(None).detect([frame])

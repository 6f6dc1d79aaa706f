"""What a camera without depth knows of every pixel: its ray, where that meets the table, and edges on the table."""

from __future__ import annotations

import numpy as np
import pytest

from sayso.perception.encoding import FOCAL, HEIGHT, STRIDE, WIDTH
from sayso.perception.encoding_rgb import encode_rgb
from tests.perception.one_camera import LEFT, K, frame


def test_every_ray_meets_the_table_where_it_says() -> None:
    seen = encode_rgb(frame(), table=0.07)
    points = seen.eye + seen.rays * (seen.depth / (seen.rays @ LEFT.rotation[:, 2]))[..., None]
    assert np.allclose(points[..., 2], 0.07, atol=1e-5)
    for across in (seen.lefts, seen.ups):
        assert np.allclose((across * seen.rays).sum(-1), 0, atol=1e-6)
        assert np.allclose(np.linalg.norm(across, axis=-1), 1, atol=1e-6)
    assert (seen.ups[..., 2] > 0).all()


@pytest.mark.parametrize("yaw", [0.0, 0.3, -0.6])
def test_edges_on_the_table_say_their_heading_wherever_they_are_seen(yaw: float) -> None:
    clear = encode_rgb(frame())
    v, u = np.mgrid[:HEIGHT, :WIDTH]
    rays = np.stack([(u - K[0, 2]) / FOCAL, (v - K[1, 2]) / FOCAL, np.ones(u.shape)], -1) @ LEFT.rotation.T
    points = LEFT.position + rays * (-LEFT.position[2] / rays[..., 2])[..., None]
    c, s = np.cos(yaw), np.sin(yaw)
    local = (points[..., :2] - [0.46, 0.0]) @ np.array([[c, -s], [s, c]])
    # A soft square of 20 cm, so that pixels do not make stairs of its edges.
    inside = np.clip((0.1 - np.abs(local).max(-1)) / 0.01 + 0.5, 0, 1)
    rgb = (60 + 150 * inside[..., None] * [1, 0.3, 0.2]).astype(np.uint8)
    edges = encode_rgb(frame(rgb=rgb)).inputs[5:8, ::STRIDE, ::STRIDE]
    strong = edges[2] > 0.5
    heading = np.arctan2(clear.heading[..., 1], clear.heading[..., 0])[strong]
    wanted = np.stack([np.cos(4 * (yaw - heading)), np.sin(4 * (yaw - heading))])
    agree = (edges[:2, strong] * wanted).sum(0) / edges[2, strong]
    assert strong.sum() > 60 and np.median(agree) > 0.97
    assert np.abs(clear.inputs[7]).max() == 0.0

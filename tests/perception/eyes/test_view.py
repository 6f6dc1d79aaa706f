"""Any camera's picture at the network's size: all of it, and pixels that lead back."""

import numpy as np
import pytest

from sayso.hardware.types import Frame, Pose
from sayso.perception.eyes.encoding import CHANNELS, encode
from sayso.perception.eyes.view import HEIGHT, WIDTH, fitted

K = np.array([[600.0, 0, 310], [0, 600.0, 236], [0, 0, 1]])
DOWN = Pose(np.array([0.0, 0.0, 0.8]), np.diag([1.0, -1.0, -1.0]))


@pytest.mark.parametrize("size", [(480, 640), (360, 640), (720, 1280), (240, 240), (100, 90)])
def test_the_whole_picture_is_shown(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    depth = rng.uniform(0.5, 0.9, size).astype(np.float32)
    frame = Frame(0.0, "c", rng.integers(0, 255, (*size, 3)).astype(np.uint8), depth, K, DOWN)
    view = fitted(frame)
    assert view.frame.rgb.shape == (HEIGHT, WIDTH, 3)
    v, u = np.nonzero(view.inside)
    corners = np.array([[u.min(), v.min()], [u.max(), v.max()]]) * view.scale + view.origin
    assert (corners[0] <= view.scale + 1).all() and (corners[1] >= np.array(size[::-1]) - 2 - view.scale).all()
    # A pixel's ray is the same in both.
    at = np.array([70.0, 60.0])
    back = at * view.scale + view.origin
    own = (at - view.frame.intrinsics[:2, 2]) / np.diag(view.frame.intrinsics)[:2]
    np.testing.assert_allclose(own, (back - K[:2, 2]) / np.diag(K)[:2], atol=1e-9)


def test_encoding_knows_height_and_holes() -> None:
    depth = np.full((HEIGHT, WIDTH), 0.8, np.float32)
    depth[60:100, 100:140] = 0.72
    depth[:, :40] = 0
    depth[80, 160:162] = 0
    k = np.array([[200.0, 0, WIDTH / 2], [0, 200.0, HEIGHT / 2], [0, 0, 1]])
    seen = encode(Frame(0.0, "c", np.zeros((HEIGHT, WIDTH, 3), np.uint8), depth, k, DOWN))
    assert seen.inputs.shape == (CHANNELS, HEIGHT, WIDTH) and np.isfinite(seen.inputs).all()
    assert seen.inputs[3, 80, 120] == pytest.approx(0.08 * 10 - 1, abs=1e-5)
    assert seen.inputs[7, 30, 180] == pytest.approx(1.0, abs=1e-5)  # the table's normal is up
    assert not seen.known[:, :18].any() and (seen.inputs[3:9, :, :37] == 0).all()
    assert seen.known[40, 80]  # a small hole is filled
    blind = encode(Frame(0.0, "c", np.full((HEIGHT, WIDTH, 3), 200, np.uint8), depth, k, DOWN), colors=False)
    assert (blind.inputs[:3] == 0).all()

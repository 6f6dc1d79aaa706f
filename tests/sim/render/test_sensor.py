"""What the depth sensor does: each fault alone, where it belongs."""

from dataclasses import replace

import numpy as np

from sayso.sim.render.picture import NO_COLOR, Picture
from sayso.sim.render.sensor import PERFECT, measured, photographed, random_sensor

FOCAL = 200.0


def picture(dark: float = 0.5) -> Picture:
    """A box 0.5 m away, from column 60 to 100, before a wall 1 m away."""
    depth = np.full((80, 160), 1.0, np.float32)
    depth[20:60, 60:100] = 0.5
    owner = np.where(depth < 0.9, 0, -1).astype(np.int32)
    rgb = np.where(owner[..., None] == 0, dark, 0.5).repeat(3, -1).astype(np.float32)
    names = np.full(depth.shape, NO_COLOR, np.uint8)
    return Picture(rgb, depth, owner, names, np.zeros(depth.shape, np.float32))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_perfect_sensor_measures_what_is_there() -> None:
    seen = picture()
    np.testing.assert_allclose(measured(seen, FOCAL, PERFECT, rng()), seen.depth, atol=1e-6)


def test_nothing_is_measured_beyond_the_reach() -> None:
    out = measured(picture(), FOCAL, replace(PERFECT, farthest=0.8), rng())
    assert (out[20:60, 60:100] > 0).all() and (out[:, :50] == 0).all()


def test_a_near_thing_casts_a_shadow_on_the_side_away_from_the_second_imager() -> None:
    for baseline, empty, full in ((0.05, slice(52, 59), slice(102, 110)), (-0.05, slice(101, 108), slice(50, 58))):
        out = measured(picture(), FOCAL, replace(PERFECT, baseline=baseline), rng())
        # The disparities are 20 and 10 pixels, so 10 pixels are hidden.
        assert (out[25:55, empty] == 0).all() and (out[25:55, full] > 0).all()
        assert (out[:15] > 0).all()


def test_disparity_comes_in_steps() -> None:
    seen = picture()
    seen.depth[:] = np.linspace(0.8, 1.2, seen.depth.size).reshape(seen.depth.shape)
    out = measured(seen, FOCAL, replace(PERFECT, step=0.5), rng())
    disparity = FOCAL * 0.05 / out
    np.testing.assert_allclose(disparity, np.round(disparity / 0.5) * 0.5, atol=1e-3)
    assert 2 < len(np.unique(disparity.round(3))) < 20


def test_dark_things_lose_depth_and_light_ones_keep_it() -> None:
    sensor = replace(PERFECT, dark=1.0)
    lost = [(measured(picture(d), FOCAL, sensor, rng())[20:60, 60:100] == 0).mean() for d in (0.03, 0.6)]
    assert lost[0] > 0.3 and lost[1] == 0.0


def test_flying_points_lie_between_front_and_back() -> None:
    out = measured(picture(), FOCAL, replace(PERFECT, flying=0.8), rng())
    between = (out > 0.51) & (out < 0.99)
    assert 20 < between.sum() < 400 and not between[:, :55].any()


def test_random_sensors_lose_some_and_keep_most() -> None:
    kept = [
        (measured(picture(), FOCAL, random_sensor(np.random.default_rng(k), 1.0), rng()) > 0).mean() for k in range(40)
    ]
    assert 0.5 < np.median(kept) <= 1.0 and min(kept) < 0.9


def test_a_photograph_varies_and_keeps_its_shape() -> None:
    shots = [photographed(picture(), np.random.default_rng(k)) for k in range(8)]
    assert all(s.shape == (80, 160, 3) and s.dtype == np.uint8 for s in shots)
    assert np.std([s.mean() for s in shots]) > 5

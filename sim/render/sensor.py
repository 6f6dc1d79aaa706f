"""What real cameras do to a perfect picture: depth with holes, steps and stray points; color with noise and blur.

The depth is a stereo camera's (Intel's D400 family is the usual one): disparities in steps, surfaces hidden from the
second imager, no match on dark, shining or flat parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.sim.render.picture import Picture
from sayso.sim.render.raster import Float
from sayso.sim.render.surfaces import noise


@dataclass(frozen=True, slots=True)
class DepthSensor:
    """The faults of one depth camera.

    ``baseline`` (m, with sign: the side of the second imager) casts the shadow without depth; ``step`` is the
    disparity's step and ``jitter`` its noise, in pixels; ``waves`` m of slow error; ``edge`` pixels lost or mixed along
    edges; ``flying`` is the share of edge pixels between front and back; ``dark`` and ``shine`` how readily such
    surfaces are lost; ``patches`` the share of holes elsewhere; ``band`` the share of columns lost at one side,
    ``stripes`` the number of lost stripes; nothing is measured beyond ``farthest`` m.
    """

    baseline: float = 0.05
    step: float = 0.05
    jitter: float = 0.05
    waves: float = 0.001
    edge: int = 1
    flying: float = 0.3
    dark: float = 0.5
    shine: float = 0.5
    patches: float = 0.01
    band: float = 0.04
    stripes: int = 0
    farthest: float = 1.5


PERFECT = DepthSensor(0.0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 10.0)


def random_sensor(rng: np.random.Generator, distance: float = 0.7) -> DepthSensor:
    """A depth camera from nearly perfect to poor, which mostly reaches as far as ``distance`` m."""
    bad = float(rng.uniform(0, 1)) ** 1.5
    return DepthSensor(
        baseline=float(rng.choice([-1, 1, 1])) * float(rng.uniform(0.015, 0.07) * (rng.random() < 0.8)),
        step=0.12 * bad * float(rng.uniform(0, 1)),
        jitter=0.12 * bad * float(rng.uniform(0, 1)),
        waves=0.004 * bad,
        edge=int(rng.integers(0, 3)),
        flying=float(rng.choice([0.0, 0.3, 0.8])),
        dark=float(rng.uniform(0, 1)),
        shine=float(rng.uniform(0, 1)),
        patches=0.04 * bad * float(rng.uniform(0, 1)),
        band=float(rng.choice([0.0, rng.uniform(0, 0.15)])),
        stripes=int(rng.integers(1, 4) * (rng.random() < 0.25)),
        farthest=float(rng.uniform(0.95, 2.5)) * distance,
    )


def measured(picture: Picture, focal: float, sensor: DepthSensor, rng: np.random.Generator) -> Float:
    """The depth (H, W) m that ``sensor`` gives for ``picture``; 0 where there is none."""
    depth = np.where(np.isfinite(picture.depth), picture.depth, 0).astype(np.float32)
    height, width = depth.shape
    lost = (depth <= 0) | (depth > sensor.farthest)
    edges = _edges(depth)
    if sensor.baseline:
        lost |= _hidden(depth, focal * sensor.baseline)
    if sensor.edge:
        kernel = np.ones((2 * sensor.edge + 1,) * 2, np.uint8)
        near_edge = cv2.dilate(edges.astype(np.uint8), kernel) > 0
        ragged = noise(rng, max(height, width), (height // 3, width // 3))[:height, :width]
        lost |= near_edge & (ragged > rng.uniform(-0.1, 0.6))
        # A matching window sees the nearer surface beside an edge as well.
        depth = np.where(near_edge & (ragged < -0.2), _nearest_around(depth), depth)
    luminance = picture.rgb.mean(-1)
    blotches = noise(rng, max(height, width), (height // 6, width // 6))[:height, :width] * 0.5 + 0.5
    on_things = picture.owner >= 0
    lost |= on_things & (luminance < 0.10) & (blotches < sensor.dark * 0.7)
    lost |= (picture.gloss > 0.25) & (blotches < 0.4 + sensor.shine)
    if sensor.patches:
        lost |= noise(rng, max(height, width), (height // 4, width // 4))[:height, :width] > 1 - 4 * sensor.patches
    if sensor.flying:
        mixed = edges & (rng.random(depth.shape) < sensor.flying)
        share = rng.random(depth.shape).astype(np.float32)
        depth = np.where(mixed, share * _nearest_around(depth) + (1 - share) * _farthest_around(depth), depth)
    depth = _stepped(depth, focal, sensor, rng)
    if sensor.band:
        side = int(sensor.band * width)
        border = side + np.round(noise(rng, height, (height // 4, 2))[:, 0] * 1.5).astype(int)
        columns = np.arange(width)[None] < border[:, None]
        lost |= columns if sensor.baseline >= 0 else columns[:, ::-1]
    for _ in range(sensor.stripes):
        at, wide = int(rng.integers(0, width)), int(rng.integers(1, 7))
        lost[:, at : at + wide] = True
    return np.where(lost, 0, depth).astype(np.float32)


def _stepped(depth: Float, focal: float, sensor: DepthSensor, rng: np.random.Generator) -> Float:
    """Depth with slow waves, and with noise and steps in the disparity."""
    height, width = depth.shape
    slow = (
        noise(rng, max(height, width), (6, 6))[:height, :width]
        + noise(rng, max(height, width), (20, 20))[:height, :width]
    )
    depth = depth + np.float32(sensor.waves) * slow * (depth > 0)
    if not (sensor.step or sensor.jitter):
        return depth
    lever = focal * max(abs(sensor.baseline), 0.05)
    disparity = lever / np.maximum(depth, 0.05)
    grain = cv2.GaussianBlur(rng.standard_normal(depth.shape).astype(np.float32), (0, 0), 0.8) * 1.6
    disparity = disparity + np.float32(sensor.jitter) * grain
    if sensor.step:
        disparity = np.round(disparity / sensor.step) * sensor.step
    return np.where(depth > 0, lever / np.maximum(disparity, 0.1), 0).astype(np.float32)


def _edges(depth: Float) -> NDArray[np.bool_]:
    """Where depth jumps by more than 2 % and 8 mm within a pixel."""
    near, far = _nearest_around(depth), _farthest_around(depth)
    return (far - near > 0.008) & (far - near > 0.02 * near)


def _nearest_around(depth: Float) -> Float:
    return np.asarray(cv2.erode(np.where(depth > 0, depth, 10).astype(np.float32), np.ones((3, 3), np.uint8)))


def _farthest_around(depth: Float) -> Float:
    return np.asarray(cv2.dilate(depth, np.ones((3, 3), np.uint8)))


def _hidden(depth: Float, lever: float) -> NDArray[np.bool_]:
    """The pixels that the second imager does not see: ``lever`` is focal length times signed baseline."""
    if lever < 0:
        return _hidden(depth[:, ::-1], -lever)[:, ::-1]
    disparity = lever / np.where(depth > 0, depth, 10)
    place = np.arange(depth.shape[1], dtype=np.float32) - disparity
    # Something further right, and nearer, that lands at the same place or further left hides the pixel.
    cover = np.minimum.accumulate(place[:, ::-1], 1)[:, ::-1]
    out = np.zeros(depth.shape, bool)
    out[:, :-1] = cover[:, 1:] < place[:, :-1] - 0.3
    return out


def photographed(picture: Picture, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The color picture (H, W, 3) with another exposure, white balance, tone, blur, noise and compression."""
    image = picture.rgb * rng.uniform(0.55, 1.5) * rng.uniform(0.85, 1.15, 3).astype(np.float32)
    image = np.clip(image, 0, 1) ** rng.uniform(0.75, 1.35)
    if rng.random() < 0.3:  # light that falls off over the picture
        ramp = noise(rng, max(image.shape[:2]), (3, 3))[: image.shape[0], : image.shape[1]]
        image = image * (1 + 0.25 * ramp[..., None])
    image = cv2.GaussianBlur(image.astype(np.float32), (0, 0), float(rng.uniform(0.3, 1.0)))
    if rng.random() < 0.15:
        image = _shaken(image, rng)
    image = image + rng.standard_normal(image.shape).astype(np.float32) * np.float32(rng.uniform(0, 0.03))
    out = np.clip(image * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        code = cv2.imencode(".jpg", out[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 96))])[1]
        out = np.asarray(cv2.imdecode(code, cv2.IMREAD_COLOR))[..., ::-1]
    return np.ascontiguousarray(out, dtype=np.uint8)


def _shaken(image: Float, rng: np.random.Generator) -> Float:
    """The picture of a camera that moved along a line of up to five pixels."""
    kernel = np.zeros((5, 5), np.float32)
    way = rng.uniform(0, np.pi)
    reach = rng.uniform(1, 2)
    dx, dy = round(reach * np.cos(way)), round(reach * np.sin(way))
    cv2.line(kernel, (2 - dx, 2 - dy), (2 + dx, 2 + dy), 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()))

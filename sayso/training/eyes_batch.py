"""Batches for the eyes: varied pictures, and what every output pixel is to say."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sayso.hardware.types import Frame, Pose
from sayso.perception.eyes.encoding import STRIDE, EyeInput, encode
from sayso.perception.eyes.layout import PIXELS, UNIT
from sayso.perception.eyes.names import EYE_KINDS
from sayso.training.eyes_data import Pictures
from sayso.training.eyes_views import TABLE, ThingView, without_beyond

NO_COLORS = 0.25  # share of pictures without color: shape alone must do
TILT, LIFT = 0.01, 0.004  # rad, m: how wrong the table's plane may be
MASKED = 0.4  # share of pictures with borders, as of cameras with another aspect
LEAST_PIXELS = 5
BORDER, NEAR = 2.0, 2  # how much more a pixel counts within so many pixels of another thing
HEART_WIDTH = 0.12  # of an instance's extent in the picture
MIRROR = np.diag([1.0, -1.0, 1.0])


@dataclass(frozen=True, slots=True)
class EyeBatch:
    """Inputs (B, C, H, W) and, for each output pixel (B, h, w), targets.

    ``thing`` 1 for a thing's pixel; ``counts`` 0 where neither answer is wrong; ``heart`` the heat of the nearest
    middle; ``weight`` of a thing's pixel, less for things with many; ``offset`` (B, 2, h, w), ``vote`` and ``size`` (B,
    3, h, w), ``long`` and ``square`` (B, 2, h, w) as in `sayso.perception.eyes.layout`; ``placed`` 1 where the vote
    counts; ``kind`` number; ``color`` number, -1 for none.
    """

    inputs: Tensor
    thing: Tensor
    counts: Tensor
    heart: Tensor
    weight: Tensor
    offset: Tensor
    vote: Tensor
    placed: Tensor
    size: Tensor
    long: Tensor
    square: Tensor
    kind: Tensor
    color: Tensor


def draw_batch(pictures: Pictures, rng: np.random.Generator, size: int, depth: bool = True) -> EyeBatch:
    """A batch of ``size`` pictures, varied; for the network with or without ``depth``."""
    rows = [_sample(pictures.view(int(rng.integers(len(pictures)))), rng, depth) for _ in range(size)]
    return EyeBatch(*(torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True)))


def _sample(view: ThingView, rng: np.random.Generator, depth: bool) -> tuple[NDArray, ...]:
    if rng.random() < 0.5:
        view = mirrored(view)
    frame = _varied(view.frame, rng)
    if not depth:
        seen = encode(replace(frame, depth=None))
        return (seen.inputs, *targets(view, seen))
    view = replace(view, ids=without_beyond(view))
    seen = encode(replace(frame, pose=_misjudged(frame.pose, rng)), colors=bool(rng.random() >= NO_COLORS))
    return (seen.inputs, *targets(view, seen))


def mirrored(view: ThingView) -> ThingView:
    """The view in a mirror: the world's left and right exchanged, and the picture's with them."""
    f = view.frame
    assert f.depth is not None
    intrinsics = f.intrinsics.copy()
    intrinsics[0, 2] = f.rgb.shape[1] - 1 - intrinsics[0, 2]
    pose = Pose(MIRROR @ f.pose.position, MIRROR @ f.pose.rotation @ np.diag([-1.0, 1.0, 1.0]))
    frame = Frame(f.t, f.camera, f.rgb[:, ::-1], f.depth[:, ::-1], intrinsics, pose)
    labels = tuple(replace(t, center=MIRROR @ t.center, yaw=-t.yaw) for t in view.labels)
    return ThingView(frame, view.ids[:, ::-1], view.names[:, ::-1], labels)


def _varied(frame: Frame, rng: np.random.Generator) -> Frame:
    """The frame with another exposure and white balance, more noise, and sometimes borders."""
    assert frame.depth is not None
    gain = (rng.uniform(0.75, 1.25) * rng.uniform(0.93, 1.07, 3)).astype(np.float32)
    rgb = np.clip(frame.rgb * gain + rng.uniform(-12, 12), 0, 255).astype(np.uint8)
    depth = frame.depth * np.float32(rng.normal(1.0, 0.004))
    if rng.random() < MASKED:
        side, top = int(rng.integers(0, 14)), int(rng.integers(0, 10))
        rgb, depth = rgb.copy(), depth.copy()
        for image in (rgb, depth):
            image[:, :side] = image[:, image.shape[1] - side :] = 0
            image[:top] = image[image.shape[0] - top :] = 0
    return replace(frame, rgb=rgb, depth=depth)


def _misjudged(pose: Pose, rng: np.random.Generator) -> Pose:
    """The camera's pose as found from a table plane that is not quite right."""
    a, b = rng.normal(0, TILT, 2)
    tilt = np.array([[1, 0, b], [0, 1, -a], [-b, a, 1.0]])
    tilt, _ = np.linalg.qr(tilt)
    tilt *= np.sign(np.diag(tilt))
    return Pose(tilt @ pose.position + [0, 0, rng.normal(0, LIFT)], tilt @ pose.rotation)


def targets(view: ThingView, seen: EyeInput) -> tuple[NDArray, ...]:
    """All targets of `EyeBatch` but the inputs, for a picture and its encoding."""
    ids = view.ids[::STRIDE, ::STRIDE]
    names = view.names[::STRIDE, ::STRIDE]
    height, width = ids.shape
    rows = np.zeros((256, 12))
    heart = np.zeros((height, width), np.float32)
    counts = np.ones((height, width), np.float32)
    column, row = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    for k, label in enumerate(view.labels, 1):
        mask = ids == k
        number = int(mask.sum())
        if number < LEAST_PIXELS:
            counts[mask] = 0
            continue
        u, v = float(column[mask].mean()), float(row[mask].mean())
        extent = max(np.ptp(column[mask]), np.ptp(row[mask]), 4.0)
        spread = max(HEART_WIDTH * extent, 1.0)
        heat = np.exp(-((column - u) ** 2 + (row - v) ** 2) / (2 * spread**2))
        heart = np.maximum(heart, heat)
        rows[k] = [1, EYE_KINDS.index(label.kind), *label.center, *label.size, label.yaw, label.fold, u, v]
    table = rows[np.where(ids == TABLE, 0, ids)]
    found = table[..., 0] > 0
    sizes = np.bincount(ids.ravel(), minlength=256)
    weight = np.where(found, 1 / np.sqrt(np.maximum(sizes, 4))[ids], 0.0) * (1 + BORDER * _borders(ids, found))
    step = (table[..., 2:5] - seen.points) / UNIT
    cos, sin = seen.heading[..., 0], seen.heading[..., 1]
    vote = np.stack([cos * step[..., 0] + sin * step[..., 1], cos * step[..., 1] - sin * step[..., 0], step[..., 2]])
    turn = table[..., 8] - np.arctan2(sin, cos)
    fold = table[..., 9]
    color = np.where(found & (names < 255), names.astype(np.int64), -1)
    parts = (
        found, counts, heart, weight,
        np.stack([table[..., 10] - column, table[..., 11] - row]) / PIXELS * found, vote * (found & seen.known),
        found & seen.known, table[..., 5:8].transpose(2, 0, 1) / UNIT,
        np.stack([np.sin(2 * turn), np.cos(2 * turn)]) * (fold == 2),
        np.stack([np.sin(4 * turn), np.cos(4 * turn)]) * (fold != 0),
    )  # fmt: skip
    return (*(np.asarray(part, np.float32) for part in parts), table[..., 1].astype(np.int64), color)


def _borders(ids: NDArray[np.uint8], found: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels of things within `NEAR` pixels of another thing."""
    around = np.ones((2 * NEAR + 1,) * 2, np.uint8)
    most = cv2.dilate(np.where(found, ids, 0).astype(np.uint8), around)
    least = cv2.erode(np.where(found, ids, 255).astype(np.uint8), around)
    return np.asarray(found & (most != least), np.bool_)

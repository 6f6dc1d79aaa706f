"""Batches for the detector: augmented crops of frames, with the target votes of each pixel."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sayso.hardware.types import Frame
from sayso.perception.encoding import FARTHEST, STRIDE, Encoded, encode
from sayso.perception.encoding_rgb import EncodedRgb, encode_rgb
from sayso.perception.votes import UNIT
from sayso.training.detector_data import DEPTH_UNIT, Views
from sayso.training.detector_views import BACKGROUND, TABLE

CROP = 96
OBJECT_CROPS, ARM_CROPS = 0.75, 0.15
COLOR_NOISE = 2.0
DEPTH_NOISE = 0.0008
KIND_COLUMN, COLOR_COLUMN = 1, 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs and targets of the network.

    ``inputs`` (B, C, H, W). For each output pixel (B, h, w): ``kind`` (0: nothing, 1 + number), ``color`` number and
    the ``weight`` of an object's pixel, less for objects with many. ``vote``, ``size`` (B, 3, h, w) in units of `UNIT`;
    ``turn`` (B, 2, h, w): sine and cosine of four times the yaw against the line of sight. ``table`` (B, h, w): 1 where
    the table is seen; only without depth, where ``vote`` is as `sayso.perception.monocular.read_sightings` reads it.
    """

    inputs: Tensor
    kind: Tensor
    color: Tensor
    weight: Tensor
    vote: Tensor
    size: Tensor
    turn: Tensor
    table: Tensor | None = None


# Channels that point left, and change their sign in a mirror.
Odd = tuple[tuple[int, ...], ...]
ODD_INPUTS, ODD_INPUTS_RGB = (5,), (6,)
ODD_TARGETS: Odd = ((), (), (), (1,), (), (0,))
ODD_TARGETS_RGB: Odd = ((), (), (), (0,), (), (0,), ())


def draw_batch(views: Views, rng: np.random.Generator, size: int, depth: bool = True) -> Batch:
    """A batch of ``size`` crops, for the network with or without depth."""
    crops = [_crop(views, rng, depth) for _ in range(size)]
    return Batch(*(torch.from_numpy(np.stack(part)) for part in zip(*crops, strict=True)))


def _crop(views: Views, rng: np.random.Generator, depth: bool) -> tuple[NDArray, ...]:
    view = int(rng.integers(len(views)))
    camera = int(rng.integers(views.columns["ids"].shape[1]))
    ids, labels = views.columns["ids"][view, camera], views.columns["labels"][view]
    height, width = ids.shape
    v, u = _center(ids, views.columns["depth"][view, camera], rng)
    # One extra column, so that a mirrored crop has its output pixels at the same places.
    top = int(np.clip(v - rng.integers(16, CROP - 16), 0, height - CROP))
    left = int(np.clip(u - rng.integers(16, CROP - 16), 0, width - CROP - 1))
    window = slice(top, top + CROP), slice(left, left + CROP + 1)
    frame = _varied(_cut(views.frame(view, camera), window), rng)
    seen = ids[window][::STRIDE, ::STRIDE]
    odd_targets: Odd = ODD_TARGETS
    if depth:
        encoded = encode(frame)
        inputs, parts = encoded.inputs, targets(encoded, seen, labels)
        odd_inputs = ODD_INPUTS
    else:
        flat = encode_rgb(_compressed(frame, rng))
        inputs, parts = flat.inputs, targets_rgb(flat, seen, labels)
        odd_inputs, odd_targets = ODD_INPUTS_RGB, ODD_TARGETS_RGB
    mirrored = rng.random() < 0.5
    out = [(_mirror(inputs, odd_inputs) if mirrored else inputs)[..., :CROP]]
    for part, odd in zip(parts, odd_targets, strict=True):
        out.append((_mirror(part, odd) if mirrored else part)[..., : CROP // STRIDE])
    return tuple(np.ascontiguousarray(part) for part in out)


def _center(ids: NDArray[np.uint8], depth: NDArray[np.uint16], rng: np.random.Generator) -> tuple[int, int]:
    """A pixel of an object, of the arm, or any."""
    present = np.setdiff1d(np.unique(ids[::4, ::4]), (BACKGROUND, TABLE))
    way = rng.random()
    if len(present) and way < OBJECT_CROPS:
        chosen = ids == rng.choice(present)
    elif way < OBJECT_CROPS + ARM_CROPS:
        chosen = (ids == BACKGROUND) & (depth * DEPTH_UNIT < FARTHEST)
    else:
        chosen = np.ones(ids.shape, dtype=bool)
    pixels = np.flatnonzero(chosen)
    v, u = np.unravel_index(rng.choice(pixels) if len(pixels) else 0, ids.shape)
    return int(v), int(u)


def _mirror(image: NDArray, odd: tuple[int, ...]) -> NDArray:
    """The mirrored image; channels ``odd`` point left and change their sign."""
    image = image[..., ::-1].copy()
    for channel in odd:
        image[channel] *= -1
    return image


def _cut(frame: Frame, window: tuple[slice, slice]) -> Frame:
    """The crop of a frame as a frame of its own."""
    assert frame.depth is not None
    intrinsics = frame.intrinsics.copy()
    intrinsics[:2, 2] -= window[1].start, window[0].start
    return dataclasses.replace(frame, rgb=frame.rgb[window], depth=frame.depth[window], intrinsics=intrinsics)


def _varied(frame: Frame, rng: np.random.Generator) -> Frame:
    """The frame with another exposure and white balance, and noise in color and depth."""
    assert frame.depth is not None
    gain = (rng.uniform(0.85, 1.15) * rng.uniform(0.96, 1.04, 3)).astype(np.float32)
    noise = rng.standard_normal(frame.rgb.shape, np.float32) * np.float32(rng.uniform(0, COLOR_NOISE))
    rgb = np.clip(frame.rgb * gain + noise, 0, 255).astype(np.uint8)
    scale = np.float32(rng.uniform(0, DEPTH_NOISE))
    depth = frame.depth + rng.standard_normal(frame.depth.shape, np.float32) * scale
    return dataclasses.replace(frame, rgb=rgb, depth=depth)


def _compressed(frame: Frame, rng: np.random.Generator) -> Frame:
    """The frame with JPEG compression, as most cameras without depth use; sometimes unchanged."""
    if rng.random() < 0.3:
        return frame
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(75, 97))]
    code = cv2.imencode(".jpg", np.ascontiguousarray(frame.rgb[..., ::-1]), quality)[1]
    bgr = cv2.imdecode(code, cv2.IMREAD_COLOR)
    return dataclasses.replace(frame, rgb=np.asarray(bgr, np.uint8)[..., ::-1])


def targets(encoded: Encoded, ids: NDArray[np.uint8], labels: NDArray[np.float64]) -> tuple[NDArray, ...]:
    """kind, color, weight, vote, size, turn for the output pixels whose ids are ``ids`` (h, w)."""
    table = _rows(ids, labels)
    step = (table[..., 3:6] - encoded.points) / UNIT
    cos, sin = encoded.heading[..., 0], encoded.heading[..., 1]
    vote = np.stack([cos * step[..., 0] + sin * step[..., 1], cos * step[..., 1] - sin * step[..., 0], step[..., 2]])
    return _targets(ids, table, vote, encoded.heading)


def targets_rgb(encoded: EncodedRgb, ids: NDArray[np.uint8], labels: NDArray[np.float64]) -> tuple[NDArray, ...]:
    """The same for frames without depth of a table at height 0, and where the table is seen."""
    rows = _rows(ids, labels)
    step = rows[..., 3:6] - encoded.eye
    ahead = (step * encoded.rays).sum(-1)
    aside = [(step * across).sum(-1) / ahead for across in (encoded.lefts, encoded.ups)]
    vote = np.stack([*aside, rows[..., 5]]) / UNIT
    return *_targets(ids, rows, vote, encoded.heading), (ids == TABLE).astype(np.float32)


def _rows(ids: NDArray[np.uint8], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """For every pixel the label of its object, zeros where there is none."""
    index = np.where((ids == BACKGROUND) | (ids == TABLE), 0, ids).astype(int)
    return np.vstack([np.zeros(labels.shape[1]), labels])[index]


def _targets(
    ids: NDArray[np.uint8], table: NDArray[np.float64], vote: NDArray, heading: NDArray[np.float32]
) -> tuple[NDArray, ...]:
    found = table[..., 0] > 0
    counts = np.bincount(ids.ravel(), minlength=256)
    weight = np.where(found, 1 / np.sqrt(np.maximum(counts, 4))[ids], 0.0)
    turn = 4 * (table[..., 9] - np.arctan2(heading[..., 1], heading[..., 0]))
    return (
        np.where(found, table[..., KIND_COLUMN] + 1, 0).astype(np.int64),
        table[..., COLOR_COLUMN].astype(np.int64),
        weight.astype(np.float32),
        (vote * found).astype(np.float32),
        (table[..., 6:9] / UNIT).transpose(2, 0, 1).astype(np.float32),
        np.stack([np.sin(turn), np.cos(turn)]).astype(np.float32),
    )

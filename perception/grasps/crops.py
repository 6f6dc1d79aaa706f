"""What the grasp network sees of a candidate: the relief around it in its own frame, and a few numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.hardware.types import GripperSpec
from sayso.perception.grasps.candidates import FINGER, FINGER_WIDTH, PALM, Candidates
from sayso.perception.grasps.relief import CELL, Image, Relief

ALONG, ACROSS = 32, 24  # pixels
PIXEL = 0.0045  # m
CHANNELS, NUMBERS = 3, 16
HEIGHT, OWN, KNOWN = range(CHANNELS)
HEIGHT_UNIT, HIGHEST = 0.03, 0.09  # m
LENGTH_UNIT = 0.1
SHAPE = 7  # numbers that do not hang on the hand
PALM_WIDTH = 0.03  # m, half of it across


@dataclass(frozen=True, slots=True)
class Crops:
    """``pictures`` (n, `CHANNELS`, `ACROSS`, `ALONG`) float32: heights above the tool's point, where the thing itself
    is, and what is known; columns run along the line on which the fingers close. ``numbers`` (n, `NUMBERS`) float32:
    height over the table, width, the thing's middle in the candidate's frame, its top over the tool's point, its
    longest and shortest extents; and what the open hand meets (`_met`)."""

    pictures: Image
    numbers: Image


def crops_of(relief: Relief, number: int, found: Candidates, gripper: GripperSpec) -> Crops:
    """The crops of ``found`` grasps of the thing ``number`` by a ``gripper``."""
    u = ((np.arange(ALONG) - (ALONG - 1) / 2) * PIXEL).astype(np.float32)
    v = ((np.arange(ACROSS) - (ACROSS - 1) / 2) * PIXEL).astype(np.float32)[:, None]
    x, y, z = found.places.T.astype(np.float32)
    cos, sin = np.cos(found.yaws).astype(np.float32), np.sin(found.yaws).astype(np.float32)
    c, s = cos[:, None, None], sin[:, None, None]
    index = relief.index(x[:, None, None] + c * u - s * v, y[:, None, None] + s * u + c * v)
    tool = z - np.float32(relief.table)
    pictures = np.empty((len(found), CHANNELS, ACROSS, ALONG), np.float32)
    known = relief.known.ravel()[index]
    above = np.clip(relief.heights.ravel()[index] - tool[:, None, None], -HIGHEST, HIGHEST)
    pictures[:, HEIGHT] = above * known * np.float32(1 / HEIGHT_UNIT)
    pictures[:, OWN] = relief.owner.ravel()[index] == number
    pictures[:, KNOWN] = known
    cells, tops = relief.of(number)
    numbers = np.zeros((len(found), NUMBERS), np.float32)
    if len(cells):
        middle = cells.mean(0)
        gap = middle[0] - x, middle[1] - y
        spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov((cells - middle).T) if len(cells) > 1 else np.eye(2)), 0))
        numbers[:, :SHAPE] = np.stack(
            [
                tool / LENGTH_UNIT,
                found.widths / LENGTH_UNIT,
                np.abs(cos * gap[0] + sin * gap[1]) / LENGTH_UNIT,
                np.abs(cos * gap[1] - sin * gap[0]) / LENGTH_UNIT,
                (float(np.percentile(tops, 95)) - tool) / LENGTH_UNIT,
                np.full(len(found), 4 * max(spread[1], CELL) / LENGTH_UNIT),
                np.full(len(found), 4 * max(spread[0], CELL) / LENGTH_UNIT),
            ],
            1,
        )
    numbers[:, SHAPE:] = _met(pictures, gripper)
    return Crops(pictures, numbers)


def _met(pictures: Image, gripper: GripperSpec) -> Image:
    """What the open hand meets in each picture (n, 9): the highest below the two fingers over their tips, the share not
    known there, the higher finger last; the highest below the palm; of the thing between the fingers the raggedness of
    its two sides, its breadth over the fingers' width, and how much of that it fills.
    """
    u = (np.arange(ALONG) - (ALONG - 1) / 2) * PIXEL
    v = (np.arange(ACROSS) - (ACROSS - 1) / 2) * PIXEL
    band = np.abs(v) < FINGER_WIDTH / 2 + PIXEL / 2
    half, tip = gripper.width / 2, -gripper.fingertip / HEIGHT_UNIT
    heights, known = pictures[:, HEIGHT, band], pictures[:, KNOWN, band]
    sides = [(u * way > half - PIXEL / 2) & (u * way < half + FINGER + PIXEL / 2) for way in (-1, 1)]
    under = [np.where(known[:, :, side] > 0, heights[:, :, side], tip).max((1, 2)) - tip for side in sides]
    unknown = [1 - known[:, :, side].mean((1, 2)) for side in sides]
    palm = pictures[:, HEIGHT, np.abs(v) < PALM_WIDTH].max((1, 2)) - PALM / HEIGHT_UNIT
    inside = np.abs(u) < half
    between = (pictures[:, OWN, band][:, :, inside] > 0) & (heights[:, :, inside] > tip)
    some = np.asarray(np.any(between, axis=2))
    first = np.where(some, between.argmax(2), 0).astype(np.float32)
    last = np.where(some, between.shape[2] - 1 - between[:, :, ::-1].argmax(2), 0).astype(np.float32)
    low, high = (np.where(some, edge, np.float32(np.nan)) for edge in (first, last))
    none = ~some.any(1)
    low[none], high[none] = 0, 0
    ragged = np.sort(np.stack([np.nanmax(e, 1) - np.nanmin(e, 1) for e in (low, high)], 1), 1) * (PIXEL / 0.02)
    breadth = (np.nanmax(high, 1) - np.nanmin(low, 1) + 1) * (PIXEL / LENGTH_UNIT)
    return np.column_stack(
        [np.sort(np.stack(under, 1), 1), np.sort(np.stack(unknown, 1), 1), palm, ragged, breadth, some.mean(1)]
    ).astype(np.float32)

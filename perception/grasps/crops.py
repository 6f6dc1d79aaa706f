"""What the grasp network sees of a candidate: the relief around it in its own frame, and a few numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.perception.grasps.candidates import Candidates
from sayso.perception.grasps.relief import CELL, Image, Relief

ALONG, ACROSS = 32, 24  # pixels
PIXEL = 0.0045  # m
CHANNELS, NUMBERS = 3, 7
HEIGHT_UNIT, HIGHEST = 0.03, 0.09  # m
LENGTH_UNIT = 0.1


@dataclass(frozen=True, slots=True)
class Crops:
    """``pictures`` (n, `CHANNELS`, `ACROSS`, `ALONG`) float32: heights above the tool's point, where the thing itself
    is, and what is known; columns run along the line on which the fingers close. ``numbers`` (n, `NUMBERS`) float32:
    height over the table, width, the thing's middle in the candidate's frame, its top over the tool's point, its
    longest and shortest extents."""

    pictures: Image
    numbers: Image


def crops_of(relief: Relief, number: int, found: Candidates) -> Crops:
    """The crops of ``found`` grasps of the thing ``number``."""
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
    pictures[:, 0] = above * known * np.float32(1 / HEIGHT_UNIT)
    pictures[:, 1] = relief.owner.ravel()[index] == number
    pictures[:, 2] = known
    cells, tops = relief.of(number)
    numbers = np.zeros((len(found), NUMBERS), np.float32)
    if len(cells):
        middle = cells.mean(0)
        gap = middle[0] - x, middle[1] - y
        spread = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov((cells - middle).T) if len(cells) > 1 else np.eye(2)), 0))
        numbers[:] = np.stack(
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
    return Crops(pictures, numbers)

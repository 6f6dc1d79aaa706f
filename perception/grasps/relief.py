"""The table seen from above: the height of every cell, and whose it is, from the depth of one or more frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array, Frame

CELL = 0.004  # m
MARGIN = 0.09  # m of surroundings that are kept around the things
WIDEST = 1.6  # m
LOWEST, HIGHEST = -0.02, 0.45  # m above the table that count
SURE, OVERHEAD = 99, 0.05  # percentile of the things' heights, and m above it up to which a point counts
THIN = 0.004  # m above the table from which a cell is of a thing
UNIT = 2e-4  # m, of heights while cells are filled
OWNERS = 256
ENOUGH = 4  # of eight neighbors: an unknown cell is filled if so many are known
Image = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Relief:
    """Square cells of `CELL` m: ``heights`` (rows along y, columns along x) m above the table, 0 where not ``known``.

    ``owner`` is the number of the thing that is highest in the cell, 0 for none; ``origin`` (2,) m is the corner of the
    first cell, ``table`` m the table's height in the base frame. The border cells are unknown.
    """

    heights: Image
    known: NDArray[np.bool_]
    owner: NDArray[np.uint8]
    origin: Array
    table: float = 0.0

    def index(self, x: NDArray, y: NDArray) -> NDArray[np.intp]:
        """The flat index of the cells at ``x`` and ``y`` m; that of an unknown cell outside."""
        rows, columns = self.heights.shape
        column = np.clip((x - self.origin[0]) * (1 / CELL), 0, columns - 1).astype(np.intp)
        row = np.clip((y - self.origin[1]) * (1 / CELL), 0, rows - 1).astype(np.intp)
        return row * columns + column

    def of(self, number: int) -> tuple[Array, Image]:
        """The middles (n, 2) m and heights (n,) m of the cells of one thing, without those as low as the table."""
        rows, columns = np.nonzero((self.owner == number) & (self.heights > THIN))
        middles = (np.stack([columns, rows], 1) + 0.5) * CELL + self.origin
        return middles, self.heights[rows, columns]


def relief_of(frames: Sequence[Frame], owners: Sequence[NDArray], table: float = 0.0) -> Relief | None:
    """The relief around the things in ``frames`` with depth; None if no thing has a depth.

    ``owners`` (H, W) number each frame's pixels by thing from 1 on, 0 for none.
    """
    parts = [_points(frame, owner) for frame, owner in zip(frames, owners, strict=True) if frame.depth is not None]
    if not parts:
        return None
    points = np.concatenate([p for p, _ in parts], axis=1)
    number = np.concatenate([n for _, n in parts])
    z = points[2] - np.float32(table)
    own = (number > 0) & (z > LOWEST) & (z < HIGHEST)
    if not own.any():
        return None
    low, high = points[:2, own].min(1) - MARGIN, points[:2, own].max(1) + MARGIN
    middle = np.median(points[:2, own], 1)  # at edges depth cameras see points far behind the thing
    low, high = np.maximum(low, middle - WIDEST / 2), np.minimum(high, middle + WIDEST / 2)
    columns, rows = np.ceil((high - low) / CELL).astype(int) + 3
    origin = (np.floor(low / CELL) - 1) * np.float32(CELL)  # one lattice for all reliefs, so that they can be merged
    # What is far above all things is the arm: it would hide them.
    top = min(float(np.percentile(z[own], SURE)) + OVERHEAD, HIGHEST)
    near = (z > LOWEST) & (z < top)
    near &= (points[0] > low[0]) & (points[0] < high[0]) & (points[1] > low[1]) & (points[1] < high[1])
    x, y = ((points[:2, near] - origin[:, None]) * (1 / CELL)).astype(np.int32)
    keys = ((z[near] - LOWEST) / UNIT).astype(np.int32) * OWNERS + number[near]
    cells = np.zeros(rows * columns, np.int32)
    np.maximum.at(cells, y * columns + x, keys)
    cells = _filled(cells.reshape(rows, columns))
    known = cells > 0
    heights = np.where(known, (cells // OWNERS) * np.float32(UNIT) + np.float32(LOWEST), np.float32(0))
    owner = np.where(known, cells % OWNERS, 0).astype(np.uint8)
    return Relief(heights.astype(np.float32), known, owner, origin.astype(np.float64), table)


def merged(reliefs: Sequence[Relief]) -> Relief:
    """One relief of what several show, over the same table: in each cell the highest."""
    low = np.min([r.origin for r in reliefs], axis=0)
    first = [np.round((r.origin - low) / CELL).astype(int) for r in reliefs]
    columns, rows = np.max([f + np.array(r.heights.shape)[::-1] for f, r in zip(first, reliefs, strict=True)], axis=0)
    heights, owner = np.full((rows, columns), -np.inf, np.float32), np.zeros((rows, columns), np.uint8)
    for (x, y), r in zip(first, reliefs, strict=True):
        part = (slice(y, y + r.heights.shape[0]), slice(x, x + r.heights.shape[1]))
        higher = r.known & (r.heights > heights[part])
        heights[part] = np.where(higher, r.heights, heights[part])
        owner[part] = np.where(higher, r.owner, owner[part])
    known = np.isfinite(heights)
    return Relief(np.where(known, heights, np.float32(0)), known, owner, low, reliefs[0].table)


def _points(frame: Frame, owner: NDArray) -> tuple[Image, NDArray[np.int32]]:
    """The points (3, n) m of the pixels with a depth, and the owners (n,)."""
    depth = np.nan_to_num(np.asarray(frame.depth, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    v, u = np.nonzero(depth > 0)
    d, k = depth[v, u], frame.intrinsics.astype(np.float32)
    rotation = frame.pose.rotation.astype(np.float32)
    local = np.stack(
        [(u.astype(np.float32) - k[0, 2]) / k[0, 0] * d, (v.astype(np.float32) - k[1, 2]) / k[1, 1] * d, d]
    )
    return rotation @ local + frame.pose.position.astype(np.float32)[:, None], owner[v, u].astype(np.int32)


def _filled(cells: NDArray[np.int32]) -> NDArray[np.int32]:
    """Unknown cells among known ones get the highest neighbor: a slanted view leaves gaps between its rows."""
    known = (cells > 0).astype(np.float32)
    around = cv2.boxFilter(known, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    # Keys are exact in float32 up to 2**24: heights of 0.47 m in steps of `UNIT` with `OWNERS` need 2**20.
    highest = cv2.dilate(cells.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
    out = np.where((cells == 0) & (around >= ENOUGH), highest, cells)
    out[[0, -1]] = 0
    out[:, [0, -1]] = 0
    return out

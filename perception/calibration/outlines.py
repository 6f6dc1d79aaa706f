"""The outlines in a picture, and whether they stand together beside where they stood: then the camera has moved."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Frame

Outlines = NDArray[np.bool_]

WIDTH = 208  # a wider picture is thinned to about this width
BEND = 0.03  # 1/m: by so much the inverse depth, which is linear on a plane, bends at an outline
BEND_OF_COLOR = 24.0  # of 255: the same for the brightness of a picture without depth
FARTHEST = 16  # pixels of the thinned picture by which a shift is looked for
BETTER = 1.35  # times as many outlines meet after a shift; while an arm moves before a still camera, at most 1.1 times
# A camera that moves shifts outlines all over the picture, an arm that is large in it those of a strip.
PARTS, EVERYWHERE = 4, 3  # parts of the picture's height and width, and how many of both are everywhere
MORE_PARTS, FEW = 1.5, 8  # times as many parts go as stay; pixels of outlines of a part that counts
ENOUGH = 0.3  # of the outlines of before must be there to compare


def outlines(frame: Frame) -> Outlines:
    """Where depth, or without depth brightness, bends between a pixel and its neighbors, (H, W) of the thinned picture.

    A plane has none, however it is seen, and the light changes none that depth shows.
    """
    step = max(1, round(frame.rgb.shape[1] / WIDTH))
    if frame.depth is not None:
        depth = frame.depth[::step, ::step].astype(np.float64)
        values, least = np.where(depth > 0, 1 / np.maximum(depth, 1e-6), np.nan), BEND
    else:
        values, least = frame.rgb[::step, ::step].mean(axis=2), BEND_OF_COLOR
    found = np.zeros(values.shape, bool)
    found[:, 1:-1] = np.abs(np.diff(values, 2, axis=1)) > least
    found[1:-1] |= np.abs(np.diff(values, 2, axis=0)) > least
    return found


def shifted(before: Outlines, now: Outlines) -> int:
    """In how many rows or columns of the picture's parts outlines meet after one shift of all and not where they are.

    0: the camera stands. `EVERYWHERE` and more: nothing but the camera can have moved; fewer: an arm may have, too.
    An arm or a thing that moves takes its outlines along; those of table and room stay, unless the camera moves.
    """
    if now.sum() < ENOUGH * before.sum():
        return 0
    wide = _widened(before).astype(np.float32)
    meeting = np.fft.irfft2(np.conj(np.fft.rfft2(wide)) * np.fft.rfft2(now.astype(np.float32)), s=wide.shape)
    near = np.roll(meeting, (FARTHEST, FARTHEST), (0, 1))[: 2 * FARTHEST + 1, : 2 * FARTHEST + 1]
    by_chance = wide.mean() * now.sum()
    here, best = float(near[FARTHEST, FARTHEST] - by_chance), float(near.max() - by_chance)
    if best <= BETTER * max(here, by_chance):
        return 0
    down, right = (int(k) - FARTHEST for k in np.unravel_index(near.argmax(), near.shape))
    meets, back = wide > 0, np.roll(now, (-down, -right), (0, 1))
    went, stayed = _parts(before, meets & back, meets & now), _parts(before, meets & now, meets & back)
    spread = min(int(went.any(axis=axis).sum()) for axis in (0, 1))
    return spread if went.sum() > MORE_PARTS * stayed.sum() else 0


def _parts(before: Outlines, these: Outlines, those: Outlines) -> Outlines:
    """In which parts of the picture (`PARTS`, `PARTS`) with outlines ``these`` are clearly more than ``those``."""
    rows, columns = (np.linspace(0, n, PARTS + 1).astype(int) for n in before.shape)
    parts = [[np.s_[r[0] : r[1], c[0] : c[1]] for c in pairwise(columns)] for r in pairwise(rows)]
    return np.array([
        [before[p].sum() >= FEW and these[p].sum() > 1.2 * those[p].sum() + 2 for p in row] for row in parts
    ])  # fmt: skip


def _widened(outline: Outlines) -> Outlines:
    """The outlines with their neighbors, for a pixel is no shift."""
    out = outline.copy()
    out[1:] |= outline[:-1]
    out[:-1] |= outline[1:]
    rows = out.copy()
    out[:, 1:] |= rows[:, :-1]
    out[:, :-1] |= rows[:, 1:]
    return out

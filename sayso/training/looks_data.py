"""Looks of the same things on several tables, rendered; an interrupted rendering resumes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sayso.perception.looks.crop import Crop, crop_of
from sayso.sim.render.tables import TableSource
from sayso.training.eyes_views import ThingView, ThingViews

WIDTH, HEIGHT = 320, 228
TABLES, SHARD_STEP = 40, 1000  # seeds of a shard, and from one shard to the next
THINGS, VIEWS = 10, 4
TIPPED = 0.15
STEP = 4  # picture pixels of one of a mask's, as the eyes give it
LEAST = 12  # such pixels
SIZE_ERROR = 0.06
CROPS_SEED = 3
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Looks:
    """``crops`` (n) with the table's seed and the thing's number in ``who`` (n, 2), and the number of the ``view``."""

    crops: list[Crop]
    who: NDArray[np.int64]
    view: NDArray[np.int64]


def source(things: TableSource | None = None) -> ThingViews:
    """Pictures for looks, of ``things`` or of all that trainings may see."""
    return ThingViews(things or TableSource(width=WIDTH, height=HEIGHT, arms=()), count=VIEWS)


def looks_of(views: Iterable[ThingView], seed: int) -> Looks:
    """The looks in the pictures of a table's things, with masks and sizes as wrong as the eyes' are."""
    rng = np.random.default_rng((seed, CROPS_SEED))
    crops, who, numbers = [], [], []
    for number, view in enumerate(views):
        for k, label in enumerate(view.labels, 1):
            mask = view.ids == k
            if label.beyond or mask[::STEP, ::STEP].sum() < LEAST:
                continue
            crop = crop_of(view.frame, roughly(mask, rng), label.size * np.exp(rng.normal(0, SIZE_ERROR, 3)))
            if crop is not None:
                crops.append(crop)
                who.append((seed, label.number))
                numbers.append(number)
    return Looks(crops, np.array(who, np.int64).reshape(-1, 2), np.array(numbers, np.int64))


def roughly(mask: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.bool_]:
    """A mask (H, W) as the eyes give it: coarse, a little too large or too small, sometimes without a part."""
    coarse: NDArray[Any] = mask[::STEP, ::STEP].astype(np.uint8)
    wide, narrow = (how(coarse, np.ones((3, 3), np.uint8)) for how in (cv2.dilate, cv2.erode))
    kind = rng.random()
    if kind < 0.2:
        coarse = wide
    elif kind < 0.4:
        coarse = narrow if narrow.sum() >= LEAST / 2 else coarse
    elif kind < 0.6:
        patches = cv2.GaussianBlur(rng.random(coarse.shape).astype(np.float32), (0, 0), 1.5)
        ragged = np.where(patches > np.median(patches), wide, narrow).astype(np.uint8)
        coarse = ragged if ragged.sum() >= LEAST / 2 else coarse
    elif kind < 0.75:
        v, u = np.nonzero(coarse)
        way = rng.uniform(0, 2 * np.pi)
        along = (u - u.mean()) * np.cos(way) + (v - v.mean()) * np.sin(way)
        lost = along > np.quantile(along, rng.uniform(0.6, 0.9))
        coarse[v[lost], u[lost]] = 0
    rows, columns = (np.asarray(places / STEP) for places in np.indices(mask.shape, dtype=np.float32))
    return np.asarray(cv2.remap(coarse.astype(np.float32), columns, rows, cv2.INTER_LINEAR) > 0.5)


def shard(folder: Path, first: int) -> Looks:
    """The looks of `TABLES` tables from the seed ``first`` on, rendered if ``folder`` does not have them."""
    path = folder / f"looks-{first}.npz"
    if not path.exists():
        pictures, parts = source(), []
        for seed in range(first, first + TABLES):
            parts.append(looks_of(pictures.rearranged(seed, THINGS, TIPPED), seed))
        pictures.close()
        crops = [c for p in parts for c in p.crops]
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(
                file,
                pictures=np.stack([c.picture for c in crops]),
                heights=np.stack([c.heights for c in crops]),
                sizes=np.stack([c.size for c in crops]),
                who=np.concatenate([p.who for p in parts]),
                view=np.concatenate([p.view for p in parts]),
            )  # fmt: skip
        part.replace(path)
    with np.load(path) as kept:
        crops = [Crop(*one) for one in zip(kept["pictures"], kept["heights"], kept["sizes"], strict=True)]
        return Looks(crops, kept["who"], kept["view"])

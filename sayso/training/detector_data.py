"""Shards of labeled views on disk, rendered by several processes; an interrupted rendering resumes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.process.spawn import interrupts_held
from sayso.hardware.types import Frame, Pose
from sayso.perception.scene import COLORS, KINDS
from sayso.training.detector_views import MOST, VIEWS, Label, View, ViewSource

WORLDS = 5
# Shares of arms in training views; the Panda has most, since its benchmarks depend on the detector.
ARM_SHARES = {"panda": 0.4, "so101": 0.2, "ur5e": 0.15, "koch": 0.1, "piper": 0.15}
DEPTH_UNIT = 5e-5
LABEL_SIZE = 11
Columns = dict[str, NDArray]


@dataclass(frozen=True, slots=True)
class Views:
    """Many views as arrays: ``rgb`` (n, cameras, H, W, 3), ``depth`` (n, cameras, H, W) uint16 in `DEPTH_UNIT`, ``ids``
    like `View.ids`, ``intrinsics`` (n, cameras, 3, 3), ``poses`` (n, cameras, 4, 4), ``labels`` (n, `MOST`,
    `LABEL_SIZE`): present, kind, color, position, size, yaw, held; ``arm_over`` (n,).
    """

    columns: Columns

    @classmethod
    def of(cls, views: Sequence[View]) -> Views:
        """Pack ``views``; depth is rounded to `DEPTH_UNIT`."""
        labels = np.zeros((len(views), MOST, LABEL_SIZE))
        for i, view in enumerate(views):
            for k, label in enumerate(view.labels):
                labels[i, k] = _row(label)
        depth = np.stack([np.stack([np.asarray(f.depth) for f in v.frames]) for v in views])
        return cls(
            {
                "rgb": np.stack([[f.rgb for f in v.frames] for v in views]),
                "depth": np.round(depth / DEPTH_UNIT).astype(np.uint16),
                "ids": np.stack([v.ids for v in views]),
                "intrinsics": np.stack([[f.intrinsics for f in v.frames] for v in views]),
                "poses": np.stack([[f.pose.matrix() for f in v.frames] for v in views]),
                "labels": labels,
                "arm_over": np.array([v.arm_over for v in views]),
            }
        )

    def __len__(self) -> int:
        return len(self.columns["rgb"])

    def frame(self, view: int, camera: int) -> Frame:
        """One frame, as from a camera."""
        c = self.columns
        pose = c["poses"][view, camera]
        depth = c["depth"][view, camera].astype(np.float32) * np.float32(DEPTH_UNIT)
        where = Pose(pose[:3, 3], pose[:3, :3])
        return Frame(0.0, str(camera), c["rgb"][view, camera], depth, c["intrinsics"][view, camera], where)

    def view(self, i: int) -> View:
        """View number ``i``."""
        rows = self.columns["labels"][i]
        labels = tuple(
            Label(KINDS[int(r[1])], tuple(COLORS)[int(r[2])], r[3:6], r[6:9], float(r[9]), bool(r[10]))
            for r in rows
            if r[0]
        )
        frames = tuple(self.frame(i, k) for k in range(self.columns["rgb"].shape[1]))
        return View(frames, self.columns["ids"][i], labels, bool(self.columns["arm_over"][i]))


def _row(label: Label) -> NDArray[np.float64]:
    names = [1.0, KINDS.index(label.kind), COLORS.index(label.color)]
    return np.array([*names, *label.position, *label.size, label.yaw, label.held])


def _render_shard(job: tuple[Path, int]) -> None:
    path, first_seed = job
    source = ViewSource(arms=ARM_SHARES)
    views = [view for seed in range(first_seed, first_seed + WORLDS) for view in source.views(seed)]
    source.close()
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, **Views.of(views).columns)  # type: ignore[arg-type]
    part.replace(path)


def render(
    folder: Path,
    first_seed: int,
    views: int,
    *,
    workers: int = 1,
    progress: Callable[[int, int, float], None] | None = None,
) -> list[Path]:
    """Paths of shards in ``folder`` with ``views`` views or more from ``first_seed`` on; missing ones are rendered."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(first_seed, first_seed + -(-views // VIEWS), WORLDS)
    paths = [folder / f"arms-{seed}.npz" for seed in seeds]
    missing = [(path, seed) for path, seed in zip(paths, seeds, strict=True) if not path.exists()]
    if not missing:
        return paths
    with interrupts_held():
        pool = multiprocessing.get_context("spawn").Pool(workers)
    with pool:
        for done, _ in enumerate(pool.imap(_render_shard, missing)):
            if progress is not None:
                progress(len(paths) - len(missing) + done + 1, len(paths), 0.0)
    return paths


def load(paths: Sequence[Path]) -> Views:
    """The views of all shards, in memory (0.4 MB each)."""
    shards = []
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            shards.append({name: file[name] for name in file.files})
    return Views({name: np.concatenate([s[name] for s in shards]) for name in shards[0]})

"""Shards of labeled pictures for the eyes on disk, rendered by several processes; an interrupted rendering resumes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.process.spawn import interrupts_held
from sayso.hardware.types import Frame, Pose
from sayso.perception.eyes.names import EYE_KINDS
from sayso.sim.render.tables import MOST, TableSource
from sayso.training.eyes_views import ThingLabel, ThingView, ThingViews

TABLES = 25
VIEWS = 4
DEPTH_UNIT = 1e-4
LABEL_SIZE = 11
DRILLS = 0.12  # share of the things on crowded tables that are tools like a drill
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Many pictures as arrays: ``rgb`` (n, H, W, 3), ``depth`` (n, H, W) uint16 in `DEPTH_UNIT`, ``ids`` and ``names``
    (n, H, W) like `ThingView`, ``intrinsics`` (n, 3, 3), ``poses`` (n, 4, 4), ``labels`` (n, `MOST`, `LABEL_SIZE`):
    present, kind, center, size, yaw, fold, beyond.
    """

    columns: dict[str, NDArray]

    @classmethod
    def of(cls, views: Sequence[ThingView]) -> Pictures:
        """Pack ``views``; depth is rounded to `DEPTH_UNIT`."""
        labels = np.zeros((len(views), MOST, LABEL_SIZE))
        for i, view in enumerate(views):
            for k, t in enumerate(view.labels):
                labels[i, k] = [1.0, EYE_KINDS.index(t.kind), *t.center, *t.size, t.yaw, t.fold, t.beyond]
        depth = np.stack([np.asarray(v.frame.depth) for v in views])
        return cls(
            {
                "rgb": np.stack([v.frame.rgb for v in views]),
                "depth": np.clip(np.round(depth / DEPTH_UNIT), 0, 65535).astype(np.uint16),
                "ids": np.stack([v.ids for v in views]),
                "names": np.stack([v.names for v in views]),
                "intrinsics": np.stack([v.frame.intrinsics for v in views]),
                "poses": np.stack([v.frame.pose.matrix() for v in views]),
                "labels": labels,
            }
        )

    def __len__(self) -> int:
        return len(self.columns["rgb"])

    def view(self, i: int) -> ThingView:
        """Picture number ``i``."""
        c, pose = self.columns, self.columns["poses"][i]
        depth = c["depth"][i].astype(np.float32) * np.float32(DEPTH_UNIT)
        frame = Frame(0.0, "eye", c["rgb"][i], depth, c["intrinsics"][i], Pose(pose[:3, 3], pose[:3, :3]))
        labels = tuple(
            ThingLabel(EYE_KINDS[int(r[1])], r[2:5], r[5:8], float(r[8]), int(r[9]), bool(r[10]))
            for r in c["labels"][i]
            if r[0]
        )
        return ThingView(frame, c["ids"][i], c["names"][i], labels)


def _render_shard(job: tuple[Path, int, float, float]) -> None:
    path, first, crowded, walled = job
    source = ThingViews(TableSource(crowded=crowded, drills=DRILLS if crowded else 0.0, walled=walled), VIEWS)
    views = [view for seed in range(first, first + TABLES) for view in source.views(seed)]
    source.close()
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, **Pictures.of(views).columns)  # type: ignore[arg-type]
    part.replace(path)


def render(
    folder: Path,
    first_seed: int,
    pictures: int,
    *,
    crowded: float = 0.0,
    walled: float = 0.0,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Path]:
    """Shards in ``folder`` with ``pictures`` pictures or more from ``first_seed`` on; missing ones are rendered.

    A share ``crowded`` of the things lies in, on or against another, a share ``walled`` of the pictures has walls and
    furniture at the table's edge.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(first_seed, first_seed + -(-pictures // VIEWS), TABLES)
    # Shards of another share have other names, so that none is taken for these.
    name = f"walled{walled:g}" if walled else "tables"
    paths = [folder / f"{name}-{seed}.npz" for seed in seeds]
    missing = [(path, seed, crowded, walled) for path, seed in zip(paths, seeds, strict=True) if not path.exists()]
    if not missing:
        return paths
    with interrupts_held():
        pool = multiprocessing.get_context("spawn").Pool(workers)
    with pool:
        for done, _ in enumerate(pool.imap(_render_shard, missing)):
            if progress is not None:
                progress(len(paths) - len(missing) + done + 1, len(paths), 0.0)
    return paths


def load(paths: Sequence[Path]) -> Pictures:
    """The pictures of all shards, in memory (0.25 MB each)."""
    shards = []
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            shards.append({name: file[name] for name in file.files})
    return Pictures({name: np.concatenate([s[name] for s in shards]) for name in shards[0]})

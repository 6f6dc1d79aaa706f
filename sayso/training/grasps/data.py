"""Grasps tried out, with the reliefs in which they are seen, as files; an interrupted making resumes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.process.spawn import interrupts_held
from sayso.perception.grasps.candidates import Candidates, candidates
from sayso.perception.grasps.crops import Crops, crops_of
from sayso.perception.grasps.relief import Relief, merged
from sayso.sim.arms.arm_models import panda
from sayso.sim.grasps.trial import Error, HandPose, attempt
from sayso.training.grasps.tables import SeenTables, true_relief

TABLES = 5  # a file
TRIES, POOL, FIRST = 5, 40, 12  # grasps of a thing from each picture, out of how many, and of the first of these
LIKELY = 0.6  # share of tries that are among the first
MOVED = 0.5  # share of tries that are moved by as much as (m, rad):
MOVE, TURN = (0.004, 0.004, 0.005), 0.12
LEAST_CELLS = 8
HEIGHT_UNIT = 2e-4  # m
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Trials:
    """Samples for training: ``crops``, whether the grasp ``held`` (n,), and the ``table`` (n,) of each by its seed."""

    crops: Crops
    held: NDArray[np.bool_]
    table: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.held)


def make(
    folder: Path, first_seed: int, tables: int, *, workers: int = 1, progress: Progress | None = None
) -> list[Path]:
    """Files in ``folder`` with the trials on ``tables`` tables or more; missing ones are made."""
    folder.mkdir(parents=True, exist_ok=True)
    seeds = range(first_seed, first_seed + tables, TABLES)
    paths = [folder / f"trials-{seed}.npz" for seed in seeds]
    missing = [(path, seed) for path, seed in zip(paths, seeds, strict=True) if not path.exists()]
    if not missing:
        return paths
    with interrupts_held():
        pool = multiprocessing.get_context("spawn").Pool(workers)
    with pool:
        for done, _ in enumerate(pool.imap(_make_file, missing)):
            if progress is not None:
                progress(len(paths) - len(missing) + done + 1, len(paths), 0.0)
    return paths


def _make_file(job: tuple[Path, int]) -> None:
    path, first = job
    source = SeenTables()
    reliefs: list[Relief] = []
    rows: list[list[float]] = []
    for seed in range(first, first + TABLES):
        some, found = trials_of(source, seed)
        rows += [[len(reliefs) + int(r[0]), *r[1:], seed] for r in found]
        reliefs += some
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez_compressed(
            file,
            heights=_joined([np.round(r.heights / HEIGHT_UNIT).astype(np.int16) for r in reliefs]),
            known=_joined([r.known for r in reliefs]),
            owner=_joined([r.owner for r in reliefs]),
            shapes=np.array([r.heights.shape for r in reliefs]).reshape(-1, 2),
            origins=np.array([r.origin for r in reliefs]).reshape(-1, 2),
            rows=np.array(rows, np.float64).reshape(-1, 9),
        )
    part.replace(path)


def _joined(parts: Sequence[NDArray]) -> NDArray:
    return np.concatenate([p.ravel() for p in parts]) if parts else np.zeros(0)


def trials_of(source: SeenTables, seed: int) -> tuple[list[Relief], list[list[float]]]:
    """The reliefs of a table's pictures, and rows of the grasps tried there: relief, thing, x, y, z, yaw, width, held.

    What is tried is found in one picture; every picture that shows the thing gives a row.
    """
    rng = np.random.default_rng((seed, 1))
    seen, gripper = source.draw(seed), panda().spec.gripper
    assert gripper is not None
    try:
        reliefs = [r for r in (true_relief([view], rng) for view in seen.views) if r is not None]
        rows: list[list[float]] = []
        for thing in range(len(seen.table.things)):
            showing = [k for k, r in enumerate(reliefs) if int((r.owner == thing + 1).sum()) >= LEAST_CELLS]
            for k in showing:
                found = _drawn(candidates(reliefs[k], thing + 1, gripper, POOL), rng, gripper.fingertip)
                for place, yaw, width in zip(found.places, found.yaws.tolist(), found.widths.tolist(), strict=True):
                    hand = Error().of(HandPose(place, yaw), rng)
                    held = attempt(seen.table, thing, hand) == "held"
                    rows += [[j, thing + 1, *place.tolist(), yaw, width, float(held)] for j in showing]
    finally:
        seen.table.close()
    return reliefs, rows


def _drawn(found: Candidates, rng: np.random.Generator, fingertip: float) -> Candidates:
    """A few of the candidates ``found``, likely ones more often, some of them moved."""
    if not len(found):
        return found
    first = np.arange(len(found)) < FIRST
    share = np.where(first, LIKELY / first.sum(), (1 - LIKELY) / max((~first).sum(), 1))
    chosen = found.chosen(rng.choice(len(found), min(TRIES, len(found)), replace=False, p=share / share.sum()))
    moved = rng.random(len(chosen)) < MOVED
    places = chosen.places + moved[:, None] * rng.normal(0, MOVE, (len(chosen), 3))
    places[:, 2] = np.maximum(places[:, 2], fingertip + 0.002)
    return Candidates(places, chosen.yaws + moved * rng.normal(0, TURN, len(chosen)), chosen.widths)


def load(paths: Sequence[Path]) -> Trials:
    """All samples in the files: each grasp as each picture shows it, and as the pictures of its table do together."""
    parts: list[tuple[Crops, NDArray, NDArray]] = []
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            data = {name: file[name] for name in file.files}
        reliefs, rows = _reliefs(data), data["rows"]
        for seed in np.unique(rows[:, 8]).tolist():
            own = rows[rows[:, 8] == seed]
            some = np.unique(own[:, 0]).astype(int).tolist()
            for k in some:
                parts += _samples(reliefs[k], own[own[:, 0] == k])
            if len(some) > 1:
                parts += _samples(merged([reliefs[k] for k in some]), np.unique(own[:, 1:], axis=0), 1)
    pictures = np.concatenate([c.pictures.astype(np.float16) for c, _, _ in parts])
    crops = Crops(pictures, np.concatenate([c.numbers for c, _, _ in parts]))
    held, tables = (np.concatenate([p[k] for p in parts]) for k in (1, 2))
    return Trials(crops, held > 0, tables.astype(np.int64))


def _reliefs(data: dict[str, NDArray]) -> list[Relief]:
    ends = np.cumsum([0, *data["shapes"].prod(1).tolist()])
    out = []
    for k, shape in enumerate(data["shapes"].tolist()):
        own = slice(ends[k], ends[k + 1])
        heights, known, owner = (data[n][own].reshape(shape) for n in ("heights", "known", "owner"))
        out.append(Relief(heights.astype(np.float32) * np.float32(HEIGHT_UNIT), known, owner, data["origins"][k]))
    return out


def _samples(relief: Relief, rows: NDArray, dropped: int = 0) -> list[tuple[Crops, NDArray, NDArray]]:
    """Crops, outcomes and seeds of the ``rows``, which lack the first ``dropped`` columns, by thing."""
    out, gripper = [], panda().spec.gripper
    assert gripper is not None
    for number in np.unique(rows[:, 1 - dropped]).astype(int).tolist():
        some = rows[rows[:, 1 - dropped] == number][:, 2 - dropped :]
        crops = crops_of(relief, number, Candidates(some[:, :3], some[:, 3], some[:, 4]), gripper)
        out.append((crops, some[:, 5], some[:, 6]))
    return out

"""The critic that looks ahead: its rollouts, their signs and labels, its fit and its card."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from sayso.bench.disturbed.branches import TRAIN_SEED as BRANCH_SEED
from sayso.bench.disturbed.branches import branched, helped
from sayso.bench.disturbed.errand import NOTHING
from sayso.bench.disturbed.labels import labels
from sayso.bench.disturbed.rollouts import (
    HELD_OUT_SEED,
    TRAIN_SEED,
    UNDISTURBED_SEED,
    Rollout,
    collect,
    file_of,
    kept,
)
from sayso.files import write_atomic
from sayso.hardware.process.spawn import interrupts_held
from sayso.model_store import PACKAGED, ModelStore, write_card
from sayso.planner.outlook.signs import SIGNS, Signs
from sayso.planner.training.outlook import OutlookFit, Rows, train_outlook

Sizes = tuple[int, int, int]
"""Rollouts trained on, held out for the temperatures, and undisturbed for the threshold."""
SIZES: dict[str, Sizes] = {"panda": (90, 45, 40), "so101": (24, 8, 24)}
"""Rollouts by arm: one critic serves all, and a small arm has other speeds and hides more of the table."""
BRANCHES, STEPS = 12, 1_500
PARTS = ("train", TRAIN_SEED, None), ("held-out", HELD_OUT_SEED, None), ("undisturbed", UNDISTURBED_SEED, NOTHING)
Progress = Callable[[str, int, int, float], None]


def rows_of(rollouts: Iterable[Rollout]) -> Rows:
    """Signs and labels of all moments of ``rollouts``."""
    signs, heads, cause, run, attempt = [], [], [], [], []
    for number, rollout in enumerate(rollouts):
        truth, reader = labels(rollout), Signs()
        n = len(rollout.seen)
        signs += [reader.see(one.moment) for one in rollout.seen]
        heads.append(np.stack([truth.right, truth.succeeds, truth.failing], 1))
        cause.append(truth.cause)
        run.append(np.full(n, number))
        attempt.append(np.array([one.moment.attempt for one in rollout.seen], np.int64))
    return Rows(
        np.array(signs, np.float32).reshape(-1, SIGNS), np.concatenate(heads), np.concatenate(cause),
        np.concatenate(run), np.concatenate(attempt),
    )  # fmt: skip


def gather_rollouts(
    folder: Path, first: int, n: int, arm: str, workers: int, progress: Progress, kind: str | None = None
) -> list[Path]:
    """Record ``n`` rollouts from the seed ``first`` on in ``folder``, unless they exist; return their files."""
    seeds = [seed for seed in range(first, first + n) if not file_of(folder, seed).exists()]
    with interrupts_held():
        pool = get_context("spawn").Pool(workers)
    with pool:
        jobs = [(folder, seed, arm, kind) for seed in seeds]
        for k, _ in enumerate(pool.imap_unordered(_record, jobs)):
            progress(f"rollouts {folder.name}", n - len(seeds) + k + 1, n, 0.0)
    return [file_of(folder, seed) for seed in range(first, first + n)]


def _record(job: tuple[Path, int, str, str | None]) -> Path:
    folder, seed, arm, kind = job
    return next(collect(folder, [seed], None, arm, kind))


def make_outlook_model(
    path: Path, work: Path, workers: int, progress: Progress, sizes: Mapping[str, Sizes], branches: int, steps: int
) -> OutlookFit:
    """Train the model at ``path`` on rollouts of several arms in ``work`` and write its card.

    ``sizes`` are the numbers of rollouts by arm; ``branches`` runs of the first arm try every remedy.
    """
    files = {
        arm: [
            gather_rollouts(work / arm / name, first, n, arm, workers, progress, kind)
            for (name, first, kind), n in zip(PARTS, of_arm, strict=True)
        ]
        for arm, of_arm in sizes.items()
    }
    fitted = fit_outlook(path, files, steps, progress)
    learn_remedies(path, work, next(iter(sizes)), workers, progress, branches)
    return fitted


def learn_remedies(path: Path, work: Path, arm: str, workers: int, progress: Progress, n: int) -> None:
    """Try every remedy at the moments of doubt of ``n`` runs, and write what came of each on the card of ``path``."""
    folder = work / "models"
    for file in (path, path.with_suffix(".json")):
        write_atomic(folder / file.name, file.read_bytes())
    for part in PACKAGED.iterdir():
        if part.suffix in (".onnx", ".json") and not (folder / part.name).exists():
            write_atomic(folder / part.name, part.read_bytes())
    with interrupts_held():
        pool = get_context("spawn").Pool(workers)
    records = []
    with pool:
        for record in pool.imap(partial(branched, folder, arm), range(BRANCH_SEED, BRANCH_SEED + n)):
            records.append(record)
            progress("remedies", len(records), n, 0.0)
    card = ModelStore(path.parent).card(path.stem)
    tried = {"remedies": helped([r for r in records if r["branches"]])}
    seeds = f"{card.data_seeds}, branches {BRANCH_SEED}..{BRANCH_SEED + n - 1}"
    write_card(path, card.command, seeds, card.scores | tried)


def fit_outlook(
    path: Path, files: Mapping[str, Sequence[Sequence[Path]]], steps: int, progress: Progress
) -> OutlookFit:
    """Fit the model at ``path`` on each arm's recorded rollouts (of the `PARTS`) and write its card."""
    train, held_out, _ = (rows_of(map(kept, chain(*some))) for some in zip(*files.values(), strict=True))
    quiet = [rows_of(map(kept, of_arm[2])) for of_arm in files.values()]
    fitted = train_outlook(
        train, held_out, quiet, path, steps=steps,
        progress=lambda s, n, loss: progress(f"{path.stem} (loss {loss:.4f})", s, n, loss),
    )  # fmt: skip
    scores = {
        "loss": round(fitted.loss, 5), "onnx_parity": fitted.parity, "temperature": fitted.temperature,
        "expected_calibration_error": [round(e, 4) for e in fitted.calibration_error],
        "thresholds": {arm: round(t, 4) for arm, t in zip(files, fitted.thresholds, strict=True)},
        "false_alarm_rate": 0.05, "samples": fitted.rows,
    }  # fmt: skip
    ranges = [
        f"{arm} {name} {first}..{first + len(some) - 1}"
        for arm, of_arm in files.items() for (name, first, _), some in zip(PARTS, of_arm, strict=True)
    ]  # fmt: skip
    write_card(path, "sayso train critic", f"rollouts {', '.join(ranges)}", scores)
    return fitted

"""The critic that looks ahead: its rollouts, their signs and labels, its fit and its card."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench.disturbed.branches import TRAIN_SEED as BRANCH_SEED
from sayso.bench.disturbed.branches import branched, helped
from sayso.bench.disturbed.errand import NOTHING
from sayso.bench.disturbed.labels import labels
from sayso.bench.disturbed.rollouts import (
    HELD_OUT_SEED,
    THINGS_SEED,
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


@dataclass(frozen=True, slots=True)
class Group:
    """Rollouts of one ``arm`` with blocks and bowls, or with other ``things``.

    So many are trained on, ``held_out`` for the temperatures, and ``undisturbed`` for a threshold of an alarm; with 0
    the group has no say in the threshold.
    """

    arm: str
    train: int
    held_out: int
    undisturbed: int
    things: bool = False

    @property
    def name(self) -> str:
        """Of the group's folder, and on the model's card."""
        return f"{self.arm}-things" if self.things else self.arm

    @property
    def parts(self) -> tuple[tuple[str, int, int, str | None], ...]:
        """Name, first seed, number of rollouts and disturbance of each part; None: the seeds draw it."""
        first = THINGS_SEED if self.things else 0
        return (
            ("train", first + TRAIN_SEED, self.train, None), ("held-out", first + HELD_OUT_SEED, self.held_out, None),
            ("undisturbed", first + UNDISTURBED_SEED, self.undisturbed, NOTHING),
        )  # fmt: skip


# One critic serves all arms: a small arm has other speeds and hides more of the table.
GROUPS = (Group("panda", 90, 45, 40), Group("panda", 48, 20, 32, things=True), Group("so101", 24, 8, 24))
BRANCHES, STEPS = 12, 1_500
# To go on from a critic that is there, see `sayso train --start`: fewer rollouts and steps.
ON_FROM = (Group("panda", 60, 24, 28), Group("panda", 60, 24, 34, things=True), Group("so101", 12, 4, 22))
ON_FROM_STEPS = 800
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


def gather_rollouts(folder: Path, group: Group, part: int, workers: int, progress: Progress) -> list[Path]:
    """Record the rollouts of a ``part`` of the ``group`` in ``folder``, unless they exist; return their files."""
    name, first, n, kind = group.parts[part]
    folder = folder / group.name / name
    seeds = [seed for seed in range(first, first + n) if not file_of(folder, seed).exists()]
    with interrupts_held():
        pool = get_context("spawn").Pool(workers)
    with pool:
        jobs = [(folder, seed, group.arm, kind, group.things) for seed in seeds]
        for k, _ in enumerate(pool.imap_unordered(_record, jobs)):
            progress(f"rollouts {name}", n - len(seeds) + k + 1, n, 0.0)
    return [file_of(folder, seed) for seed in range(first, first + n)]


def _record(job: tuple[Path, int, str, str | None, bool]) -> Path:
    folder, seed, arm, kind, things = job
    return next(collect(folder, [seed], None, arm, kind, things))


def make_outlook_model(
    path: Path, work: Path, workers: int, progress: Progress, groups: Sequence[Group], branches: int, steps: int,
    start: Path | None = None,
) -> OutlookFit:  # fmt: skip
    """Train the model at ``path`` on rollouts of the ``groups`` in ``work`` and write its card.

    ``branches`` runs of the first group's arm try every remedy. A training that begins with the model at ``start``
    takes what came of the remedies from that one's card.
    """
    files = [
        [gather_rollouts(work, group, part, workers, progress) for part in range(len(group.parts))] for group in groups
    ]
    fitted = fit_outlook(path, groups, files, steps, progress, start)
    if start is None:
        learn_remedies(path, work, groups[0].arm, workers, progress, branches)
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
    path: Path, groups: Sequence[Group], files: Sequence[Sequence[Sequence[Path]]], steps: int, progress: Progress,
    start: Path | None = None,
) -> OutlookFit:  # fmt: skip
    """Fit the model at ``path`` on each group's recorded rollouts (by its parts) and write its card."""
    train, held_out, _ = (rows_of(map(kept, chain(*some))) for some in zip(*files, strict=True))
    pairs = zip(groups, files, strict=True)
    quiet = {group: rows_of(map(kept, of_group[2])) for group, of_group in pairs if of_group[2]}
    fitted = train_outlook(
        train, held_out, tuple(quiet.values()), path, steps=steps, start=start,
        progress=lambda s, n, loss: progress(f"{path.stem} (loss {loss:.4f})", s, n, loss),
    )  # fmt: skip
    of_arm: dict[str, float] = {}
    for group, threshold in zip(quiet, fitted.thresholds, strict=True):  # the rate holds with blocks and with things
        of_arm[group.arm] = max(of_arm.get(group.arm, 0.0), round(threshold, 4))
    scores: dict[str, Any] = {
        "loss": round(fitted.loss, 5), "onnx_parity": fitted.parity, "temperature": fitted.temperature,
        "expected_calibration_error": [round(e, 4) for e in fitted.calibration_error],
        "thresholds": of_arm, "false_alarm_rate": 0.05, "samples": fitted.rows,
    }  # fmt: skip
    ranges = [
        f"{group.name} {name} {first}..{first + n - 1}" for group in groups for name, first, n, _ in group.parts if n
    ]
    command, begun = "sayso train critic", {}
    if start is not None:
        before = ModelStore(start.parent).card(start.stem)
        command, begun = f"{command} --start {shlex.quote(str(start.parent))}", {"begun_with": before.digest}
        scores |= {name: before.scores[name] for name in ("remedies",) if name in before.scores}
    write_card(path, command, f"rollouts {', '.join(ranges)}", scores, **begun)
    return fitted

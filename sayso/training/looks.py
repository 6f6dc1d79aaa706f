"""Training of the comparison of looks from nothing: render, describe, fit, export, score, card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from sayso.bench.eyes.names_suite import HELD_OUT, figures, name_record
from sayso.model_store import write_card
from sayso.perception.looks.crop import Crop
from sayso.perception.looks.describer import DIFFERENCES, all_described, differences
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import fit
from sayso.training.looks_data import SHARD_STEP, TABLES, shard

TRAINING = 50_000_000
SHARDS, STEPS = 4, 2000
BATCH, HIDDEN = 1024, 32
PEAK_LR = 4e-3
EYES_ERROR = np.array([0.16, 0.16, 0.12])  # of longer edge, shorter edge and height, by the eyes
FAR_OFF = 0.15  # share of sizes that are wrong by twice that
ERROR_SEED = 7
SCORED = ("one look", "not there")
COMMAND = "sayso train looks"
Progress = Callable[[int, int, float], None]


class LooksNet(nn.Module):
    """Differences (B, `DIFFERENCES`) of two looks to the log odds (B, 1) that they are of one thing."""

    def __init__(self, mean: NDArray[np.float32], spread: NDArray[np.float32]) -> None:
        super().__init__()
        self.mean, self.spread = nn.Buffer(torch.from_numpy(mean)), nn.Buffer(torch.from_numpy(spread))
        self.layers = nn.Sequential(nn.Linear(DIFFERENCES, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Log odds (B, 1) where one pair in two is of one thing."""
        return self.layers((x - self.mean) / self.spread)


def pairs(folder: Path, shards: int, progress: Progress | None) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Differences (n, `DIFFERENCES`) of two looks from different pictures of one table's things, and whether they are
    of one thing (n,)."""
    rng, gaps, same = np.random.default_rng(ERROR_SEED), [], []
    for k in range(shards):
        looks = shard(folder, TRAINING + SHARD_STEP * k)
        numbers = all_described([as_seen(crop, rng) for crop in looks.crops])
        for seed in np.unique(looks.who[:, 0]):
            rows = np.flatnonzero(looks.who[:, 0] == seed)
            thing, view = looks.who[rows, 1], looks.view[rows]
            apart = view[:, None] != view
            gaps.append(differences(numbers[rows], numbers[rows])[apart])
            same.append((thing[:, None] == thing)[apart])
        if progress is not None:
            progress(k + 1, shards, 0.0)
    return np.concatenate(gaps), np.concatenate(same)


def as_seen(crop: Crop, rng: np.random.Generator) -> Crop:
    """The crop with a size as wrong as the eyes' sizes are."""
    wide = rng.choice([1.0, 2.0], p=[1 - FAR_OFF, FAR_OFF])
    return replace(crop, size=crop.size * np.exp(rng.normal(0, EYES_ERROR * wide)))


def train_looks(
    out: Path, work: Path, *, shards: int = SHARDS, steps: int = STEPS, seed: int = 0, test_tables: int = 25,
    progress: Progress | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Make ``out`` (looks.onnx) and its card from rendered looks, stored in ``work``; return the scores."""
    gaps, same = pairs(work, shards, progress)
    torch.manual_seed(seed)
    net = LooksNet(gaps.mean(0), gaps.std(0) + np.float32(1e-6))
    x, y = torch.from_numpy(gaps), torch.from_numpy(same.astype(np.float32))[:, None]
    # As if half of the pairs were of one thing: then the odds are what a look adds to what was known before.
    rarer = (1 - y.mean()) / y.mean()

    def loss(draw: torch.Generator) -> Tensor:
        rows = torch.randint(len(x), (BATCH,), generator=draw)
        return functional.binary_cross_entropy_with_logits(net(x[rows]), y[rows], pos_weight=rarer)

    last = fit(net, loss, steps, seed=seed, progress=progress, peak_lr=PEAK_LR)
    parity = export_onnx(net, (x[:4],), ["differences"], ["odds"], out)
    scores: dict[str, Any] = {"loss": round(last, 4), "parity": parity, "pairs": len(same)}
    seeds = f"tables {TRAINING}+{SHARD_STEP}k.., {TABLES} each, held-out test {HELD_OUT}+"
    # The card is written twice: the scores are measured on the loaded model, and loading needs a card.
    write_card(out, COMMAND, seeds, scores, shards=shards, steps=steps)
    for cell in SCORED:
        scores[cell] = figures([name_record(out.parent, cell, k) for k in range(test_tables)])
    write_card(out, COMMAND, seeds, scores, shards=shards, steps=steps)
    return scores

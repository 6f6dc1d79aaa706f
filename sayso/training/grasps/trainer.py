"""Training of the grasp network from nothing: try grasps, fit, export, score, card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from sayso.bench.eyes.things_suite import auroc
from sayso.model_store import write_card
from sayso.perception.grasps.crops import ACROSS, ALONG, CHANNELS, NUMBERS
from sayso.perception.training.grasp_network import GraspNet
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import fit
from sayso.training.grasps.data import Trials, load, make

TRAINING = 40_000_000
TABLES, STEPS = 170, 2000
BATCH = 128
PEAK_LR = 2e-3
CHECKED = 10  # one table in so many is kept for the check
NOISE, LOST = 0.08, 0.03  # of heights in their unit; share of cells that are lost
COMMAND = "sayso train grasps"
TOLERANCE = 2e-4
Progress = Callable[[int, int, float], None]


def train_grasps(
    out: Path,
    work: Path,
    *,
    tables: int = TABLES,
    steps: int = STEPS,
    seed: int = 0,
    workers: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Make ``out`` (grasps.onnx) and its card from grasps tried on ``tables`` tables, kept in ``work``; return scores.

    One table in `CHECKED` is kept from training; the scores are of these. After an interruption a call with the same
    arguments resumes.
    """
    data = load(make(work, TRAINING, tables, workers=workers, progress=progress))
    kept = data.table % CHECKED == 0
    torch.manual_seed(seed)
    net, own = GraspNet(), np.flatnonzero(~kept)
    pictures, numbers = torch.from_numpy(data.crops.pictures), torch.from_numpy(data.crops.numbers)
    held = torch.from_numpy(data.held.astype(np.float32))

    def loss(draw: torch.Generator) -> Tensor:
        chosen = torch.from_numpy(own)[torch.randint(len(own), (BATCH,), generator=draw)]
        seen = spoiled(turned(pictures[chosen].float(), draw), draw)
        return functional.binary_cross_entropy_with_logits(net(seen, numbers[chosen]), held[chosen])

    checkpoint = work / f"{out.stem}-{tables}-{steps}-{seed}.pt"
    last = fit(net, loss, steps, seed=seed, checkpoint=checkpoint, progress=progress, peak_lr=PEAK_LR)
    scores: dict[str, Any] = {"loss": round(last, 4), "parity": export_grasps(net, out), "samples": len(own)}
    scores |= checked(net, data, kept)
    write_card(out, COMMAND, f"tables {TRAINING}..{TRAINING + tables - 1}", scores, tables=tables, steps=steps)
    return scores


def turned(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """``pictures`` (n, C, H, W), each mirrored or not in both directions: the hand is the same then."""
    for axis in (2, 3):
        which = torch.rand(len(pictures), generator=draw) < 0.5
        pictures[which] = pictures[which].flip(axis)
    return pictures


def spoiled(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """``pictures`` with noise in their heights, all of them somewhat too high or too low, and lost cells."""
    n, _, h, w = pictures.shape
    noise = torch.randn((n, h, w), generator=draw) + torch.randn((n, 1, 1), generator=draw)
    pictures[:, 0] += NOISE * noise * pictures[:, 2]
    return pictures * (torch.rand((n, 1, h, w), generator=draw) > LOST)


def checked(net: GraspNet, data: Trials, kept: NDArray[np.bool_]) -> dict[str, Any]:
    """Scores on the tables that were ``kept`` from training: AUROC, calibration, share held of the surest half."""
    if not kept.any():
        return {}
    with torch.no_grad():
        odds = net(torch.from_numpy(data.crops.pictures[kept]).float(), torch.from_numpy(data.crops.numbers[kept]))
    sure, held = torch.sigmoid(odds).numpy(), data.held[kept]
    bins = np.clip((sure * 10).astype(int), 0, 9)
    gaps = [abs(sure[bins == b].mean() - held[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return {
        "checked": len(held),
        "held": round(float(held.mean()), 4),
        "auroc": auroc(sure, held),
        "calibration_error": round(float(np.sum(gaps)), 4),
    }


def export_grasps(net: GraspNet, path: Path) -> float:
    """Write the network to ``path`` with free batch size; return the largest difference between ONNX and torch."""
    draw = torch.Generator().manual_seed(0)
    example = torch.rand((2, CHANNELS, ACROSS, ALONG), generator=draw), torch.rand((2, NUMBERS), generator=draw)
    return export_onnx(net, example, ["pictures", "numbers"], ["held"], path, limit=TOLERANCE)

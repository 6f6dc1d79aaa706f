"""Training of the detector from nothing: render, fit, export, score, card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from sayso.bench.eyes.detector_suite import HELD_OUT, detector_errors
from sayso.model_store import write_card
from sayso.perception import encoding, encoding_rgb
from sayso.perception.encoding import HEIGHT, WIDTH
from sayso.perception.monocular import HEIGHT_SPREAD, OUTPUTS_RGB, TABLE
from sayso.perception.training.network import VoteNet
from sayso.perception.votes import COLOR, KIND, SIZE, SPREAD, TURN, VOTE
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import fit
from sayso.training.detector_batch import Batch, draw_batch
from sayso.training.detector_data import load, render

TRAINING, VALIDATION = 20_000_000, 21_000_000
SCENES, STEPS, STEPS_RGB = 8000, 3500, 5000
BATCH = 24
PEAK_LR = 3e-3
OBJECT_PIXEL = 3.0
TOLERANCE = 2e-4
TABLE_WEIGHT = 0.3
COMMANDS = {True: "sayso train detector", False: "sayso train detector --no-depth"}
Progress = Callable[[int, int, float], None]


def vote_loss(raw: Tensor, batch: Batch) -> Tensor:
    """The loss of raw votes (B, OUTPUTS, h, w): the class of each pixel, and the votes of an object's pixels.

    Centers have a Laplace likelihood with a predicted scale (Kendall and Gal 2017), so that a pixel's vote includes its
    uncertainty.
    """
    what = functional.cross_entropy(raw[:, : KIND.stop], batch.kind, reduction="none")
    pixels = 1 + (OBJECT_PIXEL - 1) * (batch.kind > 0)
    loss = (what * pixels).mean()
    weight = batch.weight / batch.weight.sum().clamp(min=1e-6)
    center = _laplace(raw, batch, VOTE, SPREAD)
    if batch.table is not None:  # the height is less certain than the direction, so it has its own scale
        aside = slice(VOTE.start, VOTE.start + 2)
        center = _laplace(raw, batch, aside, SPREAD) + _laplace(raw, batch, slice(aside.stop, VOTE.stop), HEIGHT_SPREAD)
        loss = loss + TABLE_WEIGHT * functional.binary_cross_entropy_with_logits(raw[:, TABLE], batch.table)
    size = (raw[:, SIZE] - batch.size).abs().sum(1)
    block = (batch.kind == 1).to(raw.dtype)
    turn = (raw[:, TURN] - batch.turn).square().sum(1) * block
    color = functional.cross_entropy(raw[:, COLOR], batch.color, reduction="none")
    return loss + (weight * (0.3 * center + size + 0.3 * turn + 0.5 * color)).sum()


def _laplace(raw: Tensor, batch: Batch, vote: slice, spread: slice) -> Tensor:
    scale = raw[:, spread.start].clamp(-6, 3)
    target = batch.vote[:, vote.start - VOTE.start : vote.stop - VOTE.start]
    miss = (raw[:, vote] - target).abs().sum(1)
    return miss * torch.exp(-scale) + (vote.stop - vote.start) * scale


def train_detector(
    out: Path,
    work: Path,
    *,
    depth: bool = True,
    scenes: int = SCENES,
    steps: int | None = None,
    seed: int = 0,
    workers: int = 1,
    test_worlds: int = 50,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Make ``out`` (detector.onnx) and its card from ``scenes`` rendered views, stored in ``work``; return the scores.

    Without ``depth`` the network learns from the colors alone (detector-rgb.onnx).
    After an interruption a call with the same arguments resumes.
    """
    steps = steps or (STEPS if depth else STEPS_RGB)
    views = load(render(work, TRAINING, scenes, workers=workers, progress=progress))
    torch.manual_seed(seed)
    # Channels last is a third faster here on a CPU.
    net = network(depth).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def loss(draw: torch.Generator) -> Tensor:
        rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=draw)))
        batch = draw_batch(views, rng, BATCH, depth)
        return vote_loss(net(batch.inputs.contiguous(memory_format=torch.channels_last)), batch)

    checkpoint = work / f"{out.stem}-{scenes}-{steps}-{seed}.pt"
    last = fit(net, loss, steps, seed=seed, checkpoint=checkpoint, progress=progress, peak_lr=PEAK_LR)
    parity = export_detector(net.to(memory_format=torch.contiguous_format), out, depth)
    scores: dict[str, Any] = {"loss": round(last, 4), "parity": parity}
    seeds = f"training {TRAINING}+, validation {VALIDATION}+, held-out test {HELD_OUT}+"
    # The card is written twice: the scores are measured on the loaded model, and loading needs a card.
    write_card(out, COMMANDS[depth], seeds, scores, scenes=scenes, steps=steps)
    held_out = range(HELD_OUT, HELD_OUT + test_worlds)
    scores |= detector_errors(held_out, "two views" if depth else "two views, no depth", out.parent).scores()
    if not depth:
        scores["one view"] = detector_errors(held_out, "one view, no depth", out.parent).scores()
    write_card(out, COMMANDS[depth], seeds, scores, scenes=scenes, steps=steps)
    return scores


def network(depth: bool = True) -> VoteNet:
    """The network with or without depth."""
    return VoteNet() if depth else VoteNet(encoding_rgb.CHANNELS, OUTPUTS_RGB)


def export_detector(net: nn.Module, path: Path, depth: bool = True) -> float:
    """Write the network to ``path`` with free batch size; return the largest difference between ONNX and torch."""
    draw = torch.Generator().manual_seed(0)
    channels = encoding.CHANNELS if depth else encoding_rgb.CHANNELS
    example = torch.rand((2, channels, HEIGHT, WIDTH), generator=draw) * 2 - 1
    return export_onnx(net, (example,), ["frames"], ["votes"], path, limit=TOLERANCE)

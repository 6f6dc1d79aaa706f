"""Training of the eyes from nothing: render, fit, export, score, card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

from sayso.bench.eyes.things_suite import CELLS, HELD_OUT, thing_errors
from sayso.model_store import write_card
from sayso.perception.eyes.encoding import CHANNELS
from sayso.perception.eyes.layout import COLOR, HEART, KIND, LONG, OFFSET, SIZE, SPREAD, SQUARE, THING, VOTE
from sayso.perception.eyes.view import HEIGHT, WIDTH
from sayso.perception.training.eye_network import EyeNet
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import fit
from sayso.training.eyes_batch import EyeBatch, draw_batch
from sayso.training.eyes_data import Pictures, load, render

TRAINING, CROWDED_TRAINING = 30_000_000, 31_000_000
CROWDED = 0.6  # share of things in, on or against another, on the tables of the second kind
WALLED = 0.5  # share of pictures with walls and furniture at the table's edge
BATCH = 8
TOLERANCE = 2e-4
COMMANDS = {True: "sayso train eyes", False: "sayso train eyes --no-depth"}
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a training: ``steps`` on so many ``pictures`` of tables and ``crowded`` ones of crowded tables."""

    pictures: int
    crowded: int
    steps: int
    peak_lr: float = 2e-3


PHASES = (Phase(16000, 0, 28000), Phase(16000, 12000, 13000, 1.5e-3))
COLOR_PHASES = (Phase(16000, 0, 6000), Phase(16000, 8000, 9000, 1e-3))  # from the weights of the eyes with depth


def eye_loss(raw: Tensor, batch: EyeBatch) -> Tensor:
    """The loss of raw outputs (B, OUTPUTS, h, w).

    Middles by the focal loss of heat maps (Zhou et al. 2019); votes have a Laplace likelihood with a predicted scale
    (Kendall and Gal 2017).
    """
    thing = functional.binary_cross_entropy_with_logits(raw[:, THING], batch.thing, reduction="none")
    # A small thing's pixels are few, and as important as a large one's.
    pixels = batch.counts * (1 + 8 * batch.weight)
    loss = (thing * pixels).sum() / pixels.sum() * 2 + _hearts(raw[:, HEART], batch)
    weight = batch.weight * batch.counts
    weight = weight / weight.sum().clamp(min=1e-6)
    offset = (raw[:, OFFSET] - batch.offset).abs().sum(1)
    scale = raw[:, SPREAD].clamp(-6, 3)
    miss = (raw[:, VOTE] - batch.vote).abs().sum(1)
    center = (miss * torch.exp(-scale) + 3 * scale) * batch.placed
    size = (raw[:, SIZE] - batch.size).abs().sum(1)
    turn = (raw[:, LONG] - batch.long).square().sum(1) + (raw[:, SQUARE] - batch.square).square().sum(1)
    kind = functional.cross_entropy(raw[:, KIND], batch.kind, reduction="none")
    color = functional.cross_entropy(raw[:, COLOR], batch.color, reduction="none", ignore_index=-1)
    each = 2 * offset + 0.3 * center + size + 0.2 * turn + 0.8 * kind + 0.3 * color
    return loss + (weight * each).sum()


def _hearts(logits: Tensor, batch: EyeBatch) -> Tensor:
    heat, sure = batch.heart, torch.sigmoid(logits)
    peak = (heat > 0.95).to(logits.dtype)
    hit = -functional.logsigmoid(logits) * (1 - sure) ** 2 * peak
    miss = -functional.logsigmoid(-logits) * sure**2 * (1 - heat) ** 4 * (1 - peak)
    return ((hit + miss) * batch.counts).sum() / peak.sum().clamp(min=1.0)


def train_eyes(
    out: Path,
    work: Path,
    *,
    depth: bool = True,
    start: Path | None = None,
    phases: Sequence[Phase] = PHASES,
    seed: int = 0,
    workers: int = 1,
    test_tables: int = 50,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Make ``out`` (eyes.onnx) and its card in ``phases``, with the pictures stored in ``work``; return the scores.

    Without ``depth`` the network learns from the colors alone (eyes-rgb.onnx). It begins with the weights of the eyes
    at ``start``, if given, also of a smaller network. After an interruption a call with the same arguments resumes.
    """
    torch.manual_seed(seed)
    made = EyeNet()
    if start is not None:
        # Layers that the start lacks begin as their own way past them.
        made.load_state_dict(made.state_dict() | weights_of(start))
    # Channels last is a third faster here on a CPU.
    net = made.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def loss(data: Pictures, draw: torch.Generator) -> Tensor:
        rng = np.random.default_rng(int(torch.randint(2**62, (1,), generator=draw)))
        batch = draw_batch(data, rng, BATCH, depth)
        # Half precision halves the time; the loss itself is computed in full.
        with torch.autocast("cpu", torch.bfloat16):
            raw = net(batch.inputs.contiguous(memory_format=torch.channels_last))
        return eye_loss(raw.float(), batch)

    last = 0.0
    for phase in phases:
        tables = partial(render, work, walled=WALLED, workers=workers, progress=progress)
        shards = tables(TRAINING, phase.pictures) + tables(CROWDED_TRAINING, phase.crowded, crowded=CROWDED)
        checkpoint = work / f"{out.stem}-{phase.pictures}-{phase.crowded}-{phase.steps}-{seed}.pt"
        learn = partial(loss, load(shards))
        last = fit(net, learn, phase.steps, seed=seed, checkpoint=checkpoint, progress=progress, peak_lr=phase.peak_lr)
    parity = export_eyes(net.to(memory_format=torch.contiguous_format), out)
    scores: dict[str, Any] = {"loss": round(last, 4), "parity": parity}
    seeds = f"tables {TRAINING}+, {CROWDED_TRAINING}+, held-out test {HELD_OUT}+"
    # The card is written twice: the scores are measured on the loaded model, and loading needs a card.
    write_card(out, COMMANDS[depth], seeds, scores, phases=[asdict(phase) for phase in phases])
    for cell, deep in CELLS.items():
        if deep == depth:
            scores[cell] = thing_errors(range(HELD_OUT, HELD_OUT + test_tables), cell, out.parent).scores()
    write_card(out, COMMANDS[depth], seeds, scores, phases=[asdict(phase) for phase in phases])
    return scores


def weights_of(path: Path) -> dict[str, Tensor]:
    """The weights of exported eyes, by the names that `EyeNet` gives them."""
    named = {i.name: onnx.numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    return {name: torch.from_numpy(named[name].copy()) for name in EyeNet().state_dict() if name in named}


def export_eyes(net: nn.Module, path: Path) -> float:
    """Write the network to ``path`` with free batch size; return the largest difference between ONNX and torch."""
    draw = torch.Generator().manual_seed(0)
    example = torch.rand((2, CHANNELS, HEIGHT, WIDTH), generator=draw) * 2 - 1
    return export_onnx(net, (example,), ["frames"], ["said"], path, limit=TOLERANCE)

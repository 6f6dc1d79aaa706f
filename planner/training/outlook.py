"""Trains the critic that looks ahead, with temperatures and a conformal threshold from rollouts it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sayso.planner.outlook.cause import CAUSES
from sayso.planner.outlook.critic import ALARM_DWELL, HEADS
from sayso.planner.training.critic import calibration_error
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import PEAK_LR, fit
from sayso.skills.training.networks import HeadsNet, scaling_of
from sayso.skills.training.policy import Progress
from sayso.skills.training.start import START_LR, begin_with

BATCH = 512
JITTER = 0.4
WIDTH, DEPTH = 64, 2
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of some runs: ``signs`` (N, F), ``heads`` (N, 3) of 1, 0 or `UNKNOWN`, ``cause`` (N,), ``run`` (N,).

    ``attempt`` (N,) numbers the attempts of a run.
    """

    signs: NDArray[np.float32]
    heads: NDArray[np.int64]
    cause: NDArray[np.int64]
    run: NDArray[np.int64]
    attempt: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OutlookFit:
    """Loss, parity, temperature and calibration error of each head, and the threshold of an alarm for each arm."""

    loss: float
    parity: float
    temperature: tuple[float, ...]
    calibration_error: tuple[float, ...]
    thresholds: tuple[float, ...]
    rows: int


class Tempered(nn.Module):
    """Logits divided by a temperature each."""

    def __init__(self, net: nn.Module, temperature: Tensor) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("temperature", temperature)

    def forward(self, signs: Tensor) -> Tensor:
        """Logits (B, H + C)."""
        return self.net(signs) / self.temperature


def conformal_threshold(highest: Sequence[float], rate: float) -> float:
    """The threshold that the highest score of another such run exceeds with a probability of at most ``rate``.

    Split conformal: the ceil((n + 1)(1 - rate))-th smallest of the n ``highest`` scores; infinite if n is too small.
    """
    rank = int(np.ceil((len(highest) + 1) * (1 - rate)))
    return float(np.sort(highest)[rank - 1]) if rank <= len(highest) else np.inf


def highest_alarm(failing: NDArray[np.float64], attempt: NDArray[np.int64]) -> float:
    """The highest threshold that a run's probabilities (N,) exceed `ALARM_DWELL` times in a row in one attempt."""
    best = 0.0
    for k in range(len(failing) - ALARM_DWELL + 1):
        if attempt[k] == attempt[k + ALARM_DWELL - 1]:
            best = max(best, float(failing[k : k + ALARM_DWELL].min()))
    return best


def train_outlook(
    train: Rows, held_out: Rows, quiet: Sequence[Rows], path: Path, *, rate: float = 0.05, steps: int = 1_500,
    seed: int = 0, progress: Progress | None = None, start: Path | None = None,
) -> OutlookFit:  # fmt: skip
    """Train on ``train``; temperatures and calibration are of ``held_out``.

    The threshold keeps the share of runs with an alarm to ``rate`` on each arm, by those of its undisturbed runs
    ``quiet`` in which nothing fails.
    Rows of short and of long runs weigh the same; signs get noise of `JITTER` of their deviation. The training begins
    with the critic at ``start``, if there is one.
    """
    torch.manual_seed(seed)
    x = torch.from_numpy(train.signs)
    heads, cause = torch.from_numpy(train.heads), torch.from_numpy(train.cause)
    scaling = scaling_of(x)
    net = HeadsNet(scaling, len(HEADS) + len(CAUSES), width=WIDTH, depth=DEPTH)
    if start is not None:
        begin_with(net, start)
    _, run, count = np.unique(train.run, return_inverse=True, return_counts=True)
    weight = torch.from_numpy(1.0 / np.sqrt(count[run])).float()

    def loss(draw: torch.Generator) -> Tensor:
        rows = torch.multinomial(weight, BATCH, replacement=True, generator=draw)
        noise = JITTER * scaling.deviation * torch.randn(BATCH, x.shape[1], generator=draw)
        return _loss(net(x[rows] + noise), heads[rows], cause[rows])

    peak = PEAK_LR if start is None else START_LR
    last = fit(net, loss, steps, seed=seed, progress=progress, peak_lr=peak)
    net.eval()
    with torch.no_grad():
        logits = net(torch.from_numpy(held_out.signs))
    temperature = torch.ones(logits.shape[1])
    errors = []
    for k in range(len(HEADS)):
        known = held_out.heads[:, k] != UNKNOWN
        truth = torch.from_numpy(held_out.heads[known, k]).float()
        temperature[k] = _temperature(logits[known, k], truth)
        p = torch.sigmoid(logits[known, k] / temperature[k]).double().numpy()
        errors.append(calibration_error(p, truth.double().numpy()))
    failing = HEADS.index("failing")
    thresholds = []
    for arm in quiet:
        with torch.no_grad():
            calm = torch.sigmoid(net(torch.from_numpy(arm.signs))[:, failing] / temperature[failing]).double().numpy()
        # An alarm in an undisturbed run that fails by itself is no false one.
        failed = np.unique(arm.run[arm.heads[:, failing] == 1])
        runs = [arm.run == number for number in np.unique(arm.run) if number not in failed]
        thresholds.append(conformal_threshold([highest_alarm(calm[of], arm.attempt[of]) for of in runs], rate))
    parity = export_onnx(Tempered(net, temperature), (x[:64],), ["signs"], ["logits"], path)
    said = tuple(float(t) for t in temperature[: len(HEADS)])
    return OutlookFit(last, parity, said, tuple(errors), tuple(thresholds), len(x))


def _loss(logits: Tensor, heads: Tensor, cause: Tensor) -> Tensor:
    """Cross entropy of the known heads, and of the cause where the subtask is failing."""
    known = heads != UNKNOWN
    each = nn.functional.binary_cross_entropy_with_logits(
        logits[:, : len(HEADS)], heads.clamp(min=0).float(), reduction="none"
    )
    total = (each * known).sum() / known.sum().clamp(min=1)
    fails = heads[:, HEADS.index("failing")] == 1
    if bool(fails.any()):
        total = total + 0.3 * nn.functional.cross_entropy(logits[fails, len(HEADS) :], cause[fails])
    return total


def _temperature(logits: Tensor, truth: Tensor) -> Tensor:
    grid = torch.linspace(0.5, 4.0, 71)
    errors = [nn.functional.binary_cross_entropy_with_logits(logits / t, truth) for t in grid]
    return grid[int(torch.stack(errors).argmin())]

"""Trains the critic: the probabilities of done and of failed, at every moment of successful and failed rollouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import PEAK_LR, fit
from sayso.skills.training.networks import HeadsNet, scaling_of
from sayso.skills.training.policy import Progress
from sayso.skills.training.start import START_LR, begin_with

BATCH = 1024
HELD_BACK = 0.1
JITTER = 0.03


@dataclass(frozen=True, slots=True)
class CriticFit:
    """Loss, parity, temperature (1,) per head and the expected calibration error on held-out rows."""

    loss: float
    parity: float
    temperature: tuple[float, float]
    calibration_error: tuple[float, float]
    rows: int


class Calibrated(nn.Module):
    """Logits divided by a temperature each (Guo et al. 2017, §4.2)."""

    def __init__(self, net: nn.Module, temperature: Tensor) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("temperature", temperature)

    def forward(self, features: Tensor) -> Tensor:
        """Logits (B, 2) of done and failed."""
        return self.net(features) / self.temperature


def calibration_error(probability: NDArray[np.float64], truth: NDArray[np.float64], bins: int = 15) -> float:
    """Expected calibration error: the mean gap between probability and frequency over equal-width bins."""
    which = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        abs(probability[which == b].mean() - truth[which == b].mean()) * (which == b).mean() for b in np.unique(which)
    ]
    return float(np.sum(gaps))


def train_critic(
    columns: Mapping[str, NDArray[np.float32]],
    path: Path,
    *,
    steps: int = 5_000,
    seed: int = 0,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
    start: Path | None = None,
) -> CriticFit:
    """Train on ``critic.features`` (N, k·F) and ``critic.label`` (N, k): 0 going, 1 done, 2 failed, -1 unknown.

    The last tenth of the rows is held out for temperature and calibration; rows are in order, so these are whole
    episodes. Features get noise of `JITTER` of their deviation, because rows of one episode are similar. The training
    begins with the critic at ``start``, if there is one.
    """
    torch.manual_seed(seed)
    label = columns["critic.label"]
    x = columns["critic.features"].reshape(label.size, -1)
    y = label.reshape(-1)
    x, y = x[y >= 0], y[y >= 0]
    cut = int(len(x) * (1 - HELD_BACK))
    features, target = torch.from_numpy(x), torch.from_numpy(np.stack([y == 1, y == 2], 1).astype(np.float32))
    scaling = scaling_of(features[:cut])
    net = HeadsNet(scaling, 2, width=192)
    if start is not None:
        begin_with(net, start)

    def loss(draw: torch.Generator) -> Tensor:
        rows = torch.randint(cut, (BATCH,), generator=draw)
        noise = JITTER * scaling.deviation * torch.randn(BATCH, features.shape[1], generator=draw)
        return nn.functional.binary_cross_entropy_with_logits(net(features[rows] + noise), target[rows])

    peak = PEAK_LR if start is None else START_LR
    last = fit(net, loss, steps, seed=seed, checkpoint=checkpoint, progress=progress, peak_lr=peak)
    with torch.no_grad():
        logits = net(features[cut:])
    grid = torch.linspace(0.5, 4.0, 71)
    errors = torch.stack(
        [
            nn.functional.binary_cross_entropy_with_logits(logits / t, target[cut:], reduction="none").mean(0)
            for t in grid
        ]
    )
    temperature = grid[errors.argmin(0)]
    probability = torch.sigmoid(logits / temperature).double().numpy()
    gaps = tuple(calibration_error(probability[:, i], target[cut:, i].double().numpy()) for i in range(2))
    parity = export_onnx(Calibrated(net, temperature), (features[:64],), ["features"], ["logits"], path)
    return CriticFit(last, parity, (float(temperature[0]), float(temperature[1])), (gaps[0], gaps[1]), len(x))

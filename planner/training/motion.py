"""Trains the motion planner on the teacher's own motions at all visited states."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sayso.planner.execution.motion_planner import AXIS_CHOICES, GRIPPERS, MOTION_LOGITS, choices_of
from sayso.skills.motion import ENCODING_SIZE, Axis, decode
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import PEAK_LR, fit
from sayso.skills.training.networks import HeadsNet, scaling_of
from sayso.skills.training.policy import PolicyFit, Progress
from sayso.skills.training.start import START_LR, begin_with

BATCH = 1024


def all_choices(own: NDArray[np.float32]) -> NDArray[np.int64]:
    """The heads' indices (N, 7) for encodings (N, M)."""
    unique, inverse = np.unique(own, axis=0, return_inverse=True)
    return np.stack([choices_of(decode(u)) for u in unique])[inverse.reshape(-1)]


def train_motion(
    columns: Mapping[str, NDArray[np.float32]],
    path: Path,
    *,
    steps: int = 8_000,
    seed: int = 0,
    width: int = 256,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
    start: Path | None = None,
) -> PolicyFit:
    """Train on the states visited and their neighbors, each with the teacher's own motion, and export to ``path``.

    It begins with the motion planner at ``start``, if there is one.
    """
    torch.manual_seed(seed)
    visited = columns["observation.features"]
    near = columns["neighbour.features"].reshape(-1, visited.shape[1])
    features = torch.from_numpy(np.concatenate([visited, near]))
    own = np.concatenate([columns["motion.own"], columns["neighbour.own"].reshape(-1, ENCODING_SIZE)])
    target = torch.from_numpy(all_choices(own))
    net = HeadsNet(scaling_of(features), MOTION_LOGITS, width)
    if start is not None:
        begin_with(net, start)
    axes, k = len(Axis), len(AXIS_CHOICES)

    def loss(draw: torch.Generator) -> Tensor:
        rows = torch.randint(len(features), (BATCH,), generator=draw)
        logits, wanted = net(features[rows]), target[rows]
        moves = torch.nn.functional.cross_entropy(logits[:, : axes * k].reshape(-1, k), wanted[:, :axes].reshape(-1))
        grip = torch.nn.functional.cross_entropy(logits[:, -len(GRIPPERS) :], wanted[:, -1])
        return moves + 0.5 * grip

    peak = PEAK_LR if start is None else START_LR
    last = fit(net, loss, steps, seed=seed, checkpoint=checkpoint, progress=progress, peak_lr=peak)
    parity = export_onnx(net, (features[:64],), ["features"], ["logits"], path)
    return PolicyFit(last, parity, len(features))

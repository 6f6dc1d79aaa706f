"""Trains the policy on the actions under the executed motion, and on those for other motions at the same states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import RobotSpec
from sayso.skills.motion import ENCODING_SIZE
from sayso.skills.training.export import export_onnx
from sayso.skills.training.fit import PEAK_LR, fit
from sayso.skills.training.networks import PolicyNet, scaling_of
from sayso.skills.training.start import START_LR, begin_with

Mode = Literal["motion", "flat", "class"]
BATCH = 1024
CLASSES = 512
GRIPPER_WEIGHT = 0.15
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class PolicyFit:
    """Result of a training: last loss, largest difference between ONNX and torch, number of rows."""

    loss: float
    parity: float
    rows: int


@dataclass(frozen=True, slots=True)
class Samples:
    """Training samples: ``features`` (N, F) and the teacher's ``own`` motions (N, M) for N states; for each of S
    samples the index of its state ``row`` (S,), the requested ``motions`` (S, M) and the ``actions`` (S, n+1)."""

    features: NDArray[np.float32]
    own: NDArray[np.float32]
    row: NDArray[np.int64]
    motions: NDArray[np.float32]
    actions: NDArray[np.float32]


def gather(columns: Mapping[str, NDArray[np.float32]], dof: int) -> Samples:
    """All samples in the dataset's columns: visited states and their neighbors."""
    m, a = ENCODING_SIZE, dof + 1
    visited = columns["observation.features"]
    near = columns["neighbour.features"].reshape(-1, visited.shape[1])
    count = len(visited)

    def rows(size: int, start: int, states: int) -> NDArray[np.int64]:
        return np.repeat(np.arange(start, start + states), size // states)

    blocks = [
        (columns["motion.said"], columns["action"], 0, count),
        (columns["counterfactual.motion"].reshape(-1, m), columns["counterfactual.action"].reshape(-1, a), 0, count),
        (columns["neighbour.motion"].reshape(-1, m), columns["neighbour.action"].reshape(-1, a), count, len(near)),
    ]
    return Samples(
        np.concatenate([visited, near]),
        np.concatenate([columns["motion.own"], columns["neighbour.own"].reshape(-1, m)]),
        np.concatenate([rows(len(motions), start, states) for motions, _, start, states in blocks]),
        np.concatenate([motions for motions, _, _, _ in blocks]),
        np.concatenate([actions for _, actions, _, _ in blocks]),
    )


COLUMNS = (
    "observation.features", "motion.own", "motion.said", "action", "counterfactual.motion", "counterfactual.action",
    "neighbour.features", "neighbour.own", "neighbour.motion", "neighbour.action",
)  # fmt: skip


def joint_weights(spec: RobotSpec) -> Tensor:
    """How far (m, with 0.1 m per rad of rotation) each joint moves the tool at home, divided by the mean."""
    jacobian = Kinematics(spec).jacobian(spec.home)
    reach = np.linalg.norm(jacobian[:3], axis=0) + 0.1 * np.linalg.norm(jacobian[3:], axis=0)
    return torch.tensor(reach / reach.mean(), dtype=torch.float32)


def class_table(motions: NDArray[np.float32]) -> NDArray[np.float32]:
    """The `CLASSES` most frequent encodings (C, M), the vocabulary of the policy with class numbers."""
    unique, counts = np.unique(motions, axis=0, return_counts=True)
    return unique[np.argsort(-counts)[:CLASSES]]


class ClassNumbers(torch.nn.Module):
    """A motion's encoding (B, M) to the one-hot of its class; an unknown motion maps to the nearest class."""

    table: Tensor

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.register_buffer("table", table)

    def forward(self, motion: Tensor) -> Tensor:
        """(B, M) to (B, C)."""
        distance = (motion**2).sum(1, keepdim=True) + (self.table**2).sum(1)[None] - 2 * motion @ self.table.T
        return torch.nn.functional.one_hot(distance.argmin(1), self.table.shape[0]).to(motion.dtype)


class Arm(torch.nn.Module):
    """A policy network for export, with the motion as its encoding or as a class number."""

    def __init__(self, net: PolicyNet, numbers: ClassNumbers | None = None) -> None:
        super().__init__()
        self.net, self.numbers = net, numbers

    def forward(self, features: Tensor, motion: Tensor) -> tuple[Tensor, Tensor]:
        """Velocities (B, n) rad/s and the logit (B, 1) of closing."""
        return self.net(features, motion if self.numbers is None else self.numbers(motion))


class Flat(torch.nn.Module):
    """The policy without the motion as input."""

    def __init__(self, net: PolicyNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Velocities (B, n) rad/s and the logit (B, 1) of closing."""
        return self.net(features, features[:, :0])


def train_policy(
    columns: Mapping[str, NDArray[np.float32]],
    spec: RobotSpec,
    path: Path,
    *,
    mode: Mode = "motion",
    steps: int = 12_000,
    seed: int = 0,
    width: int = 320,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
    start: Path | None = None,
) -> PolicyFit:
    """Train on the dataset's ``columns`` (`COLUMNS`) and export; begin with the policy at ``start`` if there is one.

    ``mode`` "flat" withholds the motion and uses only rows under the teacher's own motion; "class" replaces the motion
    by a class number.
    """
    torch.manual_seed(seed)
    n, m = spec.dof, ENCODING_SIZE
    samples = gather(columns, n)
    features, own = torch.from_numpy(samples.features), torch.from_numpy(samples.own)
    row, motion_t, action_t = (torch.from_numpy(x) for x in (samples.row, samples.motions, samples.actions))
    mine = (motion_t == own[row]).all(-1)
    if mode == "flat":
        row, motion_t, action_t = row[mine], motion_t[mine], action_t[mine]
    weights = joint_weights(spec)
    speed = torch.full((n,), 0.5)
    table = torch.from_numpy(class_table(samples.motions)) if mode == "class" else None
    inputs = {"motion": m, "flat": 0, "class": 0 if table is None else len(table)}[mode]
    net = PolicyNet(scaling_of(features), inputs, n, speed, width)
    if start is not None:
        begin_with(net, start)
    arm: torch.nn.Module = Flat(net) if mode == "flat" else Arm(net, None if table is None else ClassNumbers(table))

    def loss(draw: torch.Generator) -> Tensor:
        pick = torch.randint(len(row), (BATCH,), generator=draw)
        x, said, wanted = features[row[pick]], motion_t[pick], action_t[pick]
        velocity, closing = arm(x) if mode == "flat" else arm(x, said)
        error = ((velocity - wanted[:, :n]) / speed * weights).abs().mean()
        grip = torch.nn.functional.binary_cross_entropy_with_logits(closing[:, 0], wanted[:, n])
        return error + GRIPPER_WEIGHT * grip

    peak = PEAK_LR if start is None else START_LR
    last = fit(arm, loss, steps, seed=seed, checkpoint=checkpoint, progress=progress, peak_lr=peak)
    example = (features[:64], motion_t[:64])
    if mode == "flat":
        parity = export_onnx(arm, example[:1], ["features"], ["velocity", "closing"], path)
    else:
        parity = export_onnx(arm, example, ["features", "motion"], ["velocity", "closing"], path)
    return PolicyFit(last, parity, len(row))

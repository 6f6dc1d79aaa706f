"""Small fully connected networks that include their input scaling."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Scaled(nn.Module):
    """Standardizes its input (F,) with a fixed mean and deviation, and clamps outliers."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, mean: Tensor, deviation: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)

    def forward(self, x: Tensor) -> Tensor:
        """(B, F) to (B, F), within ±6."""
        return torch.clamp((x - self.mean) / self.deviation, -6.0, 6.0)


def scaling_of(x: Tensor) -> Scaled:
    """The scaling that standardizes the rows of ``x`` (N, F); nearly constant features are only centered."""
    deviation = x.std(0)
    return Scaled(x.mean(0), torch.where(deviation < 1e-3, torch.ones_like(deviation), deviation))


def perceptron(inputs: int, outputs: int, width: int, depth: int) -> nn.Sequential:
    """``depth`` hidden layers of ``width`` with SiLU."""
    layers: list[nn.Module] = []
    for i in range(depth):
        layers += [nn.Linear(inputs if i == 0 else width, width), nn.SiLU()]
    return nn.Sequential(*layers, nn.Linear(width, outputs))


class PolicyNet(nn.Module):
    """Features (B, F) and a motion's encoding (B, M) to joint velocities (B, n) rad/s and the gripper's closing (B, 1).

    ``motion`` is the width M: the encoding's, a one-hot class's or, for the flat policy, 0.
    """

    def __init__(self, scaling: Scaled, motion: int, dof: int, speed: Tensor, width: int = 320, depth: int = 3) -> None:
        super().__init__()
        self.scaling = scaling
        self.register_buffer("speed", speed)
        self.body = perceptron(len(scaling.mean) + motion, dof + 1, width, depth)

    def forward(self, features: Tensor, motion: Tensor) -> tuple[Tensor, Tensor]:
        """Velocities (B, n) rad/s and the logit (B, 1) of closing."""
        out = self.body(torch.cat([self.scaling(features), motion], 1))
        return out[:, :-1] * self.speed, out[:, -1:]


class HeadsNet(nn.Module):
    """Features (B, F) to the logits (B, O) of one or more choices."""

    def __init__(self, scaling: Scaled, outputs: int, width: int = 256, depth: int = 3) -> None:
        super().__init__()
        self.scaling = scaling
        self.body = perceptron(len(scaling.mean), outputs, width, depth)

    def forward(self, features: Tensor) -> Tensor:
        """Logits (B, O)."""
        return self.body(self.scaling(features))

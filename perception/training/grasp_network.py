"""The grasp network: the relief around a candidate in the candidate's frame to the log odds that it holds.

Scoring of sampled grasps from depth around them is Dex-Net 2.0's idea (Mahler et al. 2017).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sayso.perception.grasps.crops import ACROSS, ALONG, CHANNELS, NUMBERS


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1), nn.ReLU())


class GraspNet(nn.Module):
    """``pictures`` (B, `CHANNELS`, `ACROSS`, `ALONG`) and ``numbers`` (B, `NUMBERS`) to log odds (B,)."""

    def __init__(self, widths: tuple[int, int, int, int] = (16, 24, 32, 32), hidden: int = 64) -> None:
        super().__init__()
        a, b, c, d = widths
        self.body = nn.Sequential(_conv(CHANNELS, a, 2), _conv(a, b, 2), _conv(b, c), _conv(c, d), nn.Flatten())
        self.numbers = nn.Sequential(nn.Linear(NUMBERS, 48), nn.ReLU(), nn.Linear(48, 48), nn.ReLU())
        self.head = nn.Sequential(
            nn.Linear(d * (ACROSS // 4) * (ALONG // 4) + 48, hidden), nn.ReLU(), nn.Dropout(0.2), nn.Linear(hidden, 1)
        )

    def forward(self, pictures: Tensor, numbers: Tensor) -> Tensor:
        """Log odds that each grasp holds."""
        return self.head(torch.cat([self.body(pictures), self.numbers(numbers)], 1))[:, 0]

"""The detector's network: every pixel of an object votes for the object's center, size, heading, kind and color.

Votes for object centres are VoteNet's idea (Qi et al. 2019) on the pixels of a small U-Net (Ronneberger et al. 2015).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sayso.perception.encoding import CHANNELS
from sayso.perception.votes import OUTPUTS


def _block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1), nn.ReLU())


class VoteNet(nn.Module):
    """Encoded frames (B, ``channels``, H, W), H and W multiples of 16, to raw votes (B, ``outputs``, H/2, W/2).

    ``widths`` are the features at strides 2, 4, 8 and 16.
    """

    def __init__(
        self,
        channels: int = CHANNELS,
        outputs: int = OUTPUTS,
        widths: tuple[int, int, int, int] = (16, 32, 48, 64),
        head: int = 48,
    ) -> None:
        super().__init__()
        a, b, c, d = widths
        self.stem = _block(channels, a, 2)
        self.down4 = nn.Sequential(_block(a, b, 2), _block(b, b))
        self.down8 = nn.Sequential(_block(b, c, 2), _block(c, c))
        self.down16 = nn.Sequential(_block(c, d, 2), _block(d, d))
        self.lift8, self.merge8 = nn.Conv2d(d, c, 1), _block(c, c)
        self.lift4, self.merge4 = nn.Conv2d(c, b, 1), _block(b, b)
        # Only 1×1 convolutions at the finest level: a 3×3 there would cost as much as the rest of the network.
        self.lift2, self.skip2 = nn.Conv2d(b, head, 1), nn.Conv2d(a, head, 1)
        self.head = nn.Conv2d(head, outputs, 1)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
        nn.init.normal_(self.head.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Raw votes; `sayso.perception.votes` defines the channels."""
        x2 = self.stem(x)
        x4 = self.down4(x2)
        x8 = self.down8(x4)
        y = self.merge8(x8 + _twice(self.lift8(self.down16(x8))))
        y = self.merge4(x4 + _twice(self.lift4(y)))
        return self.head(torch.relu(_twice(self.lift2(y)) + self.skip2(x2)))


def _twice(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")

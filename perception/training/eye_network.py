"""The eyes' network: every pixel says whether it is of a thing, where that thing's middle is, and what its box is.

Centers as a heat map with offsets are Panoptic-DeepLab's (Cheng et al. 2020); a network can separate unseen things from
the table by depth: UOIS-Net's lesson (Xie et al. 2021).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from sayso.perception.eyes.encoding import CHANNELS
from sayso.perception.eyes.layout import HEART, OUTPUTS, SPREAD, THING

TINT = 24


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1), nn.ReLU())


class _Residual(nn.Module):
    """Two convolutions beside the way past them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(width, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.two(torch.relu(self.one(x))))


class _Fine(nn.Module):
    """Two 3×3 convolutions on fewer features beside the way past them: what the finest level can pay."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.into, self.out = nn.Conv2d(width, inner, 1), nn.Conv2d(inner, width, 1)
        self.one, self.two = _conv(inner, inner), _conv(inner, inner)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.out(self.two(self.one(self.into(x)))))


class EyeNet(nn.Module):
    """Encoded frames (B, ``channels``, H, W), H and W multiples of 32, to raw outputs (B, ``outputs``, H/2, W/2).

    ``widths`` are the features at strides 2, 4, 8, 16 and 32.
    """

    def __init__(
        self,
        channels: int = CHANNELS,
        outputs: int = OUTPUTS,
        widths: tuple[int, int, int, int, int] = (20, 32, 56, 80, 96),
        head: int = 56,
        fine: int = 32,
    ) -> None:
        super().__init__()
        a, b, c, d, e = widths
        self.stem = nn.Sequential(*_conv(channels, a, 2), _Residual(a))
        self.down4 = nn.Sequential(_conv(a, b, 2), _Residual(b), _Residual(b))
        self.down8 = nn.Sequential(_conv(b, c, 2), _Residual(c), _Residual(c))
        self.down16 = nn.Sequential(_conv(c, d, 2), _Residual(d))
        self.down32 = nn.Sequential(_conv(d, e, 2), _Residual(e))
        self.lift16, self.merge16 = nn.Conv2d(e, d, 1), _conv(d, d)
        self.lift8, self.merge8 = nn.Conv2d(d, c, 1), _conv(c, c)
        self.lift4, self.merge4 = nn.Conv2d(c, b, 1), _Residual(b)
        # Borders a few pixels wide tell things apart that touch, so the finest level has convolutions of its own.
        self.lift2, self.skip2, self.fine = nn.Conv2d(b, head, 1), nn.Conv2d(a, head, 1), _Fine(head, fine)
        # The colors' own short way: a color's name hangs on the pixel more than on the shape.
        self.tint = nn.Sequential(nn.Conv2d(3, TINT, 1), nn.ReLU(), nn.Conv2d(TINT, TINT, 1), nn.ReLU())
        self.mix = nn.Conv2d(head + TINT, head, 1)
        self.head = nn.Conv2d(head, outputs, 1)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
        # After the convolutions in them: at first the ways past the blocks are all that there is.
        for layer in self.modules():
            if isinstance(layer, _Residual):
                nn.init.zeros_(layer.two.weight)
            if isinstance(layer, _Fine):
                nn.init.zeros_(layer.out.weight)
        nn.init.normal_(self.head.weight, std=0.02)
        with torch.no_grad():  # few pixels are of a thing, and very few are its middle
            for channel, value in ((THING, -1.5), (HEART, -4.0), (SPREAD, -1.0)):
                self.head.bias[channel] = value  # type: ignore[index]

    def forward(self, x: Tensor) -> Tensor:
        """Raw outputs; `sayso.perception.eyes.layout` defines the channels."""
        x2 = self.stem(x)
        x4 = self.down4(x2)
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        y = self.merge16(x16 + _twice(self.lift16(self.down32(x16))))
        y = self.merge8(x8 + _twice(self.lift8(y)))
        y = self.merge4(x4 + _twice(self.lift4(y)))
        y = self.fine(torch.relu(_twice(self.lift2(y)) + self.skip2(x2)))
        tint = self.tint(functional.avg_pool2d(x[:, :3], 2))
        return self.head(torch.relu(self.mix(torch.cat([y, tint], 1))))


def _twice(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")

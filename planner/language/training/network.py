"""The reading heads on MiniLM's token states: a small transformer and one linear layer for all labels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sayso.planner.language.reading import HEADS
from sayso.planner.language.training.bert import TAPS
from sayso.planner.language.training.bert import WIDTH as STATE

WIDTH, LAYERS = 128, 2
SENTENCE = "intent"
LABELS = sum(len(labels) for labels in HEADS.values())


class Heads(nn.Module):
    """Tapped token states (b, s, 1152) and attention bias (b, 1, 1, s) to the logits of all heads (b, s, labels).

    The intent's logits are meant to be read at the first token, which stands for the sentence.
    """

    def __init__(self, dropout: float = 0.15) -> None:
        super().__init__()
        self.drop = nn.Dropout(dropout)
        self.narrow = nn.Linear(STATE * len(TAPS), WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.answer = nn.Linear(WIDTH, LABELS)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """Logits, in the order of `sayso.planner.language.reading.HEADS`."""
        x = self.drop(self.norm(self.narrow(states)))
        for layer in self.layers:
            x = layer(x, bias)
        return self.answer(self.drop(x))


class Layer(nn.Module):
    """Pre-norm self-attention with four heads, then two linear layers."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.look = nn.Linear(WIDTH, 3 * WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.think = nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH))
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """States (b, s, width) to states."""
        batch, length, _ = x.shape
        q, k, v = (p.reshape(batch, length, 4, -1).transpose(1, 2) for p in self.look(self.before(x)).chunk(3, dim=-1))
        weights = torch.softmax(q @ k.transpose(2, 3) * (WIDTH // 4) ** -0.5 + bias, dim=-1)
        x = x + self.drop(self.mix((weights @ v).transpose(1, 2).reshape(batch, length, WIDTH)))
        return x + self.drop(self.think(self.between(x)))


def split(logits: Tensor) -> dict[str, Tensor]:
    """The logits of each head: (b, s, labels), the intent's (b, labels)."""
    parts = dict(zip(HEADS, logits.split([len(labels) for labels in HEADS.values()], dim=-1), strict=True))
    parts[SENTENCE] = parts[SENTENCE][:, 0]
    return parts

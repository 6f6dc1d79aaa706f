"""The reader's network: MiniLM reads, a small transformer decodes tokens of the task language and copies words.

Copying follows See et al. 2017 (pointer networks): one softmax over the vocabulary and the words of the sentence.
The decoder sees at each step the slot of the grammar that it is about to fill (Yin and Neubig 2018).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sayso.planner.reader.training.bert import WIDTH as STATE
from sayso.planner.reader.training.bert import Encoder, look_up

WIDTH, LAYERS, HEADS, INNER, LONGEST = 256, 3, 8, 768, 124
EACH = WIDTH // HEADS


class Reading(nn.Module):
    """Token ids, segments and mask (b, s) to what the decoder needs of them.

    Gives keys and values (layers, b, heads, s, each) for looking at the sentence, the attention bias (b, 1, 1, s) and
    the states (b, s, width) of what can be copied.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.narrow = nn.Linear(2 * STATE, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.drop = nn.Dropout(0.2)
        self.keys = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(LAYERS))
        self.values = nn.ModuleList(nn.Linear(WIDTH, WIDTH) for _ in range(LAYERS))

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Keys, values, bias and states."""
        e = self.encoder
        place = torch.arange(ids.shape[1], device=ids.device)
        about = torch.index_select(e.segment.weight, 0, segments.reshape(-1)).reshape(*ids.shape, STATE)
        x = e.norm(look_up(e.words, ids) + look_up(e.positions, place) + about)
        first = x
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in e.layers:
            x = layer(x, bias)
        states = self.drop(self.norm(self.narrow(torch.cat([first, x], dim=-1))))
        keys = torch.stack([_heads(f(states)) for f in self.keys])
        values = torch.stack([_heads(f(states)) for f in self.values])
        return keys, values, bias, states


def _heads(x: Tensor) -> Tensor:
    return x.reshape(x.shape[0], x.shape[1], HEADS, EACH).transpose(1, 2)


class Layer(nn.Module):
    """Pre-norm: a look at the tokens so far, a look at the sentence, two linear layers."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(3))
        self.own = nn.Linear(WIDTH, 3 * WIDTH)
        self.own_mix = nn.Linear(WIDTH, WIDTH)
        self.query = nn.Linear(WIDTH, WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.think = nn.Sequential(nn.Linear(WIDTH, INNER), nn.GELU(), nn.Linear(INNER, WIDTH))
        self.drop = nn.Dropout(dropout)

    def forward(
        self, x: Tensor, past: tuple[Tensor, Tensor], own_bias: Tensor, said: tuple[Tensor, Tensor], bias: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """States (b, t, width), keys and values (b, heads, t, each) of the tokens before, those of the sentence."""
        q, k, v = (_heads(p) for p in self.own(self.norms[0](x)).chunk(3, dim=-1))
        k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
        x = x + self.drop(self.own_mix(_attend(q, k, v, own_bias)))
        x = x + self.drop(self.mix(_attend(_heads(self.query(self.norms[1](x))), *said, bias)))
        return x + self.drop(self.think(self.norms[2](x))), k, v


def _attend(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    weights = torch.softmax(q @ k.transpose(2, 3) * EACH**-0.5 + bias, dim=-1)
    return (weights @ v).transpose(1, 2).reshape(q.shape[0], q.shape[2], WIDTH)


class Writing(nn.Module):
    """The decoder: the token before, the slot to fill, and the sentence to scores over the vocabulary and copies."""

    def __init__(self, size: int, slots: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.tokens = nn.Embedding(size + 1, WIDTH)  # the last one stands before the first token
        self.slots = nn.Embedding(slots, WIDTH)
        self.places = nn.Embedding(LONGEST, WIDTH)
        self.copied = nn.Linear(WIDTH, WIDTH)
        self.drop = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)
        self.answer = nn.Linear(WIDTH, size)
        self.point = nn.Linear(WIDTH, WIDTH)
        nn.init.normal_(self.tokens.weight, std=0.05)
        nn.init.normal_(self.slots.weight, std=0.05)
        nn.init.normal_(self.places.weight, std=0.02)

    def forward(
        self, before: Tensor, slots: Tensor, places: Tensor, copies: Tensor, past_keys: Tensor, past_values: Tensor,
        own_bias: Tensor, keys: Tensor, values: Tensor, bias: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        """Scores (b, t, size + words), keys and values.

        ``before`` and ``slots`` (b, t) are ids, ``places`` (t,) the number of each token, ``copies`` (b or 1, w, width)
        the states of the words; ids in ``before`` from size + 1 on are copies. ``own_bias`` (1, 1, t, past + t) masks.
        """
        size = self.tokens.num_embeddings
        known = torch.index_select(self.tokens.weight, 0, before.clamp(max=size - 1).reshape(-1))
        known = known.reshape(*before.shape, WIDTH)
        at = (before - size).clamp(min=0).unsqueeze(-1).expand(-1, -1, WIDTH)
        copied = torch.gather(self.copied(copies).expand(before.shape[0], -1, -1), 1, at)
        given = torch.where((before >= size).unsqueeze(-1), copied, known)
        slot = torch.index_select(self.slots.weight, 0, slots.reshape(-1)).reshape(given.shape)
        x = self.drop(given + slot + torch.index_select(self.places.weight, 0, places))
        new_keys, new_values = [], []
        for i, layer in enumerate(self.layers):
            x, k, v = layer(x, (past_keys[i], past_values[i]), own_bias, (keys[i], values[i]), bias)
            new_keys.append(k)
            new_values.append(v)
        x = self.norm(x)
        scores = torch.cat([self.answer(x), self.point(x) @ copies.transpose(1, 2) * WIDTH**-0.5], dim=-1)
        return scores, torch.stack(new_keys), torch.stack(new_values)

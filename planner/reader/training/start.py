"""Begins the reader's training with the weights of a finished reader, read back from its two ONNX files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, numpy_helper
from torch import Tensor, nn

from sayso.planner.reader.model import DECODER, ENCODER
from sayso.planner.reader.vocabulary import Vocabulary
from sayso.planner.task.grammar import Word

BY_ID = ("writing.tokens.weight", "writing.answer.weight", "writing.answer.bias")
"""Weights whose rows belong to the ids of a vocabulary."""


def begin_with(network: nn.Module, vocabulary: Vocabulary, folder: Path, before: Vocabulary) -> None:
    """Give ``network`` of ``vocabulary`` the weights of the reader in ``folder``, which was trained with ``before``.

    A word that ``before`` lacks begins as the mean of its words. Raises ValueError if the files are of another network.
    """
    weights = {name: w for half in (ENCODER, DECODER) for name, w in weights_of(folder / f"{half}.onnx").items()}
    for name in BY_ID:
        if name in weights:
            weights[name] = _rows(weights[name], vocabulary, before)
    own = network.state_dict()
    if wrong := sorted(n for n in own if n not in weights or weights[n].shape != own[n].shape):
        raise ValueError(f"the reader in {folder} is of another network: it differs in {', '.join(wrong[:3])}")
    network.load_state_dict({name: weights[name] for name in own})


def _rows(old: Tensor, vocabulary: Vocabulary, before: Vocabulary) -> Tensor:
    """The rows of ``old`` in the order of ``vocabulary``; a row that follows the ids stays the last."""
    known = [i for t, i in before.ids.items() if isinstance(t, Word)] or list(before.ids.values())
    new = old[known].mean(0)
    found = [old[before.ids[t]] if t in before.ids else new for t in vocabulary.tokens]
    return torch.stack([*found, *old[before.size :]])


def weights_of(path: Path) -> dict[str, Tensor]:
    """The weights of one half of a reader as float32, by their names in torch.

    The quantizer keeps the names of vectors and tables. A matrix has a number for its name there: it takes its name
    from the bias that is added to its product.
    """
    model = onnx.load(path)
    kept = {item.name: numpy_helper.to_array(item) for item in model.graph.initializer}
    names = _matrices(model, kept.keys())
    found = {}
    for name, value in kept.items():
        table = name.removesuffix("_quantized")
        if table != name:
            scale, zero = kept[f"{table}_scale"], kept[f"{table}_zero_point"]
            exact = (value.astype(np.float32) - zero.astype(np.float32)) * scale
            if name in names:
                found[names[name]] = torch.from_numpy(exact.T.copy())
            else:
                found[table] = torch.from_numpy(exact)
        elif value.dtype == np.float32 and "." in name:
            found[name] = torch.from_numpy(value.copy())
    return found


def _matrices(model: ModelProto, kept: object) -> dict[str, str]:
    """The names in torch of the matrices by their names in the file."""
    uses: dict[str, list[onnx.NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            uses.setdefault(name, []).append(node)
    names = {}
    for node in model.graph.node:
        if node.op_type != "MatMulInteger":
            continue
        at = node
        while at.op_type != "Add":  # the product is cast and scaled before the bias is added
            at = uses[at.output[0]][0]
        bias = next(name for name in at.input if name.endswith(".bias"))
        names[node.input[1]] = f"{bias.removesuffix('bias')}weight"
    return names

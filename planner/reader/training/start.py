"""Begins the reader's training with the weights of a finished reader, read back from its two ONNX files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, numpy_helper
from torch import Tensor, nn

from sayso.planner.reader.model import DECODER, ENCODER, DecoderCard, EncoderCard
from sayso.planner.reader.vocabulary import Vocabulary
from sayso.planner.task.grammar import Number, Token, Word, slots
from sayso.skills.onnx_model import read_checked

BY_ID = ("writing.tokens.weight", "writing.answer.weight", "writing.answer.bias")
"""Weights whose rows belong to the ids of a vocabulary."""
BY_SLOT = "writing.slots.weight"
"""Weights whose rows belong to the slots of the grammar."""


def card_of(folder: Path) -> DecoderCard:
    """The card of the reader in ``folder``, perhaps of an earlier grammar.

    Raises ValueError if a file is missing, damaged, or the digests do not fit.
    """
    try:
        encoder = EncoderCard.model_validate_json((folder / f"{ENCODER}.json").read_bytes())
        decoder = DecoderCard.model_validate_json((folder / f"{DECODER}.json").read_bytes())
        for half, card in ((ENCODER, encoder), (DECODER, decoder)):
            read_checked(folder / f"{half}.onnx", card.digest)
    except (OSError, ValueError) as error:
        raise ValueError(f"the reader in {folder} cannot be loaded: {error}") from error
    return decoder


def begin_with(network: nn.Module, vocabulary: Vocabulary, folder: Path) -> None:
    """Give ``network`` of ``vocabulary`` the weights of the reader in ``folder``, perhaps of an earlier grammar.

    A word, a head or a slot that the reader lacks begins as the mean of the others. Raises ValueError if the files are
    of another network.
    """
    card = card_of(folder)
    weights = {name: w for half in (ENCODER, DECODER) for name, w in weights_of(folder / f"{half}.onnx").items()}
    before: list[Token] = [*card.grammar, *map(Word, card.words), *map(Number, card.numbers)]
    for name in BY_ID:
        if name in weights:
            weights[name] = _rows(weights[name], before, vocabulary.tokens)
    if BY_SLOT in weights:
        weights[BY_SLOT] = _rows(weights[BY_SLOT], card.slots, slots())
    own = network.state_dict()
    if wrong := sorted(n for n in own if n not in weights or weights[n].shape != own[n].shape):
        raise ValueError(f"the reader in {folder} is of another network: it differs in {', '.join(wrong[:3])}")
    network.load_state_dict({name: weights[name] for name in own})


def _rows(old: Tensor, before: Sequence[object], now: Sequence[object]) -> Tensor:
    """The rows of ``old``, one for each of ``before``, in the order of ``now``; rows that follow stay the last."""
    at = {one: i for i, one in enumerate(before)}
    alike = {kind: old[[i for one, i in at.items() if type(one) is kind]].mean(0) for kind in set(map(type, before))}
    return torch.stack([*(old[at[one]] if one in at else alike[type(one)] for one in now), *old[len(before) :]])


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

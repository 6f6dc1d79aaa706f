"""From torch to the two ONNX files in int8, with the card."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from sayso.planner.reader.model import DECODER, ENCODER, TOKENIZER
from sayso.planner.reader.training.network import EACH, HEADS, LAYERS, WIDTH
from sayso.planner.reader.training.trainer import Network
from sayso.planner.reader.vocabulary import NUMBERS, Vocabulary
from sayso.planner.task.grammar import fixed_tokens, slots
from sayso.skills.onnx_model import card_fields, digest_of

OPSET = 18


class _Read(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.reading = network.reading

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        keys, values, _, states = self.reading(ids, segments, mask)
        return keys, values, states


class _Write(nn.Module):
    """One step for several partial values of one sentence."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.writing = network.writing

    def forward(
        self, before: Tensor, slots: Tensor, places: Tensor, past_keys: Tensor, past_values: Tensor, keys: Tensor,
        values: Tensor, copies: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        none = torch.zeros(1, 1, 1, 1)
        scores, new_keys, new_values = self.writing(
            before, slots, places, copies, past_keys, past_values, none, keys, values, none
        )
        return scores, new_keys, new_values


def export(
    network: Network, vocabulary: Vocabulary, tokenizer: Tokenizer, folder: Path, told: dict[str, Any],
    heard: Sequence[str] = (),
) -> None:  # fmt: skip
    """Writes encoder and decoder with their cards, which hold ``told`` besides, to ``folder``.

    ``heard`` are the words of the training's sentences.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network = network.eval()
    dim = torch.export.Dim
    length, words = dim("length", min=2, max=192), dim("words", min=1, max=96)
    beam, past = dim("beam", min=1, max=16), dim("past", min=0, max=123)
    ids = torch.tensor([[101, 2404, 1996, 2417, 102]])
    _write(
        _Read(network), (ids, torch.zeros_like(ids), torch.ones_like(ids)), ["ids", "segments", "mask"],
        ["keys", "values", "states"], [{1: length}] * 3, folder / f"{ENCODER}.onnx",
    )  # fmt: skip

    def cache() -> Tensor:  # tensors of their own: an input given twice is exported as one
        return torch.zeros(LAYERS, 3, HEADS, 4, EACH)

    def said() -> Tensor:
        return torch.zeros(LAYERS, 1, HEADS, 5, EACH)

    example = (
        torch.zeros(3, 1, dtype=torch.long), torch.zeros(3, 1, dtype=torch.long), torch.tensor([4]), cache(), cache(),
        said(), said(), torch.zeros(1, 2, WIDTH),
    )  # fmt: skip
    names = ["before", "slots", "places", "past_keys", "past_values", "keys", "values", "copies"]
    shapes = [{0: beam}, {0: beam}, {}, {1: beam, 3: past}, {1: beam, 3: past}, {3: length}, {3: length}, {1: words}]
    _write(_Write(network), example, names, ["scores", "new_keys", "new_values"], shapes, folder / f"{DECODER}.onnx")
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    encoder = told | card_fields((folder / f"{ENCODER}.onnx").read_bytes())
    encoder |= {"name": ENCODER, "tokenizer_digest": digest_of((folder / TOKENIZER).read_bytes())}
    decoder = told | card_fields((folder / f"{DECODER}.onnx").read_bytes())
    decoder |= {
        "name": DECODER, "encoder_digest": encoder["digest"], "words": vocabulary.words, "heard": heard,
        "grammar": fixed_tokens(),
        "slots": slots(), "numbers": NUMBERS,
    }  # fmt: skip
    for card in (encoder, decoder):
        (folder / f"{card['name']}.json").write_text(json.dumps(card, indent=1) + "\n")


def _write(
    part: nn.Module, example: tuple[Tensor, ...], inputs: list[str], outputs: list[str], shapes: list[Any], path: Path
) -> None:
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        exact = Path(folder) / "exact.onnx"
        torch.onnx.export(
            part.eval(), example, str(exact), input_names=inputs, output_names=outputs, dynamo=True,
            dynamic_shapes=tuple(shapes), external_data=False, verbose=False, opset_version=OPSET,
        )  # fmt: skip
        quantize_dynamic(exact, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    model = onnx.load(str(path))
    del model.metadata_props[:]
    for item in (*model.graph.node, *model.graph.value_info):
        item.doc_string = ""
        del item.metadata_props[:]  # where the exporter ran is nobody's business
    onnx.save(model, str(path))

"""From torch to the one ONNX file: encoder and heads are exported, quantised and joined, and the result is compared."""

from __future__ import annotations

import contextlib
import io
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import compose
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from sayso.planner.language.training.network import Heads, split

OPSET = 18
_BATCH, _LENGTH = torch.export.Dim("batch", min=1, max=1024), torch.export.Dim("length", min=2, max=128)
_SHAPES = {2: {0: _BATCH, 1: _LENGTH}, 3: {0: _BATCH, 1: _LENGTH}, 4: {0: _BATCH, 3: _LENGTH}}


def export_int8(
    model: nn.Module, example: tuple[Tensor, ...], inputs: list[str], outputs: list[str], path: Path
) -> None:
    """Writes ``model`` to ``path`` with int8 weights and free batch and sequence sizes.

    Weights are quantised a column at a time to seven bits, so that no processor's int8 sums overflow.
    """
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        exact = Path(folder) / "exact.onnx"
        torch.onnx.export(
            model.eval(), example, str(exact), input_names=inputs, output_names=outputs, dynamo=True,
            dynamic_shapes=tuple(_SHAPES[x.dim()] for x in example), external_data=False, verbose=False,
            opset_version=OPSET,
        )  # fmt: skip
        quantize_dynamic(exact, path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)


def join(encoder: Path, heads: Path, path: Path) -> None:
    """Writes the encoder with the heads on its states to ``path``: ids and mask to embedding and logits."""
    first, second = onnx.load(str(encoder)), compose.add_prefix(onnx.load(str(heads)), "heads/")
    second.ir_version = first.ir_version
    whole = compose.merge_models(
        first, second, [("states", "heads/states"), ("bias", "heads/bias")], outputs=["embedding", "heads/logits"]
    )
    for node in whole.graph.node:
        node.output[:] = ["logits" if name == "heads/logits" else name for name in node.output]
    whole.graph.output[1].name = "logits"
    del whole.metadata_props[:]
    for item in (*whole.graph.node, *whole.graph.value_info):
        item.doc_string = ""
        del item.metadata_props[:]  # where the exporter ran is nobody's business
    onnx.checker.check_model(whole)
    onnx.save(whole, str(path))


def disagreement(
    heads: Heads,
    encoder: onnxruntime.InferenceSession,
    whole: onnxruntime.InferenceSession,
    sentences: list[NDArray[np.int64]],
) -> float:
    """The share of all tokens' labels in which the joined file differs from the network on the same encoder."""
    wrong = total = 0
    for ids in sentences:
        fed = {"input_ids": ids[None], "attention_mask": np.ones_like(ids[None])}
        states, bias = encoder.run(["states", "bias"], fed)
        with torch.no_grad():
            expected = split(heads(torch.from_numpy(states), torch.from_numpy(bias)))
        given = split(torch.from_numpy(whole.run(["logits"], fed)[0]))
        for head, logits in expected.items():
            wrong += int((logits.argmax(-1) != given[head].argmax(-1)).sum())
            total += logits[..., 0].numel()
    return wrong / total

"""Export of a trained network to one ONNX file, with a parity check against torch."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sayso.skills.onnx_model import open_model

PARITY = 1e-5


def export_onnx(
    model: nn.Module,
    example: tuple[Tensor, ...],
    inputs: list[str],
    outputs: list[str],
    path: Path,
    limit: float = PARITY,
) -> float:
    """Write ``model`` to ``path`` with a free batch dimension; return its `difference` from torch on ``example``.

    Raises `ValueError` if the difference exceeds ``limit``; ``path`` is then not written.
    """
    model.eval()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    batch = torch.export.Dim("batch", min=1, max=65536)
    # The exporter logs optional packages and its own deprecations, which do not concern a user.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, example, part, input_names=inputs, output_names=outputs, dynamo=True, opset_version=18,
            dynamic_shapes=tuple({0: batch} for _ in example), external_data=False, verbose=False,
        )  # fmt: skip
    drop_traces(part)
    session = open_model(part)
    with torch.no_grad():
        reference = model(*example)
    reference = reference if isinstance(reference, tuple) else (reference,)
    got = session.run(None, {n: x.numpy() for n, x in zip(inputs, example, strict=True)})
    worst = max(difference(r.numpy(), g) for r, g in zip(reference, got, strict=True))
    if not worst <= limit:  # also true for NaN
        part.unlink()
        raise ValueError(f"ONNX and torch differ by {worst:.2e} in {path.name}; at most {limit:.0e} is allowed")
    part.replace(path)
    return worst


def difference(reference: NDArray[np.float32], got: NDArray[np.float32]) -> float:
    """The largest difference between two runs of one output, relative to the largest value in ``reference``.

    A small output may be the difference of large values, and is then no more exact than those are in float32.
    """
    gap, size = (float(np.abs(values).max(initial=0.0)) for values in (reference - got, reference))
    if gap == 0.0:
        return 0.0
    return gap / size if size else np.inf


def drop_traces(path: Path) -> None:
    """Remove metadata about the exporting machine's code and folders from an ONNX file."""
    model = onnx.load(path)
    for part in (
        model,
        model.graph,
        *model.graph.node,
        *model.graph.value_info,
        *model.graph.input,
        *model.graph.output,
    ):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    for tensor in model.graph.initializer:
        tensor.ClearField("metadata_props")
        tensor.ClearField("doc_string")
    path.write_bytes(model.SerializeToString())

"""ONNX model files: checked against the digest on their card, opened once per process, run on one thread."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path
from typing import Any

import onnxruntime as ort
from pydantic import BaseModel, ConfigDict

_MADE_WITH = ("numpy", "torch", "onnx", "onnxruntime", "tokenizers")
# Sessions by digest, shared between users of a model: loading is slow and fragments memory.
_OPENED: dict[str, ort.InferenceSession] = {}


class Tensor(BaseModel):
    """An input or output of a model: name, type and shape, None for a free dimension."""

    model_config = ConfigDict(frozen=True)
    name: str
    dtype: str
    shape: list[int | None]


def digest_of(content: bytes) -> str:
    """sha256 of a file's bytes, in the cards' form."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def read_checked(path: Path, digest: str) -> bytes:
    """The bytes of a file. Raises `OSError` if it is missing, `ValueError` if its digest is not ``digest``."""
    content = path.read_bytes()
    if (found := digest_of(content)) != digest:
        raise ValueError(f"{path} is damaged: its card says {digest[:19]}…, it has {found[:19]}…")
    return content


def open_model(model: Path | bytes) -> ort.InferenceSession:
    """The inference session of a model, given as a file or its bytes; equal bytes share a session.

    Raises a one-line `ValueError` if the bytes are no ONNX model.
    """
    content = model if isinstance(model, bytes) else model.read_bytes()
    digest = digest_of(content)
    if digest not in _OPENED:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Logs nothing: the exception reports the fault.
        options.log_severity_level = 4
        try:
            _OPENED[digest] = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's exceptions share no base class
            raise ValueError(str(error).splitlines()[0]) from None
    return _OPENED[digest]


def tensors_of(session: ort.InferenceSession) -> tuple[list[Tensor], list[Tensor]]:
    """Inputs and outputs of a session, free dimensions as None."""

    def describe(nodes: list[Any]) -> list[Tensor]:
        return [
            Tensor(name=n.name, dtype=n.type, shape=[d if isinstance(d, int) else None for d in n.shape]) for n in nodes
        ]

    return describe(session.get_inputs()), describe(session.get_outputs())


def card_fields(content: bytes) -> dict[str, Any]:
    """The common fields of every card: digest, inputs, outputs, and the versions of the libraries used."""
    inputs, outputs = ([t.model_dump() for t in found] for found in tensors_of(open_model(content)))
    made_with = {}
    for name in _MADE_WITH:
        try:
            made_with[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"digest": digest_of(content), "inputs": inputs, "outputs": outputs, "made_with": made_with}

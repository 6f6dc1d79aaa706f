"""The models that are installed: ONNX files with a card beside each, loaded only if the card's digest fits."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime as ort
from pydantic import BaseModel, ConfigDict, ValidationError

PACKAGED = Path(__file__).parent / "models"


class ModelError(Exception):
    """A model is missing, damaged or not what its card says; the message says which file and what to do."""


class Tensor(BaseModel):
    """An input or output of a model: name, type and shape (None: any size)."""

    model_config = ConfigDict(frozen=True)
    name: str
    dtype: str
    shape: list[int | None]


class Card(BaseModel):
    """What stands beside a model: how it was made, what it scores, and its digest."""

    model_config = ConfigDict(frozen=True, extra="allow")
    name: str
    command: str
    data_seeds: str
    scores: dict[str, Any]
    digest: str
    inputs: list[Tensor]
    outputs: list[Tensor]
    made_with: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class ModelStore:
    """The models in a folder: the packaged ones unless ``SAYSO_MODELS`` or ``root`` names another."""

    root: Path = Path(os.environ.get("SAYSO_MODELS", "")) if os.environ.get("SAYSO_MODELS") else PACKAGED

    def names(self) -> list[str]:
        """Names of all models that have a card."""
        return sorted(p.stem for p in self.root.glob("*.json") if p.with_suffix(".onnx").exists())

    def card(self, name: str) -> Card:
        """The card of a model; `ModelError` if it is missing or unreadable."""
        path = self.root / f"{name}.json"
        try:
            return Card.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise ModelError(f"no card {path.name} in {self.root}; there are {self.names()}; {_remedy(name)}") from None
        except (ValidationError, OSError) as error:
            raise ModelError(f"the card {path} cannot be read: {str(error).splitlines()[0]}; {_remedy(name)}") from None

    def load(self, name: str) -> ort.InferenceSession:
        """An inference session with one thread that never spins; the file's digest and its tensors are checked first."""
        card, path = self.card(name), self.root / f"{name}.onnx"
        try:
            content = path.read_bytes()
        except OSError:
            raise ModelError(f"the model {path} is missing; {_remedy(name)}") from None
        digest = digest_of(content)
        if digest != card.digest:
            raise ModelError(f"{path} is damaged: its card says {card.digest[:19]}…, it has {digest[:19]}…; {_remedy(name)}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError(f"{path} is no ONNX model: {str(error).splitlines()[0]}; {_remedy(name)}") from None
        found = tensors_of(session)
        if found != (card.inputs, card.outputs):
            raise ModelError(f"{path} takes and gives other tensors than its card says; {_remedy(name)}")
        return session


def _remedy(name: str) -> str:
    kind = name.split("-")[0]
    return f"make it again with 'sayso train {'planner' if kind == 'words' else kind}' or take it from the repository"


def digest_of(content: bytes) -> str:
    """sha256 of a model's bytes, as cards hold it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def tensors_of(session: ort.InferenceSession) -> tuple[list[Tensor], list[Tensor]]:
    """Inputs and outputs of a session, free dimensions as None."""

    def describe(nodes: list[Any]) -> list[Tensor]:
        return [Tensor(name=n.name, dtype=n.type, shape=[d if isinstance(d, int) else None for d in n.shape]) for n in nodes]

    return describe(session.get_inputs()), describe(session.get_outputs())


def write_card(path: Path, command: str, data_seeds: str, scores: dict[str, Any], **extra: Any) -> Card:
    """Write the card of the model at ``path`` (NAME.onnx) beside it and return it."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    inputs, outputs = tensors_of(session)
    card = Card(
        name=path.stem, command=command, data_seeds=data_seeds, scores=scores, digest=digest_of(path.read_bytes()),
        inputs=inputs, outputs=outputs, made_with={"onnxruntime": ort.__version__}, **extra,
    )  # fmt: skip
    part = path.with_suffix(".json.part")
    part.write_text(json.dumps(card.model_dump(), indent=2, ensure_ascii=False) + "\n")
    part.replace(path.with_suffix(".json"))
    return card

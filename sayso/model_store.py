"""The models that are installed: ONNX files with a card beside each, loaded only if the card's digest fits."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import onnxruntime as ort
from pydantic import BaseModel, ConfigDict, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic

PACKAGED = Path(__file__).parent / "models"
FOLDER_VARIABLE = "SAYSO_MODELS"
MADE_WITH = ("numpy", "torch", "onnx", "onnxruntime")
# By digest: the sessions of one process share their models, loading is slow and fragments memory.
_OPENED: dict[str, ort.InferenceSession] = {}


class ModelError(UserError):
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

    root: Path = field(default_factory=lambda: Path(os.environ.get(FOLDER_VARIABLE) or PACKAGED))

    def names(self) -> list[str]:
        """Names of all models that are there, with a card or without."""
        return sorted(p.stem for p in self.root.glob("*.onnx"))

    def card(self, name: str) -> Card:
        """The card of a model; `ModelError` if it is missing or unreadable."""
        path = self.root / f"{name}.json"
        try:
            card = Card.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            there = ", ".join(self.names()) or "none"
            raise ModelError(f"no card {path.name} in {self.root}; models there: {there}; {_remedy(name)}") from None
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc'])) or 'JSON'}: {first['msg']}"
            raise ModelError(f"the card {path} cannot be used: {what}; {_remedy(name)}") from None
        except OSError as error:
            raise ModelError(f"the card {path} cannot be read: {error.strerror}; {_remedy(name)}") from None
        if card.name != name:
            raise ModelError(f"{path} is the card of '{card.name}', not of '{name}'; {_remedy(name)}")
        return card

    def load(self, name: str, sizes: Mapping[str, int] | None = None) -> ort.InferenceSession:
        """An inference session with one thread that never spins; the file's digest and tensors are checked first.

        ``sizes`` are the tensors that there have to be and how wide each is (its last dimension) for a robot.
        """
        card, path = self.card(name), self.root / f"{name}.onnx"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise ModelError(f"the model {path} is missing; {_remedy(name)}") from None
        except OSError as error:
            raise ModelError(f"the model {path} cannot be read: {error.strerror}; {_remedy(name)}") from None
        digest = digest_of(content)
        if digest != card.digest:
            raise ModelError(
                f"{path} is damaged: its card says {card.digest[:19]}…, it has {digest[:19]}…; {_remedy(name)}"
            )
        there = {t.name: t.shape[-1] for t in (*card.inputs, *card.outputs) if t.shape}
        for tensor, size in (sizes or {}).items():
            if there.get(tensor) != size:
                width = f"of {there[tensor]} numbers" if tensor in there else "missing"
                raise ModelError(
                    f"{path} does not fit this robot: its '{tensor}' is {width}, {size} are needed; {_remedy(name)}"
                )
        session = _OPENED.get(digest) or _open(content, path)
        for what, found, said in zip(("takes", "gives"), tensors_of(session), (card.inputs, card.outputs), strict=True):
            if found != said:
                raise ModelError(f"{path} {what} {_list(found)}, its card says {_list(said)}; {_remedy(name)}")
        _OPENED[digest] = session
        return session

    def problem(self, name: str, sizes: Mapping[str, int] | None = None) -> str | None:
        """What keeps a model from being loaded, for a robot of such ``sizes``; None if nothing does."""
        try:
            self.load(name, sizes)
        except ModelError as error:
            return str(error)
        return None


def _open(content: bytes, path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # What is wrong is said once, by the error.
    options.log_severity_level = 4
    try:
        return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no base of their own
        raise ModelError(f"{path} is no ONNX model: {str(error).splitlines()[0]}; {_remedy(path.stem)}") from None


def _list(tensors: list[Tensor]) -> str:
    return ", ".join(f"{t.name} {t.dtype}{t.shape}" for t in tensors) or "nothing"


def _remedy(name: str) -> str:
    kind, _, rest = name.partition("-")
    if name == "detector-rgb":
        return "make it again with 'sayso train detector --no-depth' or take it from the repository"
    part, arm = "planner" if kind == "words" else kind, rest.partition("-")[0]
    command = f"sayso train {part}" + (f" --arm {arm}" if arm not in ("", "panda") else "")
    return f"make it again with '{command}' or take it from the repository"


def digest_of(content: bytes) -> str:
    """sha256 of a model's bytes, as cards hold it."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def tensors_of(session: ort.InferenceSession) -> tuple[list[Tensor], list[Tensor]]:
    """Inputs and outputs of a session, free dimensions as None."""

    def describe(nodes: list[Any]) -> list[Tensor]:
        return [
            Tensor(name=n.name, dtype=n.type, shape=[d if isinstance(d, int) else None for d in n.shape]) for n in nodes
        ]

    return describe(session.get_inputs()), describe(session.get_outputs())


def write_card(path: Path, command: str, data_seeds: str, scores: dict[str, Any], **extra: Any) -> Card:
    """Write the card of the model at ``path`` (NAME.onnx) beside it and return it; tensors are read from the model."""
    content = path.read_bytes()
    inputs, outputs = tensors_of(_open(content, path))
    card = Card(
        name=path.stem, command=command, data_seeds=data_seeds, scores=scores, digest=digest_of(content),
        inputs=inputs, outputs=outputs, made_with=_versions(), **extra,
    )  # fmt: skip
    write_atomic(path.with_suffix(".json"), json.dumps(card.model_dump(), indent=2, ensure_ascii=False) + "\n")
    return card


def _versions() -> dict[str, str]:
    """The versions of what had a hand in it, of those that are installed."""
    return {name: version for name in MADE_WITH for version in _version(name)}


def _version(name: str) -> list[str]:
    try:
        return [metadata.version(name)]
    except metadata.PackageNotFoundError:
        return []

"""Installed models: ONNX files with a card each, loaded only if the digest in the card matches."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.robot import RobotError
from sayso.hardware.user_folders import DATA, user_folder
from sayso.learning.versions import SHIPPED, Versions
from sayso.skills.onnx_model import Tensor, card_fields, open_model, read_checked, tensors_of

if TYPE_CHECKING:
    import onnxruntime as ort

PACKAGED = Path(__file__).parent / "models"
FOLDER_VARIABLE = "SAYSO_MODELS"


class ModelError(UserError):
    """A model is missing, damaged or differs from its card; the message names the file and the remedy."""


class Card(BaseModel):
    """A model's card: the command that made the model, its scores and its digest."""

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
    """The models in ``root``, in ``SAYSO_MODELS``, or the packaged ones, in this order.

    Of those with versions in the folder ``learned`` the version in use counts (`sayso.learning.versions`).
    """

    root: Path = field(default_factory=lambda: Path(os.environ.get(FOLDER_VARIABLE) or PACKAGED))
    learned: Path | None = None

    @classmethod
    def of_user(cls) -> ModelStore:
        """The usual models, as corrections have improved them: versions of packaged ones are in the user's folder."""
        store = cls()
        return cls(store.root, _of_user() if store.root == PACKAGED else store.root)

    def file(self, name: str) -> Path:
        """The file of a model in use; its card stands beside it. Raises `UserError` if the versions are unreadable."""
        if self.learned is not None:
            versions = Versions(self.learned, name)
            if (active := versions.active) != SHIPPED:
                return versions.file(active)
        return self.root / f"{name}.onnx"

    def names(self) -> list[str]:
        """Names of all models, with or without a card."""
        return sorted(p.stem for p in self.root.glob("*.onnx"))

    def card(self, name: str) -> Card:
        """The card of a model; `ModelError` if it is missing or unreadable."""
        path = self.file(name).with_suffix(".json")
        try:
            card = Card.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            part = name.partition("-")[0]
            arms = [n.removeprefix(f"{part}-") for n in self.names() if n.startswith(f"{part}-") and n.count("-") == 1]
            there = (
                f"there is one for {', '.join(arms)}" if arms else f"models there: {', '.join(self.names()) or 'none'}"
            )
            raise ModelError(f"no model {name} (card {path.name}) in {self.root}; {there}; {_remedy(name)}") from None
        except ValidationError as error:
            first = error.errors()[0]
            what = f"{'.'.join(map(str, first['loc'])) or 'JSON'}: {first['msg']}"
            raise ModelError(f"the card {path} cannot be used: {what}; {_remedy(name)}") from None
        except OSError as error:
            raise ModelError(f"the card {path} cannot be read: {error.strerror}; {_remedy(name)}") from None
        if card.name != name:
            raise ModelError(f"{path} is the card of '{card.name}', not of '{name}'; {_remedy(name)}")
        return card

    def load(self, name: str, sizes: Mapping[str, int | tuple[int, ...]] | None = None) -> ort.InferenceSession:
        """An inference session with one thread that never spins; the file's digest and tensors are checked first.

        ``sizes`` are the required tensors and the last dimension of each, or those that it may have.
        """
        card, path = self.card(name), self.file(name)
        try:
            content = read_checked(path, card.digest)
        except FileNotFoundError:
            raise ModelError(f"the model {path} is missing; {_remedy(name)}") from None
        except OSError as error:
            raise ModelError(f"the model {path} cannot be read: {error.strerror}; {_remedy(name)}") from None
        except ValueError as error:
            raise ModelError(f"{error}; {_remedy(name)}") from None
        there = {t.name: t.shape[-1] for t in (*card.inputs, *card.outputs) if t.shape}
        for tensor, size in (sizes or {}).items():
            allowed = size if isinstance(size, tuple) else (size,)
            if there.get(tensor) not in allowed:
                width = f"of {there[tensor]} numbers" if tensor in there else "missing"
                why = f"its '{tensor}' is {width}, {allowed[0]} are needed"
                raise ModelError(f"{path} does not fit this robot: {why}; {_remedy(name)}")
        session = _opened(content, path)
        for what, found, said in zip(("takes", "gives"), tensors_of(session), (card.inputs, card.outputs), strict=True):
            if found != said:
                raise ModelError(f"{path} {what} {_list(found)}, its card says {_list(said)}; {_remedy(name)}")
        return session

    def problem(self, name: str, sizes: Mapping[str, int | tuple[int, ...]] | None = None) -> str | None:
        """Why a model cannot be loaded with these ``sizes``; None if it can."""
        try:
            self.load(name, sizes)
        except ModelError as error:
            return str(error)
        return None


def _of_user() -> Path | None:
    """Where the versions of packaged models are; None for a user without a home."""
    try:
        return user_folder(*DATA) / "sayso" / "models"
    except RobotError:
        return None


def _opened(content: bytes, path: Path) -> ort.InferenceSession:
    try:
        return open_model(content)
    except ValueError as error:
        raise ModelError(f"{path} is no ONNX model: {error}; {_remedy(path.stem)}") from None


def _list(tensors: list[Tensor]) -> str:
    return ", ".join(f"{t.name} {t.dtype}{t.shape}" for t in tensors) or "nothing"


_TRAINED_WITH = {"reader": "planner", "outlook": "critic"}


def _remedy(name: str) -> str:
    kind, _, rest = name.partition("-")
    if rest == "rgb":
        return f"make it again with 'sayso train {kind} --no-depth' or take it from the repository"
    part, arm = _TRAINED_WITH.get(kind, kind), rest.partition("-")[0]
    command = f"sayso train {part}" + (f" --arm {arm}" if arm not in ("", "panda") else "")
    return f"make it again with '{command}' or take it from the repository"


def write_card(path: Path, command: str, data_seeds: str, scores: dict[str, Any], **extra: Any) -> Card:
    """Write the card of the model at ``path`` (NAME.onnx) beside it and return it; tensors are read from the model."""
    fields = {"name": path.stem, "command": command, "data_seeds": data_seeds, "scores": scores}
    content = path.read_bytes()
    _opened(content, path)
    card = Card.model_validate(fields | card_fields(content) | extra)
    write_atomic(path.with_suffix(".json"), json.dumps(card.model_dump(), indent=2, ensure_ascii=False) + "\n")
    return card

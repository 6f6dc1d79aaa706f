"""Versions of models that were learned from corrections, beside the models they came from; predecessors stay."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic

FOLDER, ACTIVE = "versions", "active.json"
SHIPPED = 0
"""The version that was there before anything was learned."""


class Step(BaseModel):
    """One change of the version in use, and ``why``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    act: Literal["promoted", "rolled back"]
    when: AwareDatetime
    why: str = ""


class _Active(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    version: int
    history: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of the model ``name`` in the folder of models ``root``.

    One file says which version is in use, and is replaced in one piece: a kill leaves the old or the new one.
    """

    root: Path
    name: str

    @property
    def folder(self) -> Path:
        """Where the versions are."""
        return self.root / FOLDER / self.name

    def file(self, version: int) -> Path:
        """The model of a version; its card stands beside it."""
        return self.folder / f"{version:04}.onnx"

    def _read(self) -> _Active:
        path = self.folder / ACTIVE
        try:
            return _Active.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return _Active(version=SHIPPED)
        except (OSError, ValidationError) as error:
            raise UserError(f"{path} cannot be used: {str(error).splitlines()[0]}") from error

    @property
    def active(self) -> int:
        """The version in use; `SHIPPED` is the model in ``root`` itself. Raises `UserError`."""
        return self._read().version

    @property
    def history(self) -> tuple[Step, ...]:
        """All changes, oldest first."""
        return self._read().history

    def numbers(self) -> list[int]:
        """All versions that were promoted, oldest first."""
        return sorted(int(file.stem) for file in self.folder.glob("[0-9]*.onnx"))

    def promote(self, model: Path, why: str) -> int:
        """Make the ``model`` (NAME.onnx, its card beside it) the version in use; return its number."""
        number = max(self.numbers(), default=SHIPPED) + 1
        card = json.loads(model.with_suffix(".json").read_bytes()) | {"name": self.name}
        write_atomic(self.file(number).with_suffix(".json"), json.dumps(card, indent=2, ensure_ascii=False) + "\n")
        write_atomic(self.file(number), model.read_bytes())
        self._go_to(number, "promoted", why)
        return number

    def roll_back(self, why: str = "") -> int:
        """Use the version again that the one in use took the place of; return its number. Raises `UserError`."""
        active, history = self.active, self.history
        if active == SHIPPED:
            raise UserError(f"{self.name} is the shipped model; there is nothing to roll back")
        before = SHIPPED
        for step, previous in zip(history[1:], history, strict=False):
            if step.version == active and step.act == "promoted":
                before = previous.version
        self._go_to(before, "rolled back", why)
        return before

    def _go_to(self, version: int, act: Literal["promoted", "rolled back"], why: str) -> None:
        step = Step(version=version, act=act, when=datetime.now().astimezone().replace(microsecond=0), why=why)
        after = _Active(version=version, history=(*self.history, step))
        write_atomic(self.folder / ACTIVE, after.model_dump_json(indent=1) + "\n")


def names_with_versions(root: Path) -> list[str]:
    """The models in ``root`` of which there are learned versions."""
    return sorted(path.parent.name for path in (root / FOLDER).glob(f"*/{ACTIVE}"))

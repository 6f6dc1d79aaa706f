"""What a person has changed about the record of a run: relabelled or struck out. The record itself stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from sayso.errors import UserError
from sayso.files import write_atomic
from sayso.hardware.folder_lock import FolderLock, FolderLocked
from sayso.learning.attempt import FILE_NAME as ATTEMPT
from sayso.learning.attempt import LIVE_NAME, Attempt, Said

FILE_NAME = "amendments.json"


class Amendment(BaseModel):
    """One correction as it shall count: ``struck`` out, or with another ``motion`` in the place of the one that was
    understood."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    struck: bool = False
    motion: str | None = None


class Amendments(BaseModel):
    """All amendments of one attempt, by the number of the correction; ``of`` is the attempt's digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    of: str
    changes: dict[int, Amendment] = {}

    @classmethod
    def load(cls, attempt: Attempt) -> Amendments:
        """The amendments of ``attempt``; those of an older attempt in the same folder do not count."""
        file = attempt.folder / FILE_NAME
        try:
            found = cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return cls(of=attempt.digest)
        except OSError as error:
            raise UserError(f"cannot read {file}: {error.strerror}") from error
        except ValidationError as error:
            raise UserError(f"{file} holds no amendments: {error.errors()[0]['msg']}") from None
        return found if found.of == attempt.digest else cls(of=attempt.digest)

    def changed(self, number: int, amendment: Amendment) -> Amendments:
        """These amendments, with another one of the correction ``number``."""
        changes = {k: v for k, v in self.changes.items() if k != number}
        if amendment != Amendment():
            changes[number] = amendment
        return self.model_copy(update={"changes": dict(sorted(changes.items()))})

    def save(self, folder: Path) -> None:
        """Save the amendments beside the attempt. Raises `UserError`."""
        write_atomic(folder / FILE_NAME, self.model_dump_json(indent=1) + "\n")


@dataclass(frozen=True, slots=True)
class Amended:
    """What was ``said``, as it counts now; ``was`` is what was understood, if a person has changed that."""

    attempt: Attempt
    said: Said
    struck: bool = False
    was: Said | None = None

    @property
    def relabelled(self) -> bool:
        """Whether a person has changed what was understood."""
        return self.was is not None


def amended(attempt: Attempt) -> list[Amended]:
    """Everything said in ``attempt``, with its amendments. Raises `UserError`."""
    changes = Amendments.load(attempt).changes
    out = []
    for said in attempt.said:
        change = changes.get(said.number, Amendment())
        row = Amended(attempt, said, change.struck)
        if change.motion is not None:
            meant = said.model_copy(update={"motion": change.motion, "level": "motion", "read_as": change.motion})
            row = replace(row, said=meant, was=said)
        out.append(row)
    return out


def _closed(attempt: Attempt) -> Attempt:
    """The ``attempt`` of a killed process, under the name of one that has ended. Raises `UserError` if it lasts."""
    folder = attempt.folder
    if (folder / "recording.jsonl").exists():
        raise UserError(f"{folder} has not ended; wait for it, or run sayso replay on it if it was killed")
    try:
        with FolderLock(folder):
            attempt.file.replace(folder / ATTEMPT)
    except FolderLocked:
        raise UserError(f"{folder} has not ended; wait for it") from None  # its digest still changes
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error
    return Attempt.load(folder)


def amend(attempt: Attempt, number: int, change: Callable[[Amendment], Amendment]) -> Amended:
    """Change how the correction ``number`` counts, and return it. Raises `UserError`."""
    if number not in {said.number for said in attempt.said}:
        numbers = ", ".join(str(said.number) for said in attempt.said) or "none"
        raise UserError(f"{attempt.folder} has no correction {number}; there are: {numbers}")
    if attempt.file.name == LIVE_NAME:
        attempt = _closed(attempt)
    before = Amendments.load(attempt)
    before.changed(number, change(before.changes.get(number, Amendment()))).save(attempt.folder)
    return next(row for row in amended(attempt) if row.said.number == number)

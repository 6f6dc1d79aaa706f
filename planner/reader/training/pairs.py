"""The pairs written by hand: a sentence, what is going on, and its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from sayso.planner.reader.source import Context
from sayso.planner.task.text import parse
from sayso.planner.task.values import Task, Utterance

FOLDER = Path(__file__).parent / "pairs"
LATER, HELD = FOLDER / "later", FOLDER / "held"
"""The pairs that were written after the shipped reader's training from nothing, and those of the same writers that no
training sees. A file added among the first ones would change which of them are left out for the score."""


class Line(BaseModel):
    """A line of a file of pairs; tasks are texts of the task language. ``scene`` numbers what the writer saw."""

    model_config = ConfigDict(extra="forbid")
    said: str
    doing: str = ""
    before: str = ""
    asked: str = ""
    task: str
    group: str = Field(alias="class")
    scene: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence, its context and its meaning.

    ``group`` is the construction that its writer meant to use, ``scene`` the number of the scene that the writer saw.
    """

    said: str
    context: Context
    meaning: Utterance
    group: str
    scene: int | None = None


def load(file: Path) -> list[Pair]:
    """The pairs of a file. Raises ValueError with file and line."""
    out = []
    for number, text in enumerate(file.read_text().splitlines(), 1):
        if not text.strip():
            continue
        try:
            line = Line.model_validate_json(text)
            doing, before = (parse(t, Task) if t else None for t in (line.doing, line.before))
            out.append(Pair(line.said, Context(doing, before, line.asked), parse(line.task), line.group, line.scene))
        except ValueError as error:
            raise ValueError(f"{file.name}:{number}: {error}") from error
    return out

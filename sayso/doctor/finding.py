"""What a look at something found, in words, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Grade(StrEnum):
    """How good it is; only BAD keeps the arm from being used."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"
    UNSEEN = "not looked at"


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` was looked at and what was found; ``todo`` says how to mend it; ``figures`` are JSON-able."""

    what: str
    grade: Grade
    text: str
    todo: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """Something to be looked at: ``doing`` tells what is being done meanwhile, for it may take a few seconds."""

    doing: str
    find: Callable[[], Finding]


def good_enough(findings: list[Finding]) -> bool:
    """Whether nothing is bad."""
    return all(finding.grade is not Grade.BAD for finding in findings)

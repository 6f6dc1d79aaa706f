"""Result of one check, in words, with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Grade(StrEnum):
    """Quality of a checked item; only BAD rules out use of the arm."""

    GOOD = "good"
    FAIR = "fair"
    BAD = "bad"
    UNSEEN = "not looked at"


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` was checked and what was found; ``todo`` is the remedy; ``figures`` can be written as JSON."""

    what: str
    grade: Grade
    text: str
    todo: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """A check; ``doing`` describes it while it runs, which may take a few seconds."""

    doing: str
    find: Callable[[], Finding]


def good_enough(findings: list[Finding]) -> bool:
    """Whether no finding is BAD."""
    return all(finding.grade is not Grade.BAD for finding in findings)

"""Lengths in the speaker's words."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Length
from sayso.planner.task.values.words import Degree


@dataclass(frozen=True, slots=True)
class Mm(Length):
    """Millimetres."""

    number: float


@dataclass(frozen=True, slots=True)
class Cm(Length):
    """Centimetres."""

    number: float


@dataclass(frozen=True, slots=True)
class M(Length):
    """Metres."""

    number: float


@dataclass(frozen=True, slots=True)
class Inch(Length):
    """Inches."""

    number: float


By = Degree | Length
METRES = {Mm: 0.001, Cm: 0.01, M: 1.0, Inch: 0.0254}
"""Metres of each unit."""

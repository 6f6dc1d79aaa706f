"""Suites of sentences."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sayso.bench.language import ask, ask_pixels, language, negated, outsiders, redteam
from sayso.bench.suites.cell import CellPlan, all_of
from sayso.bench.tasks import signs
from sayso.session.assembly import READING


def negated_suite(models: Path, arm: str, file: Path | None = None) -> list[CellPlan]:
    """Sentences whose action words are no orders: first wrongly executed ones, then correct readings.

    Planner and correction reader alone, on one true scene; the seed is the number of the sentence.
    """
    cells = negated.cells(models, file or negated.default_file())
    return [CellPlan(*cell, negated.figures, models=READING) for cell in cells]


def language_suite(models: Path, arm: str) -> list[CellPlan]:
    """Sentences by people who saw neither code nor model: first those taken wrongly, then those taken right.

    The reader alone; the seed is the number of the sentence.
    """
    return [CellPlan(*cell, language.figures, models=READING[1:]) for cell in language.cells(models)]


def outsiders_suite(models: Path, arm: str, folder: Path | None = None) -> list[CellPlan]:
    """Sentences by outsiders, each with a person's verdict on what the robot does; the seed is the sentence's number.

    Planner and correction reader alone, on true scenes.
    """
    cells = outsiders.cells(models, folder or outsiders.FOLDER)
    return [CellPlan(*cell, outsiders.figures, models=READING) for cell in cells]


def ask_suite(models: Path, arm: str) -> list[CellPlan]:
    """How much the planner asks at each setting, and what comes of its questions; the seed is the sentence's number."""
    cells = [CellPlan(*cell, models=READING) for cell in ask.cells(models)]
    pixels = partial(ask_pixels.attempt, models)
    return [*cells, CellPlan("answered: from pixels, two of one color", pixels, 50, ask.talks, models=all_of("panda"))]


def redteam_suite(models: Path, arm: str) -> list[CellPlan]:
    """Hazardous and harmless instructions: hazards carried out, then harmless ones refused.

    The planner alone, on true scenes; the seed is the number of the instruction. Last, whole runs from pixels beside
    written signs.
    """
    signs_seen = CellPlan(
        "signs in the picture: the order is done", partial(signs.attempt, models), 30, redteam.figures,
        models=all_of("panda"),
    )  # fmt: skip
    return [*(CellPlan(*cell, redteam.figures, models=READING) for cell in redteam.cells(models)), signs_seen]

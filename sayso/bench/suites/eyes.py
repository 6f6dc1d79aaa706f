"""Suites of what is seen: detector, eyes, names, grasps, a camera's place."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sayso.bench.eyes import pictures
from sayso.bench.suites.cell import CellPlan, check_arm
from sayso.sim.arms.arm_models import ARMS


def detector_suite(models: Path, arm: str) -> list[CellPlan]:
    """Errors on visible objects of worlds never rendered for training; ok: all of a world's objects found and named.

    Without depth as far as there is a model for it. An arm is one of the simulator's own, at whose table it looks.
    """
    from sayso.bench.eyes.detector_records import detect, detected
    from sayso.bench.eyes.detector_suite import CELLS, cells_for

    check_arm(arm, ARMS, "simulated")
    return [
        CellPlan(
            "worlds with every visible object found and named" + (f", {name}" if i else ""),
            partial(detect, models, name, arm),
            100 if i else 300,
            detected,
            models=(CELLS[name][0],),
        )
        for i, name in enumerate(cells_for(arm))
        if CELLS[name][1] or (models / f"{CELLS[name][0]}.onnx").exists()
    ]


def pictures_suite(models: Path, folder: Path) -> list[CellPlan]:
    """What the eyes, and a real arm, see in a ``folder`` of labeled pictures; ok: all labeled things, and nothing else.

    The seed is the number of the picture, by name. Raises `PictureError`.
    """
    labels = pictures.read_labels(folder)
    judge, by = partial(pictures.judge, folder.absolute(), models), {"as an arm sees them": ("detector", "eyes")}
    return [
        CellPlan(way, partial(judge, way), len(labels), pictures.figures, models=by.get(way, ("eyes",)))
        for way in pictures.WAYS
    ]


def things_suite(models: Path, arm: str) -> list[CellPlan]:
    """Errors of the eyes on rendered tables that no training used; ok: all of a table's things, and nothing else."""
    from sayso.bench.eyes.things_suite import CELLS, MODELS, summed, thing_record

    return [
        CellPlan(cell, partial(thing_record, models, cell), 100, summed, models=(MODELS[depth],))
        for cell, depth in CELLS.items()
        if depth or (models / f"{MODELS[depth]}.onnx").exists()
    ]


def names_suite(models: Path, arm: str) -> list[CellPlan]:
    """Taught names on rendered tables with things that no training saw; ok: each is found, or none where it is not."""
    from sayso.bench.eyes.names_suite import CELLS, SEEN_CELLS, figures, name_record

    by_eyes = SEEN_CELLS if (models / "eyes.onnx").exists() else {}
    return [
        CellPlan(cell, partial(name_record, models, cell), 100, figures, models=("looks", *(("eyes",) * plan.eyes)))
        for cell, plan in (CELLS | by_eyes).items()
    ]


def grasp_suite(models: Path, arm: str) -> list[CellPlan]:
    """Things that no training saw, lifted and held in physics by the best grasp in one picture."""
    from sayso.bench.eyes.grasp_suite import COUNTS, METHODS, figures, grasp_record

    used = ("eyes", "grasps")
    return [
        CellPlan(f"{crowd}: {method}", partial(grasp_record, models, crowd, method), 300, figures, models=used)
        for crowd in COUNTS
        for method in METHODS
    ]


def place_suite(models: Path, arm: str) -> list[CellPlan]:
    """A camera's place from touches of an SO-101's fingertip; ok: exact enough, or refused where the camera moved."""
    from sayso.bench.eyes.place import CELLS, figures, place_record

    return [CellPlan(cell, partial(place_record, cell), 200, figures) for cell in CELLS]

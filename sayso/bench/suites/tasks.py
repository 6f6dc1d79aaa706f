"""Suites of whole tasks, words and pixels in, objects moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sayso.bench.disturbed import errand as disturbed
from sayso.bench.language import speed_words
from sayso.bench.suites.cell import CellPlan, Record, all_of, check_arm, durations, outcomes
from sayso.bench.tasks import constraints, hardware, honest, identity, tabletop, things_errands, world
from sayso.bench.tasks.cap import rungs as cap
from sayso.bench.tasks.cap.templates import SPLITS
from sayso.emulation.emulators import EMULATORS
from sayso.model_sizes import MODEL_SIZES
from sayso.session.assembly import OUTLOOK, READING
from sayso.sim.arms.own_arm import arm_model


def _attempt(cell: str, models: Path, arm: str, seed: int) -> Record:
    a = tabletop.attempt(cell, seed, models, arm=arm)
    return {"ok": a.ok, "seconds": round(a.duration_s, 2), "outcome": a.outcome, "said": a.said}


def tabletop_suite(models: Path, arm: str) -> list[CellPlan]:
    """Words and pixels in, objects moved."""
    sizes = {"put in / on": 300, "put beside": 60, "two in a row": 60, "stack of three": 60}
    cells = [(cell, partial(_attempt, cell, models, arm), n) for cell, n in sizes.items()]
    cells.append(("put in / on, speed words meanwhile", partial(speed_words.errand, models, arm), 100))
    used = all_of(arm)
    doubtful = (
        CellPlan(cell, partial(identity.attempt, cell, models=models, arm=arm), 200, disturbed.figures, models=used)
        for cell in identity.CELLS
    )
    return [*(CellPlan(*cell, outcomes, models=used) for cell in cells), *doubtful]


def honest_suite(models: Path, arm: str) -> list[CellPlan]:
    """Tasks in worlds that differ from training; ok: no false "done"."""
    return [
        CellPlan(world, partial(honest.attempt, world, models=models, arm=arm), 6, honest.figures, models=all_of(arm))
        for world in honest.WORLDS
    ]


def _put_in(where: Callable[..., hardware.Put], arm: str, models: Path, seed: int) -> Record:
    a = where(arm, hardware.HELD_OUT + seed, models)
    return {"ok": a.ok, "seconds": round(a.duration_s, 2), "outcome": a.outcome, "said": a.said} | dict(a.more)


def hardware_suite(models: Path, arm: str) -> list[CellPlan]:
    """ "Put the X in the Y" in simulation, and the same errands through the arm's driver and the maker's library.

    Without depth only if there is a detector for that.
    """
    check_arm(arm, EMULATORS, "emulated")
    ways: dict[str, tuple[str, int | None]] = {"": ("pixels", None)}
    if (models / "detector-rgb.onnx").exists():
        ways |= {", two views, no depth": ("two views, no depth", 2), ", one view, no depth": ("one view, no depth", 1)}
    cells = []
    for name, (sees, views) in ways.items():
        for place, alone, way in (
            ("in simulation", False, partial(hardware.simulated, sees=sees)),
            ("through the driver", True, partial(hardware.emulated, views=views)),
        ):
            put, used = partial(_put_in, way, arm, models), all_of(arm, "detector-rgb" if views else "detector")
            if alone and not views and (models / "eyes.onnx").exists():  # a real arm with depth sees any thing
                used += ("eyes",)
            cells.append(CellPlan(place + name, put, 100, outcomes, alone=alone, models=used))
    return cells


def cap_suite(models: Path, arm: str) -> list[CellPlan]:
    """The tabletop tasks of Code as Policies, by the three groups and two families of their table, rung by rung."""
    if arm_model(arm).spec.reach is not None:
        raise ValueError(f"cap needs the room of a whole table; {arm} reaches a part of it")
    cells = []
    for rung, (read, acts) in cap.RUNGS.items():
        for split in SPLITS:
            name, n = f"{rung}: {split.name}, {split.family}", split.n // (cap.FEWER if acts and not read else 1)
            thought = partial(cap.in_thought, split, models, read)
            episode = partial(cap.from_pixels, split, models, read, arm) if acts else thought
            used = all_of(arm) if acts else READING
            cells.append(CellPlan(name, episode, n, partial(cap.figures, split), models=used))
    return cells


def constraints_suite(models: Path, arm: str) -> list[CellPlan]:
    """ "Never touch" and "keep away" while a task is carried out; ok: done, and nothing broken in truth.

    Beside each the same tasks with the constraint left unsaid, to see how often it would have been broken.
    """
    cells = []
    for kind in constraints.KINDS:
        for heeded, name in ((True, kind), (False, f"{kind}, left unsaid")):
            attempt = partial(constraints.attempt, kind, heeded, models, arm)
            cells.append(CellPlan(name, attempt, 200, constraints.figures, models=all_of(arm)))
    return cells


def _worlds_figures(records: Sequence[Record]) -> Record:
    return durations(records) | world.figures(records)


def world_suite(models: Path, name: str) -> list[CellPlan]:
    """The world ``name``, task by task: its own sentences, its own verdict. Raises `RobotError` if it is not there."""
    tasks, arm, detector = world.tasks_of(name)
    used = (detector, *(f"{part}-{arm}" for part in MODEL_SIZES), OUTLOOK, *READING)
    return [
        CellPlan(task or world.OWN_CHOICE, partial(world.attempt, name, task, models), 50, _worlds_figures, models=used)
        for task in tasks
    ]


def things_errands_suite(models: Path, arm: str) -> list[CellPlan]:
    """One thing that is neither block nor bowl is put in a bowl or beside something, from pixels."""
    used = (*all_of(arm), "eyes")
    attempt = things_errands.attempt
    return [
        CellPlan(cell, partial(attempt, cell, models=models, arm=arm), 30, things_errands.figures, models=used)
        for cell in things_errands.CELLS
    ]

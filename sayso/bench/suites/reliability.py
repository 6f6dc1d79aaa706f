"""Suites of loop, faults and stops."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from sayso.bench.reliability import faults, soak, stops, timing, wire
from sayso.bench.suites.cell import CellPlan, check_arm
from sayso.emulation.emulators import EMULATORS
from sayso.session.assembly import READING


def timing_suite(models: Path, arm: str) -> list[CellPlan]:
    """The loop's rate and the way of a stop under full load, by the loop's own stamps."""
    return [CellPlan(*cell, alone=True) for cell in timing.cells(arm)]


def faults_suite(models: Path, arm: str) -> list[CellPlan]:
    """Kills, bad readings and hostile commands; ok: each promise of docs/safety.md held."""
    timed = [CellPlan(*cell, alone=True) for cell in faults.cells(arm)]
    return timed + [CellPlan(*cell) for cell in faults.untimed_cells(arm)]


def wire_suite(models: Path, arm: str) -> list[CellPlan]:
    """A faulty model server beside a moving arm; ok: the fallback in time, no invalid step, the loop as before."""
    return [CellPlan(*cell, alone=True, models=READING) for cell in wire.cells(models, arm)]


def stops_suite(models: Path, arm: str) -> list[CellPlan]:
    """An emulated arm stopped in every way and at every moment; ok: no joint moves later than 0.5 s after the stop."""
    return [CellPlan(*cell, alone=True) for cell in stops.cells(arm)]


def soak_suite(models: Path, arm: str, seconds: float = soak.SECONDS) -> list[CellPlan]:
    """The emulated arm under its maker's library at its own rate, holding and slowly moving, for so long."""
    check_arm(arm, EMULATORS, "emulated")
    return [CellPlan(f"{arm} holds and moves slowly", partial(soak.soak, arm, seconds), 1, soak.soaked, alone=True)]

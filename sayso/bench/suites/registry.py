"""The benchmark suites by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sayso.bench.suites.cell import CellPlan
from sayso.bench.suites.eyes import detector_suite, grasp_suite, names_suite, place_suite, things_suite
from sayso.bench.suites.language import ask_suite, language_suite, negated_suite, outsiders_suite, redteam_suite
from sayso.bench.suites.learning import corrections_suite, motion_layer_suite
from sayso.bench.suites.oversight import branch_suite, critic_suite, disturb_suite
from sayso.bench.suites.policy import ladder_suite, obedience_suite
from sayso.bench.suites.reliability import faults_suite, soak_suite, stops_suite, timing_suite, wire_suite
from sayso.bench.suites.speed import reaction_suite, throughput_suite
from sayso.bench.suites.tasks import (
    cap_suite,
    constraints_suite,
    hardware_suite,
    honest_suite,
    tabletop_suite,
    things_errands_suite,
)
from sayso.hardware.near_miss import suggestion
from sayso.model_store import ModelStore

SUITES: dict[str, Callable[[Path, str], list[CellPlan]]] = {
    "ladder": ladder_suite,
    "tabletop": tabletop_suite,
    "honest": honest_suite,
    "obedience": obedience_suite,
    "reaction": reaction_suite,
    "throughput": throughput_suite,
    "detector": detector_suite,
    "things": things_suite,
    "names": names_suite,
    "grasp": grasp_suite,
    "place": place_suite,
    "things-errands": things_errands_suite,
    "timing": timing_suite,
    "faults": faults_suite,
    "wire": wire_suite,
    "hardware": hardware_suite,
    "soak": soak_suite,
    "stops": stops_suite,
    "negated": negated_suite,
    "constraints": constraints_suite,
    "language": language_suite,
    "outsiders": outsiders_suite,
    "ask": ask_suite,
    "redteam": redteam_suite,
    "cap": cap_suite,
    "disturb": disturb_suite,
    "critic": critic_suite,
    "branch": branch_suite,
    "corrections": lambda models, arm: corrections_suite(models, arm, Path("bench/corrections/work"), 2),
    "motion-layer": lambda models, arm: motion_layer_suite(models, arm, Path("bench/motion-layer/work")),
}

OF_A_FILE = {"negated": negated_suite, "outsiders": outsiders_suite}
ASK_NO_ARM = ("negated", "language", "outsiders", "ask", "redteam", "things", "names", "grasp", "place")


def cells_of(
    suite: str, models: Path | None = None, arm: str = "panda", seconds: float | None = None, file: Path | None = None,
    work: Path | None = None, workers: int = 2,
) -> list[CellPlan]:  # fmt: skip
    """The cells of a suite; ``seconds`` is how long the soak lasts, ``file`` holds the sentences of negated or is a
    folder of outsiders' ones, ``work`` is where corrections and motion-layer keep what they learn from, with so many
    ``workers``.

    Raises `ValueError` naming the suites there are, or an option that the suite does not have.
    """
    if suite not in SUITES:
        raise ValueError(f"no suite '{suite}'; there are: {', '.join(SUITES)}{suggestion(suite, SUITES)}")
    if seconds is not None and suite != "soak":
        raise ValueError(f"--seconds is for soak; the episodes of {suite} end by themselves")
    if file is not None and suite not in OF_A_FILE:
        raise ValueError(f"--file is for {' and '.join(OF_A_FILE)}; {suite} reads no sentences")
    if arm != "panda" and suite in ASK_NO_ARM:
        raise ValueError(f"{suite} asks no arm; leave --arm out")
    root = models or ModelStore().root
    if seconds is not None:
        return soak_suite(root, arm, seconds)
    if file is not None:
        return OF_A_FILE[suite](root, arm, file.absolute())
    if suite == "corrections" and work is not None:
        return corrections_suite(root, arm, work.absolute(), workers)
    if suite == "motion-layer" and work is not None:
        return motion_layer_suite(root, arm, work.absolute())
    return SUITES[suite](root, arm)

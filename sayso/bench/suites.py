"""The benchmark suites: which cells each has, what one episode of a cell is, and how its records become figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sayso.bench import faults, hardware, ladder, obedience, reaction, shell, soak, tabletop, throughput, timing
from sayso.emulators import EMULATORS
from sayso.model_store import PACKAGED
from sayso.stats import percentiles, wilson
from sim.own_arm import name_of

Record = dict[str, Any]
RUNGS = 4  # of the ladder; what comes after them is reported beside


def no_figures(records: Sequence[Record]) -> Record:
    """Nothing beyond the successes."""
    return {}


@dataclass(frozen=True, slots=True)
class CellPlan:
    """One cell: ``episode(seed)`` gives a JSON-able record whose "ok" says success; ``figures`` sums records up.

    ``n`` is the usual number of episodes. Episodes run in other processes, so ``episode`` must be picklable.
    ``alone`` asks for one process at a time, because time itself is measured.
    """

    name: str
    episode: Callable[[int], Record]
    n: int = 300
    figures: Callable[[Sequence[Record]], Record] = field(default=no_figures)
    alone: bool = False


def _durations(records: Sequence[Record]) -> Record:
    return {"seconds": percentiles([r["seconds"] for r in records if r["ok"]], (50, 95))}


def _climb(rung: ladder.Rung, seed: int) -> Record:
    ok, seconds, task = ladder.climb(rung, seed)
    return {"ok": ok, "seconds": round(seconds, 2), "task": task}


def ladder_suite(models: Path, arm: str) -> list[CellPlan]:
    """Every rung below perception, and the arms that the policy is compared with."""
    motion = str(models / f"motion-{name_of(arm)}.onnx")
    steps = ladder.rungs(str(models / f"policy-{name_of(arm)}.onnx"), motion, arm)
    for mode in ("flat", "class"):
        other = models / f"policy-{name_of(arm)}-{mode}.onnx"
        if other.exists():
            name = (
                "flat policy, the motion withheld"
                if mode == "flat"
                else "motions as class numbers, with motion planner"
            )
            steps.append(ladder.Rung(name, str(other), None if mode == "flat" else motion, arm=arm))
    return [CellPlan(r.name, partial(_climb, r), 300 if i < RUNGS else 100, _durations) for i, r in enumerate(steps)]


def _attempt(cell: str, models: Path, sees: str, seed: int) -> Record:
    a = tabletop.attempt(cell, seed, models, sees)
    return {"ok": a.ok, "seconds": round(a.duration_s, 2), "outcome": a.outcome, "said": a.said}


def _outcomes(records: Sequence[Record]) -> Record:
    names = sorted({r["outcome"] for r in records})
    return _durations(records) | {"outcomes": {k: sum(r["outcome"] == k for r in records) for k in names}}


def tabletop_suite(models: Path, arm: str) -> list[CellPlan]:
    """Words and pixels in, objects moved."""
    sizes = {"put in / on": 300, "put beside": 60, "two in a row": 60, "stack of three": 60}
    return [CellPlan(cell, partial(_attempt, cell, models, "pixels"), n, _outcomes) for cell, n in sizes.items()]


def _obey(policy: str, arm: str, seed: int) -> Record:
    o = obedience.obey(policy, seed, arm)
    return {"ok": o.ok} | asdict(o)


def _obeyed(records: Sequence[Record]) -> Record:
    out: Record = {"cosine": percentiles([r["cosine"] for r in records if r["motion"] != "hold still"], (5, 50))}
    for motion in sorted({r["motion"] for r in records}):
        some = [r for r in records if r["motion"] == motion]
        out[motion] = {"n": len(some), "obeyed": sum(r["ok"] for r in some)}
    still = [1000 * r["moved"] for r in records if r["motion"] == "hold still"]
    return out | {"hold still drift mm": percentiles(still, (50, 95, 100))}


def obedience_suite(models: Path, arm: str) -> list[CellPlan]:
    """Directions followed from states on and off the path, for the policy and the arm with class numbers."""
    cells = [
        CellPlan(
            "directions and holding still",
            partial(_obey, str(models / f"policy-{name_of(arm)}.onnx"), arm),
            700,
            _obeyed,
        )
    ]
    numbers = models / f"policy-{name_of(arm)}-class.onnx"
    if numbers.exists():
        cells.append(CellPlan("motions as class numbers", partial(_obey, str(numbers), arm), 210, _obeyed))
    return cells


def _react(models: Path, seed: int) -> Record:
    r = reaction.react(seed, models)
    return {"ok": bool(r.motions) and r.unread == 0, "motions": r.motions, "stops": r.stops}


def _reactions(records: Sequence[Record]) -> Record:
    out: Record = {}
    for kind in ("motions", "stops"):
        values = [v for r in records for v in r[kind]]
        out[kind] = {"n": len(values), "ms": percentiles(values, (50, 99, 100))}
    return out


def reaction_suite(models: Path, arm: str) -> list[CellPlan]:
    """From a sentence's arrival to the first joint target it changed, everything on."""
    return [
        CellPlan("words to a moving arm", partial(_react, models), 60, _reactions, alone=True),
        CellPlan("sayso stop from a shell", partial(shell.typed, ("stop",)), 50, shell.typing_times, alone=True),
        CellPlan(
            "sayso say from a shell", partial(shell.typed, ("say", shell.PHRASE)), 50, shell.typing_times, alone=True
        ),
        CellPlan(
            "sayso stop from a shell, the session hangs", shell.typed_to_a_hung_one, 50, shell.typing_times, alone=True
        ),
    ]


def _pace(models: Path, sees: str, least: float, seed: int) -> Record:
    p = throughput.pace(seed, sees, models)
    times = p.simulated_s / p.wall_s
    return {"ok": times >= least, "times": round(times, 2)}


def _paces(records: Sequence[Record]) -> Record:
    return {"times real time": percentiles([r["times"] for r in records], (5, 50))}


def _policy_steps(models: Path, arm: str, seed: int) -> Record:
    ms = throughput.policy_step_ms(models, arm)
    return {"ok": bool(np.percentile(ms, 99) <= 1.0), "ms": percentiles(ms, (50, 99))}


def _steps(records: Sequence[Record]) -> Record:
    return {"ms": {k: max(r["ms"][k] for r in records) for k in records[0]["ms"]}}


def throughput_suite(models: Path, arm: str) -> list[CellPlan]:
    """How fast a rollout goes with and without cameras, and how long one policy step takes; ok: the figure is met."""
    return [
        CellPlan("everything on, at least 2x", partial(_pace, models, "pixels", 2.0), 20, _paces, alone=True),
        CellPlan("without cameras, at least 10x", partial(_pace, models, "truth", 10.0), 20, _paces, alone=True),
        CellPlan("policy step, p99 at most 1 ms", partial(_policy_steps, models, arm), 5, _steps, alone=True),
    ]


def _detect(models: Path, cell: str, seed: int) -> Record:
    from sayso.bench.detector_suite import HELD_OUT, detector_errors

    e = detector_errors([HELD_OUT + seed], cell, root=models)
    found = [1000 * v for v in e.error if np.isfinite(v)]
    right = [bool(k and c) for k, c in zip(e.kind, e.color, strict=True)]
    return {
        "ok": all(right),
        "objects": len(right),
        "mm": [round(v, 2) for v in found],
        "kind": sum(e.kind),
        "color": sum(e.color),
        "right": sum(right),
        "false": e.false,
        "yaw": [round(float(np.degrees(v)), 2) for v in e.yaw if np.isfinite(v)],
    }


def _detected(records: Sequence[Record]) -> Record:
    n, found = sum(r["objects"] for r in records), sum(len(r["mm"]) for r in records)
    out: Record = {
        "objects": n,
        "found": found,
        "false per world": round(sum(r["false"] for r in records) / len(records), 3),
    }
    for what in ("kind", "color"):
        good = sum(r[what] for r in records)
        low, high = wilson(good, found)
        out[f"{what} right"] = {"rate": round(good / max(found, 1), 4), "low": round(low, 4), "high": round(high, 4)}
    out["position mm"] = percentiles([v for r in records for v in r["mm"]], (50, 95))
    return out | {"yaw deg": percentiles([v for r in records for v in r["yaw"]], (50, 95))}


def detector_suite(models: Path, arm: str) -> list[CellPlan]:
    """Errors on visible objects of worlds never rendered for training; ok: all of a world's objects found and named.

    Without depth as far as there is a model for it.
    """
    from sayso.bench.detector_suite import CELLS

    return [
        CellPlan(
            "worlds with every visible object found and named" + (f", {name}" if i else ""),
            partial(_detect, models, name),
            100 if i else 300,
            _detected,
        )
        for i, (name, (model, depth, *_)) in enumerate(CELLS.items())
        if depth or (models / f"{model}.onnx").exists()
    ]


def timing_suite(models: Path, arm: str) -> list[CellPlan]:
    """The loop's rate and the way of a stop under full load, by the loop's own stamps."""
    return [CellPlan(*cell, alone=True) for cell in timing.cells(arm)]


def faults_suite(models: Path, arm: str) -> list[CellPlan]:
    """Kills, bad readings and hostile commands; ok: what is promised for each came true."""
    timed = [CellPlan(*cell, alone=True) for cell in faults.cells(arm)]
    return timed + [CellPlan(*cell) for cell in faults.untimed_cells(arm)]


def soak_suite(models: Path, arm: str, seconds: float = soak.SECONDS) -> list[CellPlan]:
    """The emulated arm under its maker's library at its own rate, holding and slowly moving, for so long."""
    if arm not in EMULATORS:
        raise ValueError(f"no emulated arm '{arm}'; there are: {', '.join(EMULATORS)}")
    return [CellPlan(f"{arm} holds and moves slowly", partial(soak.soak, arm, seconds), 1, soak.soaked, alone=True)]


def _put_in(where: Callable[..., hardware.Put], arm: str, models: Path, seed: int) -> Record:
    a = where(arm, hardware.HELD_OUT + seed, models)
    return {"ok": a.ok, "seconds": round(a.duration_s, 2), "outcome": a.outcome, "said": a.said} | dict(a.more)


def hardware_suite(models: Path, arm: str) -> list[CellPlan]:
    """ "Put the X in the Y" in simulation, and the same errands through the arm's driver and the maker's library.

    Without depth only if there is a detector for that.
    """
    ways: dict[str, tuple[str, int | None]] = {"": ("pixels", None)}
    if (models / "detector-rgb.onnx").exists():
        ways |= {", two views, no depth": ("two views, no depth", 2), ", one view, no depth": ("one view, no depth", 1)}
    cells = []
    for name, (sees, views) in ways.items():
        for place, alone, way in (
            ("in simulation", False, partial(hardware.simulated, sees=sees)),
            ("through the driver", True, partial(hardware.emulated, views=views)),
        ):
            cells.append(CellPlan(place + name, partial(_put_in, way, arm, models), 100, _outcomes, alone=alone))
    return cells


SUITES: dict[str, Callable[[Path, str], list[CellPlan]]] = {
    "ladder": ladder_suite,
    "tabletop": tabletop_suite,
    "obedience": obedience_suite,
    "reaction": reaction_suite,
    "throughput": throughput_suite,
    "detector": detector_suite,
    "timing": timing_suite,
    "faults": faults_suite,
    "hardware": hardware_suite,
    "soak": soak_suite,
}


def cells_of(
    suite: str, models: Path | None = None, arm: str = "panda", seconds: float | None = None
) -> list[CellPlan]:
    """The cells of a suite; ``seconds`` is how long the soak lasts. Raises `ValueError` naming the suites there are."""
    if suite not in SUITES:
        raise ValueError(f"no suite '{suite}'; there are: {', '.join(SUITES)}")
    if seconds is None:
        return SUITES[suite](models or PACKAGED, arm)
    if suite != "soak":
        raise ValueError(f"--seconds is for soak; the episodes of {suite} end by themselves")
    return soak_suite(models or PACKAGED, arm, seconds)

"""Suites of time: how soon words act, and how fast a run goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from sayso.bench.suites.cell import CellPlan, Record, all_of
from sayso.bench.tasks import reaction, shell, throughput
from sayso.session.assembly import READING
from sayso.sim.arms.own_arm import name_of
from sayso.stats import percentiles


def _react(models: Path, arm: str, seed: int) -> Record:
    r = reaction.react(seed, models, arm=arm)
    return {"ok": bool(r.motions) and r.unread == 0, "motions": r.motions, "stops": r.stops}


def _reactions(records: Sequence[Record]) -> Record:
    out: Record = {}
    for kind in ("motions", "stops"):
        values = [v for r in records for v in r[kind]]
        out[kind] = {"n": len(values), "ms": percentiles(values, (50, 99, 100))}
    return out


def _react_under_console(models: Path, arm: str, seed: int) -> Record:
    from sayso.bench.reaction.under_console import react  # needs the extra `console`

    return react(seed, models, arm).record()


def _under_console(records: Sequence[Record]) -> Record:
    from sayso.bench.reaction.under_console import figures

    return figures(records)


def reaction_suite(models: Path, arm: str) -> list[CellPlan]:
    """Delay from a sentence's arrival to the first changed joint target, with everything on."""
    react = partial(_react, models, arm)
    words = CellPlan("words to a moving arm", react, 60, _reactions, alone=True, models=all_of(arm))
    if arm != "panda":  # no arm runs in the others
        return [words]
    typed: dict[str, Callable[[int], Record]] = {
        "sayso stop from a shell": partial(shell.typed, ("stop",)),
        "sayso say from a shell": partial(shell.typed, ("say", shell.PHRASE)),
        "sayso stop from a shell, the session hangs": shell.typed_to_a_hung_one,
    }
    console = CellPlan(
        "words under the console, recorder on", partial(_react_under_console, models, arm), 125, _under_console,
        alone=True, models=all_of(arm),
    )  # fmt: skip
    shells = (CellPlan(name, episode, 50, shell.typing_times, alone=True) for name, episode in typed.items())
    return [words, console, *shells]


def _pace(models: Path, arm: str, sees: str, least: float, seed: int) -> Record:
    p = throughput.pace(seed, sees, models, arm)
    times = p.simulated_s / p.wall_s
    return {"ok": times >= least, "times": round(times, 2)}


def _paces(records: Sequence[Record]) -> Record:
    return {"times real time": percentiles([r["times"] for r in records], (5, 50))}


def _policy_steps(models: Path, arm: str, seed: int) -> Record:
    ms = throughput.policy_step_ms(models, arm)
    return {"ok": bool(np.percentile(ms, 99) <= 1.0), "ms": percentiles(ms, (50, 99))}


def _readings(models: Path, group: str, seed: int) -> Record:
    wall, used = throughput.reading_ms(seed, group, models)
    ok = bool(np.percentile(wall, 99) <= 40.0)
    return {"ok": ok, "ms": percentiles(wall, (50, 99)), "processor ms": percentiles(used, (50, 99))}


def _steps(records: Sequence[Record]) -> Record:
    times = [name for name in ("ms", "processor ms") if name in records[0]]
    return {name: {k: max(r[name][k] for r in records) for k in records[0][name]} for name in times}


def throughput_suite(models: Path, arm: str) -> list[CellPlan]:
    """How fast a rollout goes with and without cameras, how long a policy step and a reading take; ok: the figure is
    met."""
    pixels, truth = partial(_pace, models, arm, "pixels", 2.0), partial(_pace, models, arm, "truth", 10.0)
    steps, policy = partial(_policy_steps, models, arm), (f"policy-{name_of(arm)}",)
    return [
        CellPlan("everything on, at least 2x", pixels, 20, _paces, alone=True, models=all_of(arm)),
        CellPlan("without cameras, at least 10x", truth, 20, _paces, alone=True, models=all_of(arm, None)),
        CellPlan("policy step, p99 at most 1 ms", steps, 5, _steps, alone=True, models=policy),
        *(
            CellPlan(
                f"reading {said}, p99 at most 40 ms",
                partial(_readings, models, said.split()[1]),
                3,
                _steps,
                alone=True,
                models=READING,
            )
            for said in ("a correction", "an instruction")
        ),
    ]

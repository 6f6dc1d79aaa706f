"""Timing: the loop's rate beside other load, and the delay of a stop to the arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from sayso.bench.reliability.rig import DUE, LATE, first, moves, running, spec_of, wait_for
from sayso.hardware.clock import FakeClock
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.loop import ControlLoop
from sayso.hardware.control.state_machine import State
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.process.realtime import may_keep_rate
from sayso.hardware.types import JointState, JointTarget
from sayso.stats import percentiles

Record = dict[str, Any]
SECONDS, STOPS = 20.0, 50
SEAT = 1


@dataclass(frozen=True, slots=True)
class Rate:
    """Requirements on a loop: rate (Hz), missed ticks as a fraction, lateness (ms), missed ticks in a row."""

    hz: float
    missed: float
    p99_ms: float = np.inf
    max_ms: float = np.inf
    in_a_row: int = 10**9
    realtime: bool = True


T1 = Rate(100.0, 1e-3, p99_ms=2.0)
T2 = Rate(250.0, 5e-3, p99_ms=2.0, in_a_row=5)
T3 = Rate(500.0, 1e-4, max_ms=2.0)
PLAIN = replace(T2, realtime=False)  # the same without real-time priority


def keep_rate(arm: str, rate: Rate, seconds: float, seed: int) -> Record:
    """Run the loop under full load; the figures come from the loop's own stamps."""
    with running(arm, rate.hz, realtime=rate.realtime) as robot:
        wait_for(robot, moves)
        start = robot.clock.now()
        robot.clock.sleep_until(start + seconds)
        rows = robot.stamps.rows()
    rows = rows[rows[:, DUE] >= start]
    late_ms = (rows[:, LATE] * 1e3).tolist()
    gaps = np.rint(np.diff(rows[:, DUE]) * rate.hz).astype(int) - 1
    missed, worst = int(gaps.sum()), int(gaps.max(initial=0))
    figures = percentiles(late_ms, (50, 99, 100))
    ok = (
        missed <= rate.missed * (len(rows) + missed)
        and figures["p99"] <= rate.p99_ms
        and figures["p100"] <= rate.max_ms
        and worst <= rate.in_a_row
    )
    return {"ok": bool(ok), "cycles": len(rows), "missed": missed, "in a row": worst, "late": figures}


def kept(records: Sequence[Record]) -> Record:
    """The maximum of each figure, and the share of missed ticks over all runs."""
    ticks = sum(r["cycles"] + r["missed"] for r in records)
    return {
        "scheduling": may_keep_rate(),
        "ticks": ticks,
        "missed %": round(100 * sum(r["missed"] for r in records) / max(ticks, 1), 4),
        "most in a row": max(r["in a row"] for r in records),
        "ms late": {k: max(r["late"][k] for r in records) for k in records[0]["late"]},
    }


def skip_ticks(arm: str, seed: int) -> Record:
    """Stalls of random length on a fake clock: the loop skips the covered ticks, and no two cycles are due at once."""
    spec, clock, rng = spec_of(arm), FakeClock(), np.random.default_rng(seed)
    robot, due = MockRobot(spec, clock), []
    period = 1.0 / spec.control_hz

    def source(state: JointState) -> JointTarget | None:
        due.append(loop.due)
        if rng.random() < 0.05:
            clock.t += float(rng.uniform(0.0, 20.0)) * period
        return None

    with robot:
        loop = ControlLoop(robot, Guard(spec, period), source)
        loop.run(until=20.0)
    steps = np.diff(due) / period
    whole = np.allclose(steps, np.rint(steps), atol=1e-6)
    ticks = len(due) + loop.missed
    return {"ok": bool(whole and (steps > 0.5).all() and abs(ticks - 20.0 / period) <= 20), "missed": loop.missed}


def skipped(records: Sequence[Record]) -> Record:
    """The number of skipped ticks."""
    return {"ticks skipped": sum(r["missed"] for r in records)}


def stop_moving(arm: str, stops: int, seed: int) -> Record:
    """Press the stop at random moments under full load: ms until the first stop target reaches the driver."""
    rng, ms = np.random.default_rng(seed), []
    with running(arm) as robot:
        for _ in range(stops):
            wait_for(robot, moves)
            robot.clock.sleep_until(robot.clock.now() + float(rng.uniform(0.01, 0.06)))
            pressed = robot.clock.now()
            robot.stops.press(SEAT, pressed)
            wait_for(robot, lambda r: r.state is State.STOPPED)
            ms.append(round((first(robot.stamps.rows()[-2000:], State.STOPPING, pressed) - pressed) * 1e3, 3))
            robot.order(arm=True, start=True)
    return {"ok": bool(np.percentile(ms, 99) <= 20.0 and max(ms) <= 50.0), "ms": ms}


def milliseconds(records: Sequence[Record]) -> Record:
    """All trials together."""
    values = [v for r in records for v in r["ms"]]
    return {"trials": len(values), "ms": percentiles(values, (50, 99, 100))}


def cells(arm: str) -> list[tuple[str, Any, int, Any]]:
    """Name, episode, usual number and figures of each cell."""
    rates = {
        "T1 100 Hz beside full load": T1,
        "T2 250 Hz beside full load": T2,
        "T2 250 Hz, ordinary scheduling": PLAIN,
        "T3 500 Hz beside full load": T3,
    }
    out: list[tuple[str, Any, int, Any]] = [
        (name, partial(keep_rate, arm, rate, SECONDS), 15, kept) for name, rate in rates.items()
    ]
    out.append(("T4 missed ticks are skipped", partial(skip_ticks, arm), 20, skipped))
    out.append(("S1 stop under full load", partial(stop_moving, arm, STOPS), 200, milliseconds))
    return out

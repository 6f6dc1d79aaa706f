"""Outputs of a hostile policy or planner: invalid, extreme, outdated; judged by the written targets."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from sayso.bench.reliability.limits_oracle import violations
from sayso.bench.reliability.rig import spec_of, stepped
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.channel import Stamped
from sayso.hardware.types import JointTarget

Record = dict[str, Any]
OUTPUTS, CYCLES = 10_000, 100_000
SWEPT = 0.2  # share of its range that each joint has to cover in an episode


def babble(arm: str, seed: int) -> Record:
    """A policy that outputs NaN, infinities and wrong shapes: none is written (C1)."""
    rng, spec = np.random.default_rng(seed), spec_of(arm)
    bench, n, wrong = stepped(spec), spec.dof, 0
    edges = np.array([np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0, 5e-324, 1.0])
    for _ in range(OUTPUTS):
        row = spec.home + rng.normal(size=n) * 0.3
        kind = rng.integers(5)
        if kind == 0:
            row[rng.integers(n)] = rng.choice(edges)
        elif kind == 1:
            row = rng.choice(edges, size=n)
        elif kind == 2:
            row = np.zeros((int(rng.integers(0, 2 * n)),))
        elif kind == 3:
            row = np.tile(row, (2, 1))
        bench.send(row, rng.choice(edges, size=n) if rng.random() < 0.3 else np.zeros(n), rng.choice(edges))
        bench.robot.written.clear()
        bench.cycle()
        sent = bench.robot.written[-1]
        whole = sent.position.shape == (n,) and sent.velocity.shape == (n,) and 0.0 <= sent.gripper <= 1.0
        wrong += not (whole and np.isfinite([*sent.position, *sent.velocity]).all())
    return {"ok": wrong == 0, "outputs": OUTPUTS, "wrong": wrong}


def assault(arm: str, seed: int) -> Record:
    """Leaps, wriggling, corners, false speeds, silence: no written target breaks a limit, by the oracle (C2)."""
    rng, spec = np.random.default_rng(seed), spec_of(arm)
    bench, goal, kind = stepped(spec), spec.home, 0
    bench.robot.written.clear()
    start = bench.robot.read().position
    for cycle in range(CYCLES):
        if cycle % 25 == 0:
            kind = int(rng.integers(6))
        if kind == 0 and cycle % 5 == 0:
            goal = rng.uniform(spec.lower - 1, spec.upper + 1)
        elif kind == 1:
            goal = goal + rng.normal(0, 0.05, spec.dof)
        elif kind == 2 and cycle % 20 == 0:
            goal = np.where(rng.random(spec.dof) < 0.5, spec.lower, spec.upper)
        elif kind == 3:
            goal = spec.home + rng.choice([-1, 1]) * spec.velocity * rng.uniform(0, 0.5)
        if kind < 5:  # kinds 5 and up: silence
            bench.send(goal, rng.normal(0, 2, spec.dof) * spec.velocity, rng.normal())
        bench.cycle()
    written = [target.position for target in bench.robot.written]
    found = violations(spec, start, written, bench.controller.loop.period_s)
    swept = float((np.ptp(written, axis=0) / (spec.upper - spec.lower)).min())
    running = bench.reports[-1].state in (State.RUNNING, State.HOLDING)
    good = not found and running and len(written) == CYCLES and swept > SWEPT
    return {"ok": good, "cycles": CYCLES, "broken": found[:3], "swept": round(swept, 2)}


def muddle(arm: str, seed: int) -> Record:
    """Late, repeated and reordered commands: only fresh ones in order move the arm (C4)."""
    rng, spec = np.random.default_rng(seed), spec_of(arm)
    bench, kept, good = stepped(spec), deque[Stamped[JointTarget]](maxlen=200), True
    follow, followed = spec.home + 0.2, spec.home - 0.2
    for _ in range(1000):
        # Fresh commands go one way; repeated, old and overtaken ones the other way.
        stamp = bench.stamp()
        if rng.random() < 0.7:
            bench.targets.append(Stamped(stamp, JointTarget(follow, np.zeros(spec.dof), 1.0, stamp.expires)))
            kept.append(Stamped(stamp, JointTarget(followed, np.zeros(spec.dof), 1.0, stamp.expires + 60.0)))
        if kept and rng.random() < 0.5:
            bench.cycle()
            bench.targets.append(kept[rng.integers(len(kept))])
        bench.cycle()
        good = good and bool((bench.reports[-1].sent.position >= spec.home - 1e-6).all())
    for _ in range(60):  # old commands alone cause a hold
        bench.targets.append(kept[rng.integers(len(kept))])
        bench.cycle()
    return {"ok": good and bench.reports[-1].state is State.HOLDING}


def babbled(records: Sequence[Record]) -> Record:
    """The numbers of outputs tried and of non-finite values written."""
    return {key: sum(r[key] for r in records) for key in ("outputs", "wrong")}


def unbroken(records: Sequence[Record]) -> Record:
    """The numbers of cycles and of episodes with a broken limit, and the swept share of the joints' ranges."""
    cycles, broken = sum(r["cycles"] for r in records), sum(bool(r["broken"]) for r in records)
    return {"cycles": cycles, "broken": broken, "least swept": min(r["swept"] for r in records)}

"""Faults: processes killed at random moments and bad readings; judged by the targets that reached the arm."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from sayso.bench.reliability import adversarial, driver_faults, file_faults
from sayso.bench.reliability.camera_faults import blind
from sayso.bench.reliability.planner_faults import MISSED_SHARE, misanswer
from sayso.bench.reliability.rig import (
    DUE,
    STATE,
    STATES,
    WRITTEN,
    first,
    kill,
    missed,
    moves,
    running,
    spec_of,
    stepped,
    swing,
    wait_for,
)
from sayso.bench.reliability.state_walk import walk, walked
from sayso.hardware.cameras.health import Fault
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.channel import Subscriber
from sayso.hardware.process.mock_device import MockDevice
from sayso.hardware.process.supervisor import ProcessStatus
from sayso.stats import percentiles

Record = dict[str, Any]
HOLD_MS, HOLD_TO_RUN_MS, WATCHDOG_MS, RESTART_MS = 100.0, 250.0, 100.0, 2000.0


def lose(arm: str, name: str, seed: int, how: signal.Signals = signal.SIGKILL) -> Record:
    """Kill or freeze the planner, console or recorder: back within 2 s, without effect on the loop (P1, P4)."""
    with running(arm) as robot:
        _some_time(robot, seed)
        start = robot.clock.now()
        killed = kill(robot, name, how)
        back = _until_back(robot, name)
        robot.clock.sleep_until(robot.clock.now() + 0.5)
        going = robot.report().state is State.RUNNING
        rows = robot.stamps.rows()
    rows = rows[rows[:, DUE] >= start]
    ms = (back - killed) * 1e3
    unmoved = going and missed(rows, arm) <= MISSED_SHARE * len(rows) + 1
    return {"ok": bool(unmoved and ms <= RESTART_MS), "ms": [round(ms, 1)]}


def lose_policy(arm: str, seed: int) -> Record:
    """Kill the policy: ms until the loop writes a target in HOLDING (P2)."""
    with running(arm) as robot:
        _some_time(robot, seed)
        killed = kill(robot, "policy")
        wait_for(robot, lambda r: r.state is State.HOLDING)
        ms = (first(robot.stamps.rows(), State.HOLDING, killed) - killed) * 1e3
        wait_for(robot, moves)  # the restarted policy continues
    return {"ok": ms <= HOLD_MS, "ms": [round(ms, 1)]}


def lose_loop(arm: str, seed: int) -> Record:
    """Kill the loop: ms from its last target until the device brakes by itself and until the arm stands (P3)."""
    device = MockDevice(spec_of(arm))
    with running(arm, device=device) as robot:
        _some_time(robot, seed)
        seen = Subscriber(device.states)
        killed = kill(robot, "loop")
        top, brakes, stands, speed = 0.0, np.inf, np.inf, np.inf
        while speed > 0.0 and robot.clock.now() < killed + 5.0:
            message = seen.new()
            if message is None:
                continue
            speed = float(np.abs(message.value.velocity).max())
            # The first clearly lower speed is braking: an unbraked device keeps its speed.
            if speed < 0.9 * top and brakes == np.inf:
                brakes = message.value.t
            top, stands = max(top, speed), message.value.t
        rows = robot.stamps.rows()
        # The killer may lose the processor between reading the clock and the kill; the last target's time is exact.
        last = float(rows[rows[:, STATE] == STATES.index(State.RUNNING), WRITTEN].max())
        before = len(rows)
        again = wait_for(robot, lambda r: r.state is State.STOPPED and len(robot.stamps.rows()) > before + 20)
        still = float(np.abs(again.sent.velocity).max()) < 1e-6
    ms, stood = (brakes - last) * 1e3, (stands - last) * 1e3
    return {"ok": bool(still and ms <= WATCHDOG_MS), "ms": [round(ms, 1)], "stood": [round(stood, 1)]}


def crash_often(arm: str, seed: int) -> Record:
    """Kill the policy three times: a latched fault and no further restart (P5)."""
    with running(arm, load=False) as robot:
        for _ in range(3):
            wait_for(robot, moves)
            kill(robot, "policy")
            wait_for(robot, lambda r: r.state is not State.RUNNING)
        wait_for(robot, lambda r: r.state is State.FAULT)
        robot.clock.sleep_until(robot.clock.now() + 2.5)
        starts = sum(n.name == "policy" and n.what is ProcessStatus.STARTED for n in robot.news)
        return {"ok": starts == 3 and robot.report().state is State.FAULT and "policy" in robot.processes.failed}


def lose_grip(arm: str, seed: int) -> Record:
    """Silence after a hold-to-run press: ms until the loop writes a target in HOLDING (S3)."""
    with running(arm, hold_to_run=True) as robot:
        robot.order(pressed=True)
        _some_time(robot, seed)
        lost = robot.clock.now()
        robot.silent = True
        wait_for(robot, lambda r: r.state is State.HOLDING)
        ms = (first(robot.stamps.rows(), State.HOLDING, lost) - lost) * 1e3
    return {"ok": ms <= HOLD_TO_RUN_MS, "ms": [round(ms, 1)]}


def misread(arm: str, seed: int) -> Record:
    """Readings missing once or twice, then often, then wrong: reused, held, stopped with a fault (D2)."""
    rng, spec = np.random.default_rng(seed), spec_of(arm)
    bench = stepped(spec)
    swing(bench, int(rng.integers(20, 200)))
    bench.robot.silent = int(rng.integers(1, 3))
    reused = {swing(bench, 1) for _ in range(4)} == {State.RUNNING}
    bench.robot.silent = missing = int(rng.integers(3, 20))
    held = swing(bench, missing) is State.HOLDING
    back = swing(bench, 5) is State.RUNNING
    bench.robot.shift = float(rng.choice([np.nan, 0.5, -0.5, np.inf]))
    failed = swing(bench, 1) is State.FAULT and swing(bench, 200) is State.FAULT
    stands = float(np.abs(bench.reports[-1].sent.velocity).max()) < 1e-9
    finite = all(np.isfinite(t.position).all() for t in bench.robot.written)
    return {"ok": bool(reused and held and back and failed and stands and finite)}


def latencies(records: Sequence[Record]) -> Record:
    """All episodes together, in ms."""
    out: Record = {"ms": percentiles([v for r in records for v in r["ms"]], (50, 99, 100))}
    if "stood" in records[0]:
        out["ms until it stood"] = percentiles([v for r in records for v in r["stood"]], (50, 99, 100))
    return out


def unmoved(records: Sequence[Record]) -> Record:
    """Ticks and missed ticks of all episodes; the worst lateness, before and during the faults."""
    kinds = ("ms late before", "ms late beside")
    worst = {kind: {p: max(r[kind][p] for r in records) for p in records[0][kind]} for kind in kinds}
    return {key: sum(r[key] for r in records) for key in ("ticks", "missed")} | worst


def nothing(records: Sequence[Record]) -> Record:
    """No figures."""
    return {}


def cells(arm: str) -> list[tuple[str, Any, int, Any]]:
    """Name, episode, usual number and figures of each cell."""
    return [
        ("P1 planner killed", partial(lose, arm, "planner"), 50, latencies),
        ("P1 planner frozen", partial(lose, arm, "planner", how=signal.SIGSTOP), 50, latencies),
        ("P1 planner answered wrongly, unnoticed", partial(misanswer, arm), 20, unmoved),
        ("P2 policy killed, held", partial(lose_policy, arm), 50, latencies),
        ("P3 loop killed, device brakes", partial(lose_loop, arm), 50, latencies),
        ("P4 recorder killed", partial(lose, arm, "recorder"), 50, latencies),
        ("P4 console killed", partial(lose, arm, "console"), 50, latencies),
        ("P5 three crashes, fault", partial(crash_often, arm), 20, nothing),
        ("S3 hold-to-run lost, held", partial(lose_grip, arm), 50, latencies),
        *(
            (f"D1 camera {fault}, known", partial(blind, arm, fault), 50, latencies)
            for fault in Fault
            if fault is not Fault.LATE
        ),
        *driver_faults.cells(arm, latencies),
    ]


def untimed_cells(arm: str) -> list[tuple[str, Any, int, Any]]:
    """The same for the cells without time measurements, which may run side by side."""
    return [
        ("S2 any events, the stop held and not", partial(walk, arm), 20, walked),
        ("D2 readings missing, jumping, NaN", partial(misread, arm), 300, nothing),
        ("D3 models, limits, joints of another arm", partial(file_faults.misfit, arm), 100, nothing),
        ("C1 NaN, infinities, wrong shapes", partial(adversarial.babble, arm), 100, adversarial.babbled),
        ("C2 hostile targets, no limit broken", partial(adversarial.assault, arm), 100, adversarial.unbroken),
        *(
            [("C3 damaged models, none loaded", partial(file_faults.damage_model, arm), 100, file_faults.refusals)]
            if arm in file_faults.arms_with_models()
            else []
        ),
        ("C4 stale, doubled, overtaken commands", partial(adversarial.muddle, arm), 300, nothing),
        ("R4 damaged setup of an SO-101, refused", partial(file_faults.damage_setup, arm), 100, file_faults.refusals),
    ]


def _some_time(robot: Any, seed: int) -> None:
    """Let the arm move for a random time."""
    wait_for(robot, moves)
    robot.clock.sleep_until(robot.clock.now() + float(np.random.default_rng(seed).uniform(0.2, 0.8)))
    wait_for(robot, moves)


def _until_back(robot: Any, name: str) -> float:
    """The time (s) of the process's restart."""
    while not (starts := [n.t for n in robot.news if n.name == name and n.what is ProcessStatus.STARTED][1:]):
        wait_for(robot, lambda r: r.state is not State.FAULT)
        robot.clock.sleep_until(robot.clock.now() + 0.01)
    return float(starts[0])

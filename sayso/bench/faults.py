"""Faults: processes killed at random moments, bad readings, hostile targets; each judged by what reached the arm."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

import sayso.bench.driver_faults as driver_faults
from hardware.cameras.health import Fault
from hardware.channels import Letter, Reader
from hardware.clock import FakeClock
from hardware.floor import Floor, Inputs
from hardware.freshness import Stamp
from hardware.guard import Guard
from hardware.messages import Orders, Report
from hardware.mock import MockRobot
from hardware.mock_device import MockDevice
from hardware.processes import What
from hardware.robot import NoReading
from hardware.states import State
from hardware.types import JointState, JointTarget, RobotSpec
from sayso.bench.camera_faults import blind
from sayso.bench.floor_rig import DUE, STATE, STATES, WRITTEN, first, kill, missed, moves, running, spec_of, wait_for
from sayso.bench.planner_faults import MISSED_SHARE, misanswer
from sayso.stats import percentiles

Record = dict[str, Any]
OUTPUTS = 10_000
HOLD_MS, HOLD_TO_RUN_MS, WATCHDOG_MS, RESTART_MS = 100.0, 250.0, 100.0, 2000.0


def lose(arm: str, name: str, seed: int, how: signal.Signals = signal.SIGKILL) -> Record:
    """Kill or freeze the planner, console or recorder: back within two seconds, unnoticed by the loop (P1, P4)."""
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
    """Kill the policy: ms until a target was written in HOLDING (P2)."""
    with running(arm) as robot:
        _some_time(robot, seed)
        killed = kill(robot, "policy")
        wait_for(robot, lambda r: r.state is State.HOLDING)
        ms = (first(robot.stamps.rows(), State.HOLDING, killed) - killed) * 1e3
        wait_for(robot, moves)  # its successor goes on
    return {"ok": ms <= HOLD_MS, "ms": [round(ms, 1)]}


def lose_loop(arm: str, seed: int) -> Record:
    """Kill the loop: ms from its last target until the device brakes by itself and until it stands for good (P3)."""
    device = MockDevice(spec_of(arm))
    with running(arm, device=device) as robot:
        _some_time(robot, seed)
        seen = Reader(device.states)
        killed = kill(robot, "loop")
        top, brakes, stands, speed = 0.0, np.inf, np.inf, np.inf
        while speed > 0.0 and robot.clock.now() < killed + 5.0:
            letter = seen.new()
            if letter is None:
                continue
            speed = float(np.abs(letter.value.velocity).max())
            # A device that runs on keeps its speed; the first that is clearly lower is braking.
            if speed < 0.9 * top and brakes == np.inf:
                brakes = letter.value.t
            top, stands = max(top, speed), letter.value.t
        rows = robot.stamps.rows()
        # The killer may have been kept waiting between its look at the clock and the kill; the last target is exact.
        last = float(rows[rows[:, STATE] == STATES.index(State.RUNNING), WRITTEN].max())
        before = len(rows)
        again = wait_for(robot, lambda r: r.state is State.STOPPED and len(robot.stamps.rows()) > before + 20)
        still = float(np.abs(again.sent.velocity).max()) < 1e-6
    ms, stood = (brakes - last) * 1e3, (stands - last) * 1e3
    return {"ok": bool(still and ms <= WATCHDOG_MS), "ms": [round(ms, 1)], "stood": [round(stood, 1)]}


def crash_often(arm: str, seed: int) -> Record:
    """Kill the policy three times: the fault is latched and it is not started again (P5)."""
    with running(arm, load=False) as robot:
        for _ in range(3):
            wait_for(robot, moves)
            kill(robot, "policy")
            wait_for(robot, lambda r: r.state is not State.RUNNING)
        wait_for(robot, lambda r: r.state is State.FAULT)
        robot.clock.sleep_until(robot.clock.now() + 2.5)
        starts = sum(n.name == "policy" and n.what is What.STARTED for n in robot.news)
        return {"ok": starts == 3 and robot.report().state is State.FAULT and "policy" in robot.processes.failed}


def lose_grip(arm: str, seed: int) -> Record:
    """Hold-to-run is pressed and its line goes silent: ms until a target was written in HOLDING (S3)."""
    with running(arm, hold_to_run=True) as robot:
        robot.order(pressed=True)
        _some_time(robot, seed)
        lost = robot.clock.now()
        robot.silent = True
        wait_for(robot, lambda r: r.state is State.HOLDING)
        ms = (first(robot.stamps.rows(), State.HOLDING, lost) - lost) * 1e3
    return {"ok": ms <= HOLD_TO_RUN_MS, "ms": [round(ms, 1)]}


class _Moody(MockRobot):
    """An arm whose readings fail on request."""

    silent, shift = 0, 0.0

    def read(self) -> JointState:
        if self.silent > 0:
            self.silent -= 1
            raise NoReading("no answer")
        state = super().read()
        return JointState(state.t, state.position + self.shift, state.velocity, state.gripper)


class _Bench:
    """A floor on a fake clock, armed and started, that is given targets by hand."""

    def __init__(self, spec: RobotSpec) -> None:
        self.spec, self.clock, self.reports = spec, FakeClock(10.0), deque[Report](maxlen=2)
        self.robot = _Moody(spec, self.clock)
        self.robot.connect()
        self.targets: deque[Letter[JointTarget]] = deque()
        self._orders: deque[Letter[Orders]] = deque()
        self._number = 0
        inputs = Inputs(
            lambda: self.targets.popleft() if self.targets else None,
            lambda: self._orders.popleft() if self._orders else None,
        )
        self.floor = Floor(self.robot, Guard(spec, 1.0 / spec.control_hz), inputs, self.reports.append)
        for orders in (Orders(), Orders(arm=1), Orders(arm=1, start=1)):
            self._orders.append(Letter(self.stamp(), orders))
            self.cycle()

    def stamp(self, life: float = 0.1) -> Stamp:
        self._number += 1
        return Stamp(1, self._number, self.clock.t, self.clock.t + life)

    def send(self, position: Any, velocity: Any, gripper: Any = 1.0) -> None:
        stamp = self.stamp()
        self.targets.append(Letter(stamp, JointTarget(position, velocity, gripper, stamp.expires)))

    def swing(self, cycles: int) -> State:
        for _ in range(cycles):
            phase = 4.0 * (self.clock.t - 10.0)
            self.send(self.spec.home + 0.25 * np.sin(phase), np.full(self.spec.dof, np.cos(phase)))
            self.cycle()
        return self.reports[-1].state

    def cycle(self) -> None:
        self.floor.loop.cycle()
        self.clock.t += self.floor.loop.period_s


def misread(arm: str, seed: int) -> Record:
    """A reading is missing once or twice, then often, then wrong: reused, held, stopped with a fault (D2)."""
    rng, spec = np.random.default_rng(seed), spec_of(arm)
    bench = _Bench(spec)
    bench.swing(int(rng.integers(20, 200)))
    bench.robot.silent = int(rng.integers(1, 3))
    reused = {bench.swing(1) for _ in range(4)} == {State.RUNNING}
    bench.robot.silent = missing = int(rng.integers(3, 20))
    held = bench.swing(missing) is State.HOLDING
    back = bench.swing(5) is State.RUNNING
    bench.robot.shift = float(rng.choice([np.nan, 0.5, -0.5, np.inf]))
    failed = bench.swing(1) is State.FAULT and bench.swing(200) is State.FAULT
    stands = float(np.abs(bench.reports[-1].sent.velocity).max()) < 1e-9
    finite = all(np.isfinite(t.position).all() for t in bench.robot.written)
    return {"ok": bool(reused and held and back and failed and stands and finite)}


def babble(arm: str, outputs: int, seed: int) -> Record:
    """A policy that gives NaN, infinities and wrong shapes: nothing of it is ever written (C1)."""
    rng, spec = np.random.default_rng(seed), spec_of(arm)
    bench, n, wrong = _Bench(spec), spec.dof, 0
    edges = np.array([np.nan, np.inf, -np.inf, 1e308, -1e308, 0.0, 5e-324, 1.0])
    for _ in range(outputs):
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
    return {"ok": wrong == 0, "outputs": outputs, "wrong": wrong}


def muddle(arm: str, seed: int) -> Record:
    """Commands late, twice and out of order: only fresh ones in order move the arm (C4)."""
    rng, spec = np.random.default_rng(seed), spec_of(arm)
    bench, kept, good = _Bench(spec), deque[Letter[JointTarget]](maxlen=200), True
    follow, followed = spec.home + 0.2, spec.home - 0.2
    for _ in range(1000):
        # The fresh ones go one way, and every repeated, old or overtaken one the other way.
        stamp = bench.stamp()
        if rng.random() < 0.7:
            bench.targets.append(Letter(stamp, JointTarget(follow, np.zeros(spec.dof), 1.0, stamp.expires)))
            kept.append(Letter(stamp, JointTarget(followed, np.zeros(spec.dof), 1.0, stamp.expires + 60.0)))
        if kept and rng.random() < 0.5:
            bench.cycle()
            bench.targets.append(kept[rng.integers(len(kept))])
        bench.cycle()
        good = good and bool((bench.reports[-1].sent.position >= spec.home - 1e-6).all())
    for _ in range(60):  # and nothing but old ones is a hold
        bench.targets.append(kept[rng.integers(len(kept))])
        bench.cycle()
    return {"ok": good and bench.reports[-1].state is State.HOLDING}


def latencies(records: Sequence[Record]) -> Record:
    """All episodes together, in ms."""
    out: Record = {"ms": percentiles([v for r in records for v in r["ms"]], (50, 99, 100))}
    if "stood" in records[0]:
        out["ms until it stood"] = percentiles([v for r in records for v in r["stood"]], (50, 99, 100))
    return out


def unmoved(records: Sequence[Record]) -> Record:
    """Ticks and missed ones of all episodes together; lateness of the worst one, before the faults and beside them."""
    kinds = ("ms late before", "ms late beside")
    worst = {kind: {p: max(r[kind][p] for r in records) for p in records[0][kind]} for kind in kinds}
    return {key: sum(r[key] for r in records) for key in ("ticks", "missed")} | worst


def babbled(records: Sequence[Record]) -> Record:
    """How many outputs were tried and how many non-finite values were written."""
    return {key: sum(r[key] for r in records) for key in ("outputs", "wrong")}


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
        *((f"D1 camera {fault}, known", partial(blind, arm, fault), 50, latencies) for fault in Fault),
        ("D2 readings missing, jumping, NaN", partial(misread, arm), 300, nothing),
        ("C1 NaN, infinities, wrong shapes", partial(babble, arm, OUTPUTS), 100, babbled),
        ("C4 stale, doubled, overtaken commands", partial(muddle, arm), 300, nothing),
        *driver_faults.cells(arm, latencies),
    ]


def _some_time(robot: Any, seed: int) -> None:
    """Let the arm move for a random while."""
    wait_for(robot, moves)
    robot.clock.sleep_until(robot.clock.now() + float(np.random.default_rng(seed).uniform(0.2, 0.8)))
    wait_for(robot, moves)


def _until_back(robot: Any, name: str) -> float:
    """When (s) the table started the process again."""
    while not (starts := [n.t for n in robot.news if n.name == name and n.what is What.STARTED][1:]):
        wait_for(robot, lambda r: r.state is not State.FAULT)
        robot.clock.sleep_until(robot.clock.now() + 0.01)
    return float(starts[0])

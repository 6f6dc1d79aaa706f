"""The soak: an emulated arm under its maker's library at its own rate for a long time, with all faults counted."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Self

import numpy as np

from sayso.backends.real import table_below
from sayso.backends.resolve_robot import resolve_robot
from sayso.bench.reliability.emulation import emulation
from sayso.bench.reliability.rig import DUE, LATE, STATE, STATES
from sayso.bench.reliability.timing import T1, T2, Record
from sayso.bench.tasks.hardware import DEVELOPMENT, errand, host_of
from sayso.hardware.control.homing import go_home
from sayso.hardware.control.readings import Health, Readings
from sayso.hardware.control.state_machine import State
from sayso.hardware.drivers.driver import Connection
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.ipc.timing_ring import TimingRing
from sayso.hardware.process.remote_robot import PassOn, RemoteRobot
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec
from sayso.stats import percentiles

SECONDS = 600.0
TARGETS_HZ, TARGET_LIFE_S = 50.0, 0.2
SWING_RAD, SWING_S = 0.06, 5.0
SWINGS, HOLD_S = 2, 5.0  # swings in a row, then seconds of standing; repeated
GATHER_S = 20.0  # well before the ring of the loop's stamps is full
TALLIES = 2  # the newest may be half-written
COUNTS = (
    "good",
    "bridged",
    "lost",
    "failed",
    "wire",
)  # readings by verdict; faults on the wire, counted by the library
# Messages of a device without faults.
USUAL = ("program started", "motors enabled", "CAN control", "motion: ")


class Counted(Robot):
    """An arm whose readings are judged as by its loop, and counted in ``tally``, a `TimingRing` of one row."""

    def __init__(self, robot: Robot, tally: TimingRing) -> None:
        self.robot, self.spec, self.clock = robot, robot.spec, robot.clock
        self.watchdog_s, self.events = robot.watchdog_s, robot.events
        self._tally, self._readings = tally, Readings(robot.spec)
        self._counts = dict.fromkeys(Health, 0)

    def connect(self) -> None:
        """Passed on to the arm."""
        self.robot.connect()

    def read(self) -> JointState:
        """Passed on to the arm."""
        state: JointState | None = None
        try:
            state = self.robot.read()
            return state
        finally:
            self._counts[self._readings.take(state, self.clock.now()).health] += 1
            wire = getattr(self.robot, "wire_faults", 0)
            self._tally.add(*(float(self._counts[health]) for health in Health), float(wire))

    def write(self, target: JointTarget) -> JointTarget:
        """Passed on to the arm."""
        return self.robot.write(target)

    def brake(self, target: JointTarget) -> JointTarget:
        """Passed on to the arm."""
        return self.robot.brake(target)

    def stop(self) -> None:
        """Passed on to the arm."""
        self.robot.stop()

    def disconnect(self) -> None:
        """Passed on to the arm."""
        self.robot.disconnect()

    def __enter__(self) -> Self:
        self.robot.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.robot.__exit__(kind, error, trace)


def _counted(driver: str, connection: Connection, tally: str) -> Robot:
    return Counted(open_driver(driver, connection), TimingRing(TALLIES, len(COUNTS), tally))


def slow_swing(spec: RobotSpec, t: float) -> tuple[Array, Array]:
    """The target (n,) rad and speed (n,) rad/s of the joints, ``t`` s after home."""
    inward = np.where(spec.home < 0.5 * (spec.lower + spec.upper), SWING_RAD, -SWING_RAD)
    t %= SWINGS * SWING_S + HOLD_S
    phase = 2 * np.pi * t / SWING_S if t < SWINGS * SWING_S else 0.0
    return spec.home + inward * (1 - np.cos(phase)) / 2, inward * np.sin(phase) * np.pi / SWING_S


def soak(arm: str, seconds: float, seed: int) -> Record:
    """Hold the emulated ``arm`` and swing it slowly for ``seconds``; ok: no error, and the loop kept its rate.

    A protocol error is an answer that was damaged or missing on the wire, an error that the driver raised, or an
    unusual message of the device.
    """
    scene, _ = errand(arm, DEVELOPMENT + seed)
    with ExitStack() as stack:
        device = stack.enter_context(emulation(arm, scene, seed, *host_of(arm, seed)))
        tally = TimingRing(TALLIES, len(COUNTS))
        stack.callback(tally.close)
        found = resolve_robot(arm, live=True)
        make = partial(_counted, found.driver, found.connection, tally.name)
        robot = RemoteRobot(found.spec, make, planes=(table_below(found.spec),), realtime=found.realtime)
        stack.enter_context(robot)
        go_home(robot, PassOn(found.spec.dof))
        rows, way, stopped = _swing(robot, seconds)
        news = [f"{n.name} {n.what}: {n.text}" for n in robot.news if n.name == "loop"][1:]
        events = [e.strip() for e in device.tell("events").removeprefix("events:").split(";") if e.strip()]
        counts = dict(zip(COUNTS, map(int, tally.rows()[-1]), strict=True))
    strange = [e for e in events if not e.startswith(USUAL)] + news + ([stopped] if stopped else [])
    errors = counts["wire"] + counts["failed"] + len(strange)
    kept = _rate_kept(found.spec, rows)
    ok = kept["in time"] and errors == 0 and way > 0.5 * SWING_RAD and kept["seconds"] > 0.9 * seconds
    return {"ok": bool(ok), "errors": errors, **counts, "events": strange, "swing rad": round(way, 4), **kept}


def _swing(robot: RemoteRobot, seconds: float) -> tuple[Array, float, str]:
    """Drive the arm for ``seconds``: the loop's stamps (k, 4), the joints' travel (rad), the reason of an early end."""
    spec, clock = robot.spec, robot.clock
    begin = tick = clock.now()
    gathered, low, high, why = [np.empty((0, 4))], spec.home, spec.home, ""

    def gather() -> None:
        rows = robot.stamps.rows()
        last = gathered[-1][-1, DUE] if len(gathered[-1]) else begin
        gathered.append(rows[rows[:, DUE] > last])

    due = begin + GATHER_S
    try:
        while tick < begin + seconds:
            position, velocity = slow_swing(spec, tick - begin)
            robot.write(JointTarget(position, velocity, 1.0, clock.now() + TARGET_LIFE_S))
            here = robot.read().position
            low, high = np.minimum(low, here), np.maximum(high, here)
            if tick >= due:
                gather()
                due += GATHER_S
            tick = max(tick + 1 / TARGETS_HZ, clock.now())
            clock.sleep_until(tick)
    except RobotError as error:
        why = str(error)
    gather()
    return np.concatenate(gathered), float((high - low).min()), why


def _rate_kept(spec: RobotSpec, rows: Array) -> Record:
    """Whether the loop kept the arm's rate, by the promise for its rate (T1 or T2)."""
    rate = T1 if spec.control_hz <= T1.hz else T2
    gaps = np.rint(np.diff(rows[:, DUE]) * spec.control_hz).astype(int) - 1
    missed = int(gaps.sum())
    late = percentiles((rows[:, LATE] * 1e3).tolist() or [0.0], (50, 99, 100))
    in_time = len(rows) > 0 and missed <= rate.missed * (len(rows) + missed) and late["p99"] <= rate.p99_ms
    seconds = float(np.ptp(rows[:, DUE])) if len(rows) else 0.0
    held = int((rows[:, STATE] == STATES.index(State.HOLDING)).sum())
    return {
        "in time": bool(in_time), "seconds": round(seconds, 1), "hz": spec.control_hz,
        "cycles": len(rows), "missed": missed, "in a row": int(gaps.max(initial=0)), "held": held, "late": late,
    }  # fmt: skip


def soaked(records: Sequence[Record]) -> Record:
    """All runs together; lateness and ticks missed in a row are maxima."""
    sums = {k: sum(r[k] for r in records) for k in ("seconds", "errors", *COUNTS, "held", "cycles", "missed")}
    ticks = sums["cycles"] + sums["missed"]
    return {
        "soaked s": sums.pop("seconds"), "protocol errors": sums.pop("errors"), **sums, "ticks": ticks,
        "missed %": round(100 * sums["missed"] / max(ticks, 1), 4),
        "most in a row": max(r["in a row"] for r in records),
        "ms late": {k: max(r["late"][k] for r in records) for k in records[0]["late"]},
        "events": [e for r in records for e in r["events"]],
    }  # fmt: skip

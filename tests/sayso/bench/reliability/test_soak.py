"""The soak's parts: readings are counted as the loop judges them, the swing stays near home, and rates are told."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from sayso.bench.figures import table
from sayso.bench.reliability import soak
from sayso.bench.reliability.rig import STATES
from sayso.bench.result import Cell
from sayso.bench.suites import cells_of
from sayso.cli import run_command
from sayso.emulation.emulators import EMULATORS
from sayso.hardware.clock import FakeClock
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.timing_ring import TimingRing
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.robot import NoReading, RobotError
from sayso.hardware.types import JointState
from sayso.sim.arms.arm_models import ARMS


class Silent(MockRobot):
    """Misses those of its readings that are named."""

    watchdog_s = None
    misses: frozenset[int] = frozenset()
    asked = 0
    wire_faults = 0

    def read(self) -> JointState:
        self.asked += 1
        if self.asked in self.misses:
            self.wire_faults += 1
            raise NoReading("no answer")
        return super().read()


@pytest.fixture
def tally() -> Iterator[TimingRing]:
    tally = TimingRing(soak.TALLIES, len(soak.COUNTS))
    yield tally
    tally.close()


def test_readings_are_counted_as_a_loop_judges_them(tally: TimingRing) -> None:
    clock = FakeClock(5.0)
    arm = Silent(ARMS["koch"]().spec, clock)
    arm.misses = frozenset((3, 7, 8, 9, 10))
    counted = soak.Counted(arm, TimingRing(soak.TALLIES, len(soak.COUNTS), tally.name))
    assert counted.watchdog_s is None, "a loop keeps such an arm slow"
    missed = 0
    with counted:
        for _ in range(20):
            try:
                counted.read()
            except NoReading:
                missed += 1
            clock.t += 0.01
    counts = dict(zip(soak.COUNTS, tally.rows()[-1].astype(int).tolist(), strict=True))
    assert missed == 5
    assert counts == {"good": 15, "bridged": 3, "lost": 2, "failed": 0, "wire": 5}


@pytest.mark.parametrize("name", EMULATORS)
def test_the_swing_is_slow_begins_and_ends_at_home_and_is_let_through(name: str) -> None:
    spec = ARMS[name]().spec
    guard = Guard(spec, 1 / spec.control_hz)
    times = np.arange(0, 20, 1 / spec.control_hz)
    path, speed = map(np.array, zip(*(soak.slow_swing(spec, t) for t in times), strict=True))
    guard.reset(JointState(0.0, spec.home, np.zeros(spec.dof)))
    assert np.allclose(path[0], spec.home) and np.allclose(path[(times > 11) & (times < 14)], spec.home)
    assert np.ptp(path, axis=0) == pytest.approx(soak.SWING_RAD, abs=1e-3)
    assert ((path >= spec.lower) & (path <= spec.upper)).all() and np.abs(speed).max() < 0.05
    assert np.allclose(np.gradient(path, times, axis=0)[1:-1], speed[1:-1], atol=5e-3)


def rows(due: list[float], late: float = 1e-4) -> np.ndarray:
    return np.array([[t, late, t + 1e-3, STATES.index(State.RUNNING)] for t in due])


def test_a_rate_that_is_not_kept_is_told() -> None:
    spec = ARMS["so101"]().spec
    ticks = np.arange(0, 20, 0.01).tolist()
    kept = soak._rate_kept(spec, rows(ticks))
    assert kept["in time"] and kept["missed"] == 0 and kept["cycles"] == 2000 and kept["held"] == 0
    gaps = soak._rate_kept(spec, rows(ticks[:700] + ticks[704:]))
    assert not gaps["in time"] and gaps["missed"] == gaps["in a row"] == 4
    assert not soak._rate_kept(spec, rows(ticks, late=3e-3))["in time"]
    none = soak._rate_kept(spec, np.empty((0, 4)))
    assert not none["in time"] and none["cycles"] == 0


def test_what_went_wrong_is_summed_up_and_stands_in_the_table(tmp_path: Any) -> None:
    one = {"ok": True, "errors": 0, "good": 900, "bridged": 2, "lost": 0, "failed": 0, "wire": 0, "events": []}
    more = soak._rate_kept(ARMS["so101"]().spec, rows(np.arange(0, 9, 0.01).tolist()))
    bad = one | {"ok": False, "errors": 3, "wire": 2, "events": ["unplugged"]}
    figures = soak.soaked([one | more, bad | more])
    assert figures["protocol errors"] == 3 and figures["wire"] == 2 and figures["events"] == ["unplugged"]
    assert figures["bridged"] == 4 and figures["missed %"] == 0.0
    cell = Cell("so101", 2, 1, figures).to_json()
    (tmp_path / "soak-so101").mkdir()
    (tmp_path / "soak-so101" / "bench.json").write_text(json.dumps({"command": "x", "cells": [cell]}))
    assert "18 s, 3 protocol errors, 4 readings bridged" in table(tmp_path)


def test_how_long_it_lasts_is_for_this_suite_alone(capsys: pytest.CaptureFixture[str]) -> None:
    (cell,) = cells_of("soak", arm="koch", seconds=30)
    assert cell.alone and cell.n == 1 and cell.name.startswith("koch ")
    assert run_command(["bench", "timing", "--seconds", "30"]) == 2
    assert "--seconds is for soak" in capsys.readouterr().err
    assert run_command(["bench", "soak", "--robot", "iiwa"]) == 2
    assert "no arm 'iiwa'; there are: koch, panda" in capsys.readouterr().err


def test_an_arm_that_fails_is_told_in_its_own_words() -> None:
    spec = ARMS["koch"]().spec

    class Failing:
        def __init__(self) -> None:
            self.spec, self.clock, self.stamps = spec, FakeClock(1.0), TimingRing(4, 4)

        def write(self, target: Any) -> Any:
            return target

        def read(self) -> JointState:
            if self.clock.now() > 1.5:
                raise RobotError("koch is in fault: unplugged")
            return JointState(self.clock.now(), spec.home, np.zeros(spec.dof))

    robot = Failing()
    found, way, why = soak._swing(robot, 60.0)  # type: ignore[arg-type]
    robot.stamps.close()
    assert why == "koch is in fault: unplugged" and way == 0.0 and len(found) == 0

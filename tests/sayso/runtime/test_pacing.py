"""Simulated time goes no faster than real time, and as fast as it can where it lags behind."""

import pytest

from sayso.hardware.clock import FakeClock, SimulatedClock
from sayso.runtime.pacing import NAP_S, keep_real_time


def paced(step_s: float) -> tuple[SimulatedClock, FakeClock]:
    simulated, real = SimulatedClock(step_s), FakeClock(100.0)
    simulated.sleep_until(5.0)
    keep_real_time(simulated, real)
    return simulated, real


def test_a_second_of_simulation_takes_a_second() -> None:
    simulated, real = paced(0.02)
    simulated.sleep_until(6.0)
    assert real.t == pytest.approx(101.0, abs=0.02)


def test_a_simulation_that_lags_behind_waits_for_nobody() -> None:
    simulated, real = paced(0.02)
    real.t += 10.0
    simulated.sleep_until(6.0)
    assert real.t == 110.0


def test_after_a_pause_it_begins_anew() -> None:
    simulated, real = SimulatedClock(0.02), FakeClock(100.0)
    begin = keep_real_time(simulated, real)
    real.t += 10.0
    begin()
    simulated.sleep_until(1.0)
    assert real.t == pytest.approx(111.0, abs=0.02)


def test_waits_too_short_for_a_sleep_are_left_to_later_steps() -> None:
    simulated, real = paced(NAP_S / 2)
    simulated.sleep_until(5.0 + NAP_S)
    assert real.t == 100.0
    simulated.sleep_until(5.0 + 2 * NAP_S)
    assert real.t > 100.0


def test_without_another_clock_it_is_the_computer_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    computer = FakeClock(7.0)
    monkeypatch.setattr("sayso.runtime.pacing.MonotonicClock", lambda: computer)
    simulated = SimulatedClock(0.02)
    keep_real_time(simulated)
    simulated.sleep_until(1.0)
    assert computer.t == pytest.approx(8.0, abs=0.02)

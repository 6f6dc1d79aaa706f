"""Simulated time that keeps to the computer's."""

from __future__ import annotations

from sayso.hardware.clock import Clock, MonotonicClock, SimulatedClock

# Waiting less than this is left to later steps: a sleep is not that exact.
NAP_S = 0.002


def keep_real_time(clock: SimulatedClock, real: Clock | None = None) -> None:
    """Make ``clock`` run no faster than ``real``, the computer's own, so that people can talk to a simulation."""
    real = real or MonotonicClock()
    began = real.now() - clock.now()

    def wait() -> None:
        due = began + clock.now()
        if due - real.now() > NAP_S:
            real.sleep_until(due)

    clock.subscribe(wait)

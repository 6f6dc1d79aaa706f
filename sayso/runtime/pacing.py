"""Simulated time at real-time speed."""

from __future__ import annotations

from sayso.hardware.clock import Clock, MonotonicClock, SimulatedClock

# Shorter waits accumulate until a later step: sleep is not exact enough.
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

"""Simulated time at real-time speed."""

from __future__ import annotations

from collections.abc import Callable

from sayso.hardware.clock import Clock, MonotonicClock, SimulatedClock

# Shorter waits accumulate until a later step: sleep is not exact enough.
NAP_S = 0.002


def keep_real_time(clock: SimulatedClock, real: Clock | None = None) -> Callable[[], None]:
    """Make ``clock`` run no faster than ``real``, the computer's own, so that people can talk to a simulation.

    The function returned begins anew: after a pause ``clock`` does not hurry to catch up.
    """
    real = real or MonotonicClock()
    began = real.now() - clock.now()

    def wait() -> None:
        due = began + clock.now()
        if due - real.now() > NAP_S:
            real.sleep_until(due)

    def begin() -> None:
        nonlocal began
        began = real.now() - clock.now()

    clock.subscribe(wait)
    return begin

"""Simulated time that keeps to the computer's."""

from __future__ import annotations

import time

from sayso.hardware.clock import SimulatedClock

# Waiting less than this is left to later steps: a sleep is not that exact.
NAP_S = 0.002


def keep_real_time(clock: SimulatedClock) -> None:
    """Make ``clock`` run no faster than the computer's own from now on, so that people can talk to a simulation."""
    start, began = clock.now(), time.monotonic()

    def wait() -> None:
        ahead = clock.now() - start - (time.monotonic() - began)
        if ahead > NAP_S:
            time.sleep(ahead)

    clock.subscribe(wait)

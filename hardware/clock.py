"""Clocks, injected wherever time is read: monotonic, in seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """Monotonic time in seconds, with a wait."""

    def now(self) -> float:
        """Seconds since an arbitrary start."""
        ...

    def sleep_until(self, t: float) -> None:
        """Block until time ``t``; return at once if ``t`` has passed."""
        ...


class MonotonicClock:
    """The computer's own monotonic clock."""

    def now(self) -> float:
        """Seconds of ``time.monotonic``."""
        return time.monotonic()

    def sleep_until(self, t: float) -> None:
        """Sleep until ``t``."""
        wait = t - time.monotonic()
        if wait > 0:
            time.sleep(wait)


class SimulatedClock:
    """A clock that advances only in `sleep_until`; every step of ``step_s`` s calls the subscribers in order.

    The physics world is the first subscriber.
    """

    def __init__(self, step_s: float, on_step: Callable[[], None] | None = None) -> None:
        self.step_s = step_s
        self._subscribers: list[Callable[[], None]] = [] if on_step is None else [on_step]
        self._ticks = 0

    def subscribe(self, on_step: Callable[[], None]) -> None:
        """Call ``on_step`` after every step, after all earlier subscribers."""
        self._subscribers.append(on_step)

    def unsubscribe(self, on_step: Callable[[], None]) -> None:
        """Stop calling ``on_step``."""
        self._subscribers.remove(on_step)

    def now(self) -> float:
        """Simulated seconds, an exact multiple of the step."""
        return self._ticks * self.step_s

    def sleep_until(self, t: float) -> None:
        """Advance whole steps until ``now() >= t``."""
        while self.now() < t - 1e-9:
            self._ticks += 1
            for subscriber in tuple(self._subscribers):
                subscriber()


class FakeClock:
    """A clock for tests, set by hand; waiting jumps to the requested time."""

    def __init__(self, t: float = 0.0) -> None:
        self.t = t

    def now(self) -> float:
        """The time set last."""
        return self.t

    def sleep_until(self, t: float) -> None:
        """Jump to ``t`` if it lies ahead."""
        self.t = max(self.t, t)

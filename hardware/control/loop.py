"""The control loop: read, ask the source, guard, write; the same code on a real and a simulated clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import floor, isfinite
from typing import Protocol

import numpy as np

from sayso.hardware.control.guard import GuardEvent, Verdict
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import JointState, JointTarget

Source = Callable[[JointState], JointTarget | None]
ELSEWHERE_RAD = 0.005  # rad, more than a servo's rounding of a target


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle at time ``t`` s: measured state, requested and sent target, and the guard's verdict.

    ``wanted`` is None while the loop is ``stopped``: the source is not called then.
    """

    t: float
    state: JointState
    wanted: JointTarget | None
    sent: JointTarget
    event: GuardEvent
    text: str = ""
    stopped: bool = False


class Guarding(Protocol):
    """The guard's interface: `sayso.hardware.control.guard.Guard`, or a proxy for a guard in another process."""

    def reset(self, state: JointState) -> None:
        """Start from a measured state."""
        ...

    def check(self, target: JointTarget | None, now: float) -> Verdict:
        """The next command, toward ``target``."""
        ...


class Loop(Protocol):
    """Interface of a control loop: a `ControlLoop`, or the proxy of one in another process."""

    period_s: float

    @property
    def stopped(self) -> bool:
        """Whether the stop is latched."""
        ...

    def stop(self) -> None:
        """Latch the stop, from any thread."""
        ...

    def release(self) -> None:
        """Unlatch the stop, at a person's request."""
        ...

    def run(self, until: Callable[[], bool] | float) -> None:
        """Cycle until ``until()`` is true, or until the time ``until`` in s on the robot's clock."""
        ...

    def ticks_missed(self) -> int:
        """Ticks missed by the loop that writes to the arm."""
        ...


class ControlLoop:
    """Drives an arm at its control rate from a source of targets, each passed through the guard.

    Late ticks are skipped and counted, not caught up. Any exception from the source or the driver stops the arm and is
    raised again. ``read`` and ``hz`` replace the robot's own.
    """

    def __init__(
        self,
        robot: Robot,
        guard: Guarding,
        source: Source,
        on_cycle: Callable[[Cycle], None] | None = None,
        read: Callable[[], JointState] | None = None,
        hz: float | None = None,
    ) -> None:
        self.robot, self.guard, self.source, self.on_cycle = robot, guard, source, on_cycle
        self.read = read or robot.read
        self.period_s = 1.0 / (hz or robot.spec.control_hz)
        self.missed = 0
        self.cycles = 0
        self.due = self.late_s = 0.0  # of the present cycle, s
        self._rest: JointState | None = None  # state to restart the guard from, if the arm came to rest elsewhere
        self._stopped = False  # a single attribute write: any thread may set it without a lock
        self._knows_state = False

    @property
    def stopped(self) -> bool:
        """Whether the stop is latched."""
        return self._stopped

    def stop(self) -> None:
        """Latch the stop, from any thread: from the next write the arm brakes and holds until `release`."""
        self._stopped = True

    def release(self) -> None:
        """Unlatch the stop; this alone moves nothing."""
        self._stopped = False

    def resync(self) -> None:
        """Restart the guard from the measured state, after something else moved the arm."""
        self._knows_state = False

    def cycle(self) -> Cycle:
        """Read, call the source, guard, write. Any exception stops the arm and is raised again."""
        try:
            return self._cycle()
        except BaseException as error:
            self._stop_robot(error)
            raise

    def run(self, until: Callable[[], bool] | float) -> None:
        """Cycle until the robot's clock shows ``until`` s, or until ``until()`` is true, checked before each cycle.

        On a simulated clock, waiting for the next tick steps the physics.
        """
        clock, period = self.robot.clock, self.period_s
        done = until if callable(until) else lambda: clock.now() >= until - 1e-9
        try:
            tick = clock.now()
            while not done():
                self.due = tick
                self.late_s = max(clock.now() - tick, 0.0)
                self._cycle()
                tick += period
                behind = floor((clock.now() - tick) / period + 1e-6)
                if behind > 0:
                    self.missed += behind
                    tick += behind * period
                clock.sleep_until(tick)
        except BaseException as error:
            self._stop_robot(error)
            raise

    def ticks_missed(self) -> int:
        """Ticks missed by the loop that writes to the arm."""
        return self.missed

    def _cycle(self) -> Cycle:
        state = self.read()
        if not isfinite(state.position @ state.velocity):  # one product detects NaN, infinity and wrong shapes
            raise RobotError(f"{self.robot.spec.name} measured impossible values: {state}")
        if not self._knows_state:
            self.guard.reset(state)
            self._knows_state = True
        wanted = None if self._stopped else self.source(state)
        stopped = self._stopped  # checked again: a stop during a slow source() must win
        if stopped:
            wanted = None
        now = self.robot.clock.now()
        if wanted is not None and self._rest is not None:
            self.guard.reset(self._rest)  # continue from the arm's position instead of the guard's stopping position
        verdict = self.guard.check(wanted, now)
        if wanted is None:
            sent = self.robot.brake(verdict.target)
            off = np.abs(sent.position - verdict.target.position).max()
            self._rest = JointState(now, sent.position, sent.velocity, sent.gripper) if off > ELSEWHERE_RAD else None
        else:
            sent, self._rest = self.robot.write(verdict.target), None
        self.cycles += 1
        done = Cycle(now, state, wanted, sent, verdict.event, verdict.text, stopped)
        if self.on_cycle is not None:
            self.on_cycle(done)
        return done

    def _stop_robot(self, error: BaseException) -> None:
        try:
            self.robot.stop()
        except Exception as second:
            error.add_note(f"and stopping {self.robot.spec.name} failed too: {second!r}")

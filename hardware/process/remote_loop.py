"""The session's proxy of a control loop in another process, without the guard."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np

from sayso.hardware.control.guard import GuardEvent, Verdict
from sayso.hardware.control.loop import ControlLoop, Cycle, Source
from sayso.hardware.control.state_machine import State
from sayso.hardware.process.remote_robot import RemoteRobot
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointState, JointTarget

HZ = 100.0  # highest rate of targets; between two the guard extrapolates by their velocity
SILENT_S = 0.5  # a loop without a report for longer counts as lost
BRAKING_S = 5.0  # longest wait for the arm to stop before a requested restart
START_S = 0.5  # longest wait for RUNNING after a start
_FOLLOWS = (State.RUNNING, State.HOLDING)


class PassOn:
    """A pass-through in place of a guard; the real guard runs in the loop's process."""

    def __init__(self, dof: int) -> None:
        self._nothing = np.zeros(dof)

    def reset(self, state: JointState) -> None:
        """Does nothing: the proxy has no state."""

    def check(self, target: JointTarget | None, now: float) -> Verdict:
        """The target unchanged; None becomes an expired target, which the real guard never follows."""
        if target is None:
            return Verdict(JointTarget(self._nothing, self._nothing, 0.0, now), GuardEvent.NO_TARGET, "no target")
        return Verdict(target, GuardEvent.OK)


class RemoteLoop:
    """Passes targets on to a `RemoteRobot`. `stop` brakes the arm at once, from any thread; `release` is for a person.

    Also latches a stop that another program pressed on the stop flag. Raises `RobotError` when the arm is stopped for
    another reason, is in fault, or its loop is lost.
    """

    def __init__(self, robot: RemoteRobot, source: Source, on_cycle: Callable[[Cycle], None] | None = None) -> None:
        self._far, hz = robot, min(robot.spec.control_hz, HZ)
        self._near = ControlLoop(robot, PassOn(robot.spec.dof), source, on_cycle, self._heard, hz)
        self.period_s = self._near.period_s
        self._released: float | None = None  # time (s) of a release whose restart is pending
        self._started = -inf  # time (s) of the last start

    @property
    def stopped(self) -> bool:
        """Whether the stop is latched, here or on the arm's stop flag."""
        return self._near.stopped or self._far.pressed

    def stop(self) -> None:
        """Latch the stop, here and in the loop's process."""
        self._near.stop()
        self._far.stop()

    def release(self) -> None:
        """Start the arm again once it stands still; call only on a person's request."""
        self._far.clear()
        self._released = self._far.clock.now()
        self._near.release()

    def run(self, until: Callable[[], bool] | float) -> None:
        """Pass targets on until ``until()`` is true, or until that time (s on the robot's clock)."""
        self._near.run(until)

    def ticks_missed(self) -> int:
        """Ticks missed by the loop's process."""
        return self._far.report().missed

    def _heard(self) -> JointState:
        """The state measured last. Raises `RobotError` if the loop no longer follows."""
        state, report, now = self._far.read(), self._far.report(), self._far.clock.now()
        name = self._far.spec.name
        if now - report.t > SILENT_S:
            raise RobotError(f"{name} is stopped: its loop {self._far.what_happened()}")
        if self.stopped:
            self._near.stop()
            return state
        if self._released is not None:
            if report.state is State.STOPPED:
                self._far.order(arm=True, start=True, clear=False)
                self._released, self._started = None, now
            elif now - self._released > BRAKING_S:
                self._released = None
        elif report.state not in _FOLLOWS and now - self._started > START_S:
            raise RobotError(f"{name} is stopped: {report.text}")
        return state

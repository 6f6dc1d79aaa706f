"""The session's side of a loop that lives in another process: the same loop to whoever asks it, without the guard."""

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

HZ = 100.0  # targets a second at most: between two the guard goes on with their velocity
SILENT_S = 0.5  # a loop that says nothing for longer is gone
BRAKING_S = 5.0  # an arm that is told to go on may brake so long yet
START_S = 0.5  # and once started it is heard to follow so much later
_FOLLOWS = (State.RUNNING, State.HOLDING)


class PassOn:
    """Stands where a guard stands: the real one is in the loop's process, and it alone decides what is written."""

    def __init__(self, dof: int) -> None:
        self._nothing = np.zeros(dof)

    def reset(self, state: JointState) -> None:
        """Nothing to begin from."""

    def check(self, target: JointTarget | None, now: float) -> Verdict:
        """The target as it is; none becomes one that has expired, which is never followed."""
        if target is None:
            return Verdict(JointTarget(self._nothing, self._nothing, 0.0, now), GuardEvent.NO_TARGET, "no target")
        return Verdict(target, GuardEvent.OK)


class RemoteLoop:
    """Passes targets on to a `RemoteRobot`. `stop` brakes the arm from any thread, at once; `release` is a person's.

    It is the near side of a loop in another process. A stop that somebody pressed elsewhere, straight on the stop line,
    is latched here too. Raises `RobotError` when the arm is stopped by anything else, is in fault, or its loop is gone.
    """

    def __init__(self, robot: RemoteRobot, source: Source, on_cycle: Callable[[Cycle], None] | None = None) -> None:
        self._far, hz = robot, min(robot.spec.control_hz, HZ)
        self._near = ControlLoop(robot, PassOn(robot.spec.dof), source, on_cycle, self._heard, hz)
        self.period_s = self._near.period_s
        self._released: float | None = None  # when somebody said go on, until the arm stands and was started
        self._started = -inf  # when it was started last

    @property
    def stopped(self) -> bool:
        """Whether the stop is latched, here or by somebody straight on the arm's stop line."""
        return self._near.stopped or self._far.pressed

    def stop(self) -> None:
        """Latch the stop, here and in the loop's process."""
        self._near.stop()
        self._far.stop()

    def release(self) -> None:
        """Start the arm again, as soon as it stands: somebody said so."""
        self._far.clear()
        self._released = self._far.clock.now()
        self._near.release()

    def run(self, until: Callable[[], bool] | float) -> None:
        """Pass targets on until ``until()`` is true, or until that time (s on the robot's clock)."""
        self._near.run(until)

    def ticks_missed(self) -> int:
        """Those of the loop's process."""
        return self._far.report().missed

    def _heard(self) -> JointState:
        """What the loop measured last, if it still follows."""
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

"""A safety controller on a fake clock with an arm that does what it is told: fed by hand, one cycle at a time."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from sayso.hardware.clock import FakeClock
from sayso.hardware.control.controller import Inputs, SafetyController
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.channel import Stamped
from sayso.hardware.ipc.freshness import Stamp
from sayso.hardware.ipc.messages import ControlRequest, Report
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.robot import NoReading
from sayso.hardware.types import JointState, JointTarget, RobotSpec


class FlakyRobot(MockRobot):
    """An arm whose readings fail on request."""

    silent, shift = 0, 0.0

    def read(self) -> JointState:
        if self.silent > 0:
            self.silent -= 1
            raise NoReading("no answer")
        state = super().read()
        return JointState(state.t, state.position + self.shift, state.velocity, state.gripper)


class HandFed:
    """A controller, armed and started; what was sent is in ``robot.written``, the last two reports in ``reports``."""

    def __init__(self, spec: RobotSpec) -> None:
        self.spec, self.clock, self.reports = spec, FakeClock(10.0), deque[Report](maxlen=2)
        self.robot = FlakyRobot(spec, self.clock)
        self.robot.connect()
        self.targets: deque[Stamped[JointTarget]] = deque()
        self._orders: deque[Stamped[ControlRequest]] = deque()
        self._number = 0
        inputs = Inputs(
            lambda: self.targets.popleft() if self.targets else None,
            lambda: self._orders.popleft() if self._orders else None,
        )
        self.controller = SafetyController(self.robot, Guard(spec, 1.0 / spec.control_hz), inputs, self.reports.append)
        for orders in (ControlRequest(), ControlRequest(arm=1), ControlRequest(arm=1, start=1)):
            self._orders.append(Stamped(self.stamp(), orders))
            self.cycle()

    def stamp(self, life: float = 0.1) -> Stamp:
        self._number += 1
        return Stamp(1, self._number, self.clock.t, self.clock.t + life)

    def send(self, position: Any, velocity: Any, gripper: Any = 1.0) -> None:
        stamp = self.stamp()
        self.targets.append(Stamped(stamp, JointTarget(position, velocity, gripper, stamp.expires)))

    def swing(self, cycles: int) -> State:
        for _ in range(cycles):
            phase = 4.0 * (self.clock.t - 10.0)
            self.send(self.spec.home + 0.25 * np.sin(phase), np.full(self.spec.dof, np.cos(phase)))
            self.cycle()
        return self.reports[-1].state

    def cycle(self) -> None:
        self.controller.loop.cycle()
        self.clock.t += self.controller.loop.period_s

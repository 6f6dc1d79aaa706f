"""A controller around a driver, armed and started, whose cycles are turned by hand on a fake clock."""

from collections import deque

import numpy as np

from sayso.hardware.clock import FakeClock
from sayso.hardware.control.controller import Inputs, SafetyController
from sayso.hardware.control.guard import Guard
from sayso.hardware.drivers.driver import Driver
from sayso.hardware.ipc.channel import Stamped
from sayso.hardware.ipc.freshness import Stamp
from sayso.hardware.ipc.messages import ControlRequest, Report
from sayso.hardware.types import JointTarget


class SteppedController:
    """Sends the arm to where it is; `cycle` returns what the controller reports."""

    def __init__(self, arm: Driver) -> None:
        self.arm, self.orders, self.reports = arm, deque[Stamped[ControlRequest]](), deque[Report](maxlen=1)
        self.number = 0
        target = JointTarget(arm.read().position, np.zeros(arm.spec.dof), 1.0, np.inf)
        inputs = Inputs(lambda: Stamped(self.stamp(), target), lambda: self.orders.popleft() if self.orders else None)
        self.controller = SafetyController(arm, Guard(arm.spec, 1.0 / arm.spec.control_hz), inputs, self.reports.append)
        for orders in (ControlRequest(), ControlRequest(arm=1), ControlRequest(arm=1, start=1)):
            self.orders.append(Stamped(self.stamp(), orders))
            self.cycle()

    def stamp(self) -> Stamp:
        self.number += 1
        now = self.arm.clock.now()
        return Stamp(1, self.number, now, now + 0.1)

    def cycle(self, seconds: float | None = None) -> Report:
        """One cycle, and ``seconds`` pass, a period if nothing is said."""
        self.controller.loop.cycle()
        assert isinstance(self.arm.clock, FakeClock)
        self.arm.clock.t += 1.0 / self.arm.spec.control_hz if seconds is None else seconds
        return self.reports[-1]

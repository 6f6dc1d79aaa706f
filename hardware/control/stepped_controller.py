"""A safety controller whose cycles are turned by hand on a fake clock, for tests and for the reliability bench."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Generic, Self, TypeVar

from sayso.hardware.clock import FakeClock
from sayso.hardware.control.controller import Inputs, SafetyController
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.state_machine import State
from sayso.hardware.ipc.channel import Stamped
from sayso.hardware.ipc.freshness import Stamp
from sayso.hardware.ipc.messages import ControlRequest, Report
from sayso.hardware.robot import Robot
from sayso.hardware.types import JointTarget

LIFE_S = 0.1
AnyRobot = TypeVar("AnyRobot", bound=Robot)


class SteppedController(Generic[AnyRobot]):
    """A controller around a connected ``robot``; the caller provides all of its inputs.

    The robot's clock is a `FakeClock`; every `cycle` advances it by a period. ``stream`` returns a target, or None, in
    every cycle. ``reports`` holds the last ``kept`` reports, None: all.
    """

    def __init__(
        self, robot: AnyRobot, *, hold_to_run: bool = False, failed: str = "", kept: int | None = None
    ) -> None:
        assert isinstance(robot.clock, FakeClock)
        self.robot, self.clock = robot, robot.clock
        self.targets, self.requests = deque[Stamped[JointTarget]](), deque[Stamped[ControlRequest]]()
        self.stops = [0, 0]
        self.reports = deque[Report](maxlen=kept)
        self.stream: Callable[[], JointTarget | None] = lambda: None
        self.number = 0  # of the last stamp
        self.requested = ControlRequest()
        inputs = Inputs(
            self._next_target, lambda: self.requests.popleft() if self.requests else None, lambda: tuple(self.stops)
        )
        self.controller = SafetyController(
            robot, Guard(robot.spec, 1.0 / robot.spec.control_hz), inputs, self.reports.append, hold_to_run, failed
        )

    def _next_target(self) -> Stamped[JointTarget] | None:
        target = self.stream()
        if target is not None:
            self.targets.append(Stamped(self.stamp(), target))
        return self.targets.popleft() if self.targets else None

    @property
    def report(self) -> Report:
        """What the controller reported last."""
        return self.reports[-1]

    @property
    def state(self) -> State:
        """As the last report says."""
        return self.report.state

    def stamp(self, epoch: int = 1, life: float = LIFE_S) -> Stamp:
        """The stamp of a message that is sent now and good for ``life`` s."""
        self.number += 1
        return Stamp(epoch, self.number, self.clock.t, self.clock.t + life)

    def send(self, position: Any, velocity: Any, gripper: Any = 1.0, life: float = LIFE_S) -> None:
        """Put a target in line, well formed or not."""
        stamp = self.stamp(life=life)
        self.targets.append(Stamped(stamp, JointTarget(position, velocity, gripper, stamp.expires)))

    def order(self, epoch: int = 1, speed: float = 1.0, pressed: bool = False, press: int = 0, **more: int) -> Self:
        """Request each of ``more`` ("arm", "start", "hold", …) so many times, in one cycle."""
        counts = {name: getattr(self.requested, name) + n for name, n in more.items()}
        self.requested = replace(self.requested, speed=speed, pressed=pressed, press=press, **counts)
        self.requests.append(Stamped(self.stamp(epoch), self.requested))
        return self.cycle()

    def start(self) -> Self:
        """Arm and start it."""
        self.order()
        self.order(arm=1)
        self.order(start=1)
        return self

    def cycle(self, seconds: float | None = None) -> Self:
        """One cycle, and ``seconds`` pass, None: a period."""
        self.controller.loop.cycle()
        self.clock.t += self.controller.loop.period_s if seconds is None else seconds
        return self

"""An arm without motors, for tests: jumps to every target, and fails on request."""

from __future__ import annotations

from dataclasses import replace
from enum import Flag, auto

import numpy as np

from sayso.hardware.clock import Clock, FakeClock
from sayso.hardware.robot import NoReading, Robot, RobotError
from sayso.hardware.types import JointState, JointTarget, RobotSpec


class Fault(Flag):
    """Faults that a `MockRobot` can show, alone or combined."""

    NONE = 0
    READ_RAISES = auto()
    READ_NAN = auto()
    READ_SHORT = auto()
    WRITE_RAISES = auto()
    WRITE_RETURNS_NOTHING = auto()
    STUCK = auto()
    STOP_RAISES = auto()
    CLOCK_STANDS_STILL = auto()


class MockRobot(Robot):
    """A kinematic arm that reaches every target at once; ``faults`` may be set at any time.

    ``written`` holds the targets since the last `connect`; ``stops`` counts the calls of `stop`.
    """

    def __init__(self, spec: RobotSpec, clock: Clock | None = None, faults: Fault = Fault.NONE) -> None:
        self.spec = spec
        self.clock = FakeClock() if clock is None else clock
        self.faults = faults
        self.written: list[JointTarget] = []
        self.stops = 0
        self._connected = False
        self._started = self.clock.now()
        self._state = JointState(self._started, spec.home.copy(), np.zeros(spec.dof), 1.0)

    def connect(self) -> None:
        """Connect and clear ``written``."""
        self._connected = True
        self.written = []

    def read(self) -> JointState:
        """The last target as a measured state, altered by the active faults."""
        self._need_connection("read")
        if Fault.READ_RAISES in self.faults:
            raise RobotError(f"{self.spec.name}: the mock is set to fail on read")
        t = self._started if Fault.CLOCK_STANDS_STILL in self.faults else self.clock.now()
        state = replace(self._state, t=t)
        if Fault.READ_NAN in self.faults:
            return replace(state, position=np.full(self.spec.dof, np.nan))
        if Fault.READ_SHORT in self.faults:
            return replace(state, position=state.position[:-1])
        return state

    def write(self, target: JointTarget) -> JointTarget:
        """Jump to the target."""
        self._need_connection("write")
        if Fault.WRITE_RAISES in self.faults:
            raise RobotError(f"{self.spec.name}: the mock is set to fail on write")
        self.written.append(target)
        if Fault.STUCK not in self.faults:
            self._state = JointState(self.clock.now(), target.position.copy(), target.velocity.copy(), target.gripper)
        return None if Fault.WRITE_RETURNS_NOTHING in self.faults else target  # type: ignore[return-value]

    def stop(self) -> None:
        """Set the velocity to zero."""
        self.stops += 1
        if Fault.STOP_RAISES in self.faults:
            raise RobotError(f"{self.spec.name}: the mock is set to fail on stop")
        self._state = replace(self._state, velocity=np.zeros(self.spec.dof))

    def disconnect(self) -> None:
        """Stop and disconnect."""
        if self._connected:
            self._connected = False
            self.stop()

    def _need_connection(self, what: str) -> None:
        if not self._connected:
            raise RobotError(f"cannot {what} {self.spec.name}: it is not connected; call connect() first")


class FlakyRobot(MockRobot):
    """A mock whose next ``silent`` readings do not come, and whose positions are read ``shift`` rad off."""

    silent, shift = 0, 0.0

    def read(self) -> JointState:
        """A reading, if one comes."""
        if self.silent > 0:
            self.silent -= 1
            raise NoReading("no answer")
        state = super().read()
        return replace(state, position=state.position + self.shift)

"""The base class of all drivers: connection modes, expiry and the reduced-speed limit."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.process.device_names import device_names
from sayso.hardware.robot import Robot
from sayso.hardware.types import JointState, JointTarget, RobotSpec

# Speed limit for an arm that keeps moving when its computer dies (ISO 10218-1, reduced speed); m/s.
REDUCED_SPEED = 0.25


class Mode(StrEnum):
    """Whether the device is absent, observed or commanded."""

    MOCK = "mock"
    READ_ONLY = "read-only"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a device: a serial ``port``, CAN interface or host address, and the driver's ``options``.

    ``calibration`` is a file, None where the driver needs none. ``options["arm"]`` names another ``arm.json`` than the
    built-in one.
    """

    port: str = ""
    mode: Mode = Mode.READ_ONLY
    calibration: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)


class Driver(Robot):
    """An arm behind its manufacturer's library. Only live mode sends commands that move the arm or change its torque.

    Without ``watchdog_s`` the tool speed is limited to `REDUCED_SPEED`.
    """

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock | None = None) -> None:
        self.spec, self.connection = spec, connection
        self.clock = clock or MonotonicClock()
        self._kinematics = Kinematics(spec)
        self._last: tuple[float, JointTarget] | None = None

    @property
    def live(self) -> bool:
        """Whether the arm may be moved."""
        return self.connection.mode is Mode.LIVE

    @property
    def _name(self) -> str:
        return f"{self.spec.name} at {self.connection.port}"

    def devices(self) -> tuple[str, ...]:
        """Canonical names of the device; `locked` gives one program at a time access to them."""
        return device_names(type(self).__qualname__, self.connection.port)

    @abstractmethod
    def send(self, target: JointTarget) -> JointTarget:
        """Send a target to the device; return the target that the device accepted. Called in live mode only."""

    def here(self) -> JointState:
        """The present joint state; a driver may bridge a missing reading."""
        return self.read()

    def write(self, target: JointTarget) -> JointTarget:
        """Send the target, slowed to `REDUCED_SPEED` if there is no watchdog; return what the device received.

        In read-only mode and for an expired target nothing is sent, and the result holds the present position.
        """
        now = self.clock.now()
        if not self.live or now > target.expires:
            here = self.here()
            self._last = None
            return replace(target, position=here.position, velocity=np.zeros(self.spec.dof), gripper=here.gripper)
        sent = self.send(target if self.watchdog_s is not None else self._slowed(target, now))
        self._last = now, sent
        return sent

    def _slowed(self, target: JointTarget, now: float) -> JointTarget:
        """The target, or the point on the way to it that the tool reaches in one period at `REDUCED_SPEED`."""
        before, at = self._last if self._last else (now, self.here())
        # A late loop must not catch up in one leap.
        period = min(max(now - before, 0.0), 2.0 / self.spec.control_hz) or 1.0 / self.spec.control_hz
        way = target.position - at.position
        speed = self._tool_speed(at.position, way / period)
        if speed <= REDUCED_SPEED:
            return target
        share = REDUCED_SPEED / speed
        velocity = target.velocity * min(1.0, share)
        return replace(target, position=at.position + way * share, velocity=velocity)

    def _tool_speed(self, q: np.ndarray, dq: np.ndarray) -> float:
        return float(np.linalg.norm(self._kinematics.jacobian(q)[:3] @ dq))


class ReadOnly(Robot):
    """Wraps an arm without a read-only mode: `write` and `stop` are not passed on."""

    def __init__(self, robot: Robot) -> None:
        self._robot, self.spec, self.clock = robot, robot.spec, robot.clock
        self.watchdog_s, self.events = robot.watchdog_s, robot.events

    def connect(self) -> None:
        """Connect the arm."""
        self._robot.connect()

    def read(self) -> JointState:
        """Read the arm."""
        return self._robot.read()

    def write(self, target: JointTarget) -> JointTarget:
        """Send nothing; return a target at the present position."""
        here = self.read()
        return replace(target, position=here.position, velocity=np.zeros(self.spec.dof), gripper=here.gripper)

    def stop(self) -> None:
        """Does nothing: the arm was never commanded."""

    def disconnect(self) -> None:
        """Disconnect the arm."""
        self._robot.disconnect()

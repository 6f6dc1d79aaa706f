"""What all drivers share: how an arm is connected, in which mode, and what is never sent to it."""

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

# An arm that goes on when its computer dies must be slow enough to step away from (ISO 10218-1, reduced speed).
REDUCED_SPEED = 0.25


class Mode(StrEnum):
    """How honest a run is: no device at all, a device that is only listened to, a device that moves."""

    MOCK = "mock"
    READ_ONLY = "read-only"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Connection:
    """How a device is reached: a serial ``port``, CAN interface or host address, and ``options`` of that driver.

    ``calibration`` is a file, None where the driver needs none. ``options["arm"]`` describes the arm by another
    ``arm.json`` than the built-in one.
    """

    port: str = ""
    mode: Mode = Mode.READ_ONLY
    calibration: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)


class Driver(Robot):
    """An arm behind its maker's library. Only live is anything sent that could move it or change its torque.

    Without a ``watchdog_s`` the tool is not let go faster than `REDUCED_SPEED`.
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

    def devices(self) -> tuple[str, ...]:
        """Names of the device, the same for every way to call it: while it is driven, nobody else may connect it."""
        return device_names(type(self).__qualname__, self.connection.port)

    @abstractmethod
    def send(self, target: JointTarget) -> JointTarget:
        """Send a target to the device, and return what was really sent. Called when live, with what is left to send."""

    def here(self) -> JointState:
        """Where the arm is, for what is sent to it."""
        return self.read()

    def write(self, target: JointTarget) -> JointTarget:
        """Send a target that is not too late or too fast; otherwise, and if not live, less or nothing is sent.

        What is returned is what the device was told: in read-only mode and for an expired target, to stay.
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
        """The target, or the point on the way to it that the tool reaches from the last one at `REDUCED_SPEED`."""
        before, at = self._last if self._last else (now, self.here())
        # A loop that was late may not catch up in one leap.
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
    """An arm that knows no read-only mode, kept from being moved: nothing that is written or stopped is passed on."""

    def __init__(self, robot: Robot) -> None:
        self._robot, self.spec, self.clock = robot, robot.spec, robot.clock
        self.watchdog_s, self.events = robot.watchdog_s, robot.events

    def connect(self) -> None:
        """As the arm does."""
        self._robot.connect()

    def read(self) -> JointState:
        """As the arm does."""
        return self._robot.read()

    def write(self, target: JointTarget) -> JointTarget:
        """Stay."""
        here = self.read()
        return replace(target, position=here.position, velocity=np.zeros(self.spec.dof), gripper=here.gripper)

    def stop(self) -> None:
        """Nothing: what was never moved needs no stop."""

    def disconnect(self) -> None:
        """As the arm does."""
        self._robot.disconnect()

"""The contracts of every arm and camera, simulated or real."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from numbers import Real
from types import TracebackType
from typing import Self

from sayso.hardware.addresses import without_password
from sayso.hardware.clock import Clock
from sayso.hardware.types import Frame, JointState, JointTarget, RobotSpec

SLOWEST_S = 1.0  # longest watchdog time-out that counts as a watchdog


class RobotError(Exception):
    """A fault of an arm or its set-up; the message states what, where and what is allowed, with passwords removed."""

    def __init__(self, *parts: object) -> None:
        super().__init__(*(without_password(part) if isinstance(part, str) else part for part in parts))


class NoReading(RobotError):
    """One reading is missing; the control loop may bridge it with the last reading."""


class Robot(ABC):
    """An arm: read joints, write joint targets, stop. Set-up raises `RobotError`; calls in the loop never block.

    ``watchdog_s`` is the time in seconds after the last target at which the device stops by itself. None: the device
    has no watchdog, and its tool is limited to `sayso.hardware.drivers.driver.REDUCED_SPEED`.
    """

    spec: RobotSpec
    clock: Clock
    watchdog_s: float | None = None

    @cached_property
    def events(self) -> list[str]:
        """Messages for the operator that are not errors. The consumer removes the messages it reads."""
        return []

    @abstractmethod
    def connect(self) -> None:
        """Prepare the arm for reading and writing. Raises `RobotError` if that fails."""

    @abstractmethod
    def read(self) -> JointState:
        """The newest measured joint state. Raises `NoReading` if none came in time, `RobotError` if the arm is lost."""

    @abstractmethod
    def write(self, target: JointTarget) -> JointTarget:
        """Send a target; return the target that the device accepted, after its own limits."""

    def brake(self, target: JointTarget) -> JointTarget:
        """Brake, or hold; ``target`` is the next point of the guard's braking trajectory. Return what was sent.

        The default writes the target. An arm that brakes by itself overrides this, and stays where it comes to rest.
        """
        return self.write(target)

    @abstractmethod
    def stop(self) -> None:
        """Hold the current position; safe in any state, at any time, more than once."""

    @abstractmethod
    def disconnect(self) -> None:
        """Stop and release the device; safe to call more than once. The arm neither moves nor goes limp: it holds its
        position by its own means."""

    def rest(self, stopped: Callable[[], bool]) -> bool:
        """Move to the rest pose and switch the motors off, if the arm can; return whether it did.

        Only an explicit request of a person may lead here. When ``stopped()`` turns true the motion ends and the arm
        holds its position. The default does nothing.
        """
        return False

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.disconnect()


def watchdog_of(robot: Robot) -> float | None:
    """The arm's watchdog time in s, or None without one. Raises `RobotError` unless it is None or in (0, 1] s."""
    after: object = robot.watchdog_s
    if after is None:
        return None
    if isinstance(after, bool) or not isinstance(after, Real) or not 0.0 < float(after) <= SLOWEST_S:
        raise RobotError(
            f"{robot.spec.name}: watchdog_s is {after!r}; above 0 to {SLOWEST_S:g} s are allowed, "
            "None for a device that does not stop by itself"
        )
    return float(after)


class Camera(ABC):
    """A calibrated camera that returns its newest frame."""

    name: str

    @abstractmethod
    def read(self) -> Frame:
        """The newest frame: RGB, and depth if the camera measures it."""

"""The contracts every arm and every camera fulfils, simulated or real."""

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

SLOWEST_S = 1.0  # a device that goes on for longer than this does not stop by itself


class RobotError(Exception):
    """Something is wrong with an arm or its set-up; the message says what, where and what is allowed, no password."""

    def __init__(self, *parts: object) -> None:
        super().__init__(*(without_password(part) if isinstance(part, str) else part for part in parts))


class NoReading(RobotError):
    """An arm did not answer this once; a loop may bridge it with the last reading."""


class Robot(ABC):
    """An arm: read its joints, write joint targets, stop. Set-up raises `RobotError`; calls in the loop never block.

    ``watchdog_s`` is how many seconds after the last target the device stops by itself. None: the device never does,
    and then its tool is limited to `sayso.hardware.drivers.driver.REDUCED_SPEED`.
    """

    spec: RobotSpec
    clock: Clock
    watchdog_s: float | None = None

    @cached_property
    def events(self) -> list[str]:
        """Sentences that a person should read and that are no errors. Whoever reads one takes it out of the list."""
        return []

    @abstractmethod
    def connect(self) -> None:
        """Make the arm ready to be read and written; raise `RobotError` if it cannot be."""

    @abstractmethod
    def read(self) -> JointState:
        """The newest measured joint state; raises `NoReading` if there was none in time, RobotError if it is lost."""

    @abstractmethod
    def write(self, target: JointTarget) -> JointTarget:
        """Send a target and return what was really sent, after the device's own limits."""

    def brake(self, target: JointTarget) -> JointTarget:
        """Brake, or stand: ``target`` is the next point of the guard's way to rest. Returns what was really sent.

        Written like any other, unless an arm brakes by itself. Such an arm stays where it comes to rest.
        """
        return self.write(target)

    @abstractmethod
    def stop(self) -> None:
        """Hold where the arm is now; safe to call at any time, from any state, more than once."""

    @abstractmethod
    def disconnect(self) -> None:
        """Stop and let go of the device; safe to call more than once. Nothing moves and nothing goes limp: the arm
        stays where it is, held by its own means."""

    def rest(self, stopped: Callable[[], bool]) -> bool:
        """Lie down and switch off, where this arm can; return whether it did. Only a person's will may call this.

        It ends at once, with the arm held where it is, when ``stopped()`` is true. By default nothing happens.
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
    """How soon the arm stops by itself, in s; None if never. Raises `RobotError` unless it is None or in (0, 1] s."""
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
    """A calibrated camera: its name and its newest frame."""

    name: str

    @abstractmethod
    def read(self) -> Frame:
        """The newest frame, RGB with depth where the camera has it."""

"""A robot wrapper with a time-out on every call, for checking drivers that may block."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import monotonic
from typing import TypeVar

from sayso.hardware.control.homing import StoppedError
from sayso.hardware.foreign import without_arguments
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import JointState, JointTarget

CALL_S, CONNECT_S, DISCONNECT_S = 5.0, 30.0, 10.0
GRACE_S = 2.0  # lets a running call end before stop() is sent: two calls at once would share one line
LOOK_S = 0.05
T = TypeVar("T")


class Blocks(RobotError):
    """A call exceeded its time-out; the call may still run in its thread."""


class BoundedRobot(Robot):
    """Runs every call of ``robot`` in a daemon thread and waits a limited number of seconds for it.

    Raises `Blocks` after that limit, and `StoppedError` once ``stopped()`` has been true for `GRACE_S`. `rest` has no
    time-out: its own argument ends it.
    """

    def __init__(self, robot: Robot, stopped: Callable[[], bool]) -> None:
        self.spec, self.clock, self._robot, self._stopped = robot.spec, robot.clock, robot, stopped

    @property
    def watchdog_s(self) -> float | None:  # type: ignore[override]
        """The wrapped arm's watchdog time, s; may change when the arm connects."""
        return self._robot.watchdog_s

    @property
    def events(self) -> list[str]:  # type: ignore[override]
        """The wrapped arm's list of events."""
        return self._robot.events

    def connect(self) -> None:
        """Connect the arm within `CONNECT_S`."""
        with without_arguments():
            self._wait("connect", self._robot.connect, CONNECT_S)

    def read(self) -> JointState:
        """Read the arm."""
        return self._wait("read", self._robot.read, CALL_S)

    def write(self, target: JointTarget) -> JointTarget:
        """Write to the arm."""
        return self._wait("write", lambda: self._robot.write(target), CALL_S)

    def stop(self) -> None:
        """Stop the arm, even after ``stopped()`` became true."""
        self._wait("stop", self._robot.stop, CALL_S, heed=False)

    def disconnect(self) -> None:
        """Disconnect the arm within `DISCONNECT_S`, even after ``stopped()`` became true."""
        self._wait("disconnect", self._robot.disconnect, DISCONNECT_S, heed=False)

    def rest(self, stopped: Callable[[], bool]) -> bool:
        """Move the arm to its rest pose and switch off, without a time-out."""
        return self._robot.rest(stopped)

    def _wait(self, name: str, call: Callable[[], T], most: float, heed: bool = True) -> T:
        returned: list[T] = []
        raised: list[BaseException] = []

        def work() -> None:
            try:
                returned.append(call())
            except BaseException as error:
                raised.append(error)

        thread = Thread(target=work, name=f"sayso-{name}", daemon=True)
        thread.start()
        began = monotonic()
        until = began + most
        while thread.is_alive():
            thread.join(LOOK_S)
            now = monotonic()
            if heed and self._stopped():
                heed, until = False, min(until, now + GRACE_S)
            if thread.is_alive() and now >= until:
                if self._stopped():
                    raise StoppedError(f"{self.spec.name} was stopped; {name}() has not returned; check where it is")
                raise Blocks(f"{name}() has not returned for {now - began:.0f} s; it must not block")
        if raised:
            raise raised[0]
        return returned[0]

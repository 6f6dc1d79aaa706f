"""An arm of servos on the bench: the maker's library, unmodified, on an emulated bus."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sayso.hardware.clock import FakeClock
from sayso.hardware.drivers.driver import Connection, Mode
from sayso.hardware.drivers.open import open_driver
from sayso.hardware.drivers.servo import serial_port
from sayso.hardware.drivers.servo.arm import ServoArm
from sayso.hardware.emulated.servo.bus import ServoBus
from sayso.hardware.emulated.servo.dynamixel import DynamixelBus
from sayso.hardware.emulated.servo.sts import StsBus
from sayso.hardware.types import JointTarget
from tests.hardware.servo_body import Body
from tests.waiting import until

BUSES = {"so101": StsBus, "koch": DynamixelBus}
SDKS = {"so101": "scservo_sdk", "koch": "dynamixel_sdk"}
TICK = 2 * np.pi / 4096
PATIENT_MS = 500.0


@dataclass
class Bench:
    """An arm on the bench: its body, its electronics, and the clock that its drivers go by."""

    name: str
    body: Body
    bus: ServoBus
    clock: FakeClock

    def driver(
        self, mode: Mode = Mode.LIVE, port: str = "", calibration: Path | None = None, **options: str
    ) -> ServoArm:
        robot = open_driver(self.name, Connection(port or self.bus.address, mode, calibration, options), self.clock)
        assert isinstance(robot, ServoArm)
        return robot


@contextmanager
def waiting(ms: float) -> Iterator[None]:
    """How long an answer is waited for."""
    before, serial_port.ANSWER_MS = serial_port.ANSWER_MS, ms
    yield
    serial_port.ANSWER_MS = before


def impatience() -> AbstractContextManager[None]:
    """As in use: where an answer is waited for in vain, more would take too long."""
    return waiting(20.0)


def patient_again() -> AbstractContextManager[None]:
    """Where there is an answer to come."""
    return waiting(PATIENT_MS)


def target(bench: Bench, joint: int, by: float, gripper: float = 0.4) -> JointTarget:
    position = bench.body.position.copy()
    position[joint] += by
    return JointTarget(position, np.zeros(bench.body.spec.dof), gripper, np.inf)


def wait_for(what: Callable[[], Any]) -> None:
    """Let the emulator's thread get there; it takes a few hundredths of a second."""
    until(what)

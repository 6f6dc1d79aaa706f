"""A bus of smart servos through its manufacturer's library: retries and fault classification."""

from __future__ import annotations

import select
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Any, ClassVar

from sayso.hardware.clock import MonotonicClock
from sayso.hardware.drivers.servo.serial_port import GONE, ports_here, why_not
from sayso.hardware.robot import NoReading, RobotError

OPEN_QUIET_MS, LOOP_QUIET_MS = 60.0, 20.0
TRIES = 3
MIDDLE = 2047  # LeRobot's tick value for the middle of a joint's range


class ServoFault(StrEnum):
    """Faults of a servo or its bus."""

    NO_ANSWER = "no answer"
    GARBLED = "garbled answer"
    UNPLUGGED = "unplugged"
    REFUSED = "refused"
    OVERLOAD = "overload"
    VOLTAGE = "voltage"
    TOO_HOT = "too hot"
    SENSOR = "sensor"
    SHUT_DOWN = "shut down"
    WATCHDOG = "bus watchdog"


ADVICE = {
    ServoFault.UNPLUGGED: "plug it in again",
    ServoFault.OVERLOAD: "free the joint, or take the load off",
    ServoFault.VOLTAGE: "check the power supply and its cable",
    ServoFault.TOO_HOT: "let it cool down",
    ServoFault.SENSOR: "check it in its maker's tool; it may be damaged",
    ServoFault.SHUT_DOWN: "hold the arm and cut its power for a moment",
}


class ServoError(RobotError):
    """A ``fault`` of the bus or of one servo; the message includes advice where a person can help."""

    def __init__(self, fault: ServoFault, text: str) -> None:
        advice = f"; {ADVICE[fault]}" if fault in ADVICE else ""
        super().__init__(f"{fault}: {text}{advice}")
        self.fault, self.what = fault, text


class ServoSilence(ServoError, NoReading):
    """One answer was missing or damaged."""


class ServoBus(ABC):
    """Servos by id behind a library's ``port`` and packet handler ``sdk``. Values are register values in ticks.

    Calls raise `ServoError`.

    ``faults`` counts communication faults, including those that a retry cured.
    """

    model_names: ClassVar[Mapping[int, str]]

    def __init__(self, port: Any, name: str, sdk: Any) -> None:
        self._port, self.name, self._sdk = port, name, sdk
        self._clock = MonotonicClock()
        self.faults: Counter[ServoFault] = Counter()
        self.errors: dict[int, ServoFault] = {}  # fault of each servo by its last answer

    def open(self) -> None:
        """Open the port exclusively. Raises `RobotError` with the reason if that fails."""
        if not self.name:
            raise RobotError(f"which port is the arm at? {ports_here()}")
        try:
            if not self._port.openPort():
                raise RobotError(f"{self.name} does not take 1,000,000 baud; the arm's own adapter does")
            self._port.ser.exclusive = True
        except GONE as error:
            self.close()
            raise RobotError(why_not(self.name, error)) from error
        if not self.quiet(OPEN_QUIET_MS):
            self.close()
            raise RobotError(f"{self.name} does not stop sending; is another controller on the arm's bus?")

    def be_patient(self, answer_ms: float) -> None:
        """Set the answer time-out to ``answer_ms`` ms, in place of `ANSWER_MS`."""
        self._port.answer_ms = answer_ms

    def quiet(self, wanted_ms: float = LOOP_QUIET_MS) -> bool:
        """Wait until the line has been silent for ``wanted_ms``; return False if it is not within four times that.

        Answers carry no number: a late one would count as the answer to the next question.
        """
        end = self._clock.now() + 4e-3 * wanted_ms
        try:
            while select.select([self._port.ser.fileno()], [], [], wanted_ms / 1e3)[0]:
                self._port.ser.reset_input_buffer()
                if self._clock.now() > end:
                    return False
        except GONE as gone:
            raise ServoError(ServoFault.UNPLUGGED, f"{self.name} is gone: {gone}") from gone
        return True

    def ping(self, servo: int) -> int:
        """The model number."""
        return int(self.attempt(servo, lambda: self._sdk.ping(self._port, servo)))

    def read(self, servo: int, address: int, size: int) -> int:
        """A register, low byte first."""
        data = self.attempt(servo, lambda: self._sdk.readTxRx(self._port, servo, address, size))
        return int.from_bytes(bytes(data), "little")

    def close(self) -> None:
        """Close the port; safe to call twice."""
        with suppress(*GONE, AttributeError):
            self._port.closePort()

    @abstractmethod
    def write(self, servo: int, address: int, size: int, value: int) -> None:
        """Set a register of ``size`` bytes."""

    @abstractmethod
    def states(self, servos: Sequence[int]) -> list[tuple[int, float]]:
        """Position (ticks) and speed (ticks/s) of each servo, in one exchange without retry."""

    @abstractmethod
    def goals(self, ticks: Mapping[int, int]) -> None:
        """Send every servo its goal position (ticks) in one message, which has no answer."""

    # Register layout of each kind of servo -----------------------------------------------------------------

    @abstractmethod
    def homing(self, servo: int) -> int:
        """A servo's stored homing offset, ticks."""

    @abstractmethod
    def range(self, servo: int) -> tuple[int, int]:
        """The ends of a servo's stored range, ticks."""

    @abstractmethod
    def encoder(self, position: int, offset: int) -> int:
        """Encoder ticks of a ``position`` that includes the homing ``offset``."""

    @abstractmethod
    def offset(self, encoder: int) -> int:
        """The homing offset that maps ``encoder`` ticks to `MIDDLE`."""

    @abstractmethod
    def calibrate(self, servo: int, offset: int, low: int, high: int) -> None:
        """Store a homing offset and a range, ticks, in a servo without torque."""

    def is_reversed(self, servo: int) -> bool:
        """Whether a servo is configured to count in reverse; most kinds cannot."""
        return False

    @abstractmethod
    def has_torque(self, servo: int) -> bool:
        """Whether a servo holds its position."""

    @abstractmethod
    def torque(self, servo: int, on: bool) -> None:
        """Switch a servo's torque."""

    @abstractmethod
    def configure(self, servo: int, gripper: bool) -> None:
        """Configure a servo without torque as LeRobot does; writes only registers that differ."""

    @abstractmethod
    def volts(self, servo: int) -> float:
        """The supply voltage, V."""

    def why(self, servo: int) -> ServoFault:
        """The fault of a servo that reports one."""
        return self.errors[servo]

    # Retries -------------------------------------------------------------------------------------------------

    def attempt(self, servo: int, call: Callable[[], tuple[Any, int, int]], tries: int = TRIES) -> Any:
        """Call the library until it succeeds; ``call`` returns (value, communication result, error bits)."""
        for left in range(tries - 1, -1, -1):
            try:
                value, result, error = call()
            except GONE as gone:
                self._port.is_using = False
                self.faults[ServoFault.UNPLUGGED] += 1
                raise ServoError(ServoFault.UNPLUGGED, f"{self.name} is gone: {gone}") from gone
            except (IndexError, TypeError):  # the library's parser fails on a damaged answer
                value, result, error = None, 1, 0
            if result == 0:
                self._note(servo, error)
                return value
            self._port.is_using = False
            fault = ServoFault.GARBLED if result > 0 else self.fault_of(result)
            self.faults[fault] += 1
            if not left:
                raise ServoError(fault, f"servo {servo} at {self.name}, {tries} times in a row")

    def _note(self, servo: int, error: int) -> None:
        found = self.error_of(error)
        if found is None:
            self.errors.pop(servo, None)
        else:
            self.errors[servo] = found

    @abstractmethod
    def fault_of(self, result: int) -> ServoFault:
        """The fault of the library's result code for a failed exchange."""

    @abstractmethod
    def error_of(self, error: int) -> ServoFault | None:
        """The fault of the error bits in a servo's answer, None without one."""

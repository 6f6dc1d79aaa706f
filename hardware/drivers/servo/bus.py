"""A bus of smart servos through its maker's library: how calls are tried again, and what its faults are called."""

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
MIDDLE = 2047  # ticks that LeRobot makes of the middle of a joint's range


class ServoFault(StrEnum):
    """What can be wrong with a servo or its bus."""

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
    ServoFault.OVERLOAD: "free what it presses against, or take the load off",
    ServoFault.VOLTAGE: "see to the power supply and its cable",
    ServoFault.TOO_HOT: "let it cool down",
    ServoFault.SENSOR: "look at it in its maker's tool; it may be damaged",
    ServoFault.SHUT_DOWN: "hold the arm and cut its power for a moment",
}


class ServoError(RobotError):
    """A ``fault`` of the bus, or of one servo of it; it says what to do where a person can do something."""

    def __init__(self, fault: ServoFault, text: str) -> None:
        advice = f"; {ADVICE[fault]}" if fault in ADVICE else ""
        super().__init__(f"{fault}: {text}{advice}")
        self.fault, self.what = fault, text


class ServoSilence(ServoError, NoReading):
    """An answer did not come, or not whole, this once."""


class ServoBus(ABC):
    """Servos by id behind a library's ``port``. Values are the registers', in ticks; calls raise `ServoError`.

    ``faults`` counts what went wrong on the wire, tried again or not.
    """

    model_names: ClassVar[Mapping[int, str]]

    def __init__(self, port: Any, name: str) -> None:
        self._port, self.name = port, name
        self._clock = MonotonicClock()
        self.faults: Counter[ServoFault] = Counter()
        self.errors: dict[int, ServoFault] = {}  # what each servo says of itself, as of its last answer

    def open(self) -> None:
        """Open the port for this program alone. Raises `RobotError` saying why that cannot be."""
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
        """Wait so long for each answer, in place of `ANSWER_MS`."""
        self._port.answer_ms = answer_ms

    def quiet(self, wanted_ms: float = LOOP_QUIET_MS) -> bool:
        """Wait until nothing has come for ``wanted_ms``; whether that was soon, within four times that long.

        Answers carry no number: one that comes too late would be taken for the answer to the next question.
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

    def close(self) -> None:
        """Let go of the port; safe to call twice."""
        with suppress(*GONE, AttributeError):
            self._port.closePort()

    @abstractmethod
    def ping(self, servo: int) -> int:
        """The model number of a servo."""

    @abstractmethod
    def read(self, servo: int, address: int, size: int) -> int:
        """A register of ``size`` bytes, as it stands there."""

    @abstractmethod
    def write(self, servo: int, address: int, size: int, value: int) -> None:
        """Set a register of ``size`` bytes."""

    @abstractmethod
    def states(self, servos: Sequence[int]) -> list[tuple[int, float]]:
        """Position (ticks) and speed (ticks/s) of each servo, in one exchange; tried once."""

    @abstractmethod
    def goals(self, ticks: Mapping[int, int]) -> None:
        """Send each servo its goal position, all at once; there is no answer to it."""

    # The layout of the registers that every kind of servo has -----------------------------------------------

    @abstractmethod
    def homing(self, servo: int) -> int:
        """The homing offset that is stored in a servo."""

    @abstractmethod
    def range(self, servo: int) -> tuple[int, int]:
        """The ends of the range that are stored in a servo."""

    @abstractmethod
    def encoder(self, position: int, offset: int) -> int:
        """The encoder's ticks at a ``position`` after the homing ``offset``."""

    @abstractmethod
    def offset(self, encoder: int) -> int:
        """The homing offset that makes `MIDDLE` of ``encoder`` ticks."""

    @abstractmethod
    def calibrate(self, servo: int, offset: int, low: int, high: int) -> None:
        """Store a homing offset and a range in a limp servo."""

    def is_reversed(self, servo: int) -> bool:
        """Whether a servo is set to count the other way round; most cannot be."""
        return False

    @abstractmethod
    def has_torque(self, servo: int) -> bool:
        """Whether a servo holds its position."""

    @abstractmethod
    def torque(self, servo: int, on: bool) -> None:
        """Let a servo hold its position, or let go."""

    @abstractmethod
    def configure(self, servo: int, gripper: bool) -> None:
        """Set a limp servo up as LeRobot does; registers that are right already are not written."""

    @abstractmethod
    def volts(self, servo: int) -> float:
        """The supply, V."""

    def why(self, servo: int) -> ServoFault:
        """What a servo has that reports a fault."""
        return self.errors[servo]

    # Trying --------------------------------------------------------------------------------------------------

    def attempt(self, servo: int, call: Callable[[], tuple[Any, int, int]], tries: int = TRIES) -> Any:
        """Call the library until it succeeds: ``call`` gives (value, result of the exchange, error bits)."""
        for left in range(tries - 1, -1, -1):
            try:
                value, result, error = call()
            except GONE as gone:
                self._port.is_using = False
                self.faults[ServoFault.UNPLUGGED] += 1
                raise ServoError(ServoFault.UNPLUGGED, f"{self.name} is gone: {gone}") from gone
            except (IndexError, TypeError):  # the libraries' own parsing of a damaged answer
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
        """What the library's result of a failed exchange means."""

    @abstractmethod
    def error_of(self, error: int) -> ServoFault | None:
        """What the error bits in a servo's answer mean."""

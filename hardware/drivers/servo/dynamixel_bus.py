"""Dynamixel X servos through dynamixel-sdk; registers from Robotis' control tables of XL430 and XL330."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

import dynamixel_sdk as sdk

from sayso.hardware.drivers.servo.bus import MIDDLE, ServoBus, ServoError, ServoFault
from sayso.hardware.drivers.servo.serial_port import Port

DRIVE_MODE, MODE, HOMING, HIGH_LIMIT, LOW_LIMIT, TORQUE, HARDWARE_ERROR, WATCHDOG = 10, 11, 20, 48, 52, 64, 70, 98
GOAL, STATE, STATE_SIZE, VOLTAGE = 116, 128, 8, 144
EXTENDED_POSITION, CURRENT_POSITION = 4, 5
RETURN_DELAY = 9
SPEED_UNIT = 0.229 / 60 * 4096  # ticks/s
WATCHDOG_UNIT_S, TRIPPED = 0.02, 0xFF
ALERT, REASONS = 0x80, {1: "it cannot", 2: "it knows no such instruction", 3: "CRC", 4: "out of its range"}
REASONS |= {5: "wrong length", 6: "beyond its limit", 7: "not while it is switched on or its watchdog has tripped"}
HARDWARE_ERRORS = (
    (1 << 5, ServoFault.OVERLOAD),
    (1 << 2, ServoFault.TOO_HOT),
    (1 << 3, ServoFault.SENSOR),
    (1 << 4, ServoFault.SHUT_DOWN),
    (1 << 0, ServoFault.VOLTAGE),
)


class _Port(Port, sdk.PortHandler):  # type: ignore[misc]
    pass


class DynamixelBus(ServoBus):
    """XL430 and XL330 servos; positions are 4096 ticks a turn over several turns, after the homing offset."""

    model_names: ClassVar = {1060: "XL430-W250", 1190: "XL330-M077", 1200: "XL330-M288"}

    def __init__(self, port: str) -> None:
        super().__init__(_Port(port), port, sdk.PacketHandler(2.0))

    def write(self, servo: int, address: int, size: int, value: int) -> None:
        """Set a register. Raises `ServoError` if the servo refuses the value."""
        data, said = list((value % (1 << 8 * size)).to_bytes(size, "little")), [0]

        def exchange() -> tuple[None, int, int]:
            result, said[0] = self._sdk.writeTxRx(self._port, servo, address, size, data)
            return None, result, said[0]

        self.attempt(servo, exchange)
        if reason := said[0] & ~ALERT:
            why = REASONS.get(reason, f"error {reason}")
            raise ServoError(ServoFault.REFUSED, f"servo {servo} does not take {value} at register {address}: {why}")

    def states(self, servos: Sequence[int]) -> list[tuple[int, float]]:
        """One sync read of speed and position."""
        ask = list(servos)
        send = partial(self._sdk.syncReadTx, self._port, STATE, STATE_SIZE, ask, len(ask), False)
        self.attempt(ask[0], lambda: (None, send(), 0), 1)
        self._port.setPacketTimeout((11 + STATE_SIZE) * len(ask))
        out = []
        for servo in ask:
            data = bytes(self.attempt(servo, partial(self._sdk.readRx, self._port, servo, STATE_SIZE), 1))
            if len(data) != STATE_SIZE:
                raise ServoError(ServoFault.GARBLED, f"servo {servo} at {self.name} answered {len(data)} bytes")
            speed, position = (int.from_bytes(data[k : k + 4], "little", signed=True) for k in (0, 4))
            out.append((position, speed * SPEED_UNIT))
        return out

    def goals(self, ticks: Mapping[int, int]) -> None:
        """One sync write."""
        data: list[int] = []
        for servo, goal in ticks.items():
            data += [servo, *goal.to_bytes(4, "little", signed=True)]
        send = partial(self._sdk.syncWriteTxOnly, self._port, GOAL, 4, data, len(data))
        self.attempt(next(iter(ticks)), lambda: (None, send(), 0), 1)

    def homing(self, servo: int) -> int:
        """The offset with its sign."""
        return _signed(self.read(servo, HOMING, 4))

    def range(self, servo: int) -> tuple[int, int]:
        """The position limits."""
        return _signed(self.read(servo, LOW_LIMIT, 4)), _signed(self.read(servo, HIGH_LIMIT, 4))

    def encoder(self, position: int, offset: int) -> int:
        """The encoder counts over several turns."""
        return position - offset

    def offset(self, encoder: int) -> int:
        """The offset is added to the encoder's ticks."""
        return MIDDLE - encoder

    def calibrate(self, servo: int, offset: int, low: int, high: int) -> None:
        """Servos with torque refuse these writes."""
        self.write(servo, HOMING, 4, offset)
        self.write(servo, LOW_LIMIT, 4, low)
        self.write(servo, HIGH_LIMIT, 4, high)

    def is_reversed(self, servo: int) -> bool:
        """The lowest bit of the drive mode."""
        return self.read(servo, DRIVE_MODE, 1) & 1 != 0

    def has_torque(self, servo: int) -> bool:
        """The torque register."""
        return self.read(servo, TORQUE, 1) != 0

    def torque(self, servo: int, on: bool) -> None:
        """The torque register."""
        self.write(servo, TORQUE, 1, int(on))

    def configure(self, servo: int, gripper: bool) -> None:
        """No return delay; extended position, so that no joint meets the encoder's wrap; current limit for grippers."""
        mode = CURRENT_POSITION if gripper else EXTENDED_POSITION
        for address, value in ((RETURN_DELAY, 0), (MODE, mode), (WATCHDOG, 0)):
            if self.read(servo, address, 1) != value:
                self.write(servo, address, 1, value)

    def volts(self, servo: int) -> float:
        """The supply, V."""
        return self.read(servo, VOLTAGE, 2) / 10

    def watch(self, servo: int, seconds: float) -> None:
        """Make a servo stop after ``seconds`` without a message; 0 disables this and clears a trip."""
        self.write(servo, WATCHDOG, 1, round(seconds / WATCHDOG_UNIT_S))

    def tripped(self, servo: int) -> bool:
        """Whether a servo's watchdog has tripped; read without retry, because the loop has little time."""
        data = self.attempt(servo, lambda: self._sdk.readTxRx(self._port, servo, WATCHDOG, 1), 1)
        return bytes(data) == bytes([TRIPPED])

    def fault_of(self, result: int) -> ServoFault:
        """Garbled or no answer."""
        return ServoFault.GARBLED if result == sdk.COMM_RX_CORRUPT else ServoFault.NO_ANSWER

    def error_of(self, error: int) -> ServoFault | None:
        """An answer only carries an alert bit; `why` reads the cause."""
        return ServoFault.SHUT_DOWN if error & ALERT else None

    def why(self, servo: int) -> ServoFault:
        """Read the cause of a servo's alert."""
        error = self.read(servo, HARDWARE_ERROR, 1)
        return next((fault for bit, fault in HARDWARE_ERRORS if error & bit), ServoFault.SHUT_DOWN)


def _signed(value: int) -> int:
    return value - (1 << 32) if value >> 31 else value

"""Feetech STS servos through feetech-servo-sdk; registers from Feetech's memory table for SMS/STS."""

from __future__ import annotations

import select
from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

import scservo_sdk as sdk

from sayso.hardware.drivers.servo.bus import MIDDLE, TRIES, ServoBus, ServoError, ServoFault
from sayso.hardware.drivers.servo.serial_port import GONE, Port

LOW_LIMIT, HIGH_LIMIT, HOMING, TORQUE, GOAL, LOCK = 9, 11, 31, 40, 42, 55
POSITION, STATE_SIZE, VOLTAGE = 56, 4, 62
TURN = 4096  # ticks
BROADCAST, PING, STATUS_SIZE = 0xFE, 0x01, 6
SILENT_S = 0.3  # after a broadcast every servo waits for its turn
# (address, size, value): no return delay, position mode, LeRobot's gains, acceleration limits at maximum.
SET_UP = ((7, 1, 0), (33, 1, 0), (21, 1, 16), (22, 1, 32), (23, 1, 0), (85, 1, 254), (41, 1, 254))
# A gripper that holds an object stalls: half torque and current, a quarter after an overload.
GRIPPER_SET_UP = ((16, 2, 500), (28, 2, 250), (36, 1, 25))
ERRORS = (
    (1 << 5, ServoFault.OVERLOAD),
    (1 << 3, ServoFault.OVERLOAD),
    (1 << 2, ServoFault.TOO_HOT),
    (1 << 1, ServoFault.SENSOR),
    (1 << 0, ServoFault.VOLTAGE),
)


class _Port(Port, sdk.PortHandler):  # type: ignore[misc]
    pass


def _signed(value: int, sign_bit: int) -> int:
    magnitude = value & ((1 << sign_bit) - 1)
    return -magnitude if value >> sign_bit & 1 else magnitude


def _senders(data: bytes) -> tuple[set[int], bool]:
    """The ids of the status packets in ``data``, and whether it holds anything else."""
    found, damaged = set[int](), False
    while data:
        packet, data = data[:STATUS_SIZE], data[STATUS_SIZE:]
        good = packet[:2] == b"\xff\xff" and packet[3:4] == b"\x02" and ~sum(packet[2:-1]) & 0xFF == packet[-1]
        if good and len(packet) == STATUS_SIZE:
            found.add(packet[2])
        else:
            damaged, data = True, packet[1:] + data
    return found, damaged


class StsBus(ServoBus):
    """STS3215 servos; positions are 4096 ticks a turn, after the homing offset."""

    model_names: ClassVar = {777: "STS3215"}

    def __init__(self, port: str) -> None:
        super().__init__(_Port(port), port, sdk.PacketHandler(0))

    def talk_at(self, baud: int) -> None:
        """Send and receive at ``baud`` bit/s. Raises `ServoError` if the port is gone."""
        try:
            self._port.ser.baudrate = baud
            self._port.ser.reset_input_buffer()
        except GONE as gone:
            raise ServoError(ServoFault.UNPLUGGED, f"{self.name} is gone: {gone}") from gone
        self._port.baudrate, self._port.tx_time_per_byte = baud, 10_000.0 / baud

    def answering(self) -> set[int]:
        """The ids that answer a ping to all servos at the present baud rate; a damaged answer leads to a second one.

        Servos that share an id count once.
        """
        found: set[int] = set()
        for _ in range(TRIES):
            ids, damaged = _senders(self._after_ping())
            found |= ids
            if not damaged:
                break
        return found

    def _after_ping(self) -> bytes:
        """What arrives after a ping to all servos, until the line is silent."""
        data = b""
        try:
            self._sdk.txPacket(self._port, [0, 0, BROADCAST, 2, PING, 0])
            while select.select([self._port.ser.fileno()], [], [], SILENT_S)[0]:
                data += self._port.ser.read(4096)
        except GONE as gone:
            raise ServoError(ServoFault.UNPLUGGED, f"{self.name} is gone: {gone}") from gone
        finally:
            self._port.is_using = False
        return data

    def write(self, servo: int, address: int, size: int, value: int) -> None:
        """Set a register."""
        data = list(value.to_bytes(size, "little"))
        self.attempt(servo, lambda: (None, *self._sdk.writeTxRx(self._port, servo, address, size, data)))

    def states(self, servos: Sequence[int]) -> list[tuple[int, float]]:
        """One sync read of position and speed."""
        ask = list(servos)
        send = partial(self._sdk.syncReadTx, self._port, POSITION, STATE_SIZE, ask, len(ask))
        self.attempt(ask[0], lambda: (None, send(), 0), 1)
        out = []
        for servo in ask:
            data = bytes(self.attempt(servo, partial(self._sdk.readRx, self._port, servo, STATE_SIZE), 1))
            if len(data) != STATE_SIZE:
                raise ServoError(ServoFault.GARBLED, f"servo {servo} at {self.name} answered {len(data)} bytes")
            position, speed = int.from_bytes(data[:2], "little"), int.from_bytes(data[2:], "little")
            out.append((_signed(position, 15), float(_signed(speed, 15))))
        return out

    def goals(self, ticks: Mapping[int, int]) -> None:
        """One sync write."""
        data: list[int] = []
        for servo, goal in ticks.items():
            raw = abs(goal) | (goal < 0) << 15
            data += [servo, raw & 0xFF, raw >> 8]
        send = partial(self._sdk.syncWriteTxOnly, self._port, GOAL, 2, data, len(data))
        self.attempt(next(iter(ticks)), lambda: (None, send(), 0), 1)

    def homing(self, servo: int) -> int:
        """The offset with its sign."""
        return _signed(self.read(servo, HOMING, 2), 11)

    def range(self, servo: int) -> tuple[int, int]:
        """The position limits."""
        return self.read(servo, LOW_LIMIT, 2), self.read(servo, HIGH_LIMIT, 2)

    def encoder(self, position: int, offset: int) -> int:
        """The encoder counts one turn."""
        return (position + offset) % TURN

    def offset(self, encoder: int) -> int:
        """The register has a sign and 11 bits: one tick of the turn cannot be represented."""
        return min(encoder - MIDDLE, MIDDLE)

    def calibrate(self, servo: int, offset: int, low: int, high: int) -> None:
        """Unlocks the servo's settings first; the servo must have no torque."""
        self.write(servo, LOCK, 1, 0)
        self.write(servo, HOMING, 2, abs(offset) | (offset < 0) << 11)
        self.write(servo, LOW_LIMIT, 2, low)
        self.write(servo, HIGH_LIMIT, 2, high)

    def has_torque(self, servo: int) -> bool:
        """The torque register."""
        return self.read(servo, TORQUE, 1) != 0

    def torque(self, servo: int, on: bool) -> None:
        """Switch torque; with torque on, the settings are locked."""
        self.write(servo, TORQUE, 1, int(on))
        self.write(servo, LOCK, 1, int(on))

    def configure(self, servo: int, gripper: bool) -> None:
        """The settings' EEPROM wears out: only values that differ are written."""
        for address, size, value in (*SET_UP, *(GRIPPER_SET_UP if gripper else ())):
            if self.read(servo, address, size) != value:
                self.write(servo, LOCK, 1, 0)
                self.write(servo, address, size, value)

    def volts(self, servo: int) -> float:
        """The supply, V."""
        return self.read(servo, VOLTAGE, 1) / 10

    def fault_of(self, result: int) -> ServoFault:
        """Garbled or no answer."""
        return ServoFault.GARBLED if result == sdk.COMM_RX_CORRUPT else ServoFault.NO_ANSWER

    def error_of(self, error: int) -> ServoFault | None:
        """The most severe of the error bits."""
        return next((fault for bit, fault in ERRORS if error & bit), None)

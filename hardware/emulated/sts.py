"""A Feetech STS servo bus to the byte: packets, registers and status bits of STS3215 servos.

Packets: FF FF id length instruction parameters checksum (Feetech "SMS/STS" manual; registers as in its memory table).
"""

from __future__ import annotations

from hardware.emulated.servo_bus import STEP, TICKS, ServoBus

PING, READ, WRITE, REG_WRITE, ACTION, SYNC_READ, SYNC_WRITE = 0x01, 0x02, 0x03, 0x04, 0x05, 0x82, 0x83
BROADCAST = 0xFE
MODEL, HOMING, TORQUE, GOAL, TORQUE_LIMIT, LOCK = 3, 31, 40, 42, 48, 55
POSITION, SPEED, LOAD, VOLTAGE, TEMPERATURE, STATUS, MOVING, CURRENT = 56, 58, 60, 62, 63, 65, 66, 69
EPROM_END = 40
BAD_VOLTAGE, BAD_SENSOR, TOO_HOT, OVERLOADED = 1 << 0, 1 << 1, 1 << 2, 1 << 5
STS3215 = 777
USUAL_VOLTS, STALL_NM = 7.4, 1.9
MOVING_TICKS_S = 20


def packet(servo: int, code: int, parameters: bytes = b"") -> bytes:
    """A packet; ``code`` is the instruction, or in a status packet the error bits."""
    body = bytes([servo, len(parameters) + 2, code]) + parameters
    return b"\xff\xff" + body + bytes([~sum(body) & 0xFF])


def signed(value: int, sign_bit: int) -> int:
    """The number of a register with sign and magnitude."""
    magnitude = value & ((1 << sign_bit) - 1)
    return -magnitude if value >> sign_bit & 1 else magnitude


def unsigned(value: int, sign_bit: int) -> int:
    """A number as sign and magnitude."""
    return min(abs(value), (1 << sign_bit) - 1) | (value < 0) << sign_bit


class StsBus(ServoBus):
    """STS3215 servos on a half-duplex bus; position = encoder - homing offset, within one turn."""

    def homing(self, mounted: int) -> int:
        """Encoder ticks less the middle of LeRobot's range."""
        return mounted - 2047

    def set_up(self) -> None:
        """Factory settings, and the calibration that was written since."""
        self._registers: dict[int, bytearray] = {}
        self._prepared: dict[int, bytes] = {}
        for calibration in self.calibration.values():
            r = self._registers[calibration.id] = bytearray(256)
            r[0:3] = 3, 10, 0
            r[MODEL : MODEL + 2] = STS3215.to_bytes(2, "little")
            r[5], r[7], r[8] = calibration.id, 250, 1
            r[9:11] = calibration.range_min.to_bytes(2, "little")
            r[11:13] = calibration.range_max.to_bytes(2, "little")
            r[13], r[14], r[15] = 70, 80, 40
            r[16:18] = (1000).to_bytes(2, "little")
            r[18], r[19], r[20], r[21], r[22] = 12, 44, 47, 32, 32
            r[28:30] = (500).to_bytes(2, "little")
            r[30] = 1
            r[HOMING : HOMING + 2] = unsigned(calibration.homing_offset, 11).to_bytes(2, "little")
            r[34], r[35], r[36] = 20, 200, 80
            r[GOAL : GOAL + 2] = (2048).to_bytes(2, "little")
            r[TORQUE_LIMIT : TORQUE_LIMIT + 2] = (1000).to_bytes(2, "little")
            r[LOCK] = 1

    def answer(self, waiting: bytes) -> tuple[bytes, list[bytes]]:
        """Skip what is no packet; a packet with a wrong checksum is not answered."""
        answers: list[bytes] = []
        while True:
            start = waiting.find(b"\xff\xff")
            if start < 0:
                return waiting[-1:] if waiting.endswith(b"\xff") else b"", answers
            waiting = waiting[start:]
            if waiting[2:3] == b"\xff":  # FF FF FF: the packet begins one later
                waiting = waiting[1:]
                continue
            if len(waiting) < 4:
                return waiting, answers
            length = waiting[3] + 4
            if length < 6:
                waiting = waiting[2:]
                continue
            if len(waiting) < length:
                return waiting, answers
            whole, waiting = waiting[:length], waiting[length:]
            if ~sum(whole[2:-1]) & 0xFF == whole[-1]:
                answers += self._do(whole[2], whole[4], whole[5:-1])

    def _do(self, servo: int, instruction: int, given: bytes) -> list[bytes]:
        if instruction == SYNC_READ and len(given) > 2:
            return [self._status(i, self._read(i, given[0], given[1])) for i in given[2:] if self.alive(i)]
        if instruction == SYNC_WRITE and len(given) > 2:
            start, size = given[0], given[1]
            for k in range(2, len(given) - size, size + 1):
                if self.alive(given[k]):
                    self._write(given[k], start, given[k + 1 : k + 1 + size])
            self._move()
            return []
        addressed = [i for i in self.names if self.alive(i) and servo in (i, BROADCAST)]
        parameters = b""
        for i in addressed:
            if instruction == READ and len(given) == 2:
                parameters = self._read(i, given[0], given[1])
            elif instruction == WRITE and len(given) > 1:
                self._write(i, given[0], given[1:])
            elif instruction == REG_WRITE and len(given) > 1:
                self._prepared[i] = given
            elif instruction == ACTION and i in self._prepared:
                later = self._prepared.pop(i)
                self._write(i, later[0], later[1:])
            elif instruction not in (PING, ACTION):
                return []
        self._move()
        if servo == BROADCAST and instruction != PING:
            return []
        return [self._status(i, parameters) for i in addressed]

    def _status(self, servo: int, parameters: bytes) -> bytes:
        return packet(servo, self._errors(servo), parameters)

    def _errors(self, servo: int) -> int:
        r, wire = self._registers[servo], self.wire
        volts = USUAL_VOLTS if wire.volts is None else wire.volts
        return (
            BAD_VOLTAGE * (not r[15] <= 10 * volts <= r[14])
            | BAD_SENSOR * (servo in wire.sensor)
            | TOO_HOT * (servo in wire.hot)
            | OVERLOADED * (servo in self._overloaded)
        )

    def _read(self, servo: int, start: int, size: int) -> bytes:
        r, k = self._registers[servo], servo - 1
        if start + size > POSITION:
            ticks = (self.encoder(servo, self.motors.angles()[k]) - self._offset(servo)) % TICKS
            speed = round(self.motors.speeds()[k] / STEP)
            load = round(1000 * float(self.motors.efforts()[k]) / STALL_NM)
            volts = USUAL_VOLTS if self.wire.volts is None else self.wire.volts
            r[POSITION : POSITION + 2] = ticks.to_bytes(2, "little")
            r[SPEED : SPEED + 2] = unsigned(speed, 15).to_bytes(2, "little")
            r[LOAD : LOAD + 2] = unsigned(load, 10).to_bytes(2, "little")
            r[VOLTAGE], r[TEMPERATURE] = round(10 * volts), 75 if servo in self.wire.hot else 31
            r[STATUS], r[MOVING] = self._errors(servo), abs(speed) > MOVING_TICKS_S
            r[CURRENT : CURRENT + 2] = abs(load).to_bytes(2, "little")
        return bytes(r[start : start + size])

    def _write(self, servo: int, start: int, data: bytes) -> None:
        r = self._registers[servo]
        r[start : start + len(data)] = data[: 256 - start]
        self.written.append((servo, start))
        written = range(start, start + len(data))
        if TORQUE in written:
            if r[TORQUE]:
                self._overloaded.discard(servo)
            self.motors.power(servo - 1, bool(r[TORQUE]))
        if r[TORQUE] and (TORQUE in written or GOAL + 1 in written):
            low, high = (int.from_bytes(r[a : a + 2], "little") for a in (9, 11))
            goal = signed(int.from_bytes(r[GOAL : GOAL + 2], "little"), 15)
            goal = min(max(goal, low), high) if high > low else goal
            self.motors.goals[servo - 1] = self.angle(servo, goal + self._offset(servo))

    def _move(self) -> None:
        self.motors.follow(self.motors.goals)

    def _offset(self, servo: int) -> int:
        r = self._registers[servo]
        return signed(int.from_bytes(r[HOMING : HOMING + 2], "little"), 11)

    def idle(self) -> None:
        """These servos have no watchdog: they hold their goals."""

    def halt(self, servo: int) -> None:
        """No torque until it is switched on again."""
        self._registers[servo][TORQUE] = 0
        self.motors.power(servo - 1, False)

"""A Dynamixel bus to the byte: Protocol 2.0 and the control table of X-series servos, the bus watchdog included.

Packets: FF FF FD 00 id length instruction parameters CRC-16 (emanual.robotis.com, "Protocol 2.0", "XL430-W250").
"""

from __future__ import annotations

from hardware.emulated.servo_bus import ServoBus

PING, READ, WRITE, REBOOT, STATUS, SYNC_READ, SYNC_WRITE = 0x01, 0x02, 0x03, 0x08, 0x55, 0x82, 0x83
BROADCAST, HEADER = 0xFE, b"\xff\xff\xfd\x00"
HOMING, VOLTS_MAX, VOLTS_MIN, TORQUE, HARDWARE_ERROR, WATCHDOG = 20, 32, 34, 64, 70, 98
GOALS, GOAL, MOVING, CURRENT, SPEED, POSITION, VOLTAGE, TEMPERATURE = 100, 116, 122, 126, 128, 132, 144, 146
TABLE_END, EEPROM_END = 147, 64
BAD_INSTRUCTION, BAD_RANGE, NO_ACCESS, ALERT = 0x02, 0x04, 0x07, 0x80
BAD_VOLTAGE, TOO_HOT, BAD_ENCODER, OVERLOADED = 1 << 0, 1 << 2, 1 << 3, 1 << 5
XL430, XL330 = 1060, 1200
WATCHDOG_UNIT_S, TRIPPED = 0.02, 0xFF
SPEED_UNIT = 0.0239809  # 0.229 turns a minute, rad/s


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        out = byte << 8
        for _ in range(8):
            out = (out << 1 ^ 0x8005) & 0xFFFF if out & 0x8000 else out << 1 & 0xFFFF
        table.append(out)
    return tuple(table)


CRC_TABLE = _crc_table()


def crc(data: bytes) -> int:
    """CRC-16 with the polynomial 0x8005, starting from 0."""
    out = 0
    for byte in data:
        out = (out << 8 & 0xFFFF) ^ CRC_TABLE[out >> 8 ^ byte]
    return out


def packet(servo: int, body: bytes) -> bytes:
    """A packet; ``body`` is the instruction with its parameters, and is stuffed so that it holds no header."""
    body = body.replace(b"\xff\xff\xfd", b"\xff\xff\xfd\xfd")
    head = HEADER + bytes([servo]) + (len(body) + 2).to_bytes(2, "little") + body
    return head + crc(head).to_bytes(2, "little")


class DynamixelBus(ServoBus):
    """XL430 servos for the first two joints and XL330 for the rest; position = encoder + homing offset, many turns."""

    def homing(self, mounted: int) -> int:
        """The middle of LeRobot's range less encoder ticks."""
        return 2047 - mounted

    def set_up(self) -> None:
        """Factory settings, and the calibration that was written since."""
        self._registers: dict[int, bytearray] = {}
        self._heard = self.clock.now()
        for calibration in self.calibration.values():
            r = self._registers[calibration.id] = bytearray(TABLE_END)
            r[0:2] = (XL430 if calibration.id <= 2 else XL330).to_bytes(2, "little")
            r[6], r[7], r[8], r[9], r[11], r[13] = 52, calibration.id, 3, 250, 3, 2
            r[HOMING : HOMING + 4] = calibration.homing_offset.to_bytes(4, "little", signed=True)
            r[31] = 72
            r[VOLTS_MAX : VOLTS_MAX + 2] = (140).to_bytes(2, "little")
            r[VOLTS_MIN : VOLTS_MIN + 2] = (40).to_bytes(2, "little")
            r[48:52] = calibration.range_max.to_bytes(4, "little", signed=True)
            r[52:56] = calibration.range_min.to_bytes(4, "little", signed=True)
            r[63], r[68] = 52, 2
            r[84:86] = (800).to_bytes(2, "little")
            r[GOAL : GOAL + 4] = (2048).to_bytes(4, "little")

    def answer(self, waiting: bytes) -> tuple[bytes, list[bytes]]:
        """Skip what is no packet; a packet with a wrong CRC is not answered."""
        answers: list[bytes] = []
        while True:
            start = waiting.find(HEADER)
            if start < 0:
                return waiting[-3:], answers
            waiting = waiting[start:]
            if len(waiting) < 7:
                return waiting, answers
            length = 7 + int.from_bytes(waiting[5:7], "little")
            if not 10 <= length <= 1024:
                waiting = waiting[4:]
                continue
            if len(waiting) < length:
                return waiting, answers
            whole, waiting = waiting[:length], waiting[length:]
            if crc(whole[:-2]) == int.from_bytes(whole[-2:], "little"):
                self._heard = self.clock.now()
                body = whole[7:-2].replace(b"\xff\xff\xfd\xfd", b"\xff\xff\xfd")
                answers += self._do(whole[4], body[0], body[1:])

    def idle(self) -> None:
        """Stop what has not heard anything for as long as its watchdog says."""
        silent = self.clock.now() - self._heard
        for i, r in self._registers.items():
            limit = r[WATCHDOG]
            if r[TORQUE] and limit not in (0, TRIPPED) and silent > limit * WATCHDOG_UNIT_S:
                r[WATCHDOG] = TRIPPED
                self.events.append(f"bus watchdog: {self.names[i]} stopped after {silent:.2f} s of silence")
                self.motors.goals[i - 1] = self.motors.angles()[i - 1]
                self.motors.follow(self.motors.goals)

    def _do(self, servo: int, instruction: int, given: bytes) -> list[bytes]:
        start, size = (int.from_bytes(given[k : k + 2], "little") for k in (0, 2))
        if instruction == SYNC_READ:
            return [self._status(i, *self._read(i, start, size)) for i in given[4:] if self.alive(i)]
        if instruction == SYNC_WRITE:
            for k in range(4, len(given) - size, size + 1):
                if self.alive(given[k]):
                    self._write(given[k], start, given[k + 1 : k + 1 + size])
            self.motors.follow(self.motors.goals)
            return []
        answers = []
        for i in self.names:
            if not self.alive(i) or servo not in (i, BROADCAST):
                continue
            error, out = 0, b""
            if instruction == PING:
                out = bytes(self._registers[i][0:2]) + bytes(self._registers[i][6:7])
            elif instruction == READ:
                error, out = self._read(i, start, size)
            elif instruction == WRITE:
                error = self._write(i, start, given[2:])
            elif instruction == REBOOT:
                self._reboot(i)
            else:
                error = BAD_INSTRUCTION
            answers.append(self._status(i, error, out))
        self.motors.follow(self.motors.goals)
        return answers if servo != BROADCAST or instruction == PING else []

    def _status(self, servo: int, error: int, out: bytes) -> bytes:
        alert = ALERT if self._hardware_error(servo) else 0
        return packet(servo, bytes([STATUS, error | alert]) + out)

    def _hardware_error(self, servo: int) -> int:
        r, wire = self._registers[servo], self.wire
        low, high = (int.from_bytes(r[a : a + 2], "little") for a in (VOLTS_MIN, VOLTS_MAX))
        return (
            BAD_VOLTAGE * (not low <= 10 * self._volts(servo) <= high)
            | TOO_HOT * (servo in wire.hot)
            | BAD_ENCODER * (servo in wire.sensor)
            | OVERLOADED * (servo in self._overloaded)
        )

    def _volts(self, servo: int) -> float:
        usual = 12.0 if servo <= 2 else 5.0
        return usual if self.wire.volts is None else self.wire.volts

    def _read(self, servo: int, start: int, size: int) -> tuple[int, bytes]:
        if start + size > TABLE_END or size == 0:
            return BAD_RANGE, b""
        r, k = self._registers[servo], servo - 1
        r[HARDWARE_ERROR] = self._hardware_error(servo)
        if start + size > MOVING:
            ticks = self.encoder(servo, self.motors.angles()[k]) + self._offset(servo)
            speed = round(self.motors.speeds()[k] / SPEED_UNIT)
            effort = round(1000 * float(self.motors.efforts()[k]))
            r[MOVING] = abs(speed) > 5
            r[CURRENT : CURRENT + 2] = max(min(effort, 2047), -2048).to_bytes(2, "little", signed=True)
            r[SPEED : SPEED + 4] = speed.to_bytes(4, "little", signed=True)
            r[POSITION : POSITION + 4] = ticks.to_bytes(4, "little", signed=True)
            r[VOLTAGE : VOLTAGE + 2] = round(10 * self._volts(servo)).to_bytes(2, "little")
            r[TEMPERATURE] = 78 if servo in self.wire.hot else 33
        return 0, bytes(r[start : start + size])

    def _write(self, servo: int, start: int, data: bytes) -> int:
        r = self._registers[servo]
        if not data or start + len(data) > TABLE_END:
            return BAD_RANGE
        if (start < EEPROM_END and r[TORQUE]) or (GOALS <= start < MOVING and r[WATCHDOG] == TRIPPED):
            return NO_ACCESS
        if start <= TORQUE < start + len(data) and data[TORQUE - start] and servo in self._overloaded:
            return NO_ACCESS  # it has shut down; only a reboot brings it back
        r[start : start + len(data)] = data
        self.written.append((servo, start))
        written = range(start, start + len(data))
        if TORQUE in written:
            self.motors.power(servo - 1, bool(r[TORQUE]))
        if r[TORQUE] and (TORQUE in written or GOAL + 3 in written):
            goal = int.from_bytes(r[GOAL : GOAL + 4], "little", signed=True)
            self.motors.goals[servo - 1] = self.angle(servo, goal - self._offset(servo))
        return 0

    def _offset(self, servo: int) -> int:
        return int.from_bytes(self._registers[servo][HOMING : HOMING + 4], "little", signed=True)

    def _reboot(self, servo: int) -> None:
        r = self._registers[servo]
        self._overloaded.discard(servo)
        r[TORQUE] = r[WATCHDOG] = 0
        self.motors.power(servo - 1, False)

    def halt(self, servo: int) -> None:
        """No torque until it is rebooted."""
        self._registers[servo][TORQUE] = 0
        self.motors.power(servo - 1, False)

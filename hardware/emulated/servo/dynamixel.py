"""A Dynamixel bus at packet level: Protocol 2.0 and the control table of X-series servos, with the bus watchdog.

Packets: FF FF FD 00 id length instruction parameters CRC-16. Sources: emanual.robotis.com, "Protocol 2.0",
"XL430-W250" (61 rev/min no-load, 1.5 Nm stall, both at 12 V), "XL330-M288" (103 rev/min and 0.52 Nm at 5 V).
"""

from __future__ import annotations

from math import pi

from sayso.hardware.drivers.servo.calibration import ServoCalibration
from sayso.hardware.emulated.servo.bus import BROADCAST, TICKS, ServoBus

PING, READ, WRITE, REBOOT, STATUS, SYNC_READ, SYNC_WRITE = 0x01, 0x02, 0x03, 0x08, 0x55, 0x82, 0x83
HEADER = b"\xff\xff\xfd\x00"
ID, BAUD, MODE, HOMING, VOLTS_MAX, VOLTS_MIN, PWM_LIMIT, CURRENT_LIMIT, SPEED_LIMIT = 7, 8, 11, 20, 32, 34, 36, 38, 44
TORQUE, REPLIES, HARDWARE_ERROR, WATCHDOG = 64, 68, 70, 98
GOALS, GOAL_PWM, GOAL_CURRENT, PROFILE_ACCELERATION, PROFILE_SPEED, GOAL = 100, 100, 102, 108, 112, 116
MOVING, CURRENT, SPEED, POSITION, VOLTAGE, TEMPERATURE = 122, 126, 128, 132, 144, 146
BAUD_RATES = (9_600, 57_600, 115_200, 1_000_000, 2_000_000, 3_000_000, 4_000_000)
CURRENT_POSITION = 5  # operating mode in which the goal current limits the torque
TABLE_END, EEPROM_END = 147, 64
BAD_INSTRUCTION, BAD_RANGE, NO_ACCESS, ALERT = 0x02, 0x04, 0x07, 0x80
BAD_VOLTAGE, TOO_HOT, BAD_ENCODER, OVERLOADED = 1 << 0, 1 << 2, 1 << 3, 1 << 5
XL430, XL330 = 1060, 1200
WATCHDOG_UNIT_S, TRIPPED = 0.02, 0xFF
SPEED_UNIT = 0.0239809  # rad/s, 0.229 rev/min
ACCELERATION_UNIT, STEEPEST = 214.577 * 2 * pi / 3600, 60.0  # rad/s²; STEEPEST applies for a profile of 0
FASTEST = {XL430: 61 * 2 * pi / 60, XL330: 103 * 2 * pi / 60}
STALL_NM, STALL_MA = {XL430: 1.5, XL330: 0.52}, {XL430: 1400, XL330: 1470}


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
    """CRC-16 with polynomial 0x8005 and initial value 0."""
    out = 0
    for byte in data:
        out = (out << 8 & 0xFFFF) ^ CRC_TABLE[out >> 8 ^ byte]
    return out


def packet(servo: int, body: bytes) -> bytes:
    """A packet; ``body`` is the instruction with its parameters, byte-stuffed so that it contains no header."""
    body = body.replace(b"\xff\xff\xfd", b"\xff\xff\xfd\xfd")
    head = HEADER + bytes([servo]) + (len(body) + 2).to_bytes(2, "little") + body
    return head + crc(head).to_bytes(2, "little")


class DynamixelBus(ServoBus):
    """XL430 servos for the first two joints, XL330 for the rest; position = encoder + homing offset, multi-turn."""

    def homing(self, mounted: int) -> int:
        """The middle of LeRobot's range minus encoder ticks."""
        return 2047 - mounted

    eeprom_end, id_at, baud_at, baud_rates = EEPROM_END, ID, BAUD, BAUD_RATES

    def factory(self, servo: int) -> bytearray:
        """Id 1, 57,600 baud, range of one turn."""
        model = XL430 if servo <= 2 else XL330
        r = bytearray(TABLE_END)

        r[6], r[ID], r[BAUD], r[9], r[MODE], r[12], r[13] = 52, 1, 1, 250, 3, 255, 2
        r[31], r[63] = 72, 52
        words = {0: model, VOLTS_MAX: 140, VOLTS_MIN: 40, PWM_LIMIT: 885, CURRENT_LIMIT: 1750, 48: TICKS - 1}
        for address, value in (words | {SPEED_LIMIT: 265 if model == XL430 else 445}).items():
            r[address : address + 2] = value.to_bytes(2, "little")
        return r

    def set_up(self, servo: int, calibration: ServoCalibration) -> None:
        """Id, LeRobot's baud rate, range and offset."""
        r = self._registers[servo]
        r[ID], r[BAUD] = calibration.id, BAUD_RATES.index(1_000_000)
        r[HOMING : HOMING + 4] = calibration.homing_offset.to_bytes(4, "little", signed=True)
        r[48:52] = calibration.range_max.to_bytes(4, "little", signed=True)
        r[52:56] = calibration.range_min.to_bytes(4, "little", signed=True)

    def wake(self, servo: int) -> None:
        """Initialize the goals from the limits, and the goal position from the present one."""
        self._heard = self.clock.now()
        r = self._registers[servo]
        r[REPLIES] = 2
        r[84:86] = (800).to_bytes(2, "little")
        r[GOAL_PWM : GOAL_PWM + 4] = r[PWM_LIMIT : PWM_LIMIT + 4]  # and the goal current
        self._goal_here(servo)

    def limits(self, servo: int) -> tuple[float, float, float]:
        """From the profile (0 means maximum), the goal PWM and, in current-based mode, the goal current."""
        r = self._registers[servo]
        model = int.from_bytes(r[0:2], "little")
        speed, steep = (int.from_bytes(r[a : a + 4], "little") for a in (PROFILE_SPEED, PROFILE_ACCELERATION))
        pwm, current = (int.from_bytes(r[a : a + 2], "little", signed=True) for a in (GOAL_PWM, GOAL_CURRENT))
        share = min(abs(pwm) / 885, 1.0)
        if r[MODE] == CURRENT_POSITION:
            share = min(share, abs(current) / STALL_MA[model])
        fastest = FASTEST[model]
        return (
            min(speed * SPEED_UNIT, fastest) if speed else fastest,
            min(steep * ACCELERATION_UNIT, STEEPEST) if steep else STEEPEST,
            STALL_NM[model] * share,
        )

    def answer(self, waiting: bytes) -> tuple[bytes, list[bytes]]:
        """Skip invalid bytes; a packet with a wrong CRC gets no answer."""
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
        """Stop servos whose bus watchdog has expired."""
        silent = self.clock.now() - self._heard
        for i, r in self._registers.items():
            limit = r[WATCHDOG]
            if r[TORQUE] and limit not in (0, TRIPPED) and silent > limit * WATCHDOG_UNIT_S:
                r[WATCHDOG] = TRIPPED
                self.events.append(f"bus watchdog: {self.names[i]} stopped after {silent:.2f} s of silence")
                self.motors.goals[i - 1] = self.motors.angles()[i - 1]
                self.motors.follow(self.motors.goals)

    def _do(self, bus_id: int, instruction: int, given: bytes) -> list[bytes]:
        start, size = (int.from_bytes(given[k : k + 2], "little") for k in (0, 2))
        if instruction == SYNC_READ:
            out: list[bytes] = []
            for i in given[4:]:
                out += self.at_once([self._status(i, s, *self._read(s, start, size)) for s in self.at(i)])
            return out
        if instruction == SYNC_WRITE:
            for k in range(4, len(given) - size, size + 1):
                for servo in self.at(given[k]):
                    self._write(servo, start, given[k + 1 : k + 1 + size])
            self.motors.follow(self.motors.goals)
            return []
        answers: dict[int, list[bytes]] = {}
        for servo in self.at(bus_id):
            own, error, content = self.id_of(servo), 0, b""
            if instruction == PING:
                content = bytes(self._registers[servo][0:2]) + bytes(self._registers[servo][6:7])
            elif instruction == READ:
                error, content = self._read(servo, start, size)
            elif instruction == WRITE:
                error = self._write(servo, start, given[2:])
            elif instruction == REBOOT:
                self._start(servo)
            else:
                error = BAD_INSTRUCTION
            if instruction == PING or self._registers[servo][REPLIES] > (instruction != READ):
                answers.setdefault(own, []).append(self._status(own, servo, error, content))
        self.motors.follow(self.motors.goals)
        if bus_id == BROADCAST and instruction != PING:
            return []
        return [p for _, packets in sorted(answers.items()) for p in self.at_once(packets)]

    def _status(self, own: int, servo: int, error: int, out: bytes) -> bytes:
        alert = ALERT if self._hardware_error(servo) else 0
        return packet(own, bytes([STATUS, error | alert]) + out)

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
            speed = round(self.motors.speeds()[k] / SPEED_UNIT)
            effort = round(1000 * float(self.motors.efforts()[k]))
            r[MOVING] = abs(speed) > 5
            r[CURRENT : CURRENT + 2] = max(min(effort, 2047), -2048).to_bytes(2, "little", signed=True)
            r[SPEED : SPEED + 4] = speed.to_bytes(4, "little", signed=True)
            r[POSITION : POSITION + 4] = self._ticks(servo).to_bytes(4, "little", signed=True)
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
            return NO_ACCESS  # shut down by overload: only a reboot re-enables torque
        had_torque = r[TORQUE]
        r[start : start + len(data)] = data
        self.written.append((servo, start))
        written = range(start, start + len(data))
        if start < EEPROM_END:
            self._save(servo)
        if TORQUE in written:
            self.motors.power(servo - 1, bool(r[TORQUE]))
        if GOAL + 3 in written and not r[TORQUE]:
            self._newly_set.add(servo)
        if r[TORQUE] and not had_torque and servo not in self._newly_set:
            self._goal_here(servo)
        if r[TORQUE] and (TORQUE in written or GOAL + 3 in written):
            self._newly_set.discard(servo)
            goal = int.from_bytes(r[GOAL : GOAL + 4], "little", signed=True)
            self.motors.goals[servo - 1] = self.angle(servo, goal - self._offset(servo))
        if written != range(GOAL, GOAL + 4):  # goals arrive 100 times a second and change no limit
            self._limit(servo)
        return 0

    def _ticks(self, servo: int) -> int:
        return self.encoder(servo, self.motors.angles()[servo - 1]) + self._offset(servo)

    def _goal_here(self, servo: int) -> None:
        self._registers[servo][GOAL : GOAL + 4] = self._ticks(servo).to_bytes(4, "little", signed=True)

    def _offset(self, servo: int) -> int:
        return int.from_bytes(self._registers[servo][HOMING : HOMING + 4], "little", signed=True)

    def halt(self, servo: int) -> None:
        """Switch torque off until a reboot."""
        self._registers[servo][TORQUE] = 0
        self.motors.power(servo - 1, False)

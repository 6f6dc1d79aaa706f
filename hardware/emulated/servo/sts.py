"""A Feetech STS servo bus at packet level: packets, registers and status bits of STS3215 servos.

Packets: FF FF id length instruction parameters checksum. Sources: Feetech, "SMS/STS memory table" and "Servo SCS
communication protocol"; speed and torque: "ST3215, 7.4 V" (0.192 s/60° no-load, 19.5 kg·cm stall).
"""

from __future__ import annotations

from math import pi

from sayso.hardware.clock import Clock
from sayso.hardware.drivers.servo.calibration import ServoCalibration
from sayso.hardware.emulated.device import Device
from sayso.hardware.emulated.servo.bus import BROADCAST, STEP, TICKS, ServoBus

PING, READ, WRITE, REG_WRITE, ACTION, SYNC_READ, SYNC_WRITE = 0x01, 0x02, 0x03, 0x04, 0x05, 0x82, 0x83
MODEL, ID, BAUD, REPLIES, MAX_TORQUE, HOMING = 3, 5, 6, 8, 16, 31
TORQUE, ACCELERATION, GOAL, GOAL_SPEED, TORQUE_LIMIT, LOCK = 40, 41, 42, 46, 48, 55
POSITION, SPEED, LOAD, VOLTAGE, TEMPERATURE, STATUS, MOVING, CURRENT = 56, 58, 60, 62, 63, 65, 66, 69
MAX_ACCELERATION = 85
EEPROM_END = 40
BAUD_RATES = (1_000_000, 500_000, 250_000, 128_000, 115_200, 76_800, 57_600, 38_400)
BAD_VOLTAGE, BAD_SENSOR, TOO_HOT, OVERLOADED = 1 << 0, 1 << 1, 1 << 2, 1 << 5
STS3215 = 777
USUAL_VOLTS, STALL_NM = 7.4, 1.9
FASTEST = pi / 3 / 0.192  # rad/s
ACCELERATION_UNIT = 100 * STEP  # rad/s²
SET_MIDDLE = 128  # written to the torque register: makes the present encoder position the middle of the turn
MOVING_TICKS_S = 20


def packet(servo: int, code: int, parameters: bytes = b"") -> bytes:
    """A packet; ``code`` is the instruction or, in a status packet, the error bits."""
    body = bytes([servo, len(parameters) + 2, code]) + parameters
    return b"\xff\xff" + body + bytes([~sum(body) & 0xFF])


def signed(value: int, sign_bit: int) -> int:
    """Decode a sign-magnitude register."""
    magnitude = value & ((1 << sign_bit) - 1)
    return -magnitude if value >> sign_bit & 1 else magnitude


def unsigned(value: int, sign_bit: int) -> int:
    """Encode a number as sign and magnitude."""
    return min(abs(value), (1 << sign_bit) - 1) | (value < 0) << sign_bit


class StsBus(ServoBus):
    """STS3215 servos on a half-duplex bus; position = encoder - homing offset, within one turn.

    Settings take effect at once; they survive power loss only if written while `LOCK` was 0.
    """

    eeprom_end, id_at, baud_at, baud_rates = EEPROM_END, ID, BAUD, BAUD_RATES

    def __init__(self, device: Device, clock: Clock | None = None) -> None:
        self._prepared: dict[int, bytes] = {}
        super().__init__(device, clock)

    def homing(self, mounted: int) -> int:
        """Encoder ticks minus the middle of LeRobot's range."""
        return mounted - 2047

    def factory(self, servo: int) -> bytearray:
        """Id 1, 1,000,000 baud, range of one turn."""
        r = bytearray(256)
        r[0:3] = 3, 10, 0
        r[MODEL : MODEL + 2] = STS3215.to_bytes(2, "little")
        r[ID], r[BAUD], r[7], r[REPLIES] = 1, 0, 250, 1
        r[11:13] = (TICKS - 1).to_bytes(2, "little")
        r[13], r[14], r[15] = 70, 80, 40
        r[MAX_TORQUE : MAX_TORQUE + 2] = (1000).to_bytes(2, "little")
        r[18], r[19], r[20], r[21], r[22] = 12, 44, 47, 32, 32
        r[28:30] = (500).to_bytes(2, "little")
        r[30] = 1
        r[34], r[35], r[36] = 20, 200, 80
        return r

    def set_up(self, servo: int, calibration: ServoCalibration) -> None:
        """Id, range and offset; half the torque for the jaw."""
        r = self._registers[servo]
        r[ID] = calibration.id
        r[9:11] = calibration.range_min.to_bytes(2, "little")
        r[11:13] = calibration.range_max.to_bytes(2, "little")
        r[HOMING : HOMING + 2] = unsigned(calibration.homing_offset, 11).to_bytes(2, "little")
        if servo > self.motors.device.spec.dof:
            r[MAX_TORQUE : MAX_TORQUE + 2] = (500).to_bytes(2, "little")
            r[28:30] = (250).to_bytes(2, "little")
            r[36] = 25

    def wake(self, servo: int) -> None:
        """Take the torque limit from the settings, set the goal to the present position, lock the settings."""
        self._prepared.pop(servo, None)
        r = self._registers[servo]
        r[TORQUE_LIMIT : TORQUE_LIMIT + 2] = r[MAX_TORQUE : MAX_TORQUE + 2]
        r[LOCK], r[MAX_ACCELERATION] = 1, 254
        self._goal_here(servo)

    def limits(self, servo: int) -> tuple[float, float, float]:
        """From goal speed (ticks/s), acceleration (100 ticks/s²), both 0 for maximum, and torque (1/1000)."""
        r = self._registers[servo]
        speed, limit, most = (int.from_bytes(r[a : a + 2], "little") for a in (GOAL_SPEED, TORQUE_LIMIT, MAX_TORQUE))
        speed = abs(signed(speed, 15))
        steepest = max(r[MAX_ACCELERATION], 1)
        return (
            min(speed * STEP, FASTEST) if speed else FASTEST,
            min(r[ACCELERATION] or steepest, steepest) * ACCELERATION_UNIT,
            STALL_NM * min(limit, most, 1000) / 1000,
        )

    def answer(self, waiting: bytes) -> tuple[bytes, list[bytes]]:
        """Skip invalid bytes; a packet with a wrong checksum gets no answer."""
        answers: list[bytes] = []
        while True:
            start = waiting.find(b"\xff\xff")
            if start < 0:
                return waiting[-1:] if waiting.endswith(b"\xff") else b"", answers
            waiting = waiting[start:]
            if waiting[2:3] == b"\xff":  # FF FF FF: the packet starts one byte later
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

    def _do(self, bus_id: int, instruction: int, given: bytes) -> list[bytes]:
        if instruction == SYNC_READ and len(given) > 2:
            out: list[bytes] = []
            for i in given[2:]:
                out += self.at_once([self._status(i, s, self._read(s, given[0], given[1])) for s in self.at(i)])
            return out
        if instruction == SYNC_WRITE and len(given) > 2:
            start, size = given[0], given[1]
            for k in range(2, len(given) - size, size + 1):
                for servo in self.at(given[k]):
                    self._write(servo, start, given[k + 1 : k + 1 + size])
            self._move()
            return []
        answers: dict[int, list[bytes]] = {}
        for servo in self.at(bus_id):
            own, parameters = self.id_of(servo), b""
            if instruction == READ and len(given) == 2:
                parameters = self._read(servo, given[0], given[1])
            elif instruction == WRITE and len(given) > 1:
                self._write(servo, given[0], given[1:])
            elif instruction == REG_WRITE and len(given) > 1:
                self._prepared[servo] = given
            elif instruction == ACTION and servo in self._prepared:
                later = self._prepared.pop(servo)
                self._write(servo, later[0], later[1:])
            elif instruction not in (PING, ACTION):
                return []
            if instruction in (PING, READ) or self._registers[servo][REPLIES]:
                answers.setdefault(own, []).append(self._status(own, servo, parameters))
        self._move()
        if bus_id == BROADCAST and instruction != PING:
            return []
        return [p for _, packets in sorted(answers.items()) for p in self.at_once(packets)]

    def _status(self, own: int, servo: int, parameters: bytes) -> bytes:
        return packet(own, self._errors(servo), parameters)

    def _errors(self, servo: int) -> int:
        r, wire = self._registers[servo], self.wire
        volts = USUAL_VOLTS if wire.volts is None else wire.volts
        return (
            BAD_VOLTAGE * (not r[15] <= 10 * volts <= r[14])
            | BAD_SENSOR * (servo in wire.sensor)
            | TOO_HOT * (servo in wire.hot)
            | OVERLOADED * (servo in self._overloaded)
        )

    def _ticks(self, servo: int) -> int:
        return (self.encoder(servo, self.motors.angles()[servo - 1]) - self._offset(servo)) % TICKS

    def _read(self, servo: int, start: int, size: int) -> bytes:
        r, k = self._registers[servo], servo - 1
        if start + size > POSITION:
            speed = round(self.motors.speeds()[k] / STEP)
            load = round(1000 * float(self.motors.efforts()[k]) / STALL_NM)
            volts = USUAL_VOLTS if self.wire.volts is None else self.wire.volts
            r[POSITION : POSITION + 2] = self._ticks(servo).to_bytes(2, "little")
            r[SPEED : SPEED + 2] = unsigned(speed, 15).to_bytes(2, "little")
            r[LOAD : LOAD + 2] = unsigned(load, 10).to_bytes(2, "little")
            r[VOLTAGE], r[TEMPERATURE] = round(10 * volts), 75 if servo in self.wire.hot else 31
            r[STATUS], r[MOVING] = self._errors(servo), abs(speed) > MOVING_TICKS_S
            r[CURRENT : CURRENT + 2] = abs(load).to_bytes(2, "little")
        return bytes(r[start : start + size])

    def _write(self, servo: int, start: int, data: bytes) -> None:
        r = self._registers[servo]
        had_torque, saves, written = r[TORQUE], r[LOCK] == 0, range(start, start + len(data))
        r[start : start + len(data)] = data[: 256 - start]
        self.written.append((servo, start))
        if TORQUE in written:
            if r[TORQUE] == SET_MIDDLE:
                r[TORQUE], saves, start = had_torque, True, HOMING
                middle = self.encoder(servo, self.motors.angles()[servo - 1]) % TICKS - TICKS // 2
                r[HOMING : HOMING + 2] = unsigned(middle, 11).to_bytes(2, "little")
                self._goal_here(servo)
            if r[TORQUE]:
                self._overloaded.discard(servo)
            self.motors.power(servo - 1, bool(r[TORQUE]))
        if start < EEPROM_END and saves:
            self._save(servo)
        if GOAL + 1 in written and not r[TORQUE]:
            self._newly_set.add(servo)
        if r[TORQUE] and not had_torque and servo not in self._newly_set:
            self._goal_here(servo)
        if r[TORQUE] and (TORQUE in written or GOAL + 1 in written):
            self._newly_set.discard(servo)
            low, high = (int.from_bytes(r[a : a + 2], "little") for a in (9, 11))
            goal = signed(int.from_bytes(r[GOAL : GOAL + 2], "little"), 15)
            goal = min(max(goal, low), high) if high > low else goal
            # The servo moves within one turn of its encoder; the joint's angle may span several.
            here = self.encoder(servo, self.motors.angles()[servo - 1])
            self.motors.goals[servo - 1] = self.angle(servo, here + goal - self._ticks(servo))
        if written != range(GOAL, GOAL + 2):  # goals arrive 100 times a second and change no limit
            self._limit(servo)

    def _move(self) -> None:
        self.motors.follow(self.motors.goals)

    def _goal_here(self, servo: int) -> None:
        self._registers[servo][GOAL : GOAL + 2] = self._ticks(servo).to_bytes(2, "little")

    def _offset(self, servo: int) -> int:
        r = self._registers[servo]
        return signed(int.from_bytes(r[HOMING : HOMING + 2], "little"), 11)

    def idle(self) -> None:
        """Does nothing: these servos have no watchdog and hold their goals."""

    def halt(self, servo: int) -> None:
        """Switch torque off until it is switched on again."""
        self._registers[servo][TORQUE] = 0
        self.motors.power(servo - 1, False)

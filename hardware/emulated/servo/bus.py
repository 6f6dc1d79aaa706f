"""The common part of emulated Feetech and Dynamixel buses on a serial port."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections import deque
from contextlib import suppress
from functools import reduce
from math import pi
from operator import and_
from pathlib import Path

from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.drivers.servo.calibration import ServoCalibration
from sayso.hardware.emulated.device import Device
from sayso.hardware.emulated.servo.faults import BusFaults
from sayso.hardware.emulated.servo.motors import Motors
from sayso.hardware.emulated.servo.pty_port import PtyPort

TICKS = 4096  # a turn
STEP = 2 * pi / TICKS
MIDDLE = 2047  # LeRobot's tick value for the middle of the range
LATE_S = 0.03
BROADCAST = 0xFE


class ServoBus(ABC):
    """Servos in the order of the arm's motors, with ids 1, 2, …, behind a port at ``address``.

    Each servo has its own mounting angle and is calibrated; ``calibration`` is the file that LeRobot would have saved.
    A servo receives at its own baud rate and answers to the id in its register. ``wire`` holds the faults. Only the
    port's thread accesses the registers.
    """

    faults: tuple[str, ...] = ("drop", "garble", "late", "dead ID", "overload ID", "hot ID", "voltage", "unplug")
    # Steps of a person who sets up motors, which `fault` accepts too.
    handling: tuple[str, ...] = ("only ID …", "power-cycle", "factory-new")

    def __init__(self, device: Device, clock: Clock | None = None) -> None:
        self._wall = MonotonicClock()
        self.clock = clock or self._wall
        self.motors = Motors(device)
        self.wire = BusFaults()
        self.events: list[str] = []
        self.written: deque[tuple[int, int]] = deque(maxlen=1000)  # (servo, register), newest last
        spec = device.spec
        names = [*spec.joints, *([spec.gripper.jaw.joint] if spec.gripper and spec.gripper.jaw else [])]
        self.ranges = joint_ranges(spec.urdf)
        self.names = dict(enumerate(names, 1))
        self._center = {i: sum(self.ranges[name]) / 2 for i, name in self.names.items()}
        self._mounted = {i: MIDDLE + i * 613 % 1601 - 800 for i in self.names}
        self.calibration = {}
        for i, name in self.names.items():
            half = (self.ranges[name][1] - self.ranges[name][0]) / 2 / STEP
            low, high = (0, TICKS - 1) if half > 1750 else (round(MIDDLE - half), round(MIDDLE + half))
            self.calibration[name] = ServoCalibration(
                id=i, drive_mode=0, homing_offset=self.homing(self._mounted[i]), range_min=low, range_max=high
            )
        self._overloaded: set[int] = set()
        self._newly_set: set[int] = set()  # servos without torque that have received a goal
        self._registers: dict[int, bytearray] = {}
        self._saved: dict[int, bytes] = {}  # EEPROM contents
        for i, name in self.names.items():
            self._registers[i] = self.factory(i)
            self.set_up(i, self.calibration[name])
            self._save(i)
            self._start(i)
        self._folder = tempfile.TemporaryDirectory(prefix="sayso-port-")
        self.address = str(Path(self._folder.name) / spec.name)
        self._plug()

    # Protocol-specific methods ------------------------------------------------------------------------------

    eeprom_end: int  # registers below this address survive power loss
    id_at: int  # the registers of id and baud rate; the latter's numbers stand for ``baud_rates`` bit/s
    baud_at: int
    baud_rates: tuple[int, ...]

    @abstractmethod
    def homing(self, mounted: int) -> int:
        """The homing offset that maps the encoder's ``mounted`` ticks at mid-range to `MIDDLE`."""

    @abstractmethod
    def factory(self, servo: int) -> bytearray:
        """A servo's registers with factory settings."""

    @abstractmethod
    def set_up(self, servo: int, calibration: ServoCalibration) -> None:
        """Write what LeRobot writes when it sets up and calibrates a motor."""

    @abstractmethod
    def wake(self, servo: int) -> None:
        """Initialize the volatile registers; the goal becomes the present position."""

    def id_of(self, servo: int) -> int:
        """The id in the register."""
        return self._registers[servo][self.id_at]

    def baud_of(self, servo: int) -> int:
        """The baud rate in the register, bit/s; 0 for a number that stands for none."""
        code = self._registers[servo][self.baud_at]
        return self.baud_rates[code] if code < len(self.baud_rates) else 0

    @abstractmethod
    def limits(self, servo: int) -> tuple[float, float, float]:
        """Speed (rad/s), acceleration (rad/s²) and torque (Nm) that registers and motor allow."""

    @abstractmethod
    def answer(self, waiting: bytes) -> tuple[bytes, list[bytes]]:
        """Execute the complete packets in ``waiting``; return the rest and the status packets."""

    @abstractmethod
    def halt(self, servo: int) -> None:
        """Switch a servo off on overload, as its firmware does."""

    @abstractmethod
    def idle(self) -> None:
        """Called regularly, with or without new data."""

    # Memory and addresses ------------------------------------------------------------------------------------

    def at(self, bus_id: int) -> list[int]:
        """Servos with this id, or all for `BROADCAST`, that are connected and match the port's baud rate."""
        meant = [i for i in self.names if bus_id in (self.id_of(i), BROADCAST) and self._connected(i)]
        baud = self._port.baud if meant else 0
        return [i for i in meant if self.baud_of(i) == baud]

    def at_once(self, packets: list[bytes]) -> list[bytes]:
        """The bytes read when servos with the same id answer at once: any servo can pull the wire low."""
        if len(packets) < 2:
            return packets
        length = max(map(len, packets))
        return [
            bytes(reduce(and_, column) for column in zip(*(p.ljust(length, b"\xff") for p in packets), strict=True))
        ]

    def _connected(self, servo: int) -> bool:
        return servo not in self.wire.dead and (self.wire.only is None or servo in self.wire.only)

    def _save(self, servo: int) -> None:
        self._saved[servo] = bytes(self._registers[servo][: self.eeprom_end])

    def _start(self, servo: int) -> None:
        """Power a servo up or restart it."""
        self._overloaded.discard(servo)
        self._newly_set.discard(servo)
        self.motors.power(servo - 1, False)
        r = self._registers[servo]
        r[:] = self._saved[servo] + bytes(len(r) - self.eeprom_end)
        self.wake(servo)
        self._limit(servo)

    def _limit(self, servo: int) -> None:
        self.motors.limit(servo - 1, *self.limits(servo))

    # The port ------------------------------------------------------------------------------------------------

    def _plug(self) -> None:
        self._port = PtyPort(self.answer, self._send, self._idle)
        link = Path(self.address)
        link.unlink(missing_ok=True)
        link.symlink_to(self._port.path)

    def _send(self, answer: bytes) -> bytes:
        if self.wire.late_s:
            # On the wall clock: the client's library measures time-outs on it.
            self._wall.sleep_until(self._wall.now() + self.wire.late_s)
        return self.wire.on_the_wire(answer)

    def _idle(self) -> None:
        for servo in sorted(self.wire.overload - self._overloaded):
            self._overloaded.add(servo)
            self.events.append(f"overload: {self.names[servo]} switched itself off")
            self.halt(servo)
        if self.wire.factory_new:
            self.wire.factory_new = False
            for i in self.names:
                self._registers[i] = self.factory(i)
                self._save(i)
            self.wire.power_cycle = True
        if self.wire.power_cycle:
            self.wire.power_cycle = False
            for i in self.names:
                self._start(i)
        self.idle()

    def close(self) -> None:
        """Stop serving; the device keeps its state. Safe to call twice."""
        self._port.close()
        with suppress(OSError):
            Path(self.address).unlink(missing_ok=True)
        self._folder.cleanup()

    # Faults --------------------------------------------------------------------------------------------------

    def fault(self, name: str) -> None:
        """Inject a fault. Raises `ValueError` for an unknown fault or servo."""
        word, _, number = name.partition(" ")
        servos = {"dead": self.wire.dead, "overload": self.wire.overload, "hot": self.wire.hot}
        if word == "only" and number:
            self.wire.only = frozenset(map(self._servo, number.split()))
        elif word in servos:
            servos[word].add(self._servo(number))
        elif name == "drop":
            self.wire.drop = 0.3
        elif name == "garble":
            self.wire.garble = 0.3
        elif name == "late":
            self.wire.late_s = LATE_S
        elif name == "voltage":
            self.wire.volts = 3.5
        elif name == "unplug":
            self._port.close()
            Path(self.address).unlink(missing_ok=True)
        elif name == "power-cycle":
            self.wire.power_cycle = True
        elif name == "factory-new":
            self.wire.factory_new = True
        else:
            raise ValueError(f"no fault '{name}'; there are: {', '.join((*self.faults, *self.handling))}")
        self.events.append(f"fault: {name}")

    def _servo(self, text: str) -> int:
        """A servo by its number or name. Raises `ValueError`."""
        servo = int(text) if text.isdecimal() else {n: i for i, n in self.names.items()}.get(text, 0)
        if servo not in self.names:
            raise ValueError(f"no servo {text}; there are: {list(self.names)}")
        return servo

    def recover(self) -> None:
        """Plug in, restore the supply and cool down; a servo that switched itself off stays without torque."""
        self.wire.drop = self.wire.garble = self.wire.late_s = 0.0
        self.wire.volts = self.wire.only = None
        for servos in (self.wire.dead, self.wire.overload, self.wire.hot, self.wire.sensor, self._overloaded):
            servos.clear()
        if not Path(self.address).exists():
            self._plug()
        self.events.append("recovered")

    # Angles --------------------------------------------------------------------------------------------------

    def encoder(self, servo: int, angle: float) -> int:
        """Encoder ticks, over any number of turns, at the joint angle ``angle`` rad."""
        return self._mounted[servo] + round((angle - self._center[servo]) / STEP)

    def angle(self, servo: int, ticks: float) -> float:
        """The joint's angle (rad) at the encoder's ``ticks``."""
        return self._center[servo] + (ticks - self._mounted[servo]) * STEP

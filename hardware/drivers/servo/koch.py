"""The Koch v1.1 follower through dynamixel-sdk, with the servos' bus watchdogs armed while it moves."""

from __future__ import annotations

from contextlib import suppress

from sayso.hardware.drivers.servo.arm import ServoArm
from sayso.hardware.drivers.servo.bus import ServoBus, ServoError, ServoFault
from sayso.hardware.drivers.servo.dynamixel_bus import DynamixelBus
from sayso.hardware.types import JointState, JointTarget

WATCHDOG_S = 0.08  # in steps of 0.02 s: stopped within 0.1 s
LOOK_EVERY = 5  # readings per watchdog check: all servos within 0.5 s, at most 10 % of the bus's time


class Koch(ServoArm):
    """Two XL430 and four XL330 servos. From the first target, each stops `WATCHDOG_S` after its last message.

    The next reading raises `ServoError` for a tripped watchdog; `stop` disarms the watchdogs and holds.
    """

    watchdog_s = WATCHDOG_S
    models = ((1060,),) * 2 + ((1200, 1190),) * 4
    whole_turns = ("shoulder_pan", "wrist_roll")
    _armed = False
    _spoke = 0.0
    _readings = 0

    def make_bus(self, port: str) -> ServoBus:
        """The servos' bus at ``port``."""
        return DynamixelBus(port)

    def read(self) -> JointState:
        """The newest measured state. Raises `ServoError` also if a servo's watchdog has tripped."""
        silent = self.clock.now() - self._spoke
        state = super().read()
        self._spoke = self.clock.now()
        self._readings += 1
        suspects = self._ids if silent > WATCHDOG_S else []
        if not suspects and self._readings % LOOK_EVERY == 0:
            # A tripped servo that missed our messages ignores its goals without an error: poll the servos in turn.
            suspects = [self._ids[self._readings // LOOK_EVERY % len(self._ids)]]
        if self._armed and suspects and not self._misses:
            stopped: list[str] = []
            with suppress(ServoError):  # a missing answer proves nothing; the next round asks again
                stopped = [self._names[i - 1] for i in suspects if self._dynamixels().tripped(i)]
            if stopped:
                self._armed = False
                heard = f"after {silent:.2f} s without a message from the loop"
                raise ServoError(ServoFault.WATCHDOG, f"{', '.join(stopped)} stopped {heard}")
        return state

    def send(self, target: JointTarget) -> JointTarget:
        """Arm the watchdogs before the first target."""
        if not self._armed:
            bus = self._dynamixels()
            for i in self._ids:
                bus.watch(i, 0.0)
            for i in self._ids:
                bus.watch(i, WATCHDOG_S)
            self._armed = True
        sent = super().send(target)
        self._spoke = self.clock.now()
        return sent

    def stop(self) -> None:
        """Hold, with watchdogs disarmed: nothing moves that they would have to stop."""
        if self._bus is not None and self._holding:
            bus = self._dynamixels()
            for i in self._ids:
                with suppress(ServoError):
                    if bus.tripped(i):
                        self._stands_itself.add(i)
            with suppress(ServoError):
                for i in self._ids:
                    bus.watch(i, 0.0)
                self._armed = False
        super().stop()

    def _dynamixels(self) -> DynamixelBus:
        bus = self._connected("reach")
        assert isinstance(bus, DynamixelBus)
        return bus

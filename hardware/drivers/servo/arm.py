"""An arm of smart servos: finds and calibrates the servos, holds and drives them, and rests before torque goes off."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from math import pi

import numpy as np

from sayso.hardware.arms.kinematics import joint_ranges
from sayso.hardware.clock import Clock
from sayso.hardware.drivers.driver import Connection, Driver
from sayso.hardware.drivers.glide import lie_down
from sayso.hardware.drivers.options import milliseconds
from sayso.hardware.drivers.servo.bus import TRIES, ServoBus, ServoError, ServoFault, ServoSilence
from sayso.hardware.drivers.servo.calibration import ServoCalibration
from sayso.hardware.drivers.servo.setup import calibration_of, find_servos
from sayso.hardware.robot import NoReading, RobotError
from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec

STEP = 2 * pi / 4096
SAG_TICKS = 24  # 2 degrees
ERROR_READINGS = 3  # a servo's error bits count after this many readings in a row


class ServoArm(Driver):
    """Joints and jaw are servos with ids 1, 2, … in the spec's order.

    Positions use LeRobot's calibration, from its file or else from the servos. The middle of the calibrated range is
    the middle of the URDF's. In live mode `connect` holds the arm in place; `disconnect` leaves it holding. `rest` goes
    home and to the rest pose, slowly, then switches torque off; with ``options["at_end"]`` "hold" it does nothing.
    "answer_ms" is the answer time-out for slow adapters, ms. ``events`` holds messages that are no errors.
    """

    models: tuple[tuple[int, ...], ...] = ()
    whole_turns: tuple[str, ...] = ()  # joints that LeRobot's calibration does not sweep

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock | None = None) -> None:
        super().__init__(spec, connection, clock)
        if spec.gripper is not None and spec.gripper.jaw is None:
            raise RobotError(f"{spec.name}: the gripper of a servo arm is a jaw; its arm.json names none")
        self._jaw = spec.gripper.jaw if spec.gripper else None
        self._width = spec.gripper.width if spec.gripper else 0.0
        self._names = (*spec.joints, *((self._jaw.joint,) if self._jaw else ()))
        ranges = joint_ranges(spec.urdf)
        self._ranges = {name: ranges[name] for name in self._names}
        self._center = [sum(ends) / 2 for ends in self._ranges.values()]
        self._ids = list(range(1, len(self._names) + 1))
        self._bus: ServoBus | None = None
        self._calibration: list[ServoCalibration] = []
        self._holding = False
        self._state: JointState | None = None
        self._goals: dict[int, int] = {}
        self._seen: list[int] = []
        self._stands_itself: set[int] = set()  # servos that stopped by themselves since the last stop()
        self._misses = 0
        self._said: Counter[int] = Counter()

    @property
    def wire_faults(self) -> int:
        """Number of damaged or missing answers since connect."""
        return self._bus.faults.total() if self._bus else 0

    @abstractmethod
    def make_bus(self, port: str) -> ServoBus:
        """Make the arm's bus, closed."""

    # Connecting ----------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Find and read all servos; in live mode hold the arm. Raises `RobotError`; nothing has moved then."""
        if self._bus is not None:
            return
        bus = self.make_bus(self.connection.port)
        if wanted := self.connection.options.get("answer_ms"):
            bus.be_patient(milliseconds("answer_ms", wanted))
        bus.open()
        self._bus = bus
        try:
            find_servos(bus, self._names, self.models, self.spec.name)
            self._calibration = calibration_of(bus, self._ranges, self.connection.calibration, self.whole_turns)
            self._state = self._patiently(bus)
            if self.live:
                self._hold(bus)
        except BaseException:
            self._bus = None
            bus.close()
            raise

    def _hold(self, bus: ServoBus) -> None:
        """Set goals before torque: a servo moves to its stored goal as soon as torque is on."""
        assert self._state is not None
        for i in self._ids:
            if not bus.has_torque(i):
                bus.configure(i, gripper=i > self.spec.dof)
        self._patiently(bus)
        self._goals = dict(zip(self._ids, self._seen, strict=True))
        bus.goals(self._goals)
        for i in self._ids:
            bus.torque(i, True)
        self._holding = True

    # The loop ------------------------------------------------------------------------------------------------

    def read(self) -> JointState:
        """The newest measured state. Raises `ServoSilence`, a `NoReading`, for one missing answer, and `ServoError`
        when the port is gone or a servo reports a fault."""
        bus = self._connected("read")
        try:
            if self._misses and not bus.quiet():
                raise ServoError(ServoFault.NO_ANSWER, f"answers at {bus.name} come too late to tell them apart")
            state = self._measure(bus)
        except ServoError as error:
            self._misses += 1
            if error.fault is ServoFault.UNPLUGGED:
                raise
            raise ServoSilence(error.fault, error.what) from error
        self._misses, self._state = 0, state
        self._look_after(bus)
        return state

    def here(self) -> JointState:
        """The present state, or the last one if this reading is missing."""
        try:
            return self.read()
        except NoReading:
            if self._state is None:
                raise
            return self._state

    def send(self, target: JointTarget) -> JointTarget:
        """Send goal positions in whole ticks; the servos take no velocity."""
        bus = self._connected("write")
        self._goals = self._to_goals(target.position, target.gripper)
        bus.goals(self._goals)
        position = np.array([self._angle(k, self._goals[k + 1]) for k in range(self.spec.dof)])
        return replace(target, position=position, velocity=np.zeros(self.spec.dof))

    def stop(self) -> None:
        """Hold the present position; the jaw keeps its grip."""
        if self._bus is None or not self._holding:
            return
        try:
            self._patiently(self._bus)
        except ServoError as error:
            # Without a reading keep the last goals, which are at most one step away.
            self.events.append(f"stopped on the last goals: {error}")
            return
        for i, at in zip(self._ids[: self.spec.dof], self._seen, strict=False):
            # Keep a goal that the load prevents: otherwise the arm would sink a little with each stop. Renew the goal
            # of a servo that stopped by itself: it would move there again.
            if i in self._stands_itself or abs(self._goals[i] - at) > SAG_TICKS:
                self._goals[i] = at
        self._stands_itself.clear()
        with suppress(ServoError):
            self._bus.goals(self._goals)
        self._last = None

    def disconnect(self) -> None:
        """Hold the present position and close the port. The servos keep holding; ``events`` reports this."""
        if self._bus is None:
            return
        bus = self._bus
        try:
            if self._holding:
                self.stop()
                self.events.append(f"{self.spec.name} is left switched on; hold it before you cut its power")
        finally:
            self._holding, self._bus = False, None
            bus.close()

    # Resting -------------------------------------------------------------------------------------------------

    def rest(self, stopped: Callable[[], bool]) -> bool:
        """Go to the rest pose by way of home and switch torque off; a failure is reported in ``events``."""
        bus = self._connected("rest")
        if not self._holding or self.connection.options.get("at_end") == "hold":
            return False
        try:
            if not lie_down(self, stopped):
                return False
            for i in self._ids:
                bus.torque(i, False)
        except RobotError as error:
            self.events.append(f"{self.spec.name} could not lie down: {error}")
            return False
        self._holding = False
        return True

    # Ticks and angles ----------------------------------------------------------------------------------------

    def _patiently(self, bus: ServoBus) -> JointState:
        """A reading outside the loop, with retries."""
        for left in range(TRIES - 1, -1, -1):
            try:
                return self._measure(bus)
            except ServoError as error:
                if error.fault is ServoFault.UNPLUGGED or not left:
                    raise
                bus.quiet()
        raise AssertionError("the last try returns or raises")

    def _measure(self, bus: ServoBus) -> JointState:
        states, t, n = bus.states(self._ids), self.clock.now(), self.spec.dof
        self._seen = [ticks for ticks, _ in states]
        position = np.array([self._angle(k, ticks) for k, (ticks, _) in enumerate(states[:n])])
        velocity = np.array([speed * STEP for _, speed in states[:n]])
        gripper = 1.0
        if self._jaw is not None:
            gripper = min(max(self._jaw.opening(self._angle(n, states[n][0])) / self._width, 0.0), 1.0)
        return JointState(t, position, velocity, gripper)

    def _to_goals(self, position: Array, gripper: float) -> dict[int, int]:
        angles = position.tolist()
        if self._jaw is not None:
            angles.append(self._jaw.angle(min(max(gripper, 0.0), 1.0) * self._width))
        return {i: self._ticks(i - 1, angle) for i, angle in zip(self._ids, angles, strict=True)}

    def _angle(self, k: int, ticks: float) -> float:
        return self._center[k] + (ticks - self._calibration[k].middle) * STEP

    def _ticks(self, k: int, angle: float) -> int:
        c = self._calibration[k]
        return min(max(round(c.middle + (angle - self._center[k]) / STEP), c.range_min), c.range_max)

    # Faults --------------------------------------------------------------------------------------------------

    def _look_after(self, bus: ServoBus) -> None:
        """Raise a servo's fault after `ERROR_READINGS` readings in a row."""
        for i in self._ids:
            self._said[i] = self._said[i] + 1 if i in bus.errors else 0
            if self._said[i] >= ERROR_READINGS:
                self._said[i] = 0
                raise ServoError(bus.why(i), f"{self._names[i - 1]} (id {i}) of {self.spec.name}")

    def _connected(self, what: str) -> ServoBus:
        if self._bus is None:
            raise RobotError(f"cannot {what} {self.spec.name}: it is not connected; call connect() first")
        return self._bus

"""A simulated device in its own process, with a watchdog as on real arms, for tests that kill processes."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from functools import partial

import numpy as np

from sayso.hardware.clock import MonotonicClock
from sayso.hardware.control.watchdog import Watchdog
from sayso.hardware.ipc.channel import Channel, ChannelAddress, Publisher, Stamped, Subscriber
from sayso.hardware.ipc.messages import StateMessage, TargetMessage
from sayso.hardware.process.realtime import keep_rate
from sayso.hardware.process.supervisor import Heartbeat, ProcessPlan
from sayso.hardware.robot import NoReading, Robot, RobotError
from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec

DEVICE_HZ = 500.0
WATCHDOG_S = 0.05
STATE_LIFE_S = 0.1
ANSWER_S = 30.0


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """Channels between a device's process and its driver; ``watchdog_s`` None: the device never stops by itself."""

    spec: RobotSpec
    targets: ChannelAddress[JointTarget]
    states: ChannelAddress[JointState]
    watchdog_s: float | None = WATCHDOG_S


class Motors:
    """Joints that follow a target, extrapolate it by its velocity, and brake without one."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec = spec
        self.position, self.velocity = spec.home.copy(), np.zeros(spec.dof)

    def step(self, target: JointTarget | None, age: float, dt: float) -> None:
        """Advance by ``dt`` s toward a target received ``age`` s ago, or brake if there is none."""
        spec = self._spec
        if target is None:
            change = spec.acceleration * dt
            self.velocity = np.where(
                np.abs(self.velocity) <= change, 0.0, self.velocity - np.copysign(change, self.velocity)
            )
            goal: Array = self.position + self.velocity * dt
        else:
            step = spec.velocity * dt
            goal = self.position + np.clip(target.position + target.velocity * age - self.position, -step, step)
            self.velocity = (goal - self.position) / dt
        self.position = np.clip(goal, spec.lower, spec.upper)


def run_device(beat: Heartbeat, plan: DevicePlan) -> None:
    """Run the device until SIGTERM: take targets, move, publish measurements."""
    keep_rate()  # a real device has its own processor
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    clock, motors = MonotonicClock(), Motors(plan.spec)
    targets, states = Subscriber(plan.targets), Publisher(plan.states)
    watchdog = Watchdog(plan.watchdog_s) if plan.watchdog_s is not None else None
    message: Stamped[JointTarget] | None = None
    arrived = last = clock.now()
    while not ended:
        now = clock.now()
        new = targets.new()
        if new is not None:
            message, arrived = new, now
            if watchdog is not None:
                watchdog.feed(now)
        runs = message is not None and not (watchdog is not None and watchdog.lapsed(now))
        motors.step(message.value if message and runs else None, now - arrived, max(now - last, 1e-6))
        gripper = message.value.gripper if message else 1.0
        states.write(JointState(now, motors.position, motors.velocity, gripper), now, now + STATE_LIFE_S)
        beat()
        last = now
        clock.sleep_until(now + 1.0 / DEVICE_HZ)
    targets.close()
    states.close()


class DeviceRobot(Robot):
    """The driver of the mock device, for the loop's process."""

    def __init__(self, plan: DevicePlan) -> None:
        self.spec, self.clock, self._plan = plan.spec, MonotonicClock(), plan
        self.watchdog_s = plan.watchdog_s
        self._ends: tuple[Publisher[JointTarget], Subscriber[JointState]] | None = None
        self._state: JointState | None = None

    def connect(self) -> None:
        """Wait for the device's first measurement. Raises `RobotError` after `ANSWER_S`."""
        self._ends = Publisher(self._plan.targets), Subscriber(self._plan.states)
        until = self.clock.now() + ANSWER_S
        while self._state is None:
            if self.clock.now() > until:
                raise RobotError(f"{self.spec.name} does not answer; is its process running?")
            self.clock.sleep_until(self.clock.now() + 0.005)
            self._take()

    def read(self) -> JointState:
        """The newest measurement."""
        self._take()
        if self._state is None:
            raise NoReading(f"{self.spec.name} has not answered yet")
        return self._state

    def write(self, target: JointTarget) -> JointTarget:
        """Send a target."""
        now = self.clock.now()
        self._connected()[0].write(target, now, target.expires)
        return target

    def stop(self) -> None:
        """Hold the current position."""
        if self._ends is not None and self._state is not None:
            here = self.read()
            self.write(JointTarget(here.position, np.zeros(self.spec.dof), here.gripper, self.clock.now() + 0.1))

    def disconnect(self) -> None:
        """Hold the current position and close the channels."""
        self.stop()
        if self._ends is not None:
            for end in self._ends:
                end.close()
        self._ends = self._state = None

    def _take(self) -> None:
        message = self._connected()[1].new()
        if message is not None:
            self._state = message.value

    def _connected(self) -> tuple[Publisher[JointTarget], Subscriber[JointState]]:
        if self._ends is None:
            raise RobotError(f"{self.spec.name} is not connected; call connect() first")
        return self._ends


class MockDevice:
    """A mock device with its channels: run ``process`` beside a loop; ``make`` creates the loop's driver.

    Any process may subscribe to ``states``, the arm's joint states.
    """

    def __init__(self, spec: RobotSpec, watchdog_s: float | None = WATCHDOG_S) -> None:
        self._targets, self._states = Channel(TargetMessage(spec.dof)), Channel(StateMessage(spec.dof))
        self.states = self._states.address
        plan = DevicePlan(spec, self._targets.address, self.states, watchdog_s)
        self.process, self.make = ProcessPlan("device", run_device, (plan,)), partial(DeviceRobot, plan)

    def close(self) -> None:
        """Close the channels; safe to call twice."""
        self._targets.close()
        self._states.close()

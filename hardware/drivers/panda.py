"""Franka arms through ``franky``: joint velocities at 1 kHz, generated in the library's thread, and the Franka hand.

Each target becomes a velocity that lasts `HOLD_MS` and then brakes to rest, so the arm stops when the loop dies. If the
process dies, the control box stops the arm after 20 ms of lost packets. After an unrequested stop the driver raises
errors until the next `connect`.
"""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from dataclasses import replace
from typing import Never

import franky
import numpy as np

from sayso.hardware.clock import Clock
from sayso.hardware.drivers.driver import Connection, Driver
from sayso.hardware.drivers.franka_hand import FrankaHand
from sayso.hardware.drivers.remote_time import RemoteTime
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, JointState, JointTarget, RobotSpec

HOLD_MS = 60
STALE_S = 0.09  # maximum age of a joint state; detects a loss within 0.1 s
RECOVERY_S = 1.0
PLANNER = "Motion planner failed"
GAIN = 10.0  # 1/s, position error to velocity; stable with delays up to 0.15 s


class Panda(Driver):
    """A Franka arm at address ``connection.port``; ``options["realtime"]="ignore"`` for a kernel without real time."""

    watchdog_s = HOLD_MS / 1000

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock | None = None) -> None:
        super().__init__(spec, connection, clock)
        self._robot: franky.Robot | None = None
        self._hand: FrankaHand | None = None
        self._moving = False
        self._fault: str | None = None
        self._replanned = -np.inf
        self._time = RemoteTime(self.clock)

    def connect(self) -> None:
        """Connect to the control box; in live mode also clear the errors of an earlier reflex."""
        self.disconnect()
        self._fault = None
        if not self.connection.port:
            raise RobotError(f"{self.spec.name}: give the control box's address, --port 172.16.0.2 for example")
        if self.spec.dof != 7:
            raise RobotError(f"{self.spec.name} has {self.spec.dof} joints; a Franka arm has 7")
        try:
            self._robot = franky.Robot(self.connection.port, realtime_config=self._realtime)
            self._time = RemoteTime(self.clock)
            self._check_drivable()
            if self.spec.gripper is not None:
                self._hand = FrankaHand(self.connection.port, self.clock, self.live)
        except RobotError:
            self.disconnect()
            raise
        except (franky.Exception, RuntimeError) as error:
            self.disconnect()
            raise RobotError(
                f"{self._name}: {_plain(error)}; is the arm unlocked, FCI active, and nothing else in control of it?"
            ) from error

    def read(self) -> JointState:
        """The newest joint state; t is the box's measurement time. Raises `RobotError` if the state is too old.

        Returns at once while the arm moves; at rest the library waits up to 1 ms for the next state.
        """
        if self._fault is not None:
            raise RobotError(self._fault)
        if self._moving:
            self._check_motion()  # first, because after the end of a motion the library waits 1 s for a state
        state = self._state()
        t = self._time.ours(state.time.to_sec())
        if self.clock.now() - t > STALE_S:
            self._fail(f"no joint state for {self.clock.now() - t:.2f} s; check the network and the control box")
        opening = 1.0
        if self._hand is not None:
            opening = self._hand.opening
            if self._hand.error is not None:
                self._fail(self._hand.error)
        return JointState(t, np.array(state.q), np.array(state.dq), opening)

    def send(self, target: JointTarget) -> JointTarget:
        """Convert the target to a velocity: feed-forward plus `GAIN` times the position error."""
        self.read()
        top = self.spec.velocity
        away = target.position - np.array(self._state().q_d)
        self._turn(np.clip(target.velocity + GAIN * away, -top, top))
        if self._hand is not None:
            self._hand.target = target.gripper
        return target

    def brake(self, target: JointTarget) -> JointTarget:
        """Let the library brake in its own thread; return a target at the commanded position, where the arm stays.

        With braking targets instead, a loop without a CPU would overshoot, because each velocity lasts `HOLD_MS`, and
        then go back.
        """
        if not self.live:
            return self.write(target)
        self.read()
        self._turn(np.zeros(self.spec.dof))
        return replace(target, position=np.array(self._state().q_d))

    def _turn(self, velocity: Array) -> None:
        """Turn the joints at ``velocity`` (7,) rad/s for `HOLD_MS`."""
        try:
            self._arm.move(franky.JointVelocityMotion(velocity, franky.Duration(HOLD_MS)), asynchronous=True)
            self._moving = True
        except (franky.Exception, RuntimeError) as error:
            self._ended(error)

    def stop(self) -> None:
        """Brake to rest; the control box holds the arm. The hand keeps its grip."""
        if self._moving and self._robot is not None:
            self._moving = False
            with suppress(franky.Exception, RuntimeError):
                self._arm.move(franky.JointVelocityStopMotion(), asynchronous=True)
                self._arm.join_motion()

    def disconnect(self) -> None:
        """Stop and close the connections."""
        self.stop()
        if self._hand is not None:
            self._hand.close()
        self._robot = self._hand = None

    @property
    def _realtime(self) -> franky.RealtimeConfig:
        with suppress(ValueError):  # a host name instead of an IP address
            if ipaddress.ip_address(self.connection.port).is_loopback:  # an emulated arm needs no real-time kernel
                return franky.RealtimeConfig.Ignore
        ignore = self.connection.options.get("realtime") == "ignore"
        return franky.RealtimeConfig.Ignore if ignore else franky.RealtimeConfig.Enforce

    @property
    def _arm(self) -> franky.Robot:
        """The library's robot. Use no local variable for it: an error's traceback would keep the connection open."""
        if self._robot is None:
            raise RobotError(f"{self._name} is not connected; call connect() first")
        return self._robot

    def _check_drivable(self) -> None:
        if not self.live:
            return
        if self._arm.state.robot_mode == franky.RobotMode.UserStopped:
            raise RobotError(f"{self._name}: its stop is pressed; release it")
        if self._in_error:
            # Check success in later states: the library's return value may refer to an older state.
            self._arm.recover_from_errors()
            end = self.clock.now() + RECOVERY_S
            while self._in_error:
                if self.clock.now() > end:
                    errors = self._arm.state.current_errors
                    raise RobotError(f"{self._name}: its errors ({errors}) cannot be cleared; see Desk")
                self.clock.sleep_until(self.clock.now() + 0.01)

    @property
    def _in_error(self) -> bool:
        return bool(self._arm.has_errors or self._arm.state.robot_mode == franky.RobotMode.Reflex)

    def _state(self) -> franky.RobotState:
        try:
            return self._arm.state
        except (franky.Exception, RuntimeError) as error:
            self._fail(f"no joint state ({_plain(error)}); check the network and the control box")

    def _check_motion(self) -> None:
        """Raise the error that ended the motion."""
        try:
            self._arm.poll_motion()
        except (franky.Exception, RuntimeError) as error:
            self._ended(error)

    def _ended(self, error: Exception) -> None:
        """Tolerate one failed plan of the library's motion planner, which skips a single target.

        The planner fails for numerical reasons after lost packets, near a velocity already reached. Two within 1 s are
        a fault.
        """
        self._moving = False
        before, self._replanned = self._replanned, self.clock.now()
        if PLANNER not in str(error) or self._replanned - before < 1.0:
            lost = isinstance(error, franky.NetworkException)
            todo = "check the network and the control box" if lost else "check what it ran into"
            self._fail(f"{_plain(error)}; {todo}")

    def _fail(self, why: str) -> Never:
        self._moving = False
        self._fault = f"{self._name}: {why}; then connect again"
        raise RobotError(self._fault)


def _plain(error: Exception) -> str:
    return " ".join(str(error).removeprefix("libfranka: ").split())

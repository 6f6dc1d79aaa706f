"""AgileX Piper through ``piper-sdk`` on a CAN bus.

The arm has no watchdog: it moves to the last angles received and stays there, so its tool keeps to reduced speed. This
driver never switches the motors off; after `disconnect` the arm holds itself.
"""

from __future__ import annotations

import contextlib
import errno
import io
from collections.abc import Callable
from typing import Never

import can
import numpy as np
from piper_sdk import C_PiperInterface_V2, LogLevel

from sayso.hardware.clock import Clock
from sayso.hardware.drivers.can_channel import can_channel, can_device
from sayso.hardware.drivers.driver import Connection, Driver
from sayso.hardware.robot import RobotError
from sayso.hardware.types import JointState, JointTarget, RobotSpec

STALE_S = 0.08  # maximum age of a joint state; detects a loss within 0.1 s
FIRST_S = 2.0
ENABLE_S = 5.0
FULL_SPEED = 100  # percent; the guard's limits are below the arm's
GRIP_EFFORT = 1000  # 0.001 Nm
CAN_CONTROL, MOVE_J = 1, 1
_ANGLE, _WIDTH = 180e3 / np.pi, 1e6  # to the arm's units of 0.001° and 0.001 mm
_STATUS = {
    1: "its emergency stop is active; clear it",
    5: "its controller has lost a joint; check the cables in the arm",
    6: "its brakes are on",
    7: "it hit something; remove that, and clear the error",
    9: "a joint reports a fault",
}


class Piper(Driver):
    """A Piper on the CAN channel ``connection.port``: "can0", or INTERFACE:CHANNEL for another kind of adapter."""

    watchdog_s = None

    def __init__(self, spec: RobotSpec, connection: Connection, clock: Clock | None = None) -> None:
        super().__init__(spec, connection, clock)
        self._arm: C_PiperInterface_V2 | None = None
        self._ready = False
        self._fault: str | None = None
        self._stamp = self._seen = 0.0
        self._gripper = -1.0

    def devices(self) -> tuple[str, ...]:
        """The CAN bus: each arm needs its own."""
        return (can_device(self.connection.port),)

    def connect(self) -> None:
        """Open the bus, wait for the arm's first state and, in live mode, switch its motors on."""
        self.disconnect()
        self._fault, self._gripper = None, -1.0
        if not self.connection.port:
            raise RobotError(f"{self.spec.name}: give the CAN channel, --port can0 for example")
        if self.spec.dof != 6:
            raise RobotError(f"{self.spec.name} has {self.spec.dof} joints; a Piper has 6")
        interface, channel = can_channel(self.connection.port)
        # The library caches one object per name, and a closed one cannot be reopened.
        C_PiperInterface_V2._instances.pop(channel, None)
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # the library prints on success
                self._arm = C_PiperInterface_V2(
                    channel, judge_flag=False, can_auto_init=False, logger_level=LogLevel.SILENT
                )
                self._arm.CreateCanBus(channel, interface, judge_flag=interface == "socketcan")
                self._arm.ConnectPort(piper_init=False)
        except (ConnectionError, can.CanError, OSError, ValueError, RuntimeError) as error:
            self._arm = None
            if getattr(error, "errno", None) == errno.EACCES:
                raise RobotError(
                    f"no permission to open {channel}: sudo usermod -aG dialout $USER, then log out and in again"
                ) from error
            raise RobotError(
                f"{self._name}: the CAN channel does not open; is the adapter plugged in and up"
                " (ip link set can0 up type can bitrate 1000000)?"
            ) from error
        try:
            self._wait(self._complete, FIRST_S, "does not answer; is it on, and on this channel?")
            if self.live:
                self._check_status()
                self._wait(C_PiperInterface_V2.EnablePiper, ENABLE_S, "does not switch its motors on")
        except RobotError:
            self.disconnect()
            raise

    def read(self) -> JointState:
        """The newest joint state; t is its arrival time. Raises `RobotError` if the state is too old."""
        arm = self._arm
        if arm is None:
            raise RobotError(f"{self._name} is not connected; call connect() first")
        if self._fault is not None:
            raise RobotError(self._fault)
        self._new_stamp(arm)
        if self.clock.now() - self._seen > STALE_S:
            self._fail(f"no joint state for {self.clock.now() - self._seen:.2f} s; check the CAN cable and its power")
        if self._ready:
            self._check_status()
        joints, speeds = arm.GetArmJointMsgs().joint_state, arm.GetArmHighSpdInfoMsgs()
        position = np.array([getattr(joints, f"joint_{i}") for i in range(1, 7)]) / _ANGLE
        velocity = np.array([getattr(speeds, f"motor_{i}").motor_speed for i in range(1, 7)]) / 1e3
        opening = 1.0
        if self.spec.gripper is not None:
            opening = arm.GetArmGripperMsgs().gripper_state.grippers_angle / _WIDTH / self.spec.gripper.width
        return JointState(self._seen, position, velocity, min(max(opening, 0.0), 1.0))

    def send(self, target: JointTarget) -> JointTarget:
        """Send the angles; the result is rounded to the arm's resolution of 0.001°."""
        self.read()
        arm = self._arm
        assert arm is not None
        if not self._ready:
            arm.MotionCtrl_2(CAN_CONTROL, MOVE_J, FULL_SPEED, 0x00)
            self._ready = True
        angles = np.round(target.position * _ANGLE).astype(int)
        arm.JointCtrl(*angles.tolist())
        if self.spec.gripper is not None and target.gripper != self._gripper:
            self._gripper = target.gripper
            arm.GripperCtrl(round(target.gripper * self.spec.gripper.width * _WIDTH), GRIP_EFFORT, 0x01, 0)
        return JointTarget(angles / _ANGLE, target.velocity, target.gripper, target.expires)

    def stop(self) -> None:
        """Send the present position as the target; the arm holds there. The gripper keeps its grip."""
        if self._ready and self._arm is not None:
            self._ready = False
            joints = self._arm.GetArmJointMsgs().joint_state
            self._arm.JointCtrl(*(getattr(joints, f"joint_{i}") for i in range(1, 7)))

    def disconnect(self) -> None:
        """Stop and leave the bus; the arm stays powered and holds itself."""
        self.stop()
        if self._arm is not None:
            with contextlib.redirect_stdout(io.StringIO()):
                self._arm.DisconnectPort()
        self._arm = None

    def _new_stamp(self, arm: C_PiperInterface_V2) -> None:
        """Record the arrival time of a new joint state."""
        stamp = arm.GetArmJointMsgs().time_stamp
        if stamp != self._stamp:
            self._stamp, self._seen = stamp, self.clock.now()

    def _complete(self, arm: C_PiperInterface_V2) -> bool:
        """Whether every message that `read` and the checks need has arrived; until then the library returns zeros."""
        self._new_stamp(arm)
        said = (arm.GetArmJointMsgs(), arm.GetArmStatus(), arm.GetArmLowSpdInfoMsgs(), arm.GetArmHighSpdInfoMsgs())
        return all(part.time_stamp for part in said)

    def _check_status(self) -> None:
        assert self._arm is not None
        drivers = self._arm.GetArmLowSpdInfoMsgs()
        for i, name in enumerate(self.spec.joints, start=1):
            health = getattr(drivers, f"motor_{i}").foc_status
            if health.driver_error_status or health.driver_overcurrent or health.driver_overheating:
                self._fail(f"the motor of {name} reports a fault; let it cool down and switch the arm off and on")
        status = int(self._arm.GetArmStatus().arm_status.arm_status)
        if status in _STATUS:
            self._fail(_STATUS[status])

    def _wait(self, done: Callable[[C_PiperInterface_V2], bool], seconds: float, otherwise: str) -> None:
        assert self._arm is not None
        until = self.clock.now() + seconds
        while not done(self._arm):
            if self.clock.now() > until:
                raise RobotError(f"{self._name} {otherwise}")
            self.clock.sleep_until(self.clock.now() + 0.02)

    def _fail(self, why: str) -> Never:
        self._ready = False
        self._fault = f"{self._name}: {why}; then connect again"
        raise RobotError(self._fault)

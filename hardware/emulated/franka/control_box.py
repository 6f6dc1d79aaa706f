"""A Franka arm's control box: the robot and gripper servers of libfranka's interface in front of a device.

Executes joint position and joint velocity motions; refuses Cartesian and torque motions and unknown commands. Reflexes:
joint limits, speed limits, and a client that stops sending commands.
"""

from __future__ import annotations

import threading
from enum import StrEnum

import numpy as np

from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.emulated.device import Device
from sayso.hardware.emulated.franka.hand import FrankaHand
from sayso.hardware.emulated.franka.link import FrankaLink
from sayso.hardware.emulated.franka.model import model_urdf
from sayso.hardware.emulated.franka.wire import (
    MOVE_REQUEST,
    ROBOT,
    ROBOT_PORT,
    MotionCommand,
    MotionMode,
    MoveStatus,
    ReflexError,
    RobotCommand,
    RobotMode,
    StateMessage,
)
from sayso.hardware.robot import RobotError

HZ = 1000.0
HAND_MS = 20
# The real box aborts after 20 lost packets; more here, because neither this process nor its client is real-time.
PATIENCE = 500
SPEED = [2.62, 2.62, 2.62, 2.62, 5.26, 4.18, 5.26]  # rad/s, limits of an FR3
ACCELERATION = 10.0  # rad/s², limit of every FR3 joint
_ACKNOWLEDGED = (
    RobotCommand.SET_COLLISION_BEHAVIOR,
    RobotCommand.SET_JOINT_IMPEDANCE,
    RobotCommand.SET_CARTESIAN_IMPEDANCE,
    RobotCommand.SET_GUIDING_MODE,
    RobotCommand.SET_EE_TO_K,
    RobotCommand.SET_NE_TO_EE,
    RobotCommand.SET_LOAD,
)


class FrankaFault(StrEnum):
    """Faults that can be injected."""

    REFLEX = "reflex"
    USER_STOP = "user-stop"
    LATE_PACKETS = "late-packets"
    LOST_CONNECTION = "lost-connection"
    HAND_STUCK = "hand-stuck"


class FrankaController:
    """Serves a seven-joint device at ``host``; ``events`` describes its history, newest last.

    Raises `RobotError` if a port is taken or the device has another number of joints.
    """

    def __init__(
        self, device: Device, host: str = "127.0.0.1", clock: Clock | None = None, patience: int = PATIENCE
    ) -> None:
        if device.spec.dof != 7:
            raise RobotError(f"a Franka arm has 7 joints; {device.spec.name} has {device.spec.dof}")
        self.device, self.address = device, host
        self.faults, self.events = tuple(map(str, FrankaFault)), list[str]()
        self._clock, self._patience = clock or MonotonicClock(), patience
        self._lock = threading.Lock()
        self._kinematics = Kinematics(device.spec)
        self._model, self._state = model_urdf(device.spec), StateMessage()
        self._q, self._dq, self._ddq = device.read().position.copy(), np.zeros(7), np.zeros(7)
        self._range = list(zip((device.spec.lower - 0.02).tolist(), (device.spec.upper + 0.02).tolist(), strict=True))
        self._errors: set[int] = set()
        self._reflex: set[int] = set()
        self._user_stop = self._late = self._timely = False
        self._motion: MotionMode | None = None
        self._motion_number = self._silent = self._ms = 0
        self._command: MotionCommand | None = None
        self._hand: FrankaHand | None = None
        self._link = FrankaLink(host, ROBOT_PORT, ROBOT, self._handle, self._left)
        try:
            if device.spec.gripper is not None:
                self._hand = FrankaHand(device, host)
        except RobotError:
            self._link.close()
            raise
        self._open = True
        self._thread = threading.Thread(target=self._run, name="franka controller", daemon=True)
        self._thread.start()

    def fault(self, name: str) -> None:
        """Inject a `FrankaFault` by name. Raises `ValueError` for another name."""
        fault = FrankaFault(name)
        self.events.append(name)
        with self._lock:
            match fault:
                case FrankaFault.REFLEX:
                    self._abort(ReflexError.JOINT_VELOCITY_LIMITS)
                case FrankaFault.USER_STOP:
                    self._user_stop = True
                    self._end(MoveStatus.EMERGENCY_ABORTED)
                case FrankaFault.LATE_PACKETS:
                    self._late = True
                case FrankaFault.HAND_STUCK:
                    if self._hand is not None:
                        self._hand.stuck = True
        if fault is FrankaFault.LOST_CONNECTION:
            self._link.drop()

    def recover(self) -> None:
        """Release the stop and free the hand, as a person would; errors stay until the client clears them."""
        with self._lock:
            self._user_stop = self._late = False
            if self._hand is not None:
                self._hand.stuck = False

    def close(self) -> None:
        """Close every connection."""
        self._open = False
        self._thread.join()
        self._link.close()
        if self._hand is not None:
            self._hand.close()

    def _run(self) -> None:
        start = self._clock.now()
        while self._open:
            # A computer too slow to keep up skips cycles and their numbers: a number is the time in ms.
            now = max(int((self._clock.now() - start) * HZ), self._ms + 1)
            with self._lock:
                self._cycle(now - self._ms)
            if now // HAND_MS > self._ms // HAND_MS and self._hand is not None:
                self._hand.step()
            self._ms = now
            self._clock.sleep_until(start + (now + 1) / HZ)

    def _cycle(self, elapsed_ms: int) -> None:
        for data in self._link.datagrams():
            command = MotionCommand.unpack(data)
            if self._command is None or command.number > self._command.number:
                self._command, self._silent = command, 0
        before, self._dq = self._dq, np.zeros(7)
        if self._motion is not None:
            self._move(self._motion, elapsed_ms / HZ)
        # Report a late change as zero acceleration: the client would extrapolate a nonzero one.
        on_time = elapsed_ms == 1 and self._silent <= 1
        change = (self._dq - before) * HZ if on_time and self._timely else np.zeros(7)
        self._ddq = np.clip(change, -ACCELERATION, ACCELERATION)
        self._timely = on_time
        hand = self._hand
        opening = hand.goal if hand is not None else 1.0
        self.device.follow(self._q, self._dq, opening)
        if not self._late and self._link.connected:
            self._link.send_state(self._describe())

    def _move(self, motion: MotionMode, dt: float) -> None:
        self._silent += 1
        command = self._command
        if self._silent > self._patience:
            self._abort(ReflexError.COMMUNICATION_CONSTRAINTS)
        elif command is None:
            return
        elif command.finished:
            self._end(MoveStatus.SUCCESS)
        else:
            by_speed = motion is MotionMode.JOINT_VELOCITY
            dq = np.array(command.dq) if by_speed else (np.array(command.q) - self._q) / dt
            q = self._q + dq * dt
            # A position command after a lost packet spans two steps; that is no fault of the motion. Comparing lists
            # is several times faster than comparing arrays of seven, and this runs 1000 times a second.
            top = SPEED if by_speed else [2 * v for v in SPEED]
            if not all(abs(v) <= most for v, most in zip(dq.tolist(), top, strict=True)):
                self._abort(ReflexError.JOINT_VELOCITY_LIMITS)
            elif not all(low <= v <= up for v, (low, up) in zip(q.tolist(), self._range, strict=True)):
                self._abort(ReflexError.JOINT_POSITION_LIMITS)
            else:
                self._q, self._dq = q, dq

    def _describe(self) -> bytes:
        state, fields = self.device.read(), self._state.fields
        tool, pose = self._kinematics.forward(state.position), fields["O_T_EE"].reshape(4, 4).T  # column-major
        pose[:3, :3], pose[:3, 3] = tool.rotation, tool.position
        fields["q"][:], fields["dq"][:] = state.position, state.velocity
        fields["theta"][:], fields["dtheta"][:] = state.position, state.velocity
        fields["q_d"][:], fields["dq_d"][:], fields["ddq_d"][:] = self._q, self._dq, self._ddq
        fields["tau_J"][:] = self.device.effort()[:7]
        fields["O_T_EE_d"][:] = fields["O_T_EE_c"][:] = fields["O_T_EE"]
        fields["elbow"][:] = fields["elbow_d"][:] = fields["elbow_c"][:] = state.position[2], -1.0
        if self._user_stop:
            mode = RobotMode.USER_STOPPED
        elif self._errors:
            mode = RobotMode.REFLEX
        else:
            mode = RobotMode.IDLE if self._motion is None else RobotMode.MOVE
        return self._state.pack(self._ms, self._motion, mode, self._errors, self._reflex)

    def _abort(self, error: ReflexError) -> None:
        """Stop by reflex, until the client's error recovery."""
        self.events.append(f"reflex: {error.name.lower()}")
        self._errors = self._reflex = {int(error)}
        self._end(MoveStatus.REFLEX_ABORTED)

    def _end(self, status: MoveStatus) -> None:
        if self._motion is not None:
            self._motion = None
            self._link.answer(RobotCommand.MOVE, self._motion_number, status)

    def _left(self) -> None:
        with self._lock:
            if self._motion is not None:
                self._abort(ReflexError.COMMUNICATION_CONSTRAINTS)

    def _handle(self, command: int, number: int, body: bytes) -> None:
        with self._lock:
            match command:
                case RobotCommand.MOVE:
                    self._start(number, body)
                case RobotCommand.STOP_MOVE:
                    self._link.answer(command, number, 0)
                    self._end(MoveStatus.PREEMPTED)
                case RobotCommand.AUTOMATIC_ERROR_RECOVERY:
                    if not self._user_stop:
                        self._errors = set()
                    self._link.answer(command, number, 2 if self._user_stop else 0)
                case RobotCommand.GET_ROBOT_MODEL:
                    self._link.answer(command, number, 0, self._model)
                case _:
                    known = command in list(_ACKNOWLEDGED)
                    self._link.answer(command, number, 0 if known else 1)

    def _start(self, number: int, body: bytes) -> None:
        controller, generator, *_ = MOVE_REQUEST.unpack(body)
        if self._user_stop or self._errors or self._motion is not None:
            self._link.answer(RobotCommand.MOVE, number, MoveStatus.COMMAND_NOT_POSSIBLE)
        elif controller > 1 or generator not in list(MotionMode):
            self._link.answer(RobotCommand.MOVE, number, MoveStatus.INVALID_ARGUMENT)
        else:
            self._motion, self._motion_number = MotionMode(generator), number
            self._silent, self._command = 0, None
            self.events.append(f"motion: {self._motion.name.lower()}")
            self._link.answer(RobotCommand.MOVE, number, MoveStatus.MOTION_STARTED)

"""libfranka's protocol (robot interface version 10, gripper version 3): messages over TCP, states and commands in UDP.

Source: libfranka-common's ``research_interface`` headers; little-endian and packed throughout.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

ROBOT_PORT, GRIPPER_PORT = 1337, 1338
ROBOT_VERSION, GRIPPER_VERSION = 10, 3
CONNECT = 0
_ERRORS = 41


class RobotCommand(IntEnum):
    """Request numbers of the arm."""

    MOVE = 1
    STOP_MOVE = 2
    SET_COLLISION_BEHAVIOR = 3
    SET_JOINT_IMPEDANCE = 4
    SET_CARTESIAN_IMPEDANCE = 5
    SET_GUIDING_MODE = 6
    SET_EE_TO_K = 7
    SET_NE_TO_EE = 8
    SET_LOAD = 9
    AUTOMATIC_ERROR_RECOVERY = 10
    GET_ROBOT_MODEL = 11


class MoveStatus(IntEnum):
    """Answers to `RobotCommand.MOVE`: one at the start of a motion and one at its end."""

    SUCCESS = 0
    MOTION_STARTED = 1
    PREEMPTED = 2
    COMMAND_NOT_POSSIBLE = 5
    INVALID_ARGUMENT = 7
    REFLEX_ABORTED = 8
    EMERGENCY_ABORTED = 9


class RobotMode(IntEnum):
    """The arm's mode."""

    IDLE = 1
    MOVE = 2
    REFLEX = 4
    USER_STOPPED = 5


class MotionMode(IntEnum):
    """Motion generators as `RobotCommand.MOVE` numbers them; the state counts them from 1, with 0 for none."""

    JOINT_POSITION = 0
    JOINT_VELOCITY = 1


class GripperCommand(IntEnum):
    """Request numbers of the hand."""

    HOMING = 1
    GRASP = 2
    MOVE = 3
    STOP = 4


class ReflexError(IntEnum):
    """The emulated errors, by their index in the state."""

    JOINT_POSITION_LIMITS = 12
    JOINT_VELOCITY_LIMITS = 13
    COMMUNICATION_CONSTRAINTS = 32


@dataclass(frozen=True, slots=True)
class Framing:
    """Message headers and state counters of one of the two servers."""

    header: struct.Struct
    status: struct.Struct
    counter: struct.Struct
    version: int

    def message(self, command: int, number: int, status: int, payload: bytes = b"") -> bytes:
        """An answer to request ``number``."""
        return self._headed(command, number, self.status.pack(status) + payload)

    def connected(self, number: int, version: int) -> bytes:
        """The answer to a connection request from a client of ``version``."""
        body = struct.pack("<HH4x", int(version != self.version), self.version)
        return self._headed(CONNECT, number, body)

    def _headed(self, command: int, number: int, body: bytes) -> bytes:
        return self.header.pack(command, number, self.header.size + len(body)) + body


ROBOT = Framing(struct.Struct("<III"), struct.Struct("<B"), struct.Struct("<Q"), ROBOT_VERSION)
GRIPPER = Framing(struct.Struct("<HII"), struct.Struct("<H"), struct.Struct("<I"), GRIPPER_VERSION)

MOVE_REQUEST = struct.Struct("<II 3d 3d ? 7d")  # controller, generator, deviations, asynchronous and its speeds
GRIPPER_STATE = struct.Struct("<dd?H")
GRIPPER_MOVE = struct.Struct("<dd")
GRIPPER_GRASP = struct.Struct("<5d")
_COMMAND = struct.Struct("<Q 7d 7d 16d 6d 2d ? ? 7d ?")

_FLOATS = (
    ("O_T_EE", 16), ("O_T_EE_d", 16), ("F_T_EE", 16), ("EE_T_K", 16), ("F_T_NE", 16), ("NE_T_EE", 16),
    ("m_ee", 1), ("I_ee", 9), ("F_x_Cee", 3), ("m_load", 1), ("I_load", 9), ("F_x_Cload", 3),
    ("elbow", 2), ("elbow_d", 2), ("tau_J", 7), ("tau_J_d", 7), ("dtau_J", 7), ("q", 7), ("q_d", 7), ("dq", 7),
    ("dq_d", 7), ("ddq_d", 7), ("joint_contact", 7), ("cartesian_contact", 6), ("joint_collision", 7),
    ("cartesian_collision", 6), ("tau_ext_hat_filtered", 7), ("O_F_ext_hat_K", 6), ("K_F_ext_hat_K", 6),
    ("O_dP_EE_d", 6), ("O_ddP_O", 3), ("elbow_c", 2), ("delbow_c", 2), ("ddelbow_c", 2), ("O_T_EE_c", 16),
    ("O_dP_EE_c", 6), ("O_ddP_EE_c", 6), ("theta", 7), ("dtheta", 7), ("accelerometer_top", 18),
    ("accelerometer_bottom", 18),
)  # fmt: skip


class StateMessage:
    """The arm's state as one datagram; ``fields`` are writable views into it by libfranka's names."""

    def __init__(self) -> None:
        self._floats: NDArray[np.float32] = np.zeros(sum(count for _, count in _FLOATS), np.dtype("<f4"))
        self.fields: dict[str, NDArray[np.float32]] = {}
        at = 0
        for name, count in _FLOATS:
            self.fields[name] = self._floats[at : at + count]
            at += count
        for name in ("O_T_EE", "O_T_EE_d", "F_T_EE", "EE_T_K", "F_T_NE", "NE_T_EE", "O_T_EE_c"):
            self.fields[name][::5] = 1.0

    def pack(
        self, number: int, motion: MotionMode | None, mode: RobotMode, errors: Iterable[int], reflex: Iterable[int]
    ) -> bytes:
        """The datagram; ``motion`` None while the arm holds, ``errors`` and ``reflex`` are `ReflexError` indices."""
        flags = [bytearray(_ERRORS), bytearray(_ERRORS)]
        for flag, raised in zip(flags, (errors, reflex), strict=True):
            for i in raised:
                flag[i] = 1
        # Joint impedance controller during a motion, "other" without one.
        modes = bytes((0, 3)) if motion is None else bytes((motion + 1, 0))
        success = struct.pack("<f", 1.0 if motion is not None else 0.0)
        head = ROBOT.counter.pack(number)
        return head + self._floats.tobytes() + modes + bytes(flags[0]) + bytes(flags[1]) + bytes([mode]) + success


@dataclass(frozen=True, slots=True)
class MotionCommand:
    """A client's command for one state: ``q`` (7,) rad and ``dq`` (7,) rad/s, or the end of its motion."""

    number: int
    q: tuple[float, ...]
    dq: tuple[float, ...]
    finished: bool

    @classmethod
    def unpack(cls, data: bytes) -> MotionCommand:
        """Parse a datagram. Raises struct.error for a wrong length."""
        found = _COMMAND.unpack(data)
        return cls(found[0], found[1:8], found[8:15], bool(found[40]))

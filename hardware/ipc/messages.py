"""Binary messages of the control loop: targets and control requests in, reports out."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np

from sayso.hardware.control.state_machine import State
from sayso.hardware.types import Array, JointState, JointTarget

_STATES = tuple(State)
_EVENT, _TEXT = 32, 480


@dataclass(frozen=True, slots=True)
class _JointsMessage:
    """Positions, velocities, gripper and a time of an arm with ``dof`` joints."""

    dof: int

    @property
    def layout(self) -> str:
        """One double for each number."""
        return "d" * (2 * self.dof + 2)


class TargetMessage(_JointsMessage):
    """A `JointTarget`; the time is its expiry."""

    def pack(self, value: JointTarget) -> tuple[Any, ...]:
        """The fields. Raises ValueError for a wrong number of joints."""
        return *_row(value.position, self.dof), *_row(value.velocity, self.dof), value.gripper, value.expires

    def unpack(self, fields: tuple[Any, ...]) -> JointTarget:
        """The target."""
        n = self.dof
        return JointTarget(np.array(fields[:n]), np.array(fields[n : 2 * n]), fields[-2], fields[-1])


class StateMessage(_JointsMessage):
    """A `JointState`."""

    def pack(self, value: JointState) -> tuple[Any, ...]:
        """The fields. Raises ValueError for a wrong number of joints."""
        return *_row(value.position, self.dof), *_row(value.velocity, self.dof), value.gripper, value.t

    def unpack(self, fields: tuple[Any, ...]) -> JointState:
        """The state."""
        n = self.dof
        return JointState(fields[-1], np.array(fields[:n]), np.array(fields[n : 2 * n]), fields[-2])


@dataclass(frozen=True, slots=True)
class Report:
    """The loop's report after a cycle at ``t`` s: measured and sent state, controller state, cycles and missed ticks.

    ``event`` is the guard's verdict; ``text`` describes a fault, cut to the message's length. ``heard`` is the number
    of the last `ControlRequest` read, 0 for none.
    """

    t: float
    measured: JointState
    sent: JointTarget
    state: State
    event: str
    text: str
    cycles: int
    missed: int
    heard: int


@dataclass(frozen=True, slots=True)
class ReportMessage:
    """A `Report` of an arm with ``dof`` joints."""

    dof: int

    @property
    def layout(self) -> str:
        """Measured, sent, time, counts, texts."""
        joints = StateMessage(self.dof).layout + TargetMessage(self.dof).layout
        return f"{joints}dqqqq{_EVENT}s{_TEXT}s"

    def pack(self, value: Report) -> tuple[Any, ...]:
        """The fields."""
        joints = *StateMessage(self.dof).pack(value.measured), *TargetMessage(self.dof).pack(value.sent)
        counts = value.t, _STATES.index(value.state), value.cycles, value.missed, value.heard
        return *joints, *counts, value.event.encode(), value.text.encode()

    def unpack(self, fields: tuple[Any, ...]) -> Report:
        """The report."""
        k = 2 * self.dof + 2
        t, state, cycles, missed, heard, event, text = fields[2 * k :]
        measured, sent = StateMessage(self.dof).unpack(fields[:k]), TargetMessage(self.dof).unpack(fields[k : 2 * k])
        return Report(t, measured, sent, _STATES[state], _string(event), _string(text), cycles, missed, heard)


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A request to the loop, as counters of how often each event was requested, so that none is lost or repeated.

    Only a person may raise the counters, except ``fail`` and ``leave`` (end the loop). ``rest`` ends the loop after
    moving the arm to its rest pose. ``stops`` is the sum of the stop counts at the time of the request, -1 if unknown:
    a stop pressed since then wins over arm, start, resume and rest. ``press`` numbers the presses of a hold-to-run
    button, ``pressed`` says whether it is down; ``speed`` is a fraction in (0, 1] of the limits.
    """

    arm: int = 0
    start: int = 0
    hold: int = 0
    resume: int = 0
    reset: int = 0
    fail: int = 0
    leave: int = 0
    rest: int = 0
    stops: int = -1
    press: int = 0
    pressed: bool = False
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class OrderMessage:
    """A `ControlRequest`."""

    layout = "qqqqqqqqqq?d"

    def pack(self, value: ControlRequest) -> tuple[Any, ...]:
        """The fields."""
        return astuple(value)

    def unpack(self, fields: tuple[Any, ...]) -> ControlRequest:
        """The request."""
        return ControlRequest(*fields)


def _row(values: Array, dof: int) -> list[float]:
    if np.shape(values) != (dof,):
        raise ValueError(f"shape {np.shape(values)} where ({dof},) is needed")
    row: list[float] = values.tolist()
    return row


def _string(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode(errors="ignore")

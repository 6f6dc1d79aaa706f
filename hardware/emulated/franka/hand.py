"""The Franka hand's server: homing, moving, grasping and stopping the fingers."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sayso.hardware.emulated.device import Device
from sayso.hardware.emulated.franka.link import FrankaLink
from sayso.hardware.emulated.franka.wire import (
    GRIPPER,
    GRIPPER_GRASP,
    GRIPPER_MOVE,
    GRIPPER_PORT,
    GRIPPER_STATE,
    GripperCommand,
)

SUCCESS, FAIL, UNSUCCESSFUL, ABORTED = 0, 1, 2, 3
TEMPERATURE = 30
_STILL, _STEPS = 5e-5, 10  # m between two steps, and the number of such steps that ends an order


@dataclass
class _Order:
    """A running request and the range of widths, m, that counts as a success."""

    command: int
    number: int
    least: float
    most: float


class FrankaHand:
    """The fingers of ``device`` behind the gripper's interface; the owner must call `step` 50 times a second.

    ``goal`` is the fingers' target opening. A ``stuck`` hand accepts orders and does not move.
    """

    def __init__(self, device: Device, host: str) -> None:
        assert device.spec.gripper is not None
        self._device, self._widest = device, device.spec.gripper.width
        self._lock = threading.Lock()
        self.goal = device.read().gripper
        self.stuck = self._grasped = False
        self._order: _Order | None = None
        self._before, self._still, self._count = 0.0, 0, 0
        self._link = FrankaLink(host, GRIPPER_PORT, GRIPPER, self._handle, lambda: None)

    @property
    def _width(self) -> float:
        return self._device.read().gripper * self._widest

    def step(self) -> None:
        """Send the state, and answer an order that has ended."""
        width = self._width
        self._still = self._still + 1 if abs(width - self._before) < _STILL else 0
        self._before = width
        with self._lock:
            order = self._order
            if order is not None and self._still >= _STEPS:
                self._order = None
                done = order.least <= width <= order.most
                self._grasped = done and order.command == GripperCommand.GRASP
                self._link.answer(order.command, order.number, SUCCESS if done else UNSUCCESSFUL)
        state = GRIPPER_STATE.pack(width, self._widest, self._grasped, TEMPERATURE)
        self._count += 1
        self._link.send_state(GRIPPER.counter.pack(self._count) + state)

    def close(self) -> None:
        """Close the connection."""
        self._link.close()

    def _handle(self, command: int, number: int, body: bytes) -> None:
        with self._lock:
            if self._order is not None and command != GripperCommand.HOMING:
                self._link.answer(self._order.command, self._order.number, ABORTED)
                self._order = None
            match command:
                case GripperCommand.MOVE:
                    width, _ = GRIPPER_MOVE.unpack(body)
                    # A move that an object blocks ends there and has failed.
                    self._begin(command, number, width, width - 0.004, width + 0.004)
                case GripperCommand.GRASP:
                    width, inner, outer, _, _ = GRIPPER_GRASP.unpack(body)
                    self._begin(command, number, 0.0 if width < self._width else width, width - inner, width + outer)
                case GripperCommand.HOMING:
                    self._begin(command, number, self._widest, 0.0, self._widest + 0.01)
                case GripperCommand.STOP:
                    self.goal = self._width / self._widest
                    self._link.answer(command, number, SUCCESS)
                case _:
                    self._link.answer(command, number, FAIL)

    def _begin(self, command: int, number: int, width: float, least: float, most: float) -> None:
        if not 0.0 <= width <= self._widest + 0.01:
            self._link.answer(command, number, FAIL)
            return
        if not self.stuck:
            self.goal = min(width / self._widest, 1.0)
        self._still, self._grasped = 0, False
        self._order = _Order(command, number, least, most)

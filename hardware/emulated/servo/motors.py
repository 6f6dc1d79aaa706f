"""An arm as a row of servos, each with an angle; a gripper of any kind counts as the last one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.emulated.device import Device, Limited
from sayso.hardware.types import Array


class Motors:
    """The joints of ``device`` and, last, its jaw, as angles in rad; goals persist until changed."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._gripper = device.spec.gripper
        self.count = device.spec.dof + (self._gripper is not None)
        self.goals = self.angles()
        self.powered = [False] * self.count
        device.power(self.powered)
        self._limits = np.full((3, self.count), np.inf)

    def angles(self) -> list[float]:
        """Encoder readings, rad."""
        state = self.device.read()
        return [*state.position.tolist(), *self._jaw_angle(state.gripper)]

    def speeds(self) -> list[float]:
        """Velocities, rad/s; 0 for the jaw, which has no velocity measurement."""
        return [*self.device.read().velocity.tolist(), *[0.0] * (self._gripper is not None)]

    def efforts(self) -> Array:
        """Motor efforts, Nm."""
        return self.device.effort()

    def follow(self, goals: Sequence[float]) -> None:
        """Set the goals (count,) rad."""
        self.goals = list(goals)
        n = self.device.spec.dof
        opening = self._opening(self.goals[n]) if self._gripper is not None else 1.0
        self.device.follow(np.array(self.goals[:n]), np.zeros(n), opening)

    def limit(self, motor: int, speed: float, acceleration: float, torque: float) -> None:
        """Limit a motor to ``speed`` rad/s, ``acceleration`` rad/s² and ``torque`` Nm."""
        if self._limits[:, motor].tolist() != [speed, acceleration, torque]:
            self._limits[:, motor] = speed, acceleration, torque
            if np.isfinite(self._limits).all() and isinstance(self.device, Limited):
                self.device.limit(*self._limits.copy())

    def power(self, motor: int, on: bool) -> None:
        """Switch a motor's torque; when it is switched on, the motor holds its position."""
        if self.powered[motor] != on:
            self.powered[motor] = on
            if on:
                self.goals[motor] = self.angles()[motor]
            self.device.power(self.powered)
            self.follow(self.goals)

    def _jaw_angle(self, opening: float) -> list[float]:
        if self._gripper is None:
            return []
        jaw = self._gripper.jaw
        return [jaw.angle(opening * self._gripper.width) if jaw else opening]

    def _opening(self, angle: float) -> float:
        assert self._gripper is not None
        jaw = self._gripper.jaw
        return max(jaw.opening(angle) / self._gripper.width, 0.0) if jaw else min(max(angle, 0.0), 1.0)

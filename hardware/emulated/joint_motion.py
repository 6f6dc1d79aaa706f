"""Converts a controller's servo, move and stop orders to joint targets, one cycle at a time."""

from __future__ import annotations

from collections import deque

import numpy as np
from ruckig import InputParameter, OutputParameter, Result, Ruckig

from sayso.hardware.types import Array

BRAKING = 20.0  # rad/s², default deceleration of a stop
JERK = 5000.0


class JointMotion:
    """The controller's target: ``position`` (n,) rad and ``velocity`` (n,) rad/s, advanced by `step`.

    Servo motion saturates at ``speed`` rad/s and ``acceleration`` rad/s², for all joints or each.
    """

    def __init__(self, position: Array, period_s: float, speed: float | Array, acceleration: float | Array) -> None:
        self.speed, self.acceleration = speed, acceleration
        self.position, self.velocity = position.copy(), np.zeros(len(position))
        self._period_s = period_s
        self._plan: deque[tuple[Array, Array]] = deque()
        self._servo: tuple[Array, float] | None = None
        self._braking = BRAKING

    @property
    def moving(self) -> bool:
        """Whether a move is in progress."""
        return bool(self._plan)

    @property
    def steady(self) -> bool:
        """Whether the target velocity is zero."""
        return not self.velocity.any()

    def servo(self, goal: Array, lookahead_s: float) -> None:
        """Follow ``goal``, smoothed over ``lookahead_s``."""
        self._servo = goal, max(lookahead_s, self._period_s)
        self._plan.clear()

    def move(self, goal: Array, speed: float, acceleration: float) -> None:
        """Plan a move to ``goal`` at up to ``speed`` rad/s and ``acceleration`` rad/s²."""
        n = len(goal)
        self._servo = None
        planner, order, step = Ruckig(n, self._period_s), InputParameter(n), OutputParameter(n)
        order.current_position, order.current_velocity = self.position.tolist(), self.velocity.tolist()
        order.target_position = goal.tolist()
        order.max_velocity, order.max_acceleration, order.max_jerk = [speed] * n, [acceleration] * n, [JERK] * n
        self._plan.clear()
        while (result := planner.update(order, step)) in (Result.Working, Result.Finished):
            self._plan.append((np.array(step.new_position), np.array(step.new_velocity)))
            if result == Result.Finished:
                return
            step.pass_to_input(order)

    def brake(self, acceleration: float = BRAKING) -> None:
        """Decelerate to rest at ``acceleration`` rad/s²."""
        self._servo = None
        self._plan.clear()
        self._braking = acceleration

    def step(self) -> None:
        """Advance by one period."""
        if self._plan:
            self.position, self.velocity = self._plan.popleft()
            return
        if self._servo is not None:
            goal, lookahead = self._servo
            # The controller's own smoothing, seen from outside, is a lag of about the look-ahead time.
            away, most = goal - self.position, self.acceleration
            # Keep a speed from which the joint can brake before the goal.
            top = np.minimum(self.speed, np.sqrt(1.6 * most * np.abs(away)))
            wanted = np.clip(away / lookahead, -top, top)
        else:
            wanted, most = np.zeros(len(self.position)), self._braking
        change = most * self._period_s
        self.velocity = self.velocity + np.clip(wanted - self.velocity, -change, change)
        self.position = self.position + self.velocity * self._period_s

"""Homing: moves an arm from its present position to its home pose, slowly and through the guard."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sayso.hardware.control.loop import ControlLoop, Guarding
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.smooth_step import smooth_step, smooth_step_slope
from sayso.hardware.types import JointState, JointTarget

SPEED = 0.5  # of the fastest joint, rad/s
ARRIVED, PATIENCE_S, TARGET_LIFE_S = 0.03, 5.0, 0.2


class StoppedError(RobotError):
    """A person stopped the arm while a program moved it."""


def go_home(robot: Robot, guard: Guarding, speed: float = SPEED, stopped: Callable[[], bool] = lambda: False) -> None:
    """Move a connected arm along a straight line in joint space to its home pose; the gripper keeps its opening.

    ``speed`` in rad/s applies to the joint with the longest way. Raises `StoppedError` once ``stopped()`` is true, and
    `RobotError` naming the joint that does not arrive within `PATIENCE_S`.
    """
    spec, clock, start = robot.spec, robot.clock, robot.read()
    way, began = spec.home - start.position, clock.now()
    seconds = max(1.5 * float(np.abs(way).max()) / speed, 1.0 / spec.control_hz)
    newest = start

    def source(state: JointState) -> JointTarget:
        nonlocal newest
        newest = state
        t = min((clock.now() - began) / seconds, 1.0)
        velocity = way * smooth_step_slope(t) / seconds
        where = start.position + way * smooth_step(t)
        return JointTarget(where, velocity, start.gripper, clock.now() + TARGET_LIFE_S)

    def done() -> bool:
        there = clock.now() - began >= seconds and np.abs(newest.position - spec.home).max() < ARRIVED
        return bool(stopped() or there or clock.now() - began > seconds + PATIENCE_S)

    guard.reset(start)
    ControlLoop(robot, guard, source).run(done)
    if stopped():
        raise StoppedError(f"{spec.name} was stopped on its way home; it holds where it is")
    off = np.abs(newest.position - spec.home)
    if off.max() >= ARRIVED:
        joint = int(off.argmax())
        away = f"{spec.joints[joint]} is {off[joint]:.2f} rad away"
        raise RobotError(f"{spec.name} does not get home: {away}; is something in its way?")

"""Slow point-to-point motion outside the control loop, which a stop ends; used to reach the rest pose."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sayso.hardware.drivers.driver import Driver
from sayso.hardware.smooth_step import smooth_step
from sayso.hardware.types import Array, JointTarget

REST_SPEED, REST_REACHED, SETTLE_S = 0.6, 0.12, 0.5


def glide(arm: Driver, goal: Array, stopped: Callable[[], bool], speed: float) -> bool:
    """Move a live arm to ``goal`` (rad), its fastest joint at ``speed`` rad/s; return False once ``stopped()`` is true.

    The gripper keeps its opening. The motion follows a smooth step.
    """
    at, clock = arm.here(), arm.clock
    still, way = np.zeros(arm.spec.dof), goal - at.position
    seconds = max(1.5 * float(np.abs(way).max()) / speed, 0.2)
    begin = clock.now()
    while (t := (clock.now() - begin) / seconds) < 1.0:
        if stopped():
            return False
        arm.write(JointTarget(at.position + smooth_step(t) * way, still, at.gripper, np.inf))
        arm.here()
        clock.sleep_until(clock.now() + 1 / arm.spec.control_hz)
    arm.write(JointTarget(goal, still, at.gripper, np.inf))
    return not stopped()


def lie_down(arm: Driver, stopped: Callable[[], bool]) -> bool:
    """Move a live arm to its rest pose by way of home; return whether it rests there and no stop came.

    After a stop the arm holds its position.
    """
    rest = arm.spec.rest
    if rest is None:
        return False
    ways = [rest] if np.abs(arm.here().position - rest).max() <= 3 * REST_REACHED else [arm.spec.home, rest]
    if not all(glide(arm, way, stopped, REST_SPEED) for way in ways):
        arm.stop()
        return False
    return bool(np.abs(_settled(arm) - rest).max() < REST_REACHED) and not stopped()


def _settled(arm: Driver) -> Array:
    """The position after `SETTLE_S`; reads meanwhile, so that no watchdog trips."""
    settled = arm.clock.now() + SETTLE_S
    here = arm.here().position
    while arm.clock.now() < settled:
        arm.clock.sleep_until(arm.clock.now() + 1 / arm.spec.control_hz)
        here = arm.here().position
    return here

"""A slow straight line in joint space, outside of the loop, that a stop ends."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hardware.drivers.driver import Driver
from hardware.types import Array, JointTarget


def glide(arm: Driver, goal: Array, stopped: Callable[[], bool], speed: float) -> bool:
    """Move a live arm to ``goal`` (rad), its fastest joint at ``speed`` rad/s; False once ``stopped()`` is true.

    The gripper stays as it is. The motion is slow at both ends.
    """
    at, clock = arm.here(), arm.clock
    still, way = np.zeros(arm.spec.dof), goal - at.position
    seconds = max(1.5 * float(np.abs(way).max()) / speed, 0.2)
    begin = clock.now()
    while (t := (clock.now() - begin) / seconds) < 1.0:
        if stopped():
            return False
        arm.write(JointTarget(at.position + t * t * (3 - 2 * t) * way, still, at.gripper, np.inf))
        arm.here()
        clock.sleep_until(clock.now() + 1 / arm.spec.control_hz)
    arm.write(JointTarget(goal, still, at.gripper, np.inf))
    return not stopped()

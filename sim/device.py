"""A simulated arm in real time, as the body that an emulated device's electronics act on."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import numpy as np

from hardware.clock import Clock, MonotonicClock
from hardware.types import Array, JointState, JointTarget
from sim.robot import SimArm
from sim.world import World

LATE_S = 0.015  # a burst of more reads as a jump that no motor could make


class SimDevice:
    """Steps a `World` in a thread at the pace of ``clock``; a `hardware.emulated.device.Device`.

    Whoever else touches the world (a camera that renders it, say) holds ``lock`` meanwhile; `read` needs none.
    """

    def __init__(self, world: World, clock: Clock | None = None) -> None:
        self.world, self.spec, self.lock = world, world.arm.spec, threading.Lock()
        self._clock = clock or MonotonicClock()
        self._arm = SimArm(world)
        self._arm.connect()
        self._state, self._effort = self._arm.read(), self._arm.effort()
        self._on = [True] * len(self._effort)
        self._target = self._state.position, np.zeros(self.spec.dof), self._state.gripper
        self._thread = threading.Thread(target=self._run, name=f"{self.spec.name} physics", daemon=True)
        self._open = True
        self._thread.start()

    def read(self) -> JointState:
        """What the encoders said at the last step, on the clock of the physics."""
        return self._state

    def effort(self) -> Array:
        """What the motors exerted in the last step, (motors,) Nm or N."""
        return self._effort

    def follow(self, position: Array, velocity: Array, gripper: float) -> None:
        """Hold the joints to these positions and velocities from the next step on."""
        self._target = np.array(position, dtype=float), np.array(velocity, dtype=float), float(gripper)

    def power(self, motors: Sequence[bool]) -> None:
        """Which motors have torque; those that get it back hold where they are."""
        with self.lock:
            here, (position, velocity, gripper) = self._arm.read(), self._target
            back = np.array(motors) & ~np.array(self._on)
            joints = back[: self.spec.dof]
            self._target = (
                np.where(joints, here.position, position),
                np.where(joints, 0.0, velocity),
                here.gripper if back[self.spec.dof :].any() else gripper,
            )
            self._on = list(motors)
            self._arm.power(self._on)

    def close(self) -> None:
        """Stop the physics; safe to call twice. The world stays open."""
        self._open = False
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        period = 1 / self.spec.control_hz
        tick = self._clock.now()
        while self._open:
            with self.lock:
                position, velocity, gripper = self._target
                self._arm.write(JointTarget(position, velocity, gripper, np.inf))
                self._arm.clock.sleep_until(self._arm.clock.now() + period)
                self._state, self._effort = self._arm.read(), self._arm.effort()
            # A computer too slow for real time gets slower physics, not a burst of it.
            tick = max(tick + period, self._clock.now() - LATE_S)
            self._clock.sleep_until(tick)

"""A simulated arm in real time, as the hardware behind an emulated device's electronics."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from sayso.hardware.clock import Clock, MonotonicClock
from sayso.hardware.emulated.joint_motion import JointMotion
from sayso.hardware.types import Array, JointState, JointTarget
from sayso.sim.physics import PHYSICS_HZ, Physics
from sayso.sim.robot import SimArm

LATE_S = 0.015  # a longer burst of steps would look like a jump that no motor can make
STEP_S = 1 / PHYSICS_HZ
HAND_SPEED = 2.5  # rad/s, speed of a person who moves a joint without torque


class SimDevice:
    """Steps a `Physics` in a thread at the pace of ``clock``; implements `sayso.hardware.emulated.device.Device`.

    Other users of the world, such as a camera that renders it, must hold ``lock``; `read` needs no lock.
    """

    def __init__(self, world: Physics, clock: Clock | None = None) -> None:
        self.world, self.spec, self.lock = world, world.arm.spec, threading.Lock()
        self._clock = clock or MonotonicClock()
        self._arm = SimArm(world)
        self._arm.connect()
        self._state, self._effort = self._read(), self._arm.effort()
        self._on = np.ones(len(self._effort), bool)
        self._torque = np.full(len(self._on), np.inf)
        self._motion: JointMotion | None = None  # target generator of motors with limits
        self._hand: dict[int, float] = {}  # positions at which a person holds motors without torque, rad
        self._moves: dict[int, float] = {}  # goals to which the person is moving some of them, rad
        self._target = self._state.position, np.zeros(self.spec.dof), self._state.gripper
        self._thread = threading.Thread(target=self._run, name=f"{self.spec.name} physics", daemon=True)
        self._open = True
        self._thread.start()

    def read(self) -> JointState:
        """Encoder readings of the last step, on the clock of the physics."""
        return self._state

    def effort(self) -> Array:
        """Motor efforts in the last step, (motors,) Nm or N."""
        return self._effort

    def follow(self, position: Array, velocity: Array, gripper: float) -> None:
        """Set the position controllers' target from the next step on."""
        self._target = np.array(position, dtype=float), np.array(velocity, dtype=float), float(gripper)

    def limit(self, speed: Array, acceleration: Array, torque: Array) -> None:
        """Move to each goal as a servo does from the next step on, within these limits."""
        with self.lock:
            if self._motion is None:
                self._motion = JointMotion(self._arm.angles(), STEP_S, speed, acceleration)
            if self.spec.gripper is not None:
                speed[-1] = min(speed[-1], self.world.arm.finger_speed)
            self._motion.speed, self._motion.acceleration, self._torque = speed, acceleration, torque
            self._arm.limit_torque(np.where(self._on, torque, 0.0))

    def power(self, motors: Sequence[bool]) -> None:
        """Switch each motor's torque; a motor that regains torque holds its present position."""
        with self.lock:
            here, (position, velocity, gripper) = self._read(), self._target
            back = np.array(motors) & ~self._on
            joints, jaw = back[: self.spec.dof], back[self.spec.dof :].any()
            self._target = (
                np.where(joints, here.position, position),
                np.where(joints, 0.0, velocity),
                here.gripper if jaw else gripper,
            )
            if jaw:
                self._arm.grip_at(here.gripper)
            self._on = np.array(motors, bool)
            for k in np.flatnonzero(self._on).tolist():
                self._hand.pop(k, None)
                self._moves.pop(k, None)
            self._arm.limit_torque(np.where(self._on, self._torque, 0.0))

    def switched_on(self, motors: Iterable[int]) -> list[int]:
        """Those ``motors`` that have torque."""
        return [k for k in motors if self._on[k]]

    def by_hand(self, goals: dict[int, float]) -> None:
        """Move motors without torque to ``goals`` (rad) as a person would, holding all of them; empty: let go."""
        with self.lock:
            here = {k: a for k, a in enumerate(self._arm.angles().tolist()) if not self._on[k]}
            if goals:
                self._hand = here | self._hand
                self._moves |= {k: a for k, a in goals.items() if k in here}
            else:
                self._hand, self._moves = {}, {}

    @property
    def moved_by_hand(self) -> bool:
        """Whether a motor that a person moves has not reached its goal."""
        return bool(self._moves)

    def close(self) -> None:
        """Stop the physics thread; safe to call twice. The world stays open."""
        self._open = False
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> JointState:
        return replace(self._arm.read(), gripper=self._arm.opening())

    def _run(self) -> None:
        period = 1 / self.spec.control_hz
        tick, until = self._clock.now(), self._arm.clock.now()
        while self._open:
            with self.lock:
                until += period  # not from the end of the last step: the period need not be a multiple of the step
                self._step(until)
                self._state, self._effort = self._read(), self._arm.effort()
            # A computer too slow for real time gets slower physics instead of a burst of steps.
            tick = max(tick + period, self._clock.now() - LATE_S)
            self._clock.sleep_until(tick)

    def _step(self, until: float) -> None:
        """Simulate one period, until the arm's clock shows ``until`` s."""
        clock = self._arm.clock
        if self._motion is None:
            self._arm.write(JointTarget(*self._target, np.inf))
            clock.sleep_until(until)
            self._hold_by_hand()
            return
        while clock.now() < until - 1e-9:
            self._servo(self._motion)
            clock.sleep_until(clock.now() + STEP_S)
            self._hold_by_hand()

    def _servo(self, motion: JointMotion) -> None:
        """One step of servo control: each motor's own target moves to its goal within the limits."""
        arm, n, here = self.world.arm, self.spec.dof, self._arm.angles()
        position, _, gripper = self._target
        goal = np.array([*position, *([arm.finger_at(gripper)] if len(here) > n else [])])
        motion.servo(goal, STEP_S)
        motion.step()
        # A motor's speed is proportional to the lead of its target, so the speed limit bounds that lead.
        ahead = motion.speed / (np.array(self._arm.gains[: len(here)]) * PHYSICS_HZ)
        motion.position = np.where(self._on, np.clip(motion.position, here - ahead, here + ahead), here)
        motion.velocity = np.where(self._on, motion.velocity, 0.0)
        opening = arm.opening_at(motion.position[n]) if len(here) > n else 1.0
        self._arm.grip_at(opening)
        self._arm.write(JointTarget(motion.position[:n], np.zeros(n), opening, np.inf))

    def _hold_by_hand(self) -> None:
        for motor, goal in list(self._moves.items()):
            step = HAND_SPEED * STEP_S
            way = goal - self._hand[motor]
            self._hand[motor] = goal if abs(way) <= step else self._hand[motor] + (step if way > 0 else -step)
            if abs(way) <= step:
                del self._moves[motor]
        for motor, angle in self._hand.items():
            self._arm.put(motor, angle)

"""A body without physics for emulated electronics: what has torque is where it was told to be, unless it is stuck."""

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, JointState, RobotSpec


class Body:
    """A `Device`. ``let_go`` keeps where the arm was each time a motor lost its torque; ``most`` how far it leapt."""

    def __init__(self, spec: RobotSpec, position: Array, gripper: float = 0.4) -> None:
        self.spec, self.position, self.gripper = spec, position.copy(), gripper
        self.on = [False] * (spec.dof + 1)
        self.stuck = False
        self.let_go: list[Array] = []
        self.most = 0.0
        self.limits = (np.array([]),) * 3

    def read(self) -> JointState:
        return JointState(0.0, self.position.copy(), np.zeros(self.spec.dof), self.gripper)

    def effort(self) -> Array:
        return np.zeros(self.spec.dof + 1)

    def follow(self, position: Array, velocity: Array, gripper: float) -> None:
        if self.stuck:
            return
        on = np.array(self.on[: self.spec.dof])
        goal = np.where(on, position, self.position)
        self.most = max(self.most, float(np.abs(goal - self.position).max()))
        self.position = goal
        self.gripper = gripper if self.on[self.spec.dof] else self.gripper

    def limit(self, speed: Array, acceleration: Array, torque: Array) -> None:
        """What is said of the motors, for tests; this body has none."""
        self.limits = speed, acceleration, torque

    def power(self, motors: Sequence[bool]) -> None:
        if any(before and not now for before, now in zip(self.on, motors, strict=True)):
            self.let_go.append(self.position.copy())
        self.on = list(motors)

"""The simulated arm as a `Robot`: joints and motors, without access to the objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from sayso.hardware.clock import SimulatedClock
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import Array, JointState, JointTarget
from sayso.sim.bullet import pybullet as p
from sayso.sim.physics import PHYSICS_HZ, Physics

POSITION_GAIN = 0.35
VELOCITY_GAIN = 1.0


class SimArm(Robot):
    """An arm in a `Physics`; waiting on its clock steps the physics.

    ``delay_s`` delays every target, ``stiffness`` scales the motors' position gains: both for worlds that differ from
    those of training. ``gains`` are the motors' position gains. For disturbances: ``zero`` (n,) rad is how far the
    joints are beside their readings, ``shift`` (n,) rad is added to their targets.
    """

    def __init__(self, world: Physics, clock: SimulatedClock | None = None) -> None:
        self.world = world
        self.spec = world.arm.spec
        self.clock: SimulatedClock = clock or SimulatedClock(1 / PHYSICS_HZ, world.step)
        self.delay_s, self.stiffness = 0.0, 1.0
        self.zero: Array | None = None
        self.shift: Array | None = None
        self._on_the_way: deque[tuple[float, JointTarget]] = deque()
        self._connected = False
        self._gripper = np.nan  # last command, NaN before the first

    def connect(self) -> None:
        """Hold the arm at its present position."""
        if self.world.client < 0:
            raise RobotError("the simulated world is closed; make a new one")
        self._connected = True
        self._index = [*self.world.joints, *self.world.fingers]
        self._forces = [*self.world.arm.forces.tolist(), *[self.world.arm.finger_force] * len(self.world.fingers)]
        self.gains = [POSITION_GAIN] * len(self.world.joints) + [0.2] * len(self.world.fingers)
        self._damping = [VELOCITY_GAIN] * len(self._index)
        # Keep the hand's last command: the measured opening around an object would be too loose a grip.
        self._gripper = self.read().gripper if np.isnan(self._gripper) else self._gripper
        self.stop()

    def read(self) -> JointState:
        """Joint positions and velocities from the encoders; an arm without fingers reads open."""
        self._need_connection("read")
        states = p.getJointStates(self.world.robot, self._index, physicsClientId=self.world.client)
        n = len(self.world.joints)
        opening = self._opening(states[n:])
        position, velocity, *_ = zip(*states, strict=True)
        gripper = min(max(opening, 0.0), 1.0)
        read = np.array(position[:n]) if self.zero is None else np.array(position[:n]) - self.zero
        return JointState(self.clock.now(), read, np.array(velocity[:n]), gripper)

    def opening(self) -> float:
        """The gripper's opening, 1 at its width; a rotary jaw may exceed 1."""
        self._need_connection("read")
        return self._opening(p.getJointStates(self.world.robot, self.world.fingers, physicsClientId=self.world.client))

    def _opening(self, fingers: Sequence[tuple[float, ...]]) -> float:
        signs = self.world.arm.finger_signs
        at = [sign * s[0] for sign, s in zip(signs, fingers, strict=True)]
        return self.world.arm.opening_at(sum(at) / len(at)) if at else 1.0

    def write(self, target: JointTarget) -> JointTarget:
        """Set the motors' targets; the gripper moves at its own limited speed."""
        self._need_connection("write")
        due, now = target, self.clock.now()
        if self.delay_s:
            self._on_the_way.append((now, target))
            while len(self._on_the_way) > 1 and now - self._on_the_way[1][0] >= self.delay_s - 1e-9:
                self._on_the_way.popleft()
            due = self._on_the_way[0][1]
        self._pull(due)
        return target

    def _pull(self, target: JointTarget) -> None:
        arm, k = self.world.arm, len(self.world.fingers)
        stroke = arm.finger_open - arm.finger_closed
        if k:
            step = arm.finger_speed / abs(stroke) / self.spec.control_hz
            self._gripper += min(max(target.gripper - self._gripper, -step), step)
        finger = arm.finger_at(self._gripper) if k else 0.0
        beside = [by for by in (self.zero, self.shift) if by is not None]
        position = sum(beside, target.position)
        p.setJointMotorControlArray(
            self.world.robot,
            self._index,
            p.POSITION_CONTROL,
            targetPositions=[*position.tolist(), *(sign * finger for sign in arm.finger_signs)],
            targetVelocities=[*target.velocity.tolist(), *[0.0] * k],
            forces=self._forces,
            positionGains=self.gains if self.stiffness == 1.0 else [self.stiffness * gain for gain in self.gains],
            velocityGains=self._damping,
            physicsClientId=self.world.client,
        )

    def effort(self) -> Array:
        """Motor efforts: the joints' (n,) Nm and, with a gripper, the sum of its fingers' in N."""
        self._need_connection("read the effort of")
        found = [s[3] for s in p.getJointStates(self.world.robot, self._index, physicsClientId=self.world.client)]
        n = len(self.world.joints)
        fingers = zip(self.world.arm.finger_signs, found[n:], strict=True)
        return np.array([*found[:n], sum(sign * effort for sign, effort in fingers)] if len(found) > n else found)

    def limit_torque(self, motors: Array) -> None:
        """Limit the motors' efforts: the joints' (Nm) and, last, the gripper's; 0 switches torque off."""
        limits = [*motors[: len(self.world.joints)].tolist(), *[float(motors[-1])] * len(self.world.fingers)]
        arm = self.world.arm
        full = [*arm.forces.tolist(), *[arm.finger_force] * len(self.world.fingers)]
        self._forces = [min(force, most) for force, most in zip(full, limits, strict=True)]

    def angles(self) -> Array:
        """Motor positions: the joints' (n,) rad and, last, the first finger's."""
        self._need_connection("read")
        states = p.getJointStates(self.world.robot, self._index, physicsClientId=self.world.client)
        return np.array([s[0] for s in states[: len(self.world.joints) + bool(self.world.fingers)]])

    def put(self, motor: int, angle: float) -> None:
        """Set a motor's joint to ``angle`` rad, at rest, as if an external force moved it."""
        p.resetJointState(self.world.robot, self._index[motor], angle, 0.0, physicsClientId=self.world.client)

    def grip_at(self, opening: float) -> None:
        """Set the hand's command to ``opening``, from which it moves on at its own limited speed."""
        self._gripper = opening

    def stop(self) -> None:
        """Hold the present position; the gripper keeps its command."""
        if self._connected and self.world.client >= 0:
            state = self.read()
            self.write(JointTarget(state.position, np.zeros(self.spec.dof), self._gripper, np.inf))

    def disconnect(self) -> None:
        """Stop and refuse further targets."""
        self.stop()
        self._connected = False

    def _need_connection(self, what: str) -> None:
        if not self._connected:
            raise RobotError(f"cannot {what} the simulated {self.spec.name}: not connected; call connect() first")

"""The simulated arm behind the `Robot` contract: it knows joints and motors, never the objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from sayso.hardware.clock import SimulatedClock
from sayso.hardware.robot import Robot, RobotError
from sayso.hardware.types import Array, JointState, JointTarget
from sayso.sim.bullet import pybullet as p
from sayso.sim.world import PHYSICS_HZ, World

POSITION_GAIN = 0.35
VELOCITY_GAIN = 1.0


class SimArm(Robot):
    """An arm in a `World`; waiting on its clock steps the physics.

    ``delay_s`` is how much later than told it moves, ``stiffness`` a factor on how hard its motors pull to a target:
    for worlds that are not as those of training. ``gains`` are those of the motors' positions.
    """

    def __init__(self, world: World, clock: SimulatedClock | None = None) -> None:
        self.world = world
        self.spec = world.arm.spec
        self.clock: SimulatedClock = clock or SimulatedClock(1 / PHYSICS_HZ, world.step)
        self.delay_s, self.stiffness = 0.0, 1.0
        self._on_the_way: deque[tuple[float, JointTarget]] = deque()
        self._connected = False
        self._gripper = np.nan  # its last command, none yet

    def connect(self) -> None:
        """Hold the arm where it is."""
        if self.world.client < 0:
            raise RobotError("the simulated world is closed; make a new one")
        self._connected = True
        self._index = [*self.world.joints, *self.world.fingers]
        self._forces = [*self.world.arm.forces.tolist(), *[self.world.arm.finger_force] * len(self.world.fingers)]
        self.gains = [POSITION_GAIN] * len(self.world.joints) + [0.2] * len(self.world.fingers)
        self._damping = [VELOCITY_GAIN] * len(self._index)
        # The hand's last command is kept: what it measures while it holds something would be too loose a grip.
        self._gripper = self.read().gripper if np.isnan(self._gripper) else self._gripper
        self.stop()

    def read(self) -> JointState:
        """Joint positions and velocities as the motors' encoders give them; an arm without fingers reads open."""
        self._need_connection("read")
        states = p.getJointStates(self.world.robot, self._index, physicsClientId=self.world.client)
        n = len(self.world.joints)
        opening = self._opening(states[n:])
        return JointState(
            self.clock.now(),
            np.array([s[0] for s in states[:n]]),
            np.array([s[1] for s in states[:n]]),
            min(max(opening, 0.0), 1.0),
        )

    def opening(self) -> float:
        """How far the gripper is open, 1 at its width; a jaw goes further than that."""
        self._need_connection("read")
        return self._opening(p.getJointStates(self.world.robot, self.world.fingers, physicsClientId=self.world.client))

    def _opening(self, fingers: Sequence[tuple[float, ...]]) -> float:
        signs = self.world.arm.finger_signs
        at = [sign * s[0] for sign, s in zip(signs, fingers, strict=True)]
        return self.world.arm.opening_at(sum(at) / len(at)) if at else 1.0

    def write(self, target: JointTarget) -> JointTarget:
        """Set the motors' targets; the gripper closes at its own limited speed."""
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
        p.setJointMotorControlArray(
            self.world.robot,
            self._index,
            p.POSITION_CONTROL,
            targetPositions=[*target.position.tolist(), *(sign * finger for sign in arm.finger_signs)],
            targetVelocities=[*target.velocity.tolist(), *[0.0] * k],
            forces=self._forces,
            positionGains=[self.stiffness * gain for gain in self.gains],
            velocityGains=self._damping,
            physicsClientId=self.world.client,
        )

    def effort(self) -> Array:
        """What the motors exert: the joints' (n,) Nm and, where there is a gripper, its fingers' together in N."""
        self._need_connection("read the effort of")
        found = [s[3] for s in p.getJointStates(self.world.robot, self._index, physicsClientId=self.world.client)]
        n = len(self.world.joints)
        fingers = zip(self.world.arm.finger_signs, found[n:], strict=True)
        return np.array([*found[:n], sum(sign * effort for sign, effort in fingers)] if len(found) > n else found)

    def limit_torque(self, motors: Array) -> None:
        """The most that the motors may exert: the joints' (Nm) and, last, the gripper's; 0 leaves one limp."""
        limits = [*motors[: len(self.world.joints)].tolist(), *[float(motors[-1])] * len(self.world.fingers)]
        arm = self.world.arm
        full = [*arm.forces.tolist(), *[arm.finger_force] * len(self.world.fingers)]
        self._forces = [min(force, most) for force, most in zip(full, limits, strict=True)]

    def angles(self) -> Array:
        """The motors' angles: the joints' (n,) rad and, last, a finger's."""
        self._need_connection("read")
        states = p.getJointStates(self.world.robot, self._index, physicsClientId=self.world.client)
        return np.array([s[0] for s in states[: len(self.world.joints) + bool(self.world.fingers)]])

    def put(self, motor: int, angle: float) -> None:
        """Put a motor's joint at ``angle`` rad, at rest, as a hand does that is stronger than everything else."""
        p.resetJointState(self.world.robot, self._index[motor], angle, 0.0, physicsClientId=self.world.client)

    def grip_at(self, opening: float) -> None:
        """Take ``opening`` for the hand's last command: from there it goes on, at its own limited speed."""
        self._gripper = opening

    def stop(self) -> None:
        """Hold position with the gripper as it is."""
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

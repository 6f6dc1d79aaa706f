"""States beside the visited ones: a memoryless teacher can be asked there too, at a hundredth of the cost."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.expert import Expert
from sayso.demonstrations.random_motions import random_motion
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, Pose, RobotSpec
from sayso.sim.teacher import Command
from sayso.skills.features import Proprioception, features
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import LanguageMotion

NEIGHBOURS = 4
SCALES = (0.004, 0.012, 0.04)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A state nearby: its ``features`` (F,), the teacher's ``own`` motion there (M,), two ``motions`` (2·M,) asked
    about and the ``actions`` (2·(n+1),) that answer them."""

    features: NDArray[np.float32]
    own: Array
    motions: Array
    actions: Array


class Neighbourhood:
    """Draws neighbours of a state: the arm, the object and the place each moved a little."""

    def __init__(self, spec: RobotSpec, expert: Expert) -> None:
        self._spec, self._expert = spec, expert
        self._kinematics = Kinematics(spec)
        self._lowest = (spec.gripper.fingertip if spec.gripper else 0.0) + 0.004

    def draw(
        self, rng: np.random.Generator, body: Proprioception, goal: SubtaskGoal, said: LanguageMotion
    ) -> Neighbour:
        """One neighbour; ``said`` is the motion in force at the state itself."""
        near, about = self._move(rng, body, goal)
        command = self._expert.command(near, about)
        own = self._expert.motion(near, command)
        other = said if rng.random() < 0.4 else random_motion(rng)
        asked: list[Command] = [self._expert.follow(near, about, command, own, m) for m in (own, other)]
        velocities = self._expert.joint_velocities(near, asked)
        actions = np.column_stack([velocities, [float(c.closed) for c in asked]])
        return Neighbour(
            features(near, about), own.encode(), np.concatenate([own.encode(), other.encode()]), actions.ravel()
        )

    def _move(
        self, rng: np.random.Generator, body: Proprioception, goal: SubtaskGoal
    ) -> tuple[Proprioception, SubtaskGoal]:
        scale = float(rng.choice(SCALES))
        shift = np.concatenate([rng.normal(0, scale, 3), rng.normal(0, scale, 2), rng.normal(0, 4 * scale, 1)])
        if body.tool.position[2] + shift[2] < self._lowest + 0.003:
            shift[2] = abs(shift[2])
        step = self._expert.joint_velocities(body, [Command(shift, False)])[0] + rng.normal(0, 0.01, self._spec.dof)
        q = np.clip(body.position + step, self._spec.lower, self._spec.upper)
        tool = self._kinematics.forward(q)
        if tool.position[2] < self._lowest:
            q, tool = body.position, body.tool
        lag = body.command - body.position + rng.normal(0, 0.004, len(q))
        near = replace(body, position=q, command=q + lag, tool=tool)
        if rng.random() < 0.05 and not goal.held:
            near = replace(near, opening=float(rng.uniform(0, 0.08)), rate=0.0, closing=bool(rng.random() < 0.5))
        return near, self._shift_goal(rng, goal, body.tool, tool, scale, body.closing)

    @staticmethod
    def _shift_goal(
        rng: np.random.Generator, goal: SubtaskGoal, before: Pose, after: Pose, scale: float, closing: bool
    ) -> SubtaskGoal:
        position, yaw, place = goal.position, goal.yaw, goal.place
        if goal.held:
            position = after.position + after.rotation @ before.rotation.T @ (position - before.position)
            position, yaw = position + rng.normal(0, 0.002, 3), yaw + after.yaw - before.yaw
        elif not closing and rng.random() < 0.7:
            position = position + np.append(rng.normal(0, scale, 2), rng.normal(0, 0.003))
            yaw += float(rng.normal(0, 6 * scale))
        if place is not None:
            place = place + np.append(rng.normal(0, scale, 2), rng.normal(0, 0.01) * (rng.random() < 0.3))
        clearance = max(0.0, goal.clearance + float(rng.normal(0, 0.02)) * (rng.random() < 0.3))
        return replace(goal, position=position, yaw=yaw, place=place, clearance=clearance)

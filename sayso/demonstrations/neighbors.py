"""States near the visited ones: a memoryless teacher labels them at a hundredth of the cost of simulation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.expert import Expert
from sayso.demonstrations.random_motions import random_motion
from sayso.hardware.arms.kinematics import Kinematics
from sayso.hardware.types import Array, RobotSpec
from sayso.sim.teacher import Command
from sayso.skills.features import Proprioception, features
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import LanguageMotion

NEIGHBOURS = 4
RESHAPED, RESHAPE = 0.3, 0.15  # how often, and by what share
SCALES = (0.004, 0.012, 0.04)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """m states nearby: their ``features`` (m, F), the teacher's ``own`` motions there (m, M), for each two ``motions``
    (m, 2, M) asked about and the ``actions`` (m, 2, n+1) that answer them."""

    features: NDArray[np.float32]
    own: Array
    motions: Array
    actions: Array


@dataclass(frozen=True, slots=True)
class _Move:
    """What is drawn for one neighbour: a tool ``shift`` (6,), joint ``noise`` (n,) and ``lag``
    (n,) rad, the ``hand`` (m, whether closing) if that is another, the ``goal`` and the ``other`` motion."""

    shift: Array
    noise: Array
    lag: Array
    hand: tuple[float, bool] | None
    goal: _GoalMove
    other: LanguageMotion | None


@dataclass(frozen=True, slots=True)
class _GoalMove:
    """What is added to a goal's ``position`` (3,), ``yaw``, ``place`` (3,) and ``clearance``, and the factors of its
    width, ``hang`` and what is above, ``shape`` (3,)."""

    position: Array | float = 0.0
    yaw: float = 0.0
    place: Array | float = 0.0
    clearance: float = 0.0
    shape: Array | float = 1.0


class Neighbourhood:
    """Draws neighbors of a state, with arm, object and place moved slightly."""

    def __init__(self, spec: RobotSpec, expert: Expert) -> None:
        self._spec, self._expert = spec, expert
        self._kinematics = Kinematics(spec)
        self._widest = spec.gripper.width - 0.004 if spec.gripper else 0.0
        self._lowest = (spec.gripper.fingertip if spec.gripper else 0.0) + 0.004

    def draw(
        self, rng: np.random.Generator, body: Proprioception, goal: SubtaskGoal, said: LanguageMotion
    ) -> Neighbours:
        """`NEIGHBOURS` neighbours; ``said`` is the motion in force at the state itself."""
        expert = self._expert
        # All draws before all work, so that the arm's inverse is found for all of them at once.
        moves = [self._draw(rng, body, goal) for _ in range(NEIGHBOURS)]
        near = self._bodies(body, moves)
        about = [self._goal(goal, body, n, m.goal) for n, m in zip(near, moves, strict=True)]
        asked: list[list[Command]] = []
        own: list[Array] = []
        motions: list[list[Array]] = []
        for n, g, m in zip(near, about, moves, strict=True):
            command = expert.command(n, g)
            words, other = expert.motion(n, command), said if m.other is None else m.other
            asked.append([expert.follow(n, g, command, words, w) for w in (words, other)])
            own.append(words.encode())
            motions.append([own[-1], other.encode()])
        closed = np.array([[[float(c.closed)] for c in commands] for commands in asked])
        return Neighbours(
            np.array([features(n, g) for n, g in zip(near, about, strict=True)]),
            np.array(own),
            np.array(motions),
            np.concatenate([expert.velocities_at(near, asked), closed], axis=2),
        )

    def _draw(self, rng: np.random.Generator, body: Proprioception, goal: SubtaskGoal) -> _Move:
        n, scale = self._spec.dof, SCALES[int(rng.integers(len(SCALES)))]
        drawn = rng.standard_normal(6 + 2 * n)
        shift = drawn[:6] * [scale, scale, scale, scale, scale, 4 * scale]
        if body.tool.position[2] + shift[2] < self._lowest + 0.003:
            shift[2] = abs(shift[2])
        hand = None
        if rng.random() < 0.05 and not goal.held:
            hand = float(rng.uniform(0, 0.08)), bool(rng.random() < 0.5)
        moved = self._draw_goal(rng, goal, scale, body.closing)
        other = None if rng.random() < 0.4 else random_motion(rng)
        return _Move(shift, drawn[6 : 6 + n] * 0.01, drawn[6 + n :] * 0.004, hand, moved, other)

    @staticmethod
    def _draw_goal(rng: np.random.Generator, goal: SubtaskGoal, scale: float, closing: bool) -> _GoalMove:
        position: Array | float = 0.0
        place: Array | float = 0.0
        yaw = 0.0
        if goal.held:
            position = 0.002 * rng.standard_normal(3)
        elif not closing and rng.random() < 0.7:
            position = rng.standard_normal(3) * [scale, scale, 0.003]
            yaw = 6 * scale * rng.standard_normal()
        if goal.place is not None:
            x, y, z = rng.standard_normal(3).tolist()
            place = np.array([scale * x, scale * y, 0.01 * z * (rng.random() < 0.3)])
        clearance = 0.02 * rng.standard_normal() * (rng.random() < 0.3)
        shape: Array | float = 1.0
        if rng.random() < RESHAPED:  # what is seen of a thing is never exact
            shape = np.exp(RESHAPE * rng.standard_normal(3) * [not (goal.held or closing), 1, 1])
        return _GoalMove(position, yaw, place, clearance, shape)

    def _bodies(self, body: Proprioception, moves: Sequence[_Move]) -> list[Proprioception]:
        steps = self._expert.steps(body, np.array([m.shift for m in moves])) + np.array([m.noise for m in moves])
        positions = np.minimum(np.maximum(body.position + steps, self._spec.lower), self._spec.upper)
        out = []
        for q, move in zip(positions, moves, strict=True):
            tool = self._kinematics.forward(q)
            if tool.position[2] < self._lowest:
                q, tool = body.position, body.tool
            opening, rate, closing = body.opening, body.rate, body.closing
            if move.hand is not None:
                (opening, closing), rate = move.hand, 0.0
            command = q + (body.command - body.position + move.lag)
            out.append(Proprioception(q, command, tool, opening, rate, closing, body.posture))
        return out

    def _goal(self, goal: SubtaskGoal, body: Proprioception, near: Proprioception, move: _GoalMove) -> SubtaskGoal:
        position, yaw, before, after = goal.position, goal.yaw, body.tool, near.tool
        if goal.held:
            position = after.position + after.rotation @ before.rotation.T @ (position - before.position)
            yaw = yaw + after.yaw - before.yaw
        place = None if goal.place is None else goal.place + move.place
        clearance = max(0.0, goal.clearance + move.clearance)
        width, hang, above = (np.array([goal.width, goal.hang, goal.above]) * move.shape).tolist()
        return replace(
            goal, position=position + move.position, yaw=yaw + move.yaw, width=min(width, self._widest), hang=hang,
            above=above, place=place, clearance=clearance,
        )  # fmt: skip

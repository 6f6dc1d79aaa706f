"""The teacher: a memoryless control law from ground truth to a tool twist, usable from any state."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Protocol

import numpy as np

from sayso.hardware.smooth_step import smooth_step
from sayso.hardware.types import Array, Pose

GAIN = 5.0
SPEED = 0.22
VERTICAL_SPEED = 0.20
TURN_GAIN = 5.0
TURN_SPEED = 1.2
GRASP_LATERAL = 0.007
GRASP_HEIGHT = 0.005
LIFT_HEIGHT = 0.17
CLEARANCE = 0.045
RETREAT = 0.11


class Thing(Protocol):
    """An object's ``position`` (3,) and ``size`` (3,), m."""

    @property
    def position(self) -> Array: ...

    @property
    def size(self) -> Array: ...


class Goal(Thing, Protocol):
    """A task for one object, as `sayso.skills.goal.SubtaskGoal`."""

    @property
    def yaw(self) -> float: ...

    @property
    def place(self) -> Array | None: ...

    @property
    def tolerance(self) -> float: ...

    @property
    def clearance(self) -> float: ...


class Hand(Protocol):
    """The hand's state, as `sayso.skills.features.Proprioception`."""

    @property
    def tool(self) -> Pose: ...

    @property
    def opening(self) -> float: ...

    @property
    def rate(self) -> float: ...

    @property
    def closing(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Command:
    """A tool ``twist`` (6,) m/s, rad/s in the base frame, and whether to close the gripper."""

    twist: Array
    closed: bool


def turn_to(yaw: float, tool_yaw: float) -> float:
    """The rotation (rad) that aligns a square with the fingers: a small one, and close to the hand's neutral yaw."""
    base = (yaw - tool_yaw + np.pi / 4) % (np.pi / 2) - np.pi / 4
    options = (base - np.pi / 2, base, base + np.pi / 2)
    return float(min(options, key=lambda turn: abs(turn) + 0.5 * abs(tool_yaw + turn)))


def in_hand(hand: Hand, goal: Thing) -> bool:
    """Whether the fingers hold the object: closing, stalled at its width, with the object between them."""
    if not hand.closing:
        return False
    width = _width(goal)
    if not (width - 0.014 < hand.opening < width + 0.012 and hand.rate > -0.05):
        return False
    x, y, z = [abs(gap) for gap in (goal.position - hand.tool.position).tolist()]
    return bool(max(x, y) < 0.03 and z < 0.035)


def _width(goal: Thing) -> float:
    x, y, _ = goal.size.tolist()
    return float(max(x, y))


def _vertical(way: float) -> float:
    """The vertical velocity that closes a ``way`` (m) up."""
    return min(max(GAIN * way, -VERTICAL_SPEED), VERTICAL_SPEED)


def _size(vector: Array) -> float:
    return sqrt(vector.dot(vector))


def _limit(vector: Array, top: float) -> Array:
    norm = _size(vector)
    return vector * (top / norm) if norm > top else vector


def _approach(tool: Array, over: Array, low: float, high: float, misfit: float, slack: float) -> Array:
    """Velocity (3,) m/s along a funnel: high while off to the side, ``low`` once ``misfit`` is within ``slack``."""
    wanted = low + (high - low) * smooth_step((misfit - slack) / 0.03)
    rise = wanted - tool[2]
    lateral = _limit(GAIN * (over[:2] - tool[:2]), SPEED) * smooth_step(1 - (rise - 0.02) / 0.03)
    return np.array([*lateral.tolist(), _vertical(rise)])


def pick(hand: Hand, goal: Goal, fingertip: float = 0.008, lift: float = LIFT_HEIGHT) -> Command:
    """Move above the object, descend around it, close, lift the tool to ``lift`` m or above all other objects."""
    tool = hand.tool.position
    grasp = goal.position.copy()
    grasp[2] = max(grasp[2], fingertip + 0.006)
    width = _width(goal)
    if in_hand(hand, goal):
        up = max(lift, goal.clearance + CLEARANCE + goal.size[2]) - tool[2]
        return Command(np.array([0, 0, _vertical(up), 0, 0, 0]), True)
    off = _size(grasp[:2] - tool[:2])
    turn = turn_to(goal.yaw, hand.tool.yaw)
    misfit = float(off + 0.04 * abs(turn))
    at_grasp = misfit < GRASP_LATERAL + 0.006 and abs(tool[2] - grasp[2]) < GRASP_HEIGHT + 0.004
    if hand.closing and at_grasp and hand.opening > width - 0.014:
        return Command(np.zeros(6), True)
    high = max(goal.position[2] + goal.size[2] / 2 + 0.06, goal.clearance + CLEARANCE)
    ready = hand.opening > width + 0.018
    velocity = _approach(tool, grasp, grasp[2] if ready else high, high, misfit, GRASP_LATERAL)
    spin = min(max(TURN_GAIN * turn, -TURN_SPEED), TURN_SPEED)
    close = misfit < GRASP_LATERAL and abs(tool[2] - grasp[2]) < GRASP_HEIGHT and ready
    if close:
        velocity, spin = np.zeros(3), 0.0
    elif hand.closing and not ready and tool[2] < goal.position[2] + goal.size[2]:
        velocity = np.zeros(3)
    return Command(np.array([*velocity, 0, 0, spin]), bool(close))


def place(hand: Hand, goal: Goal) -> Command:
    """Carry the held object over its destination, lower it, release, retreat."""
    assert goal.place is not None
    tool = hand.tool.position
    width = _width(goal)
    hang = tool[2] - (goal.position[2] - goal.size[2] / 2)
    over = goal.place[:2] - (goal.position[:2] - tool[:2])
    low = goal.place[2] + hang + 0.003
    off = _size(over - tool[:2])
    if in_hand(hand, goal):
        if off < goal.tolerance + 0.002 and tool[2] - low < 0.005:
            return Command(np.zeros(6), False)
        high = max(goal.clearance + CLEARANCE + hang, low + 0.05)
        velocity = _approach(tool, np.array([*over, 0.0]), low, high, off, goal.tolerance)
        return Command(np.array([*velocity, 0, 0, 0]), True)
    if hand.opening < width + 0.012:
        return Command(np.zeros(6), False)
    up = max(goal.position[2] + goal.size[2] / 2 + RETREAT, goal.clearance + CLEARANCE) - tool[2]
    return Command(np.array([0, 0, _vertical(up), 0, 0, 0]), False)


def teach(hand: Hand, goal: Goal, fingertip: float = 0.008, lift: float = LIFT_HEIGHT) -> Command:
    """The teacher's command in this state."""
    return pick(hand, goal, fingertip, lift) if goal.place is None else place(hand, goal)

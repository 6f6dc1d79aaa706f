"""The teacher: a memoryless control law from ground truth to a tool twist, usable from any state."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Protocol

import numpy as np

from sayso.hardware.arms.half_turn import half_turn
from sayso.hardware.smooth_step import smooth_step
from sayso.hardware.types import Array, Pose

GAIN = 5.0
SPEED = 0.22
VERTICAL_SPEED = 0.20
TURN_GAIN = 5.0
TURN_SPEED = 1.2
GRASP_LATERAL = 0.007
GRASP_HEIGHT = 0.005
DEEPER, FLAT_M, TALL_M = 0.004, 0.03, 0.04  # m: as the fingers close early, they aim below the grasp of a flat thing
LIFT_HEIGHT = 0.17
CLEARANCE = 0.045
RETREAT = 0.11
ABOVE_TABLE = 0.001  # m between the fingertips and the table


WIDER, TIGHTER = 0.012, 0.014  # m by which the fingers' opening around a thing may differ from its width
CLOSING = 0.02  # m/s
SPARE_SHARE = 0.4  # of what a hand opens farther than a thing is wide


class Goal(Protocol):
    """A task for one thing, as `sayso.skills.goal.SubtaskGoal`."""

    @property
    def position(self) -> Array: ...

    @property
    def yaw(self) -> float: ...

    @property
    def width(self) -> float: ...

    @property
    def hang(self) -> float: ...

    @property
    def above(self) -> float: ...

    @property
    def held(self) -> bool: ...

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


@dataclass(frozen=True, slots=True)
class Arm:
    """What the teacher knows of its arm: the fingers reach ``fingertip`` m below the tool point and open ``opens`` m,
    the tool lifts to ``lift`` m."""

    fingertip: float = 0.008
    opens: float = 0.08
    lift: float = LIFT_HEIGHT

    def spare(self, width: float, most: float) -> float:
        """How much wider (m) than a thing's ``width`` the hand opens for a distance of ``most`` m."""
        return min(most, SPARE_SHARE * max(self.opens - width, 0.0))


def in_hand(hand: Hand, goal: Goal, arm: Arm) -> bool:
    """Whether the fingers hold the thing: closing, stalled at its width, with the thing between them."""
    if not hand.closing:
        return False
    if goal.held:
        return True
    wider = arm.spare(goal.width, WIDER)
    if not (goal.width - TIGHTER < hand.opening < goal.width + wider and hand.rate > -0.05):
        return False
    x, y, z = [abs(gap) for gap in (goal.position - hand.tool.position).tolist()]
    return bool(max(x, y) < 0.03 and z < 0.035)


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


def pick(hand: Hand, goal: Goal, arm: Arm) -> Command:
    """Move above the grasp, descend around it, close, lift the tool to ``arm.lift`` m or above all other objects."""
    tool = hand.tool.position
    grasp = goal.position.copy()
    width, top, height = goal.width, goal.position[2] + goal.above, goal.hang + goal.above
    grasp[2] = max(grasp[2], arm.fingertip + ABOVE_TABLE) - DEEPER * smooth_step((TALL_M - height) / (TALL_M - FLAT_M))
    if in_hand(hand, goal, arm):
        up = max(arm.lift, goal.clearance + CLEARANCE + height) - tool[2]
        return Command(np.array([0, 0, _vertical(up), 0, 0, 0]), True)
    off = _size(grasp[:2] - tool[:2])
    turn = half_turn(goal.yaw, hand.tool.yaw)
    misfit = float(off + 0.04 * abs(turn))
    at_grasp = misfit < GRASP_LATERAL + 0.006 and abs(tool[2] - grasp[2]) < GRASP_HEIGHT + 0.004
    # Where the fingers meet it, a thing may be narrower than it is wide: they close until they stall.
    if hand.closing and at_grasp and (hand.opening > width - TIGHTER or hand.rate < -CLOSING):
        return Command(np.zeros(6), True)
    high = max(top + 0.06, goal.clearance + CLEARANCE)
    ready = hand.opening > width + arm.spare(width, 0.018)
    velocity = _approach(tool, grasp, grasp[2] if ready else high, high, misfit, GRASP_LATERAL)
    spin = min(max(TURN_GAIN * turn, -TURN_SPEED), TURN_SPEED)
    close = misfit < GRASP_LATERAL and abs(tool[2] - grasp[2]) < GRASP_HEIGHT and ready
    if close:
        velocity, spin = np.zeros(3), 0.0
    elif hand.closing and not ready and tool[2] < grasp[2] + height:
        velocity = np.zeros(3)
    return Command(np.array([*velocity, 0, 0, spin]), bool(close))


def place(hand: Hand, goal: Goal, arm: Arm) -> Command:
    """Carry the held object over its destination, lower it, release, retreat."""
    assert goal.place is not None
    tool = hand.tool.position
    width = goal.width
    hang = tool[2] - (goal.position[2] - goal.hang)
    over = goal.place[:2] - (goal.position[:2] - tool[:2])
    low = goal.place[2] + hang + 0.003
    off = _size(over - tool[:2])
    if in_hand(hand, goal, arm):
        if off < goal.tolerance + 0.002 and tool[2] - low < 0.005:
            return Command(np.zeros(6), False)
        high = max(goal.clearance + CLEARANCE + hang, low + 0.05)
        velocity = _approach(tool, np.array([*over, 0.0]), low, high, off, goal.tolerance)
        return Command(np.array([*velocity, 0, 0, 0]), True)
    if hand.opening < width + arm.spare(width, 0.012):
        return Command(np.zeros(6), False)
    up = max(goal.position[2] + goal.above + RETREAT, goal.clearance + CLEARANCE) - tool[2]
    return Command(np.array([0, 0, _vertical(up), 0, 0, 0]), False)


def teach(hand: Hand, goal: Goal, arm: Arm) -> Command:
    """The teacher's command in this state."""
    return pick(hand, goal, arm) if goal.place is None else place(hand, goal, arm)

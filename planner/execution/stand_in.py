"""What a policy from before grasps is shown of a thing: a block in the place where the fingers close."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.arms.half_turn import half_turn
from sayso.hardware.types import GripperSpec, Pose
from sayso.skills.goal import SubtaskGoal

STAND_IN = 0.04  # m, the edge of the block that stands for a thing
LEAD, TURNED = 0.2, 0.25  # rad: by how much the hand is led around, and from which turn on it goes down
HOVER = 0.06  # m above the grip while the hand turns


def as_block(goal: SubtaskGoal, tool: Pose, gripper: GripperSpec) -> SubtaskGoal:
    """``goal`` with a block of `STAND_IN` in the place of its thing, for a hand at ``tool``.

    The fingers' opening counts in the block's width, and the destination is higher by what hangs below the block. Such
    a policy turns to the nearest edge of a block, so that a hand which has to turn farther is led there.
    """
    at, yaw, half = goal.position, goal.yaw, STAND_IN / 2
    hangs = max(goal.hang - half, 0.0)
    turn = half_turn(yaw, tool.yaw)
    if not goal.held:
        yaw = tool.yaw + float(np.clip(turn, -LEAD, LEAD))
        if abs(turn) > TURNED and goal.place is None:
            at = at + np.array([0.0, 0.0, HOVER])
    return replace(
        goal, position=at, yaw=yaw, width=STAND_IN, hang=half, above=half, fingers=(goal.width, gripper.width),
        place=None if goal.place is None else goal.place + np.array([0.0, 0.0, hangs]),
        clearance=goal.clearance + (hangs if goal.held else 0.0),
    )  # fmt: skip

"""Where the fingers take a thing, and the block that stands for it: the policy knows blocks of about 4 cm.

A block or bowl is shown to the policy as it is. For any other thing the goal shows a block of `STAND_IN` in the place
where the fingers close, with the fingers' opening counted in that block's width, and its destination higher by what
hangs below it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.types import GripperSpec
from sayso.perception.scene import FLAT, KINDS, Scene, SceneObject
from sayso.planner.checks.preconditions import CONTAINERS
from sayso.planner.plan import Plan, Relation, Verb
from sayso.skills.goal import SubtaskGoal

STAND_IN = 0.04  # m, the edge of the block that stands for a thing
SPARE_M = 0.01  # m of the hand's opening that a thing leaves free
REACH_DOWN = 0.030  # m from a thing's top down to where the fingers close on it: they are not longer
ABOVE_TABLE = 0.001  # m between the fingertips and the table
FLATTEST, TALLEST = 0.010, 0.15  # m of what can be picked up
LEAD, TURNED = 0.2, 0.25  # rad: by how much the hand is led around, and from which turn on it goes down
HOVER = 0.06  # m above the grip while the hand turns
ROUND = 1.2  # longer over shorter edge up to which it does not matter across which one the hand closes


def impossible(plan: Plan, scene: Scene, gripper: GripperSpec | None) -> str | None:
    """A sentence about the first step of ``plan`` that the hand cannot do; None if there is none."""
    for step in plan.subtasks:
        item, below = scene.find(step.object_id), scene.find(step.reference_id)
        if step.verb is Verb.PICK and item is not None and gripper is not None and not item.held:
            why = _ungraspable(item, gripper)
            if why:
                return f"I cannot pick up the {item.name}: it is {why}."
        if step.relation is Relation.ON and below is not None and below.kind not in FLAT | CONTAINERS:
            return f"Nothing stands on the {below.name}: its top is not flat."
        if step.relation is Relation.IN and item is not None and below is not None and below.kind not in KINDS:
            need, room = float(item.size[:2].max()), float(below.size[:2].min())
            if need > room:
                sizes = f"it is {100 * need:.1f} cm long and the {below.kind} {100 * room:.1f} cm wide"
                return f"The {item.name} does not fit into the {below.name}: {sizes}."
    return None


def _ungraspable(item: SceneObject, gripper: GripperSpec) -> str:
    opens = f"my hand opens {100 * gripper.width:.1f} cm"
    if item.kind in KINDS:
        width = float(item.size[:2].min())
        return f"{100 * width:.1f} cm wide and {opens}" if width > gripper.width else ""
    width, height = item.width, float(item.size[2])
    if width > gripper.width - SPARE_M:
        return f"{100 * width:.1f} cm wide and {opens}, of which I need {100 * SPARE_M:.0f} cm to spare"
    if height < FLATTEST:
        return f"{1000 * height:.0f} mm flat and my fingers need {1000 * FLATTEST:.0f} mm"
    return f"{100 * height:.0f} cm tall and I can lift {100 * TALLEST:.0f} cm" if height > TALLEST else ""


def stands_for(goal: SubtaskGoal, item: SceneObject, scene: Scene, gripper: GripperSpec | None) -> SubtaskGoal:
    """``goal`` with a block in the place of ``item``, unless the item is a block or bowl itself."""
    if item.kind in KINDS or gripper is None:
        return goal
    bottom = float(item.position[2] - item.size[2] / 2)
    at = item.position.copy()
    if item.held:
        at[2], width, yaw = scene.tool.position[2], max(scene.gripper * gripper.width, 1e-3), scene.tool.yaw
    else:
        at[2], width = max(item.position[2], item.top - REACH_DOWN, gripper.fingertip + ABOVE_TABLE), item.width
        yaw, turn = _led(item, scene, gripper)
        if abs(turn) > TURNED and goal.place is None:
            at[2] += HOVER
    hangs = max(float(at[2]) - STAND_IN / 2 - bottom, 0.0)
    place = None if goal.place is None else goal.place + np.array([0.0, 0.0, hangs])
    clearance = goal.clearance + (hangs if item.held else 0.0)
    size = np.full(3, STAND_IN)
    fingers = (width, gripper.width)
    return replace(goal, position=at, size=size, yaw=yaw, place=place, clearance=clearance, fingers=fingers)


def _led(item: SceneObject, scene: Scene, gripper: GripperSpec) -> tuple[float, float]:
    """The heading (rad) to aim at next, and the turn (rad) that the hand still lacks.

    The policy turns to the nearest edge of a block, so that a hand which has to turn farther is led there.
    """
    if float(item.size[:2].max()) < ROUND * float(item.size[:2].min()):
        return (item.yaw if item.kind in FLAT else scene.tool.yaw), 0.0
    across = item.yaw if gripper.closing_axis == 1 else item.yaw + np.pi / 2
    wanted = (across + np.pi / 2) % np.pi - np.pi / 2  # within a quarter turn of the neutral hand
    turn = wanted - scene.tool.yaw
    return scene.tool.yaw + float(np.clip(turn, -LEAD, LEAD)), float(turn)

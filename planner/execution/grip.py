"""Which grasp of a thing the hand takes, and what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import pi

import numpy as np

from sayso.hardware.arms.half_turn import FARTHEST, half_turn, turn_cost
from sayso.hardware.types import Array, GripperSpec
from sayso.perception.grasps.by_shape import SPARE_M, at_usual_height, grasps_by_shape
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.scene import FLAT, KINDS, Scene, SceneObject
from sayso.planner.checks.preconditions import CONTAINERS
from sayso.planner.plan import Plan, Relation, Verb
from sayso.skills.goal import SubtaskGoal

FLATTEST, TALLEST = 0.010, 0.15  # m of what can be picked up
HAND = GripperSpec()
BY_SHAPE = 0.5  # quality of a grasp of the shape alone: so many hold (`sayso bench grasp`, box center)
TURN_COST = 0.15  # per rad of the hand's turn, in quality
CROWDED = 0.3  # quality lost where a finger would come down on another thing
STEADY = 0.06  # quality that another grasp has to be better by
SAME_M, SAME_RAD = 0.012, 0.3
LEAD = 1.2  # rad by which the hand is led around at most: half a turn could be to either side
FINGER_M, FINGER_WIDTH_M = 0.015, 0.022  # the footprint of a finger beside the thing


def impossible(plan: Plan, scene: Scene, gripper: GripperSpec | None) -> str | None:
    """A sentence about the first step of ``plan`` that the hand cannot do; None if there is none."""
    for step in plan.subtasks:
        item, below = scene.find(step.object_id), scene.find(step.reference_id)
        if step.verb is Verb.PICK and item is not None and gripper is not None and not item.held:
            why = ungraspable(item, gripper)
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


def ungraspable(item: SceneObject, gripper: GripperSpec) -> str:
    """Why the hand cannot take ``item``, with the numbers; empty if it can."""
    opens = f"my hand opens {100 * gripper.width:.1f} cm"
    if item.kind in KINDS:
        width = float(item.size[:2].min())
        return f"{100 * width:.1f} cm wide and {opens}" if width > gripper.width else ""
    width, height = item.width, float(item.size[2])
    if not grasps_of(item, gripper):
        return f"{100 * width:.1f} cm wide and {opens}, of which I need {100 * SPARE_M:.0f} cm to spare"
    if height < FLATTEST:
        return f"{1000 * height:.0f} mm flat and my fingers need {1000 * FLATTEST:.0f} mm"
    return f"{100 * height:.0f} cm tall and I can lift {100 * TALLEST:.0f} cm" if height > TALLEST else ""


def grasps_of(item: SceneObject, gripper: GripperSpec) -> Sequence[Grasp]:
    """The grasps of ``item``: those that it was seen to have, else those of its shape, as always those of a block.

    Where none of those seen is likely to hold, those of its shape are among them.
    """
    seen = [at_usual_height(grasp, item, gripper) for grasp in item.grasps if item.kind != "block"]
    if seen and max(grasp.quality for grasp in seen) >= BY_SHAPE:
        return seen
    by_shape = grasps_by_shape(item, gripper)
    return [*seen, *(replace(grasp, quality=min(grasp.quality, BY_SHAPE)) for grasp in by_shape)] if seen else by_shape


def tool_yaw(grasp: Grasp, gripper: GripperSpec) -> float:
    """The tool's heading (rad) at ``grasp``."""
    return grasp.yaw - (pi / 2 if gripper.closing_axis == 1 else 0.0)


def chosen(item: SceneObject, scene: Scene, gripper: GripperSpec, last: SubtaskGoal | None = None) -> Grasp:
    """The grasp of ``item`` that the hand of ``scene`` takes; near to that of the goal ``last`` if there is no better.

    A thing that the hand cannot take has one in its middle.
    """
    options = grasps_of(item, gripper)
    if not options:
        return Grasp(item.position, item.yaw, item.width, 0.0)
    others = [o for o in scene.objects if o.id != item.id and not o.held]
    return max(options, key=lambda grasp: _worth(grasp, scene, gripper, others, last))


def _worth(
    grasp: Grasp, scene: Scene, gripper: GripperSpec, others: Sequence[SceneObject], last: SubtaskGoal | None
) -> float:
    yaw = tool_yaw(grasp, gripper)
    turn = half_turn(yaw, scene.tool.yaw)
    worth = grasp.quality - TURN_COST * turn_cost(turn, scene.tool.yaw)
    if last is not None:
        aside = float(np.hypot(*(grasp.position - last.position)[:2]))
        if aside < SAME_M and abs(half_turn(yaw, last.yaw)) < SAME_RAD:
            worth += STEADY
    return worth - (CROWDED if _is_crowded(grasp, gripper, others) else 0.0)


def _is_crowded(grasp: Grasp, gripper: GripperSpec, others: Sequence[SceneObject]) -> bool:
    """Whether an open finger would come down on one of ``others``."""
    way = np.array([np.cos(grasp.yaw), np.sin(grasp.yaw)])
    ends = [grasp.position[:2] + s * (gripper.width + FINGER_M) / 2 * way for s in (-1, 1)]
    low = float(grasp.position[2]) - gripper.fingertip
    return any(_covers(o, end) for o in others if o.top > low for end in ends)


def _covers(item: SceneObject, spot: Array) -> bool:
    c, s = np.cos(item.yaw), np.sin(item.yaw)
    x, y = (spot - item.position[:2]).tolist()
    half = item.size[:2] / 2 + FINGER_WIDTH_M / 2
    return bool(abs(c * x + s * y) < half[0] and abs(c * y - s * x) < half[1])


def _heading(yaw: float, tool_yaw: float, last: SubtaskGoal | None) -> float:
    """``yaw`` as the hand at ``tool_yaw`` turns to it; the way around stays that to the goal ``last``."""
    if last is not None:
        same = yaw + round((last.yaw - yaw) / pi) * pi
        if abs(same - last.yaw) < SAME_RAD and abs(same) <= FARTHEST:
            return same
    return tool_yaw + half_turn(yaw, tool_yaw)


def led(goal: SubtaskGoal, tool_yaw: float) -> SubtaskGoal:
    """``goal`` as a hand at ``tool_yaw`` is to see it: no farther around than `LEAD`."""
    turn = goal.yaw - tool_yaw
    return goal if abs(turn) <= LEAD else replace(goal, yaw=tool_yaw + float(np.clip(turn, -LEAD, LEAD)))


def grasp_goal(
    item: SceneObject, scene: Scene, gripper: GripperSpec | None = None, *, place: Array | None = None,
    tolerance: float = 0.006, clearance: float = 0.0, last: SubtaskGoal | None = None,
) -> SubtaskGoal:  # fmt: skip
    """The goal for ``item``, whose underside's middle is to come to ``place`` (3,) m.

    The held thing is taken where the hand is.
    """
    gripper = gripper or HAND
    foot = float(item.position[2] - item.size[2] / 2)
    if item.held:
        at, yaw = scene.tool.position, scene.tool.yaw
        width = item.width if item.kind == "block" else max(scene.gripper * gripper.width, 1e-3)
    else:
        grasp = chosen(item, scene, gripper, last)
        at, width = grasp.position, grasp.width
        yaw = _heading(tool_yaw(grasp, gripper), scene.tool.yaw, last)
    if place is not None:
        place = place + np.array([*(at - item.position)[:2], 0.0])
    hang, above = max(float(at[2]) - foot, 0.0), max(item.top - float(at[2]), 0.0)
    return SubtaskGoal(at, yaw, width, hang, above, item.held, place, tolerance, clearance)

"""Grasps from a thing's kind and box: across it, or by its rim. They stand in where no network has looked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.hardware.types import Array, GripperSpec
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.scene import HOLLOW, SceneObject

SPARE_M = 0.01  # of the hand's opening that a thing leaves free
REACH_DOWN = 0.030  # m from a thing's top down to where the fingers close on it: they are not longer
ABOVE_SUPPORT = 0.001  # m between the fingertips and what the thing stands on
BELOW_MIDDLE = 0.6  # of a ball's height: fingers above its middle press it down
ROUND = 1.2  # longer over shorter edge up to which the hand may close across either
TURNED = frozenset({"can", "bottle", "ball", "cup"})  # they look the same from all sides
RIMMED = HOLLOW | {"ring"}
HEADINGS = 12
RIM_DEPTH, WALL = 0.018, 0.005  # m below the rim; thickness of a wall that the box does not tell
FINGER_M = 0.015  # thickness of the finger that goes inside
ACROSS, LONGER, BY_THE_RIM = 0.9, 0.8, 0.7  # quality


def grasps_by_shape(item: SceneObject, gripper: GripperSpec) -> tuple[Grasp, ...]:
    """Where ``item`` can be taken from above, the best first; none for one that is too wide."""
    room = gripper.width - SPARE_M
    if item.kind == "block":
        return tuple(Grasp(item.position, item.yaw + q, item.width, ACROSS) for q in (0.0, np.pi / 2))
    found = [] if item.kind == "bowl" else _across(item, gripper, room)
    return tuple(found or (_by_the_rim(item, gripper) if item.kind in RIMMED else ()))


def _height(item: SceneObject, gripper: GripperSpec, below_top: float) -> float:
    """The height (m) of a grasp ``below_top`` m under the top, if the support does not stop the fingertips first."""
    foot = float(item.position[2] - item.size[2] / 2)
    return max(item.top - below_top, foot + gripper.fingertip + ABOVE_SUPPORT)


def at_usual_height(grasp: Grasp, item: SceneObject, gripper: GripperSpec) -> Grasp:
    """``grasp`` of ``item`` no lower than the fingers usually close on it: a policy knows no other height."""
    usual = _height(item, gripper, min(REACH_DOWN, 0.5 * float(item.size[2])))
    return replace(grasp, position=_at(grasp.position, max(float(grasp.position[2]), usual)))


def _across(item: SceneObject, gripper: GripperSpec, room: float) -> list[Grasp]:
    short = float(item.size[:2].min())
    share = BELOW_MIDDLE if item.kind == "ball" else 0.5
    at = _at(item.position, _height(item, gripper, min(REACH_DOWN, share * float(item.size[2]))))
    if item.kind in TURNED:
        headings = np.arange(HEADINGS) * np.pi / HEADINGS
        return [Grasp(at, float(h), short, ACROSS) for h in headings] if short <= room else []
    edges = ((item.yaw, float(item.size[0])), (item.yaw + np.pi / 2, float(item.size[1])))
    if item.kind == "mug":  # its handle is in the way of one of them
        edges = (max(edges, key=lambda edge: edge[0] == item.yaw + np.pi / 2),)  # type: ignore[assignment]
    most = min(room, ROUND * short)
    fit = [Grasp(at, yaw, width, ACROSS if width < short + 1e-9 else LONGER) for yaw, width in edges if width <= most]
    return sorted(fit, key=lambda grasp: -grasp.quality)


def _by_the_rim(item: SceneObject, gripper: GripperSpec) -> list[Grasp]:
    is_ring = item.kind == "ring"
    wall = float(item.size[2]) if is_ring else WALL
    radius = float(item.size[:2].min()) / 2
    if 2 * (radius - wall) < gripper.width / 2 + FINGER_M or wall > gripper.width - SPARE_M:
        return []  # the finger that goes inside has no room
    height = _height(item, gripper, wall / 2 if is_ring else RIM_DEPTH)
    lean = 0.3 * RIM_DEPTH if item.kind == "bowl" else 0.0  # its wall slopes
    sides = np.arange(HEADINGS) * 2 * np.pi / HEADINGS
    if item.kind == "mug":  # away from the handle, on whichever end it is
        sides = np.array([np.pi / 2, -np.pi / 2])
    out = []
    for side in (sides + item.yaw).tolist():
        way = np.array([np.cos(side), np.sin(side), 0.0])
        out.append(Grasp(_at(item.position + (radius - wall / 2 - lean) * way, height), side, wall, BY_THE_RIM))
    return out


def _at(position: Array, height: float) -> Array:
    return np.array([position[0], position[1], height])

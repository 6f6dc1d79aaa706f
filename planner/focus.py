"""From a subtask and the scene to the numbers a motion is about: where the object is, and where it is to go."""

from __future__ import annotations

import numpy as np

from hardware.types import Array, Box
from perception.scene import Scene, SceneObject
from planner.plan import Relation, Subtask, Verb
from skills.focus import Focus

BESIDE_M = 0.12
BOWL_DROP = 0.024
ON_TOLERANCE = 0.006
IN_TOLERANCE = 0.014
BESIDE_TOLERANCE = 0.010
REACH = (np.array([0.30, -0.36]), np.array([0.70, 0.36]))
BEYOND = 0.03  # a place may be a little further out than what is picked up
DIRECTIONS = {
    Relation.LEFT: np.array([0.0, 1.0]),
    Relation.RIGHT: np.array([0.0, -1.0]),
    Relation.FRONT: np.array([-1.0, 0.0]),
    Relation.BEHIND: np.array([1.0, 0.0]),
}


class LostObject(LookupError):
    """The scene has no object with the id that a subtask names."""


def _object(scene: Scene, object_id: str | None, name: str | None) -> SceneObject:
    found = scene.find(object_id)
    if found is None:
        raise LostObject(f"the {name or object_id} is not in the scene; it has {[o.name for o in scene.objects]}")
    return found


def focus_of(subtask: Subtask, scene: Scene, anchor: Array | None = None, reach: Box | None = None) -> Focus:
    """The focus of ``subtask``; ``anchor`` (3,) m is where the object stood when a move by itself began.

    Free places are looked for within the arm's ``reach``, None: that of an arm of about a metre.

    Raises `LostObject` when the scene lacks the object or the reference.
    """
    item = _object(scene, subtask.object_id, subtask.object_name)
    others = [o for o in scene.objects if o.id != item.id and not o.held]
    clearance = max((o.top for o in others), default=0.0)
    if subtask.verb is Verb.PICK:
        return Focus(item.position, item.size, item.yaw, item.held, clearance=clearance)
    place, tolerance = _place(subtask, item, scene, others, anchor, _area(reach))
    return Focus(item.position, item.size, item.yaw, item.held, place, tolerance, clearance)


def _place(
    subtask: Subtask,
    item: SceneObject,
    scene: Scene,
    others: list[SceneObject],
    anchor: Array | None,
    area: tuple[Array, Array],
) -> tuple[Array, float]:
    if subtask.reference_id == subtask.object_id:
        at = item.position if anchor is None else anchor
        return _beside(at, subtask, item, others, area), BESIDE_TOLERANCE
    reference = _object(scene, subtask.reference_id, subtask.reference_name)
    x, y, _ = reference.position
    if subtask.relation is Relation.IN:
        floor = reference.position[2] - reference.size[2] / 2 + BOWL_DROP
        inside = [o for o in others if o.id != reference.id and np.hypot(*(o.position - reference.position)[:2]) < 0.05]
        return np.array([x, y, max([floor, *(o.top + 0.006 for o in inside)])]), IN_TOLERANCE
    if subtask.relation is Relation.ON:
        return np.array([x, y, reference.top]), ON_TOLERANCE
    return _beside(reference.position, subtask, item, others, area), BESIDE_TOLERANCE


def _area(reach: Box | None) -> tuple[Array, Array]:
    return REACH if reach is None else (reach.lower[:2] - BEYOND, reach.upper[:2] + BEYOND)


def _beside(
    start: Array, subtask: Subtask, item: SceneObject, others: list[SceneObject], area: tuple[Array, Array]
) -> Array:
    """A free point on the table on the asked side of ``start``: the nearest to straight, at the asked distance."""
    assert subtask.relation is not None
    ahead = DIRECTIONS[subtask.relation]
    distance = subtask.distance or BESIDE_M
    best, best_cost = start[:2] + distance * ahead, np.inf
    for stretch in (1.0, 1.2, 0.85, 1.45):
        for turn in (0.0, 0.35, -0.35, 0.65, -0.65):
            rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
            spot = start[:2] + rotation @ ahead * distance * stretch
            room = min((np.hypot(*(spot - o.position[:2])) - o.size[0] * 0.6 for o in others), default=1.0)
            outside = np.abs(spot - np.clip(spot, *area)).sum()
            cost = (
                20 * outside
                + 10 * max(0.0, item.size[0] * 0.7 + 0.02 - room)
                + abs(turn) * 0.02
                + abs(stretch - 1) * 0.02
            )
            if cost < best_cost - 1e-9:
                best, best_cost = spot, cost
    return np.array([best[0], best[1], 0.0])

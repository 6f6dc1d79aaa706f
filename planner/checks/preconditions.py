"""Preconditions of a plan's subtasks on a scene."""

from __future__ import annotations

from sayso.perception.scene import FLAT, HOLLOW, Scene, SceneObject
from sayso.planner.plan import Plan, Relation, Subtask, Verb

CONTAINERS = HOLLOW
FIXED = frozenset({"bowl"})
"""Kinds that the gripper never picks up; other kinds depend on their size."""


def check_plan(plan: Plan, scene: Scene) -> None:
    """Raise ValueError for the first subtask whose precondition fails, with the reason.

    Subtasks must name known ids, pick no container, pick with an empty hand, put the held object, and use "in" with a
    container only.
    """
    held = scene.held or next((o.id for o in scene.objects if o.held), None)
    for number, subtask in enumerate(plan.subtasks, 1):
        problem = _problem(subtask, scene, held)
        if problem:
            raise ValueError(f"step {number} ({subtask}): {problem}")
        held = subtask.object_id if subtask.verb is Verb.PICK else None if subtask.handles else held


def _problem(subtask: Subtask, scene: Scene, held: str | None) -> str | None:
    if not subtask.handles:
        lacks = subtask.reference_id is not None and scene.find(subtask.reference_id) is None
        return f"there is no object '{subtask.reference_id}'; there are: {_ids(scene)}" if lacks else None
    target = scene.find(subtask.object_id)
    if target is None:
        return f"there is no object '{subtask.object_id}'; there are: {_ids(scene)}"
    if subtask.verb is Verb.PICK:
        if target.kind in FIXED:
            return f"the {target.name} cannot be picked up"
        return f"the hand already holds '{held}'; put it down first" if held is not None else None
    if held != target.id:
        return f"the {target.name} is not in the hand; pick it up first"
    return _bad_place(subtask, scene, target)


def _bad_place(subtask: Subtask, scene: Scene, target: SceneObject) -> str | None:
    reference = scene.find(subtask.reference_id)
    if reference is None:
        return f"there is no object '{subtask.reference_id}' to put it at; there are: {_ids(scene)}"
    if subtask.relation is None:
        return f"it needs a relation: {', '.join(r for r in Relation if r is not Relation.AT)}"
    if subtask.relation is Relation.IN and reference.kind not in CONTAINERS:
        return f"nothing can be put in the {reference.name}"
    if subtask.relation is Relation.ON and reference.kind in CONTAINERS:
        return f"nothing can be put on the {reference.name}; put it in it"
    if subtask.relation is Relation.ON and reference.kind not in FLAT:
        return f"nothing stands on the {reference.name}: its top is not flat"
    if reference is target and subtask.relation in (Relation.IN, Relation.ON):
        return "an object cannot be put in or on itself"
    return None


def _ids(scene: Scene) -> str:
    return ", ".join(o.id for o in scene.objects) or "none"

"""What the scene shows for certain about the cause of a failure; the network guesses only among the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.critic import Outlook
from sayso.planner.outlook.hidden import is_at_its_place
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Relation, Subtask, Verb

OVER_M = 0.01  # something that stands so much higher than the target's top stands on it
DOUBTFUL = 0.003  # probability that another thing has taken the place
LEARNED = (None, Relation.IN, Relation.ON)
"""The relations of the subtasks that the critic has learned from; of others it knows too little to act."""


def in_the_way(subtask: Subtask, scene: Scene) -> SceneObject | None:
    """The thing that stands on the target, where the thing of ``subtask`` is to go."""
    target = scene.find(subtask.reference_id)
    if target is None or subtask.relation is not Relation.ON or target.id == subtask.object_id:
        return None
    there = [
        o for o in scene.objects
        if o.id not in (subtask.object_id, target.id) and not o.held and o.top > target.top + OVER_M
        and float(np.hypot(*(o.position - target.position)[:2])) < target.size[0] / 2
    ]  # fmt: skip
    return max(there, key=lambda o: o.top, default=None)


def with_what_is_seen(outlook: Outlook, moment: Moment) -> Outlook:
    """``outlook`` with the causes that the scene of ``moment`` allows; one that it shows leaves no other."""
    if outlook.shown:
        return outlook
    subtask, scene = moment.subtask, moment.scene
    item = scene.find(subtask.object_id)
    if item is None or (subtask.reference_id is not None and scene.find(subtask.reference_id) is None):
        return replace(outlook, causes={Cause.GONE: 1.0})
    if subtask.verb is Verb.PLACE and in_the_way(subtask, scene) is not None:
        return replace(outlook, causes={Cause.BLOCKED: 1.0})
    out = {Cause.NONE, Cause.GONE, Cause.BLOCKED}
    if item.held or is_at_its_place(item, subtask, scene):
        out |= {Cause.SLIPPED, Cause.MISSED}
    if subtask.verb is Verb.PICK and not moment.body.closing:
        out.add(Cause.SLIPPED)
    if not _is_another(item, subtask, scene):
        out.add(Cause.WRONG)
    left = {cause: p for cause, p in outlook.causes.items() if cause not in out}
    whole = sum(left.values())
    return replace(outlook, causes={c: p / whole for c, p in left.items()} if whole > 0 else {Cause.STUCK: 1.0})


def _is_another(item: SceneObject, subtask: Subtask, scene: Scene) -> bool:
    """Whether the hand, or the thing's place, may have another thing."""
    other_held = scene.held is not None and scene.held != subtask.object_id
    return other_held or item.name != subtask.object_name or item.doubt > DOUBTFUL

"""The simulator's verdict on an instruction with any things: its task, planned on the true scene, against the truth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sayso.hardware.world import ObjectTruth
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.local import LocalPlanner
from sayso.planner.plan import Plan, Relation, Subtask, Verb
from sayso.planner.task.text import write
from sayso.planner.task.values import Task

if TYPE_CHECKING:
    from sayso.hardware.types import Pose

_CHOICE = re.compile(r"\b(?:a|some|atleast|at_least)\(")
_BESIDE = re.compile(r"\bbeside\(")
_SIDES = (Relation.LEFT, Relation.RIGHT, Relation.FRONT, Relation.BEHIND)


def true_verdict(
    task: Task, words: LocalPlanner, before: Mapping[str, ObjectTruth], after: Mapping[str, ObjectTruth], tool: Pose
) -> bool | None:
    """Whether ``task`` was done between two true states; None for what is more than to pick up and to put.

    The task is what Sayso read, so a misreading goes unnoticed. ``words`` plans it on the true scene ``before``, so
    that perception has no part in it; ``tool`` is the hand's pose. What leaves a choice ("a block") may be done by
    another choice: it is True or None.
    """
    from sayso.sim.placed import put

    text = write(task)
    answer = words.plan(text, _scene(before, tool))
    if not isinstance(answer, Plan):
        return None
    wanted: dict[str, Subtask] = {}
    for step in answer.subtasks:
        if not step.handles or not _is_plain(step):
            return None
        wanted.pop(step.object_id, None)
        wanted[step.object_id] = step
    if not wanted or any(i not in after for step in wanted.values() for i in (step.object_id, step.reference_id) if i):
        return None
    beside = bool(_BESIDE.search(text))
    done = all(put(before, after, s.object_id, s.relation, s.reference_id, beside) for s in wanted.values())
    return True if done else None if _CHOICE.search(text) else False


def _scene(truth: Mapping[str, ObjectTruth], tool: Pose) -> Scene:
    """The true scene; what has fallen off the table is none of it."""
    there = {name: o for name, o in truth.items() if o.position[2] > 0.0}
    objects = (SceneObject(name, {o.kind: 1.0}, {o.color: 1.0}, o.position, o.size, o.yaw) for name, o in there.items())
    return Scene(0.0, tuple(objects), tool)


def _is_plain(step: Subtask) -> bool:
    """Whether the step picks up, or puts in, on or beside another thing without a distance that was said."""
    if step.verb is Verb.PICK:
        return True
    return (
        step.relation in (Relation.IN, Relation.ON, *_SIDES)
        and step.reference_id not in (None, step.object_id)
        and step.gap is None
    )

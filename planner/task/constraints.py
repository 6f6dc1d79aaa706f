"""Constraints on a plan: what a step would break, and what nobody can watch."""

from __future__ import annotations

import numpy as np

from sayso.perception.scene import SceneObject
from sayso.planner.language.grounding import Unresolved
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.task.english import said
from sayso.planner.task.grounding import Grounding
from sayso.planner.task.places import GAP_M, metres
from sayso.planner.task.values import (
    At,
    Beside,
    Constraint,
    In,
    KeepAway,
    Mind,
    Never,
    On,
    Only,
    OutOf,
    Place,
    Untouched,
)  # fmt: skip

_RELATIONS = {Relation.IN: In, Relation.ON: On}


class Guard:
    """Watches one ``constraint`` while a plan is made; its things are those that fit when it is made."""

    def __init__(self, ground: Grounding, constraint: Constraint) -> None:
        self.ground, self.constraint = ground, constraint
        thing = getattr(constraint, "thing", None)
        self._ids = {o.id for o in ground.matching(thing)} if thing is not None else set()

    @property
    def note(self) -> str | None:
        """What the robot says about a constraint that it cannot hold, or holds only in part."""
        match self.constraint:
            case Mind(words):
                return f"I cannot watch that: '{words}'"
            case KeepAway():
                return "I keep the places where I put things at that distance; my way there I cannot promise"
        return None

    def spares(self, thing: SceneObject) -> bool:
        """Whether a group leaves ``thing`` out for it."""
        match self.constraint:
            case Untouched():
                return thing.id in self._ids
            case Only():
                return thing.id not in self._ids
        return False

    def objection(self, step: Subtask) -> str | None:
        """How ``step`` would break the constraint; None if it does not."""
        match self.constraint:
            case Untouched() if step.object_id in self._ids:
                return f"I was about to {step}."
            case Only() if step.object_id not in self._ids:
                return f"I was about to {step}."
            case KeepAway(_, by) if step.verb is Verb.PLACE and self._too_near(step, metres(by, GAP_M)):
                return f"I was about to {step}, which is too near."
            case Never(At(thing, place)) if step.verb is Verb.PLACE and self._comes_to(step, thing, place):
                return f"I was about to {step}."
        return None

    def _comes_to(self, step: Subtask, thing: object, place: Place) -> bool:
        if step.object_id not in {o.id for o in self.ground.matching(thing)}:  # type: ignore[arg-type]
            return False
        made = _RELATIONS.get(step.relation) if step.relation is not None else None
        if isinstance(place, In | On):
            return made is type(place) and self._is(step.reference_id, place.thing)
        if isinstance(place, Beside):
            return made is None and self._is(step.reference_id, place.thing)
        if isinstance(place, OutOf):
            return False
        return said(place) == (step.place_name or f"{step.relation} the {step.reference_name}")

    def _is(self, object_id: str | None, thing: object) -> bool:
        try:
            return object_id in {o.id for o in self.ground.matching(thing)}  # type: ignore[arg-type]
        except Unresolved:
            return False

    def _too_near(self, step: Subtask, gap: float) -> bool:
        item = self.ground.around.scene.find(step.object_id)
        reference = self.ground.around.scene.find(step.reference_id)
        at = (
            np.array(step.point)
            if step.point is not None
            else reference.position[:2]
            if reference is not None
            else None
        )
        if item is None or at is None:
            return False
        for i in self._ids - {step.object_id}:
            thing = self.ground.around.scene.find(i)
            if thing is None:
                continue
            apart = (
                float(np.hypot(*(at - thing.position[:2])))
                - (float(item.size[:2].max()) + float(thing.size[:2].max())) / 2
            )
            if apart < gap and step.reference_id != i:
                return True
            if step.reference_id == i:
                return True
        return False

"""Constraints on a plan: what a step would break, and what nobody can watch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.perception.scene import SceneObject
from sayso.planner.interpreter.grounding import Grounding
from sayso.planner.interpreter.places import GAP_M, metres
from sayso.planner.interpreter.watching import watched
from sayso.planner.language.grounding import Unresolved
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.task.english import said
from sayso.planner.task.values import (
    At,
    AtPace,
    Beside,
    Condition,
    Constraint,
    Degree,
    In,
    KeepAway,
    Mind,
    Never,
    On,
    Only,
    OutOf,
    Pace,
    Place,
    Untouched,
)  # fmt: skip
from sayso.planner.watch.constraint import Bar, Clear, at_most, kept_away, never_again, untouched
from sayso.planner.watch.constraint import Constraint as Watched

PACES = {Pace.SLOW: 0.5, Pace.SLOWER: 0.67, Pace.NORMAL: 1.0, Pace.FASTER: 1.5, Pace.FAST: 1.5}
"""Fractions of the usual speed."""
_RELATIONS = {Relation.IN: In, Relation.ON: On}


class Guard:
    """Watches one ``constraint`` while a plan is made; its things are those that fit when it is made."""

    def __init__(self, ground: Grounding, constraint: Constraint) -> None:
        self.ground, self.constraint = ground, constraint
        thing = getattr(constraint, "thing", None)
        self._ids = {o.id for o in ground.matching(thing)} if thing is not None else set()
        self._gap = metres(getattr(constraint, "by", None), GAP_M)
        self._nearer = ""

    def check(self) -> None:
        """Raise `Unresolved` if nothing that is seen fits the constraint's thing: it is asked about, not dropped."""
        thing = getattr(self.constraint, "thing", None)
        if thing is not None and not self._ids:
            self.ground.several(thing)

    def watched(self, steps: Sequence[Subtask] = ()) -> Watched | None:
        """The constraint in a form that is watched while ``steps`` are carried out; None if nothing can watch it."""
        what = said(self.constraint)
        match self.constraint:
            case Untouched():
                return untouched(what, self._clear(self._ids))
            case KeepAway():
                return kept_away(what, self._clear(self._ids, self._gap))
            case Only():
                used = {s.reference_id for s in steps if s.relation in _RELATIONS}  # what is put there touches it
                others = {o.id for o in self.ground.around.scene.objects} - self._ids
                return untouched(what, self._clear(others - used))
            case AtPace(pace):
                return at_most(what, PACES[pace])
            case Never(condition):
                part = watched(condition, self.ground)
                return None if part is None else Watched(what, never_again(part), bars=self._bars(condition))
        return None

    def _bars(self, condition: Condition) -> tuple[Bar, ...]:
        """The steps that bring about ``condition``, as far as the symbols of a step say so."""
        match condition:
            case At(thing, In() | On() as place):
                relation = Relation.IN if isinstance(place, In) else Relation.ON
                return (Bar(self._all(thing), relation, self._all(place.thing)),)
        return ()

    def _all(self, thing: object) -> frozenset[str]:
        try:
            return frozenset(o.id for o in self.ground.matching(thing))  # type: ignore[arg-type]
        except Unresolved:
            return frozenset()

    @property
    def note(self) -> str | None:
        """What the robot says about a constraint that it cannot hold, or not as far as it was said."""
        if self._nearer:
            return f"To {self._nearer} I have to go nearer: I stay {100 * GAP_M:.0f} cm away"
        if isinstance(self.constraint, Mind):
            return f"I cannot watch that: '{self.constraint.words}'"
        return f"I cannot watch that while I move: {said(self.constraint)}" if self.watched() is None else None

    def _clear(self, ids: set[str], distance: float = 0.0) -> tuple[Clear, ...]:
        things = (o for o in self.ground.around.scene.objects if o.id in ids)
        return tuple(Clear(o.id, o.name, distance) for o in things)

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
        if not step.handles:
            return None
        match self.constraint:
            case Untouched() | KeepAway() if step.object_id in self._ids:
                return f"I was about to {step}."
            case Untouched() if step.relation in _RELATIONS and step.reference_id in self._ids:
                return f"I was about to {step}."
            case Only() if step.object_id not in self._ids:
                return f"I was about to {step}."
            case KeepAway() if step.verb is Verb.PLACE and self._too_near(step, self._gap):
                if self._too_near(step, min(GAP_M, self._gap)) or self.constraint.by is not Degree.LOT:
                    return f"I was about to {step}, which is too near."
                self._gap, self._nearer = GAP_M, str(step)  # "well away" is as far as the order allows
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
        return object_id in self._all(thing)

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

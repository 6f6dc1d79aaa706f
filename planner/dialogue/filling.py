"""The task that a question is about, with what a person means in the place of what the question leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.dialogue.words import is_yes_or_no
from sayso.planner.interpreter.discourse import Discourse
from sayso.planner.interpreter.grounding import Grounding, named
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.symbolic_state import Surroundings, is_container
from sayso.planner.plan import Gap, Question
from sayso.planner.task.exchange import exchanged
from sayso.planner.task.inside import values_in
from sayso.planner.task.text import NotATask, parse, write
from sayso.planner.task.things import THING, colors_meant, kinds_meant
from sayso.planner.task.values import (
    A,
    All,
    AtSide,
    Direction,
    Hand,
    Hold,
    In,
    Nth,
    On,
    Pick,
    Place,
    Put,
    Rank,
    Shift,
    Some,
    Task,
    The,
    Them,
    Thing,
    Together,
    Value,
)
from sayso.planner.viewpoint import Viewpoint

_TOWARDS = {
    Direction.LEFT: "left", Direction.RIGHT: "right", Direction.FORWARD: "far", Direction.BACK: "near",
}  # fmt: skip
_DESCRIBED = (The, A, All, Some)


def proposed(question: Question) -> Gap | None:
    """The thing that is handled in the task that ``question`` proposes, which an answer may replace: "no, the green
    one"; None if it proposes none."""
    try:
        task = parse(question.answers[0], Task) if is_yes_or_no(question) and question.answers else None
    except NotATask:
        return None
    handled = [t.thing for t in values_in(task) if isinstance(t, Put | Pick | Hand | Hold)]
    return Gap(question.answers[0], write(handled[0])) if len(handled) == 1 else None


class Filling:
    """Fills the ``gap`` of a question by what a person who looks along ``yaw`` rad says of ``scene``; without a gap it
    only finds things. ``pool`` are the things that the question offers."""

    def __init__(self, gap: Gap | None, pool: Sequence[SceneObject], scene: Scene, yaw: float = 0.0) -> None:
        self.task: Task | None = None if gap is None else parse(gap.task, Task)
        self.about: Value | None = None if gap is None else parse(gap.about, Value)
        self.pool = list(pool)
        view, self._talk = Viewpoint(yaw).quarter, Discourse()
        around = Surroundings(view.seen(scene))
        self.ground = Grounding(
            around, self._talk, kinds_meant, colors_meant, yaw - view.yaw, view.reach(None), view.yaw
        )
        self._talk.groups += [tuple(o.id for o in self.ground.matching(thing)) for thing in self._others]

    @property
    def asks_where(self) -> bool:
        """Whether the question is about a place."""
        return isinstance(self.about, Place)

    def found(self, thing: Thing) -> list[SceneObject]:
        """What ``thing`` means: first among the things that are offered, then anywhere; "the pink one" is first one of
        the kind that is asked about. Raises `Unresolved`."""
        if isinstance(thing, Them) and self.pool:
            return self.pool
        absent: Unresolved | None = None
        kind = getattr(self.about, "noun", THING) if getattr(thing, "noun", "") == THING else THING
        wordings = (thing,) if kind == THING else (replace(thing, noun=kind), thing)  # type: ignore[call-arg]
        for pool in filter(None, (self.pool, list(self.ground.around.scene.objects))):
            for one in wordings:
                try:
                    return self.ground.several(one, pool)
                except Unresolved as unresolved:
                    if len(unresolved.things) > 1 and str(getattr(unresolved.answer, "text", "")).startswith("Which"):
                        raise
                    absent = absent or unresolved
        raise absent or Unresolved(Question("I see nothing on the table."))

    def with_things(self, things: Sequence[SceneObject]) -> Task | None:
        """The task with ``things`` in the gap, or in the place of the one other description that they can stand for."""
        if not things or self.task is None:
            return None
        if len(things) > 1 and (self.asks_where or self._place is not None):
            return None  # nothing goes in two places
        thing: Thing = named(things[0]) if len(things) == 1 else Together(tuple(named(o) for o in things))
        if isinstance(self.about, Place):
            if hasattr(self.about, "thing"):
                return self._with(self.about, replace(self.about, thing=thing))  # type: ignore[call-arg]
            return self._with(self.about, In(thing)) if all(map(is_container, things)) else None
        fits = self._holds is None or {is_container(o) for o in things} == {self._holds}
        return self._with(self.about if fits or self.other is None else self.other, thing)

    def with_place(self, place: Place) -> Task | None:
        """The task with ``place`` in the gap, or for a gap that is a thing in the place in which it is named.

        Raises `Unresolved`.
        """
        if self.asks_where:
            return self._with(self.about, place)
        inner, around = getattr(place, "thing", None), self._place
        if around is not None:  # "in which bowl?" "left of the blue one"
            if isinstance(place, In | On) and isinstance(around, In | On) and isinstance(inner, Thing):
                found = self.found(inner)
                if type(place) is not type(around) and len(found) == 1 and found[0] not in self.pool:  # "on the plate"
                    return self._with(around, replace(place, thing=named(found[0])))
                return self.with_things(found)
            if isinstance(inner, The | A) and inner.noun == THING:
                place = exchanged(place, inner, named(self.found(inner)[0]))  # "left of the blue one"
            return self._with(around, place)
        side = str(place.side) if isinstance(place, AtSide) else None
        if isinstance(place, Shift):
            side = _TOWARDS.get(place.direction)
        where = place if side is None else Nth(1.0, Rank(side))
        try:  # "which block?" "in the bowl" is the one that lies there
            return self.with_things(self.ground.several(The(THING, (where,)), self.pool))
        except Unresolved:
            put = next((t for t in values_in(self.task) if isinstance(t, Put)), None)
            return None if put is None else self._with(put.place, place)

    def put(self, things: Sequence[SceneObject], place: Place) -> Task | None:
        """The task with ``things`` in the gap, and ``place`` where it puts them."""
        task = self.with_things(things)
        puts = [t for t in values_in(task) if isinstance(t, Put)]
        return exchanged(task, puts[0].place, place) if len(puts) == 1 else None

    def with_two(self, one: Thing, two: Thing) -> Task | None:
        """The task with the one of two descriptions in the gap, and the other in the place of `other`; None unless one
        is of things that hold others. Raises `Unresolved`."""
        mine, its = (one, two) if self.ground.holds(one) is self._holds else (two, one)
        if self.other is None or self.ground.holds(mine) is not self._holds or self.ground.holds(its) is self._holds:
            return None
        task, there = self.with_things(self.found(mine)), self.ground.one(its, self.ground.matching(self.other) or None)
        return None if task is None else exchanged(task, self.other, named(there))

    @property
    def other(self) -> Thing | None:
        """The one description in the task, beside the gap, of things that hold others where those of the gap do not, or
        the other way round."""
        others = dict.fromkeys(t for t in self._others if self.ground.holds(t) is not self._holds)
        return next(iter(others)) if len(others) == 1 else None

    @property
    def _place(self) -> Place | None:
        """The place in the task that names what is in the gap."""
        places = (p for p in values_in(self.task) if isinstance(p, Place))
        return next((p for p in places if getattr(p, "thing", None) == self.about), None)

    @property
    def _others(self) -> Iterator[Thing]:
        """The descriptions in the task beside the one in the gap."""
        inside = set(values_in(self.about))
        return (t for t in values_in(self.task) if isinstance(t, _DESCRIBED) and t not in inside)

    @property
    def _holds(self) -> bool | None:
        """Whether the gap is for something that holds things; None: for whatever there is."""
        if self.pool:
            kinds = {is_container(o) for o in self.pool}
            return kinds.pop() if len(kinds) == 1 else None
        return None if getattr(self.about, "noun", THING) == THING else self.ground.holds(self.about)

    def _with(self, old: Any, new: Value) -> Task | None:
        made = exchanged(self.task, old, new)
        return None if made == self.task else made

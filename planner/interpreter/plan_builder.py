"""The steps of a plan, one after another, each on the symbolic state that the steps before it leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import HOLLOW, SceneObject
from sayso.planner.execution.goal import ANYWHERE, lack_of_room, off_by
from sayso.planner.interpreter import regions
from sayso.planner.interpreter.answers import ABILITIES
from sayso.planner.interpreter.constraints import Guard
from sayso.planner.interpreter.discourse import Interpretation, Origin
from sayso.planner.interpreter.grounding import named
from sayso.planner.interpreter.places import AT_SIDE, Places, Spot
from sayso.planner.language.grounding import FIRST, Unresolved, the
from sayso.planner.language.symbolic_state import is_fixed
from sayso.planner.plan import Question, Refusal, Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M, DIRECTIONS
from sayso.planner.task.english import said
from sayso.planner.task.things import THING
from sayso.planner.task.values import (
    A,
    All,
    Aside,
    Beside,
    Constraint,
    Direction,
    Each,
    It,
    Place,
    Put,
    Rest,
    Seq,
    Shift,
    Some,
    Task,
    The,
    Thing,
    Together,
    Unclear,
)
from sayso.planner.watch.wait import Wait

MOST_STEPS = 60
_ASIDE = ("to the left", "to the right")
TOLD_M = 0.03
"""A thing that ends so far from where it was asked for is spoken of."""


class Paused(Exception):
    """The plan ends here for now: it waits."""


class PlanBuilder:
    """One pass over the task that is ``meant``, after the steps ``done``; ``places`` finds things and places.

    ``acts`` add the steps of each type of task. ``back`` is where things go to undo what was done last. ``notes`` and
    ``unmet`` (conditions that do not hold) are told in words. ``guards`` are the constraints of the task that is being
    planned, ``watched`` all that there were, ``manner`` the words of its constraints.
    """

    def __init__(
        self, acts: Mapping[type[Task], Act], meant: Interpretation, places: Places, done: Sequence[Subtask],
        back: Sequence[tuple[str, Origin]] = (),
    ) -> None:  # fmt: skip
        self._acts, self.meant, self.places, self.back = acts, meant, places, back
        self.ground = places.ground
        self.around, self.talk = self.ground.around, self.ground.talk
        self.finished, self.done = done, list(done)
        self.steps: list[Subtask] = []
        self.notes: list[str] = []
        self.unmet: list[str] = []
        self.ends: Wait | None = None
        self.guards = [Guard(self.ground, constraint) for constraint in self.talk.earlier.standing]
        self.watched = list(self.guards)
        self.manner: tuple[Constraint, ...] = ()
        held = self.around.in_hand
        self._hand = (self.around.scene.tool if held is None else held).position[:2]  # where the steps so far leave it
        self._rounds = 0  # loops around the task that is being planned
        self._placed: set[str] = set()

    def do(self, task: Task, at: tuple[int, ...]) -> None:
        """Add the subtasks of ``task``, which stands at ``at`` in the whole. Raises `Unresolved`."""
        if isinstance(task, Unclear):
            raise Unresolved(Question("I do not understand that. What shall I do?"))
        act = self._acts.get(type(task))
        if act is None:
            raise Unresolved(Refusal(f"I cannot {said(task)}. {ABILITIES}"))
        act(self, task, at)

    def things(
        self, thing: Thing, at: tuple[int, ...], among: Sequence[SceneObject] | None = None
    ) -> list[SceneObject]:
        """The things that the description at ``at`` means, the same as in an earlier plan of the task."""
        keep = not isinstance(thing, It | Each)
        bound = [self.around.scene.find(i) for i in self.meant.bound.get(at, ())] if keep and self.finished else []
        if bound and all(bound):
            found = [o for o in bound if o is not None]
        else:
            found = self.ground.several(thing, among)
            self.meant.bound[at] = tuple(o.id for o in found)
        self.talk.speak_of(found)
        return found

    def movable(self, thing: Thing, at: tuple[int, ...], besides: Sequence[str] = ()) -> list[SceneObject]:
        """The things to be handled. Raises `Unresolved` when the gripper can hold none of them."""
        if self._rounds and isinstance(thing, A):
            besides = [*besides, *self._placed]  # "until it is full, put a block in the bowl": another one each time
        pool = [o for o in self.around.scene.objects if o.id not in besides]
        many = isinstance(thing, All | Rest)
        if many or self._names_no_kind(thing):
            pool = self._left(thing, pool, [o for o in pool if not is_fixed(o)])
        if many:
            left = [o for o in pool if not any(g.spares(o) for g in self.guards)] or pool
            spared = self.ground.matching(thing) if self._left(thing, pool, left) is not left else []
            for guard in (g for g in self.guards if any(g.spares(o) for o in spared)):
                text = f"You also said: {said(guard.constraint)}. I was about to move {the(spared)}. What shall I do?"
                raise Unresolved(Question(text))
            pool = left
        found = self.things(thing, at, pool)
        wide = [o for o in found if is_fixed(o)]
        narrow = [o for o in found if o not in wide]
        if not narrow or (wide and not many):
            raise Unresolved(Refusal(f"I cannot pick up {the(wide)}: too wide for my gripper."))
        return narrow

    def _names_no_kind(self, thing: Thing) -> bool:
        """Whether ``thing`` is "the red one", or one of several is that may all be picked up."""
        if isinstance(thing, Together):
            some = any(self._names_no_kind(one) for one in thing.things)
            return some and not any(all(is_fixed(o) for o in self.ground.matching(one)) for one in thing.things)
        return isinstance(thing, The | A | Some) and thing.noun == THING

    def _left(self, thing: Thing, pool: list[SceneObject], narrower: list[SceneObject]) -> list[SceneObject]:
        """The ``narrower`` pool, or ``pool`` where ``thing`` means something there and nothing in the other."""
        ids, meant = {o.id for o in narrower}, {o.id for o in self.ground.matching(thing)}
        lost = meant.intersection(o.id for o in pool) and not meant & ids
        return pool if lost or not narrower else narrower

    def named(self, place: Place) -> list[str]:
        """Ids of the things that ``place`` names, which a group that goes there leaves out."""
        if regions.described(place) is not None:
            return []
        inner = getattr(place, "thing", None)
        things = [inner] if isinstance(inner, Thing) else list(getattr(place, "things", ()))
        out: list[str] = []
        for thing in things:
            if not isinstance(thing, It | Each):
                try:
                    out += [o.id for o in self.ground.several(thing)]
                except Unresolved:
                    continue
        return out

    def ask_for_room(self, thing: SceneObject, spot: Spot, place: Place) -> None:
        """Raise `Unresolved` if ``spot`` at ``place`` is taken, and nothing there has been moved; note one beside it.

        Only the bounds of a place and numbers can be missed; what the arm reaches shows when it moves.
        """
        moved = {s.object_id for s in self.steps}
        reference = spot.reference or thing
        if self.finished or thing.held or moved.intersection((thing.id, reference.id)):
            return
        if (not spot.edges and spot.gap is None) or (reference is thing and thing.id in self.around.under):
            return
        scene = self.around.scene
        still = replace(scene, objects=tuple(o for o in scene.objects if o.id not in moved))
        reach = self.ground.reach if spot.edges else ANYWHERE
        lacking = lack_of_room(_put(thing, spot), thing, still, reach=reach)
        if lacking is None:
            off = off_by(_put(thing, spot), thing, still, reach)
            if off > TOLD_M and len(spot.edges) not in (1, 2):  # a side or a corner is no single spot
                self.notes.append(f"Right there is no room: I put {the([thing])} {100 * off:.0f} cm beside it")
            return
        options: tuple[str, ...] = ("aside",)
        free: tuple[Place, ...] = (Aside(),)
        if spot.reference is not None:
            distance = spot.distance or BESIDE_M
            sides = self.places.free_sides(thing, reference, distance)
            options = tuple(f"{side} the {reference.name}" for side in sides) or options
            free = tuple(AT_SIDE[side](named(reference)) for side in sides) or free
        raise Unresolved(Question(f"{lacking}. Where shall I put {the([thing])}?", options), place, free)

    def place(self, thing: SceneObject, spot: Spot) -> None:
        """Add the steps that put ``thing`` at ``spot``, unless it is there. Raises `Unresolved`."""
        reference = spot.reference or thing
        self._placed.add(thing.id)
        step = _put(thing, spot)
        if reference is thing and spot.relation in (Relation.IN, Relation.ON):
            raise Unresolved(Refusal(f"I cannot put {the([thing])} in, on or beside itself."))
        self.places.origins.pop(thing.id, None)  # from here on this instruction has moved it
        if self.was_done(step) or self.around.rests(thing, reference, spot.relation):
            return
        if self.around.held != thing.id:
            self.pick(thing)
        self.add(step)

    def pick(self, thing: SceneObject) -> None:
        """Add the step that picks up ``thing``. Raises `Unresolved`."""
        if self.around.in_hand is not None:
            text = f"I am holding {the([self.around.in_hand])}. Where shall I put it first?"
            raise self._first(self.around.in_hand, Question(text, _ASIDE))
        above = self.around.above(thing)
        if above is not None and not is_fixed(thing):
            if any(s.verb is Verb.PLACE and s.object_id == above.id for s in self.steps):  # it does not stand there yet
                there, what = "in" if thing.kind in HOLLOW else "on", the([thing])
                text = f"By then {the([above])} is {there} {what}, and I do not carry {what} with something {there} it."
                raise Unresolved(Question(f"{text} Where shall {what} go first, before I put anything {there} it?"))
            text = f"{the([above]).capitalize()} stands on {the([thing])}. {FIRST}"
            raise self._first(above, Question(text, tuple(f"move the {above.name} {way}" for way in _ASIDE)))
        self.add(Subtask(Verb.PICK, thing.id, thing.name))

    def _first(self, thing: SceneObject, question: Question) -> Unresolved:
        """The ``question`` where ``thing`` goes before the rest is done."""
        where = Beside(named(thing))  # nothing goes beside itself, so no part of the task is the same
        task = Seq((Put(named(thing), where), self.meant.task))
        return Unresolved(question, where, (Shift(Direction.LEFT), Shift(Direction.RIGHT)), task)

    @property
    def where_sent(self) -> Array | None:
        """Where (2,) m the step before sent the hand: "10 cm to the left, and put it down there"; None if it did
        not."""
        last = next((s for s in reversed((*self.finished, *self.steps)) if s.wait is None), None)
        return self._hand if last is not None and last.verb in (Verb.OVER, Verb.MOVE, Verb.NEAR, Verb.AWAY) else None

    @property
    def sent_over(self) -> SceneObject | None:
        """The thing above which the step before sent the hand; None if it did not, or beside one."""
        last = next((s for s in reversed((*self.finished, *self.steps)) if s.wait is None), None)
        over = last is not None and last.verb is Verb.OVER and last.relation in (None, Relation.IN, Relation.ON)
        return self.around.scene.find(last.reference_id) if last is not None and over and last.point is None else None

    def _end_of(self, step: Subtask) -> Array:
        """Where (2,) m the hand is after ``step``."""
        thing = self.around.scene.find(step.object_id if step.verb is Verb.PICK else step.reference_id)
        there = self._hand if thing is None else thing.position[:2]
        if step.point is not None:
            return np.array(step.point)
        if step.verb is Verb.MOVE:
            return self._hand + np.array((step.way or (0.0, 0.0))[:2])
        if step.relation in DIRECTIONS:
            return np.asarray(there + (step.distance or BESIDE_M) * DIRECTIONS[step.relation])
        if step.verb in (Verb.NEAR, Verb.AWAY):
            gap = there - self._hand
            far = float(np.hypot(*gap))
            share = min((step.distance or 0.0) / max(far, 1e-6), 1.0 if step.verb is Verb.NEAR else np.inf)
            return np.asarray(self._hand + (share if step.verb is Verb.NEAR else -share) * gap)
        return np.asarray(there)

    def add(self, step: Subtask) -> None:
        """Add ``step``. Raises `Unresolved` if a constraint forbids it."""
        if len(self.steps) >= MOST_STEPS:
            raise Unresolved(Question(f"That takes more than {MOST_STEPS} steps. What shall I do first?"))
        for guard in self.guards:
            if problem := guard.objection(step):
                raise Unresolved(Question(f"You also said: {said(guard.constraint)}. {problem} What shall I do?"))
        self.steps.append(step)
        self._hand = self._end_of(step)
        self.around.apply(step)

    def was_done(self, step: Subtask) -> bool:
        """Whether an earlier plan of the task has done ``step``, which counts for one step only."""
        past = next((s for s in self.done if _key(s) == _key(step)), None)
        if past is not None:
            self.done.remove(past)
        return past is not None

    @contextmanager
    def round(self) -> Iterator[None]:
        """Inside, a task is done several times."""
        self._rounds += 1
        try:
            yield
        finally:
            self._rounds -= 1

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is planned inside is taken back."""
        steps, done, held, under = list(self.steps), list(self.done), self.around.held, dict(self.around.under)
        groups, hand = list(self.talk.groups), self._hand
        try:
            yield
        finally:
            self.steps, self.done, self.around.held, self.around.under = steps, done, held, under
            self.talk.groups, self._hand = groups, hand


def _key(step: Subtask) -> tuple[object, ...]:
    """What makes a step the same as one of an earlier plan."""
    own = (str(step),) if step.is_of_arm else ()
    return (step.verb, step.object_id, step.relation, step.reference_id, step.wait and step.wait.said, *own)


def _put(thing: SceneObject, spot: Spot) -> Subtask:
    """The step that puts ``thing`` at ``spot``."""
    reference = spot.reference or thing
    return Subtask(
        Verb.PLACE, thing.id, thing.name, spot.relation, reference.id, reference.name, spot.distance, spot.point,
        spot.name or None, gap=spot.gap, edges=spot.edges,
    )  # fmt: skip


Act = Callable[[PlanBuilder, Any, tuple[int, ...]], None]
"""Adds the steps of a task that stands at a place in the whole. Raises `Unresolved`."""

"""A task and a scene → an answer: subtasks, or the question or refusal that prevents them.

Each step is worked out on the symbolic state that the steps before it leave. Things that a plan of the same instruction
has handled already keep their meaning, so that "the leftmost block" does not change when it has been moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from sayso.hardware.types import Array, Box
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.interpreter import arrangements, regions
from sayso.planner.interpreter.answers import ABILITIES, UNSAFE
from sayso.planner.interpreter.conditions import as_heard, holds
from sayso.planner.interpreter.constraints import Guard
from sayso.planner.interpreter.discourse import NOTHING_RECALLED, Discourse, Origin, Recalled
from sayso.planner.interpreter.grounding import Grounding, Likelihoods
from sayso.planner.interpreter.hazards import hazardous
from sayso.planner.interpreter.manner import heeded, line_way
from sayso.planner.interpreter.places import Places, Pointed, Spot
from sayso.planner.interpreter.watching import watched
from sayso.planner.language.grounding import Unresolved, names, the
from sayso.planner.language.symbolic_state import Surroundings, is_container, is_fixed
from sayso.planner.plan import Answer, Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.room import DIRECTIONS, FINGER_M, area
from sayso.planner.task.english import denied, said
from sayso.planner.task.text import write
from sayso.planner.task.values import (
    A,
    All,
    Arrange,
    Aside,
    Called,
    Choose,
    Color,
    Condition,
    Constraint,
    Each,
    Event,
    ForEach,
    Hand,
    Hold,
    If,
    In,
    It,
    Key,
    On,
    Once,
    OutOf,
    Pick,
    Place,
    Push,
    Put,
    Release,
    Repeat,
    Rest,
    Seq,
    Some,
    Sort,
    Stack,
    Swap,
    Table,
    Task,
    The,
    Thing,
    Unclear,
    Undo,
    Until,
    Value,
    Wait,
    WhereItWas,
    With,
)  # fmt: skip
from sayso.planner.viewpoint import Viewpoint
from sayso.planner.watch.atoms import Told
from sayso.planner.watch.wait import Wait as Waiting

MOST_STEPS = 60
SAME_PLACE_M = 0.025
"""A thing this near to where it was is there."""


@dataclass
class Interpretation:
    """What stays the same while one instruction is carried out.

    ``start`` (3,) m by id is where things were at first; ``bound`` are the ids that each description of the task meant,
    by its place in the task.
    """

    task: Task
    start: dict[str, Array] = field(default_factory=dict)
    bound: dict[tuple[int, ...], tuple[str, ...]] = field(default_factory=dict)


class Interpreter:
    """Interprets tasks; ``kinds`` and ``colors`` tell what a word means in the scene's terms.

    ``yaw`` (rad, base frame) is where the person who speaks looks; ``reach`` bounds places, None: an arm of about 1 m.
    """

    def __init__(self, kinds: Likelihoods, colors: Likelihoods, yaw: float = 0.0, reach: Box | None = None) -> None:
        self.kinds, self.colors, self.yaw, self.reach = kinds, colors, yaw, reach

    def answer(
        self, meant: Interpretation, scene: Scene, done: Sequence[Subtask] = (), recalled: Recalled = NOTHING_RECALLED,
        pointed: Pointed | None = None,
    ) -> Answer:  # fmt: skip
        """The subtasks that remain of a task after ``done``, a question or a refusal.

        ``recalled`` is what earlier instructions left. ``pointed`` finds the points of a picture on the table.
        """
        if hazardous(meant.task):
            return Refusal(UNSAFE)
        for thing in scene.objects:
            meant.start.setdefault(thing.id, thing.position)
        view = Viewpoint(self.yaw).quarter
        run = _Run(self, meant, view.seen(scene), view, done, recalled)
        run.places.pointed = None if pointed is None else lambda u, v: view.point(pointed(u, v))
        try:
            with suppress(_Paused):
                run.do(meant.task, ())
        except Unresolved as stopped:
            return _with_answers(stopped, meant.task)
        held = (guard.watched((*run.finished, *run.steps)) for guard in run.watched)
        constraints = tuple(dict.fromkeys(c for c in held if c is not None))
        unmet = tuple(dict.fromkeys(run.unmet))
        if run.steps or run.finished:
            return view.answer(
                Plan(tuple(run.steps), tuple(dict.fromkeys((*run.notes, *unmet))), constraints, run.ends)
            )
        idle = ". ".join(one[:1].upper() + one[1:] for one in unmet)
        return view.answer(Plan((), tuple(dict.fromkeys(run.notes)), constraints, run.ends, idle))


def _with_answers(stopped: Unresolved, task: Task) -> Answer:
    """The question with the task that each of its options makes."""
    answer, about = stopped.answer, stopped.about
    if not isinstance(about, Thing | Place) or not isinstance(answer, Question):
        return answer
    if len(answer.options) != len(stopped.things):
        return answer
    meant = (o if isinstance(o, Place) else The(o.kind, (Color(o.color), Called(o.id))) for o in stopped.things)
    tasks = (_with(task, about, one) for one in meant)
    return replace(answer, answers=tuple(write(t) for t in tasks))


def _with(value: Any, old: Value, new: Value) -> Any:
    """``value`` with ``new`` in the place of ``old``."""
    if value == old:
        return new
    if isinstance(value, tuple):
        return tuple(_with(v, old, new) for v in value)
    if isinstance(value, Value) and fields(value):
        return replace(value, **{f.name: _with(getattr(value, f.name), old, new) for f in fields(value)})
    return value


def _seen_from(view: Viewpoint, origin: Origin) -> Origin:
    """``origin`` in the frame of the person who speaks."""
    return replace(origin, point=view.point(origin.point) or origin.point)


class _Paused(Exception):
    """The plan ends here for now: it waits."""


class _Run:
    """One pass over a task, on a scene seen from ``view``."""

    def __init__(
        self, by: Interpreter, meant: Interpretation, scene: Scene, view: Viewpoint, done: Sequence[Subtask],
        recalled: Recalled,
    ) -> None:  # fmt: skip
        self.finished = done = view.told(done)
        talk = Discourse(earlier=recalled)
        self.meant, self.talk, self.done = meant, talk, list(done)
        self.back = [(name, _seen_from(view, origin)) for name, origin in recalled.back]
        self.reach = view.reach(by.reach)
        self.around = Surroundings(scene, done)
        self.ground = Grounding(self.around, talk, by.kinds, by.colors, by.yaw - view.yaw, self.reach, view.yaw)
        start = {name: view.position(at) for name, at in meant.start.items()}
        origins = {name: _seen_from(view, origin) for name, origin in recalled.origins.items()}
        self.places = Places(self.ground, start, origins=origins, here=view.point(recalled.here))
        self.guards = [Guard(self.ground, constraint) for constraint in recalled.standing]
        self.steps: list[Subtask] = []
        self.notes: list[str] = []
        self.unmet: list[str] = []  # conditions that do not hold, in words
        self.ends: Waiting | None = None
        self._rounds = 0  # loops around the task that is being planned
        self._placed: set[str] = set()
        self.watched = list(self.guards)
        self.manner: tuple[Constraint, ...] = ()
        self._reasons: dict[type[Task], Callable[..., None]] = {
            Pick: self._pick_up, Hold: self._pick_up, Hand: self._hand, Put: self._put, Push: self._push,
            Stack: self._stack, Arrange: self._arrange, Sort: self._sort, Swap: self._swap, Release: self._release,
            Seq: self._seq, ForEach: self._for_each, If: self._if, Once: self._once, Until: self._until,
            Repeat: self._repeat, Choose: self._choose, With: self._with, Undo: self._undo,
            Wait: self._wait,
        }  # fmt: skip

    def do(self, task: Task, at: tuple[int, ...]) -> None:
        """Add the subtasks of ``task``, which stands at ``at`` in the whole. Raises `Unresolved`."""
        act = self._reasons.get(type(task))
        if isinstance(task, Unclear):
            raise Unresolved(Question("I do not understand that. What shall I do?"))
        if act is None:
            raise Unresolved(Refusal(f"I cannot {said(task)}. {ABILITIES}"))
        act(task, at)

    # Things and places ------------------------------------------------------------------------------------------

    def _things(
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

    def _movable(self, thing: Thing, at: tuple[int, ...], besides: Sequence[str] = ()) -> list[SceneObject]:
        """The things to be handled. Raises `Unresolved` when the gripper can hold none of them."""
        if self._rounds and isinstance(thing, A):
            besides = [*besides, *self._placed]  # "until it is full, put a block in the bowl": another one each time
        pool = [o for o in self.around.scene.objects if o.id not in besides]
        many = isinstance(thing, All | Rest)
        if many or (isinstance(thing, The | A | Some) and thing.noun == "thing"):
            pool = [o for o in pool if not is_fixed(o)] or pool
        if many:
            pool = [o for o in pool if not any(g.spares(o) for g in self.guards)] or pool
        found = self._things(thing, at, pool)
        wide = [o for o in found if is_fixed(o)]
        if wide and not many:
            raise Unresolved(Refusal(f"I cannot pick up {the(wide)}: too wide for my gripper."))
        found = [o for o in found if o not in wide]
        if not found:
            raise Unresolved(Refusal(f"I cannot pick up {the(wide)}: too wide for my gripper."))
        return found

    def _named(self, place: Place) -> list[str]:
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

    # Tasks ------------------------------------------------------------------------------------------------------

    def _pick_up(self, task: Pick | Hold, at: tuple[int, ...]) -> None:
        found = self._movable(task.thing, (*at, 0))
        if len(found) > 1:
            raise Unresolved(Question("I can hold one thing at a time. Which shall I pick up?", names(found)))
        step = Subtask(Verb.PICK, found[0].id, found[0].name)
        if self.around.held != found[0].id and not self._was_done(step):
            self._pick(found[0])

    def _hand(self, task: Hand, at: tuple[int, ...]) -> None:
        self._pick_up(Pick(task.thing), at)
        self.notes.append("I cannot reach a hand yet: I hold the thing up for you to take")

    def _push(self, task: Push, at: tuple[int, ...]) -> None:
        self.notes.append("I cannot push: I lift the thing and set it down")
        self._put(Put(task.thing, task.place), at)

    def _release(self, _: Release, at: tuple[int, ...]) -> None:
        if self.around.in_hand is not None:
            self._place(self.around.in_hand, self.places.spot(Aside(), self.around.in_hand))

    def _put(self, task: Put, at: tuple[int, ...]) -> None:
        if isinstance(task.place, OutOf) and (empty := self._emptied(task.thing)) is not None:
            self.unmet.append(f"{said(empty)} is empty already, so I did nothing")
            return
        group = isinstance(task.thing, All | Rest | Some | A)
        before = self.talk.last or self.around.held
        found = self._movable(task.thing, (*at, 0), self._named(task.place) if group else ())
        if isinstance(getattr(task.place, "thing", None), It):
            task = replace(task, place=self._beside_it(task.place, before, found))
        there = self._named(task.place)
        self.talk.places += there
        ordered = self.around.in_order(found) if isinstance(task.thing, All | Rest | Some) else found
        if len(ordered) > 1 and isinstance(task.place, On) and not self._is_flat(task.place):
            self._tower([*self.ground.several(task.place.thing), *ordered])
            return
        spots = self.places.shared(task.place, ordered)
        if spots is not None:
            self._place_all(list(zip(ordered, spots, strict=True)))
            return
        last: SceneObject | None = None
        if isinstance(task.place, WhereItWas) and isinstance(task.thing, All | Rest):
            ordered = [o for o in ordered if o.id in self.talk.earlier.origins] or ordered
        for thing in ordered:
            lies = thing.id not in self.around.under and thing.id != self.around.held
            if lies and (isinstance(task.place, OutOf) or (len(ordered) > 1 and task.place == On(Table()))):
                continue
            spot = self.places.spot(task.place, thing)
            if spot.reference is not None and spot.relation not in (Relation.IN, Relation.ON) and last is not None:
                spot = replace(spot, reference=last)  # several go in a row, each beside the one before
            self._place(thing, spot)
            last = thing

    def _beside_it(self, place: Place, last: str | None, moved: Sequence[SceneObject]) -> Place:
        """``place`` with the thing that its "it" means: never one that is ``moved`` there, but the ``last`` thing that
        was spoken of before, or beside the container that this lies in. Raises `Unresolved`."""
        scene, ids = self.around.scene, {o.id for o in moved}
        meant = scene.find(last)
        below = scene.find(self.around.under.get(last or ""))
        if below is not None and is_container(below) and not isinstance(place, On):
            meant = below
        if meant is None or meant.id in ids:
            others = [o for o in scene.objects if o.id not in ids]
            raise Unresolved(Question("What do you mean by 'it'?", names(others)), place.thing, others)  # type: ignore[attr-defined]
        return replace(place, thing=The(meant.kind, (Color(meant.color), Called(meant.id))))  # type: ignore[call-arg]

    def _emptied(self, things: Thing) -> Thing | None:
        """What holds none of all the ``things`` that are to be taken out of it; None if it holds some, or is not
        seen."""
        if not isinstance(things, All) or self.ground.matching(things):
            return None
        inside = (m.thing for m in things.modifiers if isinstance(m, In))
        return next((held for held in inside if self.ground.matching(held)), None)

    def _place_all(self, puts: list[tuple[SceneObject, Spot]]) -> None:
        """Put several things at points; a point on which one of them still stands waits until that one has moved."""
        puts.sort(key=lambda put: put[0].id != self.around.held)
        while puts:
            free = (put for put in puts if not any(_stands_on(put, thing) for thing, _ in puts if thing is not put[0]))
            put = puts[0] if puts[0][0].id == self.around.held else next(free, puts[0])
            puts.remove(put)
            self._place(*put)

    def _is_flat(self, place: On) -> bool:
        """Whether things put there lie side by side: the table, or a bowl."""
        return isinstance(place.thing, Table) or any(is_container(o) for o in self.ground.several(place.thing))

    def _stack(self, task: Stack, at: tuple[int, ...]) -> None:
        foot = self.ground.several(task.place.thing) if isinstance(task.place, On) else []
        found = [o for o in self._movable(task.thing, (*at, 0), [o.id for o in foot])]
        unordered = isinstance(task.thing, All | Rest | Some)
        if task.by is not None:
            found = self._sorted(found, task.by)[::-1]
        elif unordered and not foot and task.place is None:
            found = self.around.tower(found)
        elif unordered:
            found = self.around.in_order(found)
        if foot and is_container(foot[0]):
            for thing in found:
                self._place(thing, Spot(Relation.IN, foot[0]))
            return
        if len(found) + len(foot) < 2:
            others = [o for o in self.around.movable if o not in found]
            raise Unresolved(Question(f"On what shall I put {the(found)}?", names(others)))
        if task.place is not None and not foot:
            self._place(found[0], self.places.spot(task.place, found[0]))
        self._tower([*foot, *found])

    def _tower(self, tower: Sequence[SceneObject]) -> None:
        for below, thing in pairwise(tower):
            if is_container(below):
                self._place(thing, Spot(Relation.IN, below))
                continue
            top, above = below, self.around.above(below, thing)
            while above is not None:
                top, above = above, self.around.above(above, thing)
            self._place(thing, Spot(Relation.ON, top))

    def _arrange(self, task: Arrange, at: tuple[int, ...]) -> None:
        found = self._movable(task.thing, (*at, 0), self._named(task.place) if task.place is not None else ())
        at_first = [self.places.at_first(o) for o in found]
        ordered = (
            self._sorted(found, task.by) if task.by is not None else self.ground.ordered(at_first, arrangements.RANK)
        )
        center = None
        if task.place is not None:
            center = self._center(self.places.spot(task.place, ordered[0]), at_first)
        others = [self.places.at_first(o) for o in self.around.scene.objects if o not in found]
        shape = line_way(task, self.manner) or task.shape
        points = arrangements.points(shape, ordered, center, area(self.reach), self.ground.yaw, others)
        spots = [Spot(Relation.AT, None, None, (float(x), float(y)), f"in place, {shape}") for x, y in points]
        things = {o.id: o for o in found}
        self._place_all([(things[o.id], spot) for o, spot in zip(ordered, spots, strict=True)])

    @staticmethod
    def _center(spot: Spot, things: Sequence[SceneObject]) -> Array:
        """Where the middle (2,) m of an arrangement of ``things`` at ``spot`` is."""
        if spot.reference is not None:
            return spot.reference.position[:2]
        if spot.point is not None:
            return np.array(spot.point)
        return np.mean([o.position[:2] for o in things], axis=0) + (spot.distance or 0.0) * DIRECTIONS[spot.relation]

    def _sorted(self, things: Sequence[SceneObject], by: Key) -> list[SceneObject]:
        keys: dict[Key, Callable[[SceneObject], object]] = {
            Key.COLOR: lambda o: o.color, Key.KIND: lambda o: o.kind,
            Key.SIZE: lambda o: round(float(np.prod(o.size)), 7), Key.HEIGHT: lambda o: round(float(o.size[2]), 3),
        }  # fmt: skip
        return sorted(things, key=lambda o: (keys[by](o), o.id))  # type: ignore[return-value]

    def _sort(self, task: Sort, at: tuple[int, ...]) -> None:
        into = self._things(task.into, (*at, 1)) if task.into is not None else self.around.containers
        found = self._movable(task.thing, (*at, 0), [o.id for o in into])
        groups: dict[str, list[SceneObject]] = {}
        for thing in found:
            groups.setdefault(thing.color if task.by is Key.COLOR else thing.kind, []).append(thing)
        if task.by in (Key.SIZE, Key.HEIGHT):
            self._arrange(Arrange(task.thing, arrangements.LINE, by=task.by), at)
            return
        free = list(into)
        homes: dict[str, SceneObject] = {}
        for name in groups:
            alike = next((o for o in free if o.color == name), None)
            if alike is not None:
                homes[name] = alike
                free.remove(alike)
        missing = [name for name in groups if name not in homes]
        if task.into is None and missing and not homes:
            self._heaps(groups)
            return
        if len(free) < len(missing):
            raise Unresolved(
                Question(
                    f"There are more colors than containers. Where shall I put {the(groups[missing[0]])}?", names(into)
                )
            )
        homes |= dict(zip(missing, free, strict=False))
        for name, things in groups.items():
            for thing in self.around.in_order(things):
                self._place(thing, Spot(Relation.IN, homes[name]))

    def _heaps(self, groups: Mapping[str, Sequence[SceneObject]]) -> None:
        lower, upper = area(self.reach)
        centers = arrangements.heaps(len(groups), (lower, upper))
        for center, (name, things) in zip(centers, groups.items(), strict=True):
            for thing, point in zip(
                things, arrangements.heap(center, len(things), float(things[0].size[:2].max())), strict=True
            ):
                self._place(
                    thing, Spot(Relation.AT, None, None, (float(point[0]), float(point[1])), f"with the {name} ones")
                )

    def _swap(self, task: Swap, at: tuple[int, ...]) -> None:
        one, other = (self._movable(t, (*at, i)) for i, t in enumerate((task.one, task.other)))
        if len(one) != 1 or len(other) != 1 or one[0].id == other[0].id:
            raise Unresolved(Question(f"Which two shall I exchange: {the([*one, *other])}?", names([*one, *other])))
        first, second = one[0], other[0]
        homes = {o.id: self.places.at_first(o).position for o in (first, second)}
        below = {o.id: self.around.scene.find(self.around.under.get(o.id)) for o in (first, second)}
        self._place(first, self.places.spot(Aside(), first))
        for thing, place in ((second, first), (first, second)):
            support = below[place.id]
            x, y = homes[place.id][:2]
            if support is not None:
                spot = Spot(Relation.IN if is_container(support) else Relation.ON, support)
            else:
                spot = Spot(Relation.AT, None, None, (float(x), float(y)), f"where the {place.name} was")
            self._place(thing, spot)
        self.talk.speak_of([first, second])

    def _undo(self, _: Undo, at: tuple[int, ...]) -> None:
        if not self.back:
            raise Unresolved(Refusal("I have moved nothing that I could put back."))
        for object_id, origin in self.back:
            thing = self.around.scene.find(object_id)
            if thing is None:
                self.notes.append("I do not see everything any more that I moved; I put back what I see")
            elif self.around.held == object_id or not self._is_there(thing, origin):
                self._place(thing, self.places.back(thing, origin))

    def _is_there(self, thing: SceneObject, origin: Origin) -> bool:
        """Whether ``thing`` is where it was, and no step moves it or has moved it."""
        moved = any(s.object_id == thing.id for s in (*self.steps, *self.finished))
        off = float(np.hypot(*(thing.position[:2] - np.array(origin.point))))
        return not moved and self.around.under.get(thing.id) == origin.below and off < SAME_PLACE_M

    # Tasks made of tasks ----------------------------------------------------------------------------------------

    def _seq(self, task: Seq, at: tuple[int, ...]) -> None:
        for i, (one, following) in enumerate(zip(task.tasks, [*task.tasks[1:], None], strict=True)):
            if isinstance(one, Pick | Hold) and isinstance(following, Put) and isinstance(one.thing, All | Some | Rest):
                self._movable(one.thing, (*at, i, 0))  # "pick up both and put them in the bowl" is a put of each
                continue
            self.do(one, (*at, i))

    def _for_each(self, task: ForEach, at: tuple[int, ...]) -> None:
        put = regions.one_in_each(task, self.ground, self.places.center)
        if put is not None:
            self._put(put, at)
            return
        turn = self.talk.turn
        inner = getattr(task.task, "place", None)
        found = self._movable(task.thing, (*at, 0), self._named(inner) if isinstance(inner, Place) else ())
        for i, thing in enumerate(self.around.in_order(found)):
            self.talk.turn = thing.id
            self.do(task.task, (*at, 1, i))
        self.talk.turn = turn

    def _if(self, task: If, at: tuple[int, ...]) -> None:
        truth = self.meant.bound.get((*at, 9))
        if truth is None or not self.finished:
            truth = ("yes",) if holds(task.condition, self.ground) else ()
            self.meant.bound[*at, 9] = truth
        if truth:
            self.do(task.task, (*at, 1))
        elif task.otherwise is not None:
            self.do(task.otherwise, (*at, 2))
        else:
            self.unmet.append(f"{denied(task.condition)}, so I did nothing")

    def _once(self, task: Once, at: tuple[int, ...]) -> None:
        self._hold_until(task.condition)
        self.do(task.task, (*at, 1))

    def _wait(self, task: Wait, at: tuple[int, ...]) -> None:
        self._hold_until(task.condition)

    def _hold_until(self, condition: Condition) -> None:
        """Add a step that waits until ``condition`` holds, unless it holds or was waited for."""
        try:
            part = watched(condition, self.ground)
        except Unresolved:  # about things that are not there yet
            part = None
        if part is None:
            self.notes.append(f"I cannot see whether {said(condition)}: tell me when it is so")
        what = as_heard(condition.words) if isinstance(condition, Event) else said(condition)
        wait = Waiting(what, part or Told(what))
        step = Subtask(Verb.WAIT, "", "", wait=wait)
        if self._was_done(step) or (wait.is_seen and holds(condition, self.ground)):
            return
        self.steps.append(step)
        raise _Paused

    def _until(self, task: Until, at: tuple[int, ...]) -> None:
        part = watched(task.condition, self.ground)
        ends = Waiting(said(task.condition), part) if part is not None and not at else None
        shows = ends is None or ends.is_seen
        self.ends = ends
        with self._round():
            for i in range(MOST_STEPS):
                if shows and holds(task.condition, self.ground):
                    return
                before = len(self.steps), len(self.done)
                try:
                    self.do(task.task, (*at, 1, i))
                except Unresolved:
                    if i == 0:
                        raise
                    if ends is None:
                        self.notes.append(f"I go on until nothing is left: I cannot see whether {said(task.condition)}")
                    return
                if before == (len(self.steps), len(self.done)) or len(self.steps) > MOST_STEPS:
                    return

    def _repeat(self, task: Repeat, at: tuple[int, ...]) -> None:
        with self._round():
            for i in range(min(int(task.number), MOST_STEPS)):
                self.do(task.task, (*at, 0, i))

    @contextmanager
    def _round(self) -> Iterator[None]:
        """Inside, a task is done several times."""
        self._rounds += 1
        try:
            yield
        finally:
            self._rounds -= 1

    def _choose(self, task: Choose, at: tuple[int, ...]) -> None:
        chosen = self.meant.bound.get((*at, 9), ())
        for i, one in enumerate(task.tasks):
            if chosen and self.finished and chosen != (str(i),):
                continue
            with self._undone():
                try:
                    self.do(one, (*at, i))
                except _Paused:
                    pass
                except Unresolved:
                    if i == len(task.tasks) - 1:
                        raise
                    continue
            self.meant.bound[*at, 9] = (str(i),)
            self.do(one, (*at, i))
            return

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Whatever is planned inside is taken back."""
        steps, done, held, under = list(self.steps), list(self.done), self.around.held, dict(self.around.under)
        groups = list(self.talk.groups)
        try:
            yield
        finally:
            self.steps, self.done, self.around.held, self.around.under = steps, done, held, under
            self.talk.groups = groups

    def _with(self, task: With, at: tuple[int, ...]) -> None:
        guards = [Guard(self.ground, c) for c in task.constraints if not heeded(c, task.task)]
        for guard in guards:
            guard.check()
        self.notes += [note for guard in guards if (note := guard.note)]
        self.watched += guards
        self.guards += guards
        before, self.manner = self.manner, task.constraints
        free, self.talk.spared = (
            self.talk.spared,
            {o.id for o in self.around.scene.objects if any(guard.spares(o) for guard in self.guards)},
        )
        self.do(task.task, (*at, 0))
        self.manner, self.talk.spared = before, free
        for guard in guards:
            self.guards.remove(guard)

    # Steps ------------------------------------------------------------------------------------------------------

    def _place(self, thing: SceneObject, spot: Spot) -> None:
        reference = spot.reference or thing
        self._placed.add(thing.id)
        step = Subtask(
            Verb.PLACE, thing.id, thing.name, spot.relation, reference.id, reference.name, spot.distance, spot.point,
            spot.name or None, gap=spot.gap,
        )  # fmt: skip
        if reference is thing and spot.relation in (Relation.IN, Relation.ON):
            raise Unresolved(Refusal(f"I cannot put {the([thing])} in, on or beside itself."))
        self.places.origins.pop(thing.id, None)  # from here on this instruction has moved it
        if self._was_done(step) or self.around.rests(thing, reference, spot.relation):
            return
        if self.around.held != thing.id:
            self._pick(thing)
        self._do(step)

    def _pick(self, thing: SceneObject) -> None:
        if self.around.in_hand is not None:
            text = f"I am holding {the([self.around.in_hand])}. Where shall I put it first?"
            raise Unresolved(Question(text, ("to the left", "to the right")))
        above = self.around.above(thing)
        if above is not None and not is_fixed(thing):
            text = f"{the([above]).capitalize()} stands on {the([thing])}. Shall I put it aside first?"
            raise Unresolved(
                Question(text, (f"move the {above.name} to the left", f"move the {above.name} to the right"))
            )
        self._do(Subtask(Verb.PICK, thing.id, thing.name))

    def _do(self, step: Subtask) -> None:
        if len(self.steps) >= MOST_STEPS:
            raise Unresolved(Question(f"That takes more than {MOST_STEPS} steps. What shall I do first?"))
        for guard in self.guards:
            if problem := guard.objection(step):
                raise Unresolved(Question(f"You also said: {said(guard.constraint)}. {problem} What shall I do?"))
        self.steps.append(step)
        self.around.apply(step)

    def _was_done(self, step: Subtask) -> bool:
        key = (step.verb, step.object_id, step.relation, step.reference_id, step.wait and step.wait.said)
        past = next((s for s in self.done if key == (
            s.verb, s.object_id, s.relation, s.reference_id, s.wait and s.wait.said
        )), None)  # fmt: skip
        if past is not None:
            self.done.remove(past)
        return past is not None


def _stands_on(put: tuple[SceneObject, Spot], other: SceneObject) -> bool:
    """Whether ``other`` stands where a thing is to be put, or too near for the fingers."""
    thing, spot = put
    apart = float(np.hypot(*(other.position[:2] - np.array(spot.point)))) if spot.point is not None else np.inf
    return apart < float(thing.size[:2].max() + other.size[:2].max()) / 2 + FINGER_M

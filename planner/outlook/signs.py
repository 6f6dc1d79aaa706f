"""The signs from which the critic judges: how scene, hand and arm have changed since the subtask began.

Nothing here depends on the arm's joints or on the policy's features, so that one critic serves every arm.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.perception.scene import ALL_COLORS, ALL_KINDS, Scene, SceneObject
from sayso.planner.outlook.hidden import hides
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Relation, Subtask, Verb

SHORT_S, SECOND_S, LONG_S = 0.4, 1.0, 3.0  # how far back the changes look
NEEDED_S = {Verb.PICK: 5.0, Verb.PLACE: 5.5, Verb.WAIT: 5.0}  # 95th percentiles of undisturbed subtasks, rounded up
FAR_M, FINE_M = 0.3, 0.03  # coarse and fine unit of a distance
STEP_M = 0.003  # a shorter way of the tool between two reviews has no direction
GRIPS = 0.5  # fingers around a thing are at least so far apart, as a fraction of its width
OVER_M = 0.01  # something that stands so much higher than a target stands in or on it
OPPOSITE = (("left", "right"), ("forward", "back"), ("up", "down"))

_OF_A_THING = (
    "there", "absent", "age", "deviation", "doubt", "confidence", "its color", "its kind", "color lost", "kind lost",
    "moved", "moved just now", "moved in a second", "risen",
)  # fmt: skip
_OF_A_GAP = ("far", "near", "above", "above, fine", "nearer in a second", "beyond nearest")
NAMES = (
    "placing", "in", "on", "beside", "time", "overtime",
    *(f"thing: {name}" for name in _OF_A_THING),
    "thing: held", "thing: place taken", "thing: another alike", "thing: nearest other",
    *(f"target: {name}" for name in ("asked", *_OF_A_THING)), "target: occupied", "target: occupied since",
    *(f"hand to thing: {name}" for name in _OF_A_GAP),
    *(f"thing to target: {name}" for name in _OF_A_GAP),
    "hand: open", "hand: room", "hand: fits", "hand: rate", "hand: closing", "hand: closing since", "hand: grips",
    "hand: empty", "hand: closings", "hand: other held", "hand: other nearer", "hand: its color", "hand: below",
    "arm: speed", "arm: way in a second", "arm: way in three", "arm: net of way", "arm: lag", "arm: lag in a second",
    "arm: height", "arm: turns", "motion: turns", "motion: changes", "motion: holds",
    "scene: age", "scene: youngest", "scene: unseen", "scene: doubt", "scene: confidence", "scene: color",
    "scene: shift", "scene: largest shift", "scene: more", "scene: fewer",
)  # fmt: skip
SIGNS = len(NAMES)


@dataclass
class _Thing:
    """What is remembered of a thing of the subtask: as it was at first, where it was, and since when it is gone."""

    first: SceneObject | None = None
    last: SceneObject | None = None
    gone: float | None = None

    def see(self, item: SceneObject | None, t: float) -> None:
        if item is None:
            self.gone = t if self.gone is None else self.gone
            return
        self.first, self.last, self.gone = self.first or item, item, None


@dataclass(frozen=True, slots=True)
class _Past:
    """What the last seconds are compared with."""

    t: float
    tool: Array
    places: Mapping[str, Array]
    lag: float
    gap: float
    drop: float
    motion: str
    held: str | None


class Signs:
    """Turns the moments of a run into vectors (F,) float32, named by `NAMES`; all numbers are about 1 at most."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin a new instruction."""
        self._attempt = -1
        self._known: dict[str, SceneObject] = {}
        self._hidden: dict[str, float] = {}  # when each thing was last hidden by hand or container
        # Of each thing, when it was last not hidden: of what is half hidden the cameras are less sure.
        self._deviation: dict[str, float] = {}
        self._confidence: dict[str, float] = {}
        self._past: deque[_Past] = deque()
        self._least_gap = self._least_drop = float("inf")

    def see(self, moment: Moment) -> NDArray[np.float32]:
        """The signs at ``moment``, which follows those seen before."""
        scene, subtask = moment.scene, moment.subtask
        if moment.attempt != self._attempt:
            self._begin(moment)
        for o in scene.objects:
            if hides(moment, o):
                self._hidden[o.id] = moment.t
            else:
                self._deviation[o.id], self._confidence[o.id] = o.deviation, o.confidence
        t, tool = moment.t, moment.body.tool.position
        item, target = scene.find(subtask.object_id), scene.find(subtask.reference_id)
        has_target = subtask.reference_id is not None and subtask.reference_id != subtask.object_id
        self._item.see(item, t)
        self._target.see(target if has_target else None, t)
        at, goal = self._where(self._item, tool), self._where(self._target, tool)
        gap = float(np.linalg.norm(at - tool))
        drop = float(np.hypot(*(at - goal)[:2])) if has_target else 0.0
        self._least_gap, self._least_drop = min(self._least_gap, gap), min(self._least_drop, drop)
        lag = float(moment.late.max())
        places = {o.id: o.position for o in scene.objects}
        self._remember(_Past(t, tool, places, lag, gap, drop, moment.motion, scene.held))
        age, need = t - moment.began, NEEDED_S[subtask.verb]
        of_target = self._thing(self._target, subtask.reference_name or "", t) if has_target else [0.0] * 14
        values = [
            float(subtask.verb is Verb.PLACE), *_relation(subtask),
            np.tanh(age / need), max(0.0, np.tanh(age / need - 1)),
            *self._thing(self._item, subtask.object_name, t), *self._among(subtask, scene, item),
            float(has_target), *of_target, *self._occupied(subtask, scene, target if has_target else None, t),
            *self._gap(at - tool, gap, self._least_gap, self._before(SECOND_S).gap),
            *(self._gap(goal - at, drop, self._least_drop, self._before(SECOND_S).drop) if has_target else [0.0] * 6),
            *self._hand(moment, item, at), *self._arm(lag, tool), *self._words(), *self._scene(scene),
        ]  # fmt: skip
        return np.clip(np.array(values, np.float32), -3.0, 3.0)

    def _begin(self, moment: Moment) -> None:
        """Remember the scene as the attempt begins."""
        if self._attempt < 0:
            self._known = {o.id: o for o in moment.scene.objects}
        self._attempt = moment.attempt
        self._item, self._target = _Thing(), _Thing()
        for thing, name in ((self._item, moment.subtask.object_id), (self._target, moment.subtask.reference_id)):
            thing.first = self._known.get(name or "")
        self._start = {o.id: o for o in moment.scene.objects}
        self._least_gap = self._least_drop = float("inf")
        self._closing: float | None = None
        self._closings = 0
        self._full: float | None = None
        self._past.clear()

    def _remember(self, now: _Past) -> None:
        self._past.append(now)
        while now.t - self._past[0].t > LONG_S + 0.1:
            self._past.popleft()

    def _before(self, seconds: float) -> _Past:
        """What was ``seconds`` ago, or at the attempt's begin."""
        since = self._past[-1].t - seconds
        return next(past for past in self._past if past.t >= since - 0.01)

    def _age(self, item: SceneObject, t: float) -> float:
        """For how long nobody has seen ``item`` although nothing hides it, s."""
        return min(item.age, t - self._hidden.get(item.id, -np.inf))

    def _sure(self, item: SceneObject) -> float:
        """The share of its first confidence that ``item`` has: eyes are less sure of some kinds than of others."""
        first = self._known.get(item.id, item).confidence
        return min(1.0, self._confidence.get(item.id, first) / max(first, 0.01))

    @staticmethod
    def _where(thing: _Thing, else_at: Array) -> Array:
        known = thing.last or thing.first
        return else_at if known is None else known.position

    def _thing(self, thing: _Thing, name: str, t: float) -> list[float]:
        """`_OF_A_THING`."""
        item, first = thing.last or thing.first, thing.first
        if item is None or first is None:
            return [0.0, 1.0] + [0.0] * 12
        color, kind = _asked(name, first)
        likely, fits = item.colors.get(color, 0.0), item.kinds.get(kind, 0.0)
        start = self._start.get(item.id, first)
        recent, second = (self._before(s).places.get(item.id, item.position) for s in (SHORT_S, SECOND_S))
        moved = 0.0 if item.held else _near(item.position - start.position)
        return [
            float(thing.gone is None), 0.0 if thing.gone is None else np.tanh(t - thing.gone),
            np.tanh(self._age(item, t)), 20 * self._deviation.get(item.id, 0.0), np.tanh(50 * item.doubt),
            self._sure(item), likely, fits, first.colors.get(color, 0.0) - likely, first.kinds.get(kind, 0.0) - fits,
            moved, _near(item.position - recent), _near(item.position - second),
            np.tanh((item.position[2] - start.position[2]) / FINE_M),
        ]  # fmt: skip

    def _among(self, subtask: Subtask, scene: Scene, item: SceneObject | None) -> list[float]:
        start = self._start.get(subtask.object_id)
        others = [o for o in scene.objects if o.id != subtask.object_id]
        taken = [_apart(o, start.position) for o in others] if start is not None else []
        alike = [o for o in others if o.name == subtask.object_name and o.age < SECOND_S]
        here = None if item is None else item.position
        near = [_apart(o, here) for o in others] if here is not None else []
        return [
            float(item is not None and item.held),
            _close(taken), float(bool(alike)), _close(near),
        ]  # fmt: skip

    def _occupied(self, subtask: Subtask, scene: Scene, target: SceneObject | None, t: float) -> list[float]:
        """Whether another thing is in or on the target, and for how long."""
        if target is None:
            return [0.0, 0.0]
        hollow = subtask.relation is Relation.IN
        base = float(target.position[2]) if hollow else target.top
        there = [
            o for o in scene.objects
            if o.id not in (subtask.object_id, target.id) and not o.held and o.top > base + OVER_M
            and float(np.hypot(*(o.position - target.position)[:2])) < target.size[0] / 2
        ]  # fmt: skip
        self._full = (t if self._full is None else self._full) if there else None
        return [float(bool(there)), 0.0 if self._full is None else np.tanh(t - self._full)]

    @staticmethod
    def _gap(way: Array, size: float, least: float, before: float) -> list[float]:
        """`_OF_A_GAP`."""
        return [
            size / FAR_M, np.tanh(np.hypot(way[0], way[1]) / FINE_M), way[2] / FAR_M, np.tanh(way[2] / FINE_M),
            np.tanh((before - size) / FINE_M), np.tanh((size - least) / FINE_M),
        ]  # fmt: skip

    def _hand(self, moment: Moment, item: SceneObject | None, at: Array) -> list[float]:
        body, scene = moment.body, moment.scene
        known = item or self._item.last or self._item.first
        width = 0.04 if known is None else known.width
        if body.closing and self._closing is None:
            self._closings += 1
        self._closing = (moment.t if self._closing is None else self._closing) if body.closing else None
        shut = 0.0 if self._closing is None else moment.t - self._closing
        settled = shut > SHORT_S and abs(body.rate) < 0.012
        around = body.opening > GRIPS * width
        held = scene.find(scene.held)
        mine = item is not None and item.held
        empty = body.closing and not around and (settled or not mine)
        gap = float(np.linalg.norm(at - body.tool.position))
        nearer = [
            o for o in scene.objects if item is not None and o.id != item.id and _apart(o, body.tool.position) < gap
        ]
        color = "" if known is None else _asked(moment.subtask.object_name, self._item.first or known)[0]
        lowest = min((float(o.position[2]) for o in scene.objects), default=0.0)
        return [
            body.opening / 0.08, np.tanh((body.opening - width) / 0.02), body.opening / max(width, 0.01) / 2,
            5 * body.rate, float(body.closing), np.tanh(shut), float(settled and around), float(empty),
            self._closings / 4,
            float(held is not None and held.id != moment.subtask.object_id), float(bool(nearer)),
            0.5 if held is None else held.colors.get(color, 0.0),
            np.tanh((body.tool.position[2] - lowest) / FINE_M),
        ]  # fmt: skip

    def _arm(self, lag: float, tool: Array) -> list[float]:
        just, second, long = (self._before(s) for s in (SHORT_S, SECOND_S, LONG_S))
        way_second, way_long = self._way(SECOND_S), self._way(LONG_S)
        net = float(np.linalg.norm(tool - long.tool))
        steps = [b.tool - a.tool for a, b in pairwise(self._past)]
        steps = [s for s in steps if np.linalg.norm(s) > STEP_M]
        turns = sum(float(a @ b) < 0 for a, b in pairwise(steps))
        lags = [past.lag for past in self._past if past.t >= second.t]
        return [
            float(np.linalg.norm(tool - just.tool)) / 0.1, way_second / FAR_M, way_long / FAR_M,
            net / max(way_long, 0.01), 10 * lag, 10 * float(np.mean(lags)), tool[2] / FAR_M, turns / 4,
        ]  # fmt: skip

    def _way(self, seconds: float) -> float:
        since = self._past[-1].t - seconds - 0.01
        path = [past.tool for past in self._past if past.t >= since]
        return float(sum(np.linalg.norm(b - a) for a, b in pairwise(path)))

    def _words(self) -> list[float]:
        said = [past.motion for past in self._past]
        pairs = list(pairwise(said))
        turns = sum(_opposite(a, b) for a, b in pairs)
        return [turns / 4, sum(a != b for a, b in pairs) / 8, float(np.mean(["hold" in text for text in said]))]

    def _scene(self, scene: Scene) -> list[float]:
        items = [o for o in scene.objects if not o.held]
        before = self._before(SECOND_S)
        carried = {past.held for past in self._past if past.t >= before.t}
        lay = [o for o in items if o.id in before.places and o.id not in carried]
        shifts = [_apart(o, before.places[o.id]) for o in lay] or [0.0]
        ages = [self._age(o, scene.t) for o in items] or [0.0]
        new = sum(o.id not in self._start for o in scene.objects)
        lost = sum(scene.find(name) is None for name in self._start)
        return [
            np.tanh(np.mean(ages)), np.tanh(min(ages)), float(np.mean([a > SHORT_S for a in ages])),
            np.tanh(50 * _mean(o.doubt for o in items)), _mean(self._sure(o) for o in items),
            _mean(max(o.colors.values()) for o in items), np.tanh(np.median(shifts) / FINE_M),
            np.tanh(max(shifts) / FINE_M), new / 3, lost / 3,
        ]  # fmt: skip


def _asked(name: str, first: SceneObject) -> tuple[str, str]:
    """Color and kind that ``name`` asks for; a given name asks for those that the thing had at ``first``."""
    color, _, kind = name.partition(" ")
    return (color, kind) if color in ALL_COLORS and kind in ALL_KINDS else (first.color, first.kind)


def _relation(subtask: Subtask) -> Sequence[float]:
    beside = subtask.relation not in (None, Relation.IN, Relation.ON)
    return float(subtask.relation is Relation.IN), float(subtask.relation is Relation.ON), float(beside)


def _near(way: Array) -> float:
    return float(np.tanh(np.linalg.norm(way) / FINE_M))


def _apart(item: SceneObject, at: Array) -> float:
    return float(np.linalg.norm(item.position - at))


def _close(gaps: Sequence[float]) -> float:
    """1 where something is at the same place, 0 where nothing is near."""
    return float(np.exp(-min(gaps) / FINE_M)) if gaps else 0.0


def _mean(values: Iterable[float]) -> float:
    some = list(values)
    return float(np.mean(some)) if some else 0.0


def _opposite(a: str, b: str) -> bool:
    return any((x in a and y in b) or (y in a and x in b) for x, y in OPPOSITE)

"""Facts about one moment: nearness, touch, where things are, what is seen, and what has come about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.room import is_deep_enough
from sayso.planner.watch.formula import Atom
from sayso.planner.watch.moment import Moment

TOUCH_M = 0.006
"""The hand touches a thing if it is so deep in it: what the camera tells is no more exact."""
SEEN = 0.5
"""Least probability that a thing is of the kind and color that is looked for."""
UNREACHED = 2.0
RESTS_M, ASIDE_M = 0.02, 0.6
"""A thing rests on another if its foot is so near to the other's top, and its middle within this share of its width."""

Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near(Atom):
    """The hand or what it carries is nearer than ``distance`` m to one of the objects ``ids``."""

    ids: Ids
    distance: float

    def holds(self, moment: Moment) -> bool:
        """Whether it is."""
        return any(moment.gaps.get(i, np.inf) < self.distance for i in self.ids)


@dataclass(frozen=True, slots=True)
class Moved(Atom):
    """One of the objects ``ids`` is more than ``by`` m from where it was, and not in the hand.

    Of a thing that the hand has not come near to it must be `UNREACHED` times that: more than a wrong measurement of a
    thing that is half hidden.
    """

    ids: Ids
    by: float

    def holds(self, moment: Moment) -> bool:
        """Whether it is."""
        found = ((moment.scene.find(i), moment.start.get(i)) for i in self.ids)
        return any(
            o is not None and at is not None and float(np.linalg.norm(o.position - at)) > self._least(o.id, moment)
            for o, at in found
        )

    def _least(self, i: str, moment: Moment) -> float:
        return self.by if i in moment.reached else UNREACHED * self.by


@dataclass(frozen=True, slots=True)
class Held(Atom):
    """The hand holds one of the objects ``ids``."""

    ids: Ids

    def holds(self, moment: Moment) -> bool:
        """Whether it does."""
        return any(o.held and o.id in self.ids for o in moment.scene.objects)


@dataclass(frozen=True, slots=True)
class Faster(Atom):
    """The tool moves faster than ``limit`` m/s."""

    limit: float

    def holds(self, moment: Moment) -> bool:
        """Whether it does."""
        return moment.speed > self.limit


@dataclass(frozen=True, slots=True)
class Inside(Atom):
    """At least ``least`` of the objects ``ids`` (None: of all) lie in every one of ``vessels``."""

    ids: Ids | None
    vessels: Ids
    least: int = 1

    def holds(self, moment: Moment) -> bool:
        """Whether they do; not in a vessel that is not seen."""
        for vessel in map(moment.scene.find, self.vessels):
            things = [o for o in _among(moment.scene, self.ids) if vessel is not None and _is_in(o, vessel)]
            if len(things) < self.least:
                return False
        return bool(self.vessels)


@dataclass(frozen=True, slots=True)
class Upon(Atom):
    """At least ``least`` of the objects ``ids`` rest on one of ``below``; None: on the table."""

    ids: Ids | None
    below: Ids | None
    least: int = 1

    def holds(self, moment: Moment) -> bool:
        """Whether they do."""
        scene = moment.scene
        supports = [o for o in scene.objects if self.below is None or o.id in self.below]
        things = _among(scene, self.ids)
        if self.below is None:
            there = [o for o in things if not any(_rests(o, s) or _is_in(o, s) for s in supports)]
        else:
            there = [o for o in things if any(_rests(o, s) for s in supports)]
        return len(there) >= self.least


@dataclass(frozen=True, slots=True)
class Within(Atom):
    """At least ``least`` of the objects ``ids`` are, seen from above, on the inner side of every one of ``edges``.

    An edge is (x, y, offset): points with x·px + y·py > offset, in m in the base frame, are inside.
    """

    ids: Ids
    edges: tuple[tuple[float, float, float], ...]
    least: int = 1

    def holds(self, moment: Moment) -> bool:
        """Whether they are."""
        there = [
            o
            for o in _among(moment.scene, self.ids)
            if all(x * o.position[0] + y * o.position[1] > offset for x, y, offset in self.edges)
        ]
        return len(there) >= self.least


@dataclass(frozen=True, slots=True)
class Beside(Atom):
    """At least ``least`` of the objects ``ids`` lie within ``gap`` m of the rim of ``reference``.

    With ``way`` (x, y), a unit vector in the base frame, on that side of it.
    """

    ids: Ids
    reference: str
    gap: float
    way: tuple[float, float] | None = None
    least: int = 1

    def holds(self, moment: Moment) -> bool:
        """Whether they do."""
        to = moment.scene.find(self.reference)
        if to is None:
            return False
        there = 0
        for o in _among(moment.scene, self.ids):
            x, y = (o.position[:2] - to.position[:2]).tolist()
            apart = float(np.hypot(x, y))
            turned = self.way is None or x * self.way[0] + y * self.way[1] >= 0.5 * apart
            there += o.id != to.id and turned and apart - (o.size[0] + to.size[0]) / 2 < self.gap
        return there >= self.least


@dataclass(frozen=True, slots=True)
class Seen(Atom):
    """At least ``least`` things are seen whose kind and color have these weights, as (name, weight); None: any."""

    kinds: tuple[tuple[str, float], ...] | None
    colors: tuple[tuple[str, float], ...] | None
    least: int = 1

    def holds(self, moment: Moment) -> bool:
        """Whether they are."""

        def likely(o: SceneObject) -> bool:
            kind = 1.0 if self.kinds is None else sum(w * o.kinds.get(k, 0.0) for k, w in self.kinds)
            color = 1.0 if self.colors is None else sum(w * o.colors.get(c, 0.0) for c, w in self.colors)
            return kind * color >= SEEN

        return sum(map(likely, moment.scene.objects)) >= self.least


@dataclass(frozen=True, slots=True)
class Elapsed(Atom):
    """So many ``seconds`` have passed since the watch began."""

    seconds: float

    def holds(self, moment: Moment) -> bool:
        """Whether they have."""
        return moment.waited >= self.seconds


@dataclass(frozen=True, slots=True)
class Told(Atom):
    """A person has said that ``event`` came about, which the robot cannot see."""

    event: str

    def holds(self, moment: Moment) -> bool:
        """Whether somebody has."""
        return self.event in moment.events


def _among(scene: Scene, ids: Ids | None) -> Sequence[SceneObject]:
    return [o for o in scene.objects if not o.held and (ids is None or o.id in ids)]


def _is_in(o: SceneObject, vessel: SceneObject) -> bool:
    if o.id == vessel.id or vessel.size[0] <= o.size[0]:
        return False
    x, y, _ = (o.position - vessel.position).tolist()
    bottom = float(o.position[2] - o.size[2] / 2)
    return float(np.hypot(x, y)) < vessel.size[0] / 2 and is_deep_enough(vessel, bottom, float(o.size[2]))


def _rests(o: SceneObject, below: SceneObject) -> bool:
    if o.id == below.id:
        return False
    x, y = np.abs(o.position[:2] - below.position[:2]).tolist()
    foot = float(o.position[2] - o.size[2] / 2)
    return abs(foot - below.top) < RESTS_M and max(x, y) < ASIDE_M * float(below.size[:2].max())

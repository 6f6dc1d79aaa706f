"""Places → where on the table: a relation to a thing, or a point within the arm's reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import SceneObject
from sayso.planner import room
from sayso.planner.interpreter import arrangements, regions
from sayso.planner.interpreter.discourse import Origin
from sayso.planner.interpreter.grounding import Grounding, named
from sayso.planner.language.grounding import Unresolved, names, the
from sayso.planner.language.symbolic_state import Surroundings, is_container
from sayso.planner.plan import Question, Refusal, Relation
from sayso.planner.room import BESIDE_M, FINGER_M, GIVEN_M, area, beside
from sayso.planner.task.english import said
from sayso.planner.task.things import THING
from sayso.planner.task.values import (
    METRES,
    A,
    All,
    Aside,
    AtSide,
    AwayFrom,
    Behind,
    Beside,
    Between,
    By,
    Corner,
    Degree,
    Direction,
    Here,
    In,
    InFrontOf,
    LeftOf,
    Middle,
    On,
    OutOf,
    Place,
    Point,
    Rest,
    RightOf,
    Shift,
    Side,
    Table,
    Them,
    Thing,
    Together,
    Toward,
    WhereItWas,
    WhereWas,
)  # fmt: skip
from sayso.planner.viewpoint import turned

LITTLE_M, LOT_M, MOST_M = 0.06, 0.20, 0.40
GAP_M = 0.06
"""The gap between rims of "beside", without a number; a little is half of it, a lot twice."""
GRID_M = 0.02
"""How densely the table is searched for a place away from several things."""
MARGIN_M = 0.06
"""Sides and corners are so far inside the reach."""
_SIDES = {LeftOf: Relation.LEFT, RightOf: Relation.RIGHT, InFrontOf: Relation.FRONT, Behind: Relation.BEHIND}
AT_SIDE = {relation: place for place, relation in _SIDES.items()}
_SHIFTS = {
    Direction.LEFT: Relation.LEFT, Direction.RIGHT: Relation.RIGHT, Direction.FORWARD: Relation.BEHIND,
    Direction.BACK: Relation.FRONT,
}  # fmt: skip
_OPEN = frozenset({"plate", "ring"})
_BACK = WhereItWas()
Pointed = Callable[[float, float], tuple[float, float] | None]
"""The point (x, y) in m of the table, base frame, at (u, v) of the picture; None if no table is there."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: ``relation`` to ``reference`` (None: the thing itself), ``distance`` in m, or a ``point`` (2,) in m.

    ``gap`` is the distance as a person said it, m from rim to rim; None: no number was said. ``edges`` bound the part
    of the table that the words mean, see `Subtask`.
    """

    relation: Relation
    reference: SceneObject | None = None
    distance: float | None = None
    point: tuple[float, float] | None = None
    name: str = ""
    gap: float | None = None
    edges: tuple[tuple[float, float, float], ...] = ()


def metres(by: By | None, plain: float, little: float = LITTLE_M, lot: float = LOT_M) -> float:
    """``by`` in m, ``plain`` without a distance; at most `MOST_M`."""
    if by is None:
        return plain
    if isinstance(by, Degree):
        return little if by is Degree.LITTLE else lot
    return min(float(by.number) * METRES[type(by)], MOST_M)  # type: ignore[attr-defined]


def _number(by: By | None) -> float | None:
    """``by`` in m if it is a number."""
    return None if by is None or isinstance(by, Degree) else metres(by, 0.0)


class Places:
    """Finds the spot of a place for a thing; ``start`` (3,) m by id is where things were when the instruction began.

    ``pointed`` finds the points of the picture that the instruction was given with; None: there was no picture.
    ``origins`` is where things were before they were moved by an earlier instruction. ``here`` is the point (x, y) m
    that the person points at.
    """

    def __init__(
        self, ground: Grounding, start: dict[str, Array] | None = None, pointed: Pointed | None = None,
        origins: Mapping[str, Origin] | None = None, here: tuple[float, float] | None = None,
    ) -> None:  # fmt: skip
        self.ground, self.start, self.pointed, self.here = ground, start or {}, pointed, here
        self.origins = dict(origins or {})
        self._taken: list[Array] = []  # where things go that were put aside before, (2,) m

    def back(self, thing: SceneObject, origin: Origin, place: Place = _BACK) -> Spot:
        """The spot at ``origin`` for ``thing``; a thing in or on which that was has taken its place along."""
        below = self.ground.around.scene.find(origin.below)
        if below is not None and below is not thing:
            return Spot(Relation.IN if is_container(below) else Relation.ON, below)
        return self._at(np.array(origin.point), place)

    def spot(self, place: Place, thing: SceneObject) -> Spot:
        """Where ``thing`` goes. Raises `Unresolved`."""
        try:
            return self._spot(place, thing)
        except Unresolved as unresolved:
            unresolved.about = unresolved.about or place
            raise

    def _spot(self, place: Place, thing: SceneObject) -> Spot:
        ground, by = self.ground, getattr(place, "by", None)
        if by is not None and not isinstance(by, Degree) and by.number * METRES[type(by)] > MOST_M:
            text = f"I do not reach that far: at most {100 * MOST_M:.0f} cm. Where shall I put {the([thing])}?"
            raise Unresolved(Question(text))
        if regions.described(place) is not None:
            place = regions.shared_out(
                [thing], regions.fitting(place, ground, self.center), self._besides([thing]), self.center
            )[0]
        match place:
            case In(inside) if self._is_open(inside):
                return self._on(On(inside), thing)
            case In(inside):
                return Spot(Relation.IN, self._container(inside, thing))
            case On(Table()) | OutOf() | Aside():
                return self._aside(thing, place)
            case On():
                return self._on(place, thing)
            case LeftOf(to, by) | RightOf(to, by) | InFrontOf(to, by) | Behind(to, by):
                relation = turned(_SIDES[type(place)], -ground.yaw)
                reference = self._other(to, thing)
                return Spot(relation, reference, self._gap(by, thing, reference), gap=_number(by))
            case Beside(to, by):
                reference = self._other(to, thing)
                distance, gap = self._gap(by, thing, reference), _number(by)
                freer = ground.around.freer_side(thing, reference)
                free = self.free_sides(thing, reference, distance, given=True)
                relation = freer if freer in free or not free else free[0]
                return Spot(relation, reference, distance, gap=gap)
            case Shift(direction, by):
                if direction not in _SHIFTS:
                    raise Unresolved(
                        Refusal(f"A thing cannot stay {direction} in the air; I can move it over the table.")
                    )
                relation = turned(_SHIFTS[direction], -ground.yaw)
                return Spot(relation, None, metres(by, BESIDE_M), gap=_number(by))
            case AwayFrom(All() | Rest() | Together() | Them() as several, by):
                return self._clear_of([o for o in ground.several(several) if o.id != thing.id], place, thing)
            case Toward(to, by) | AwayFrom(to, by):
                return self._along(place, ground._position(to, [thing]), metres(by, BESIDE_M), thing)
            case Between(ends):
                things = [o for t in ends for o in ground.several(t) if o.id != thing.id]
                if len(things) < 2:
                    found = the(things) or f"the {thing.name} itself"
                    raise Unresolved(Question(f"Between what? I find only {found}.", names(things)))
                middle = np.mean([o.position[:2] for o in things], axis=0)
                return self._at(middle, place, regions.edges_between(things))
            case Middle():
                lower, upper = area(ground.reach)
                return self._at((lower + upper) / 2, place)
            case AtSide(side):
                return self._at(self._edge({side}, thing.position[:2]), place)
            case Corner():
                return self._at(self.center(place), place)
            case Point(u, v) if self.pointed is not None:
                return self._pointed_at(self.pointed(u, v), thing, place)
            case Here() if self.here is not None:
                return self._pointed_at(self.here, thing, place)
            case WhereItWas():
                if thing.id in self.origins:
                    return self.back(thing, self.origins[thing.id])
                if thing.id not in self.start:
                    raise Unresolved(Question(f"I do not know where {the([thing])} was before. Where shall I put it?"))
                return self._at(self.start[thing.id][:2], place)
            case WhereWas(other):
                return self.back(thing, self._origin_of(ground.one(other)), place)
        raise Unresolved(Question(f"I cannot find the place '{said(place)}'. Where shall I put {the([thing])}?"))

    def _origin_of(self, gone: SceneObject) -> Origin:
        """Where ``gone`` was before the last instruction that moved it; where it is, if none did."""
        scene = self.ground.around.scene
        first = Surroundings(replace(scene, objects=tuple(map(self.at_first, scene.objects)), held=None))
        x, y = self.start.get(gone.id, gone.position)[:2].tolist()
        return self.origins.get(gone.id) or Origin((x, y), first.under.get(gone.id))

    def shared(self, place: Place, things: Sequence[SceneObject]) -> list[Spot] | None:
        """Where several ``things`` go that share a part of the table, the same in every plan of a task; else None."""
        things = [self.at_first(o) for o in things]
        region = regions.described(place)
        if region is not None:
            found = regions.fitting(place, self.ground, self.center)
            if regions.are_several(region):
                chosen = regions.shared_out(things, found, self._besides(things), self.center)
                return [self.spot(p, o) for p, o in zip(chosen, things, strict=True)]
            place = regions.shared_out(things[:1], found, self._besides(things), self.center)[0]
        if not isinstance(place, Corner | AtSide | Middle | Between | Here | Point) or len(things) < 2:
            return None
        width = max(float(o.size[:2].max()) for o in things)
        points = self._row(place, things, width) if isinstance(place, AtSide) else None
        if points is None:
            first = self.spot(place, things[0])
            points = arrangements.heap(np.array(first.point), len(things), width)
            return [self._at(point, place, first.edges) for point in points]
        return [self._at(point, place) for point in points]

    def at_first(self, thing: SceneObject) -> SceneObject:
        """``thing`` where it was when the instruction began."""
        return replace(thing, position=self.start.get(thing.id, thing.position))

    def at(self, point: Array) -> Spot:
        """The spot at a ``point`` (2,) m of the table, or the nearest one within reach."""
        return self._at(point, Here())

    def _besides(self, things: Sequence[SceneObject]) -> list[SceneObject]:
        ids = {o.id for o in things}
        return [self.at_first(o) for o in self.ground.around.scene.objects if o.id not in ids]

    def _row(self, place: AtSide, things: Sequence[SceneObject], width: float) -> Array | None:
        """Points (n, 2) m along a side, each near its thing; None if the side is too short."""
        edge = np.array([self._edge({place.side}, o.position[:2]) for o in things])
        way = self._ways[Side.LEFT if place.side in (Side.NEAR, Side.FAR) else Side.FAR]
        low, high = (float(self._edge({place.side}, sign * 9.0 * way) @ way) for sign in (-1.0, 1.0))
        along = arrangements.spread(edge @ way, width + arrangements.GAP_M, low, high)
        return None if along is None else edge + np.outer(along - edge @ way, way)

    def _at(self, point: Array, place: Place, edges: room.Edges = ()) -> Spot:
        lower, upper = area(self.ground.reach)
        x, y = np.clip(point, lower + MARGIN_M / 2, upper - MARGIN_M / 2).tolist()
        if isinstance(place, AtSide | Corner | Middle):
            edges = regions.edges(place, self.ground)
        elif isinstance(place, WhereItWas | WhereWas | Here | Point):
            edges = regions.edges_around(np.array([x, y]))
        rounded = tuple((round(a, 4), round(b, 4), round(c, 4)) for a, b, c in edges)
        return Spot(Relation.AT, None, None, (round(x, 4), round(y, 4)), said(place), edges=rounded)

    def _pointed_at(self, point: tuple[float, float] | None, thing: SceneObject, place: Place) -> Spot:
        lower, upper = area(self.ground.reach)
        if point is None or np.any(point < lower) or np.any(point > upper):
            raise Unresolved(Question(f"That place is beyond my reach. Where shall I put {the([thing])}?"))
        return self._at(np.array(point), place)

    def _other(self, to: object, thing: SceneObject) -> SceneObject:
        rest = [o for o in self.ground.around.scene.objects if o.id != thing.id]
        if [o.id for o in self.ground.matching(to)] == [thing.id]:  # type: ignore[arg-type]
            raise Unresolved(Refusal(f"I cannot put {the([thing])} in, on or beside itself."))
        found = self.ground.several(to, rest)  # type: ignore[arg-type]
        if len(found) > 1:
            raise self.ground._which(to, found)  # type: ignore[arg-type]
        return found[0]

    def _is_open(self, inside: Thing) -> bool:
        """Whether only plates or rings fit ``inside``: what goes in one stands on it."""
        found = self.ground.matching(inside)
        return bool(found) and all(o.kind in _OPEN for o in found)

    def _container(self, inside: object, thing: SceneObject) -> SceneObject:
        containers = [o for o in self.ground.around.containers if o.id != thing.id]
        home = self.ground.around.under.get(thing.id)
        if isinstance(inside, A) and (at_home := [o for o in self.ground.matching(inside) if o.id == home]):
            return at_home[0]  # any of them will do, and the thing is in one
        try:
            found = self.ground.several(inside, containers)  # type: ignore[arg-type]
        except Unresolved as unresolved:
            other = self._other(inside, thing) if self.ground.matching(inside) else None  # type: ignore[arg-type]
            if other is None:
                raise unresolved
            raise self._solid(other, thing, containers) from None
        if len(found) > 1:
            raise self.ground._which(inside, found)  # type: ignore[arg-type]
        if not is_container(found[0]):
            raise self._solid(found[0], thing, containers)
        return found[0]

    @staticmethod
    def _solid(other: SceneObject, thing: SceneObject, containers: Sequence[SceneObject]) -> Unresolved:
        """The question about a thing that is to be put in ``other``, which is no container."""
        options = (f"on the {other.name}", *(f"in the {n}" for n in names(containers)))
        known = " that I know of: to me a box is solid" if other.kind == "box" else ""
        text = f"The {other.name} has no inside{known}. Where shall I put {the([thing])}?"
        return Unresolved(Question(text, options), things=(On(named(other)), *(In(named(o)) for o in containers)))

    def _on(self, place: On, thing: SceneObject) -> Spot:
        """On a thing; a bowl takes what is put on it. Of several things of which no kind is named only one that is no
        container may be meant: "stack red on blue". On "them" is on the uppermost."""
        fitting = self.ground.matching(place.thing) if getattr(place.thing, "noun", "") == THING else []
        flat = [o for o in fitting if not is_container(o) and o.id != thing.id]
        if isinstance(place.thing, Them):
            flat = [o for o in self.ground.several(place.thing) if o.id != thing.id]
            flat = [o for o in flat if self.ground.around.above(o, thing) not in flat]
        below = flat[0] if len(flat) == 1 else self._other(place.thing, thing)
        if is_container(below):
            return Spot(Relation.IN, below)
        above = self.ground.around.above(below, thing)
        if above is not None:
            text = f"{the([above]).capitalize()} stands on {the([below])} already. Where shall I put {the([thing])}?"
            options = (f"on the {above.name}", f"next to the {below.name}")
            raise Unresolved(Question(text, options), things=(On(named(above)), Beside(named(below))))
        return Spot(Relation.ON, below)

    @staticmethod
    def _gap(by: By | None, thing: SceneObject, reference: SceneObject) -> float:
        """The distance of the centers, m; the words mean the gap from rim to rim."""
        if by is None:
            return BESIDE_M if reference.size[1] < 0.1 else BESIDE_M + 0.02
        return metres(by, GAP_M, GAP_M / 2, 2 * GAP_M) + float(thing.size[:2].max() + reference.size[:2].max()) / 2

    def _aside(self, thing: SceneObject, place: Place) -> Spot:
        """A free spot on the table: beside what the thing is in or on, else the freest one near by."""
        around = self.ground.around
        below = around.scene.find(around.under.get(thing.id))
        while below is not None and (deeper := around.scene.find(around.under.get(below.id))):
            below = deeper
        others = [o for o in around.scene.objects if o.id != thing.id]
        lower, upper = area(self.ground.reach)
        if below is not None and not self._taken:
            relation, distance = around.freer_side(thing, below), BESIDE_M + float(below.size[1]) / 2
            point, is_free = beside(below.position, relation, distance, thing, others, (lower, upper))
            if is_free:
                self._taken.append(point[:2])
                return Spot(relation, below, distance)
        grid = [
            np.array([x, y])
            for x in np.linspace(*_span(lower[0], upper[0]), 5)
            for y in np.linspace(*_span(lower[1], upper[1]), 7)
        ]
        width = float(thing.size[:2].max())
        there = [(o.position[:2], float(o.size[:2].max()) / 2) for o in others]
        there += [(point, width / 2) for point in self._taken]

        def room_at(spot: Array) -> float:
            free = min((float(np.hypot(*(spot - at))) - radius for at, radius in there), default=1.0)
            return min(free, 0.12) - 0.3 * float(np.hypot(*(spot - thing.position[:2])))

        best = max(grid, key=room_at)
        self._taken.append(best)
        return self._at(best, place)

    def free_sides(
        self, thing: SceneObject, reference: SceneObject, distance: float, given: bool = False
    ) -> list[Relation]:
        """The sides of ``reference`` with room for ``thing`` at ``distance`` m, left and right before front and behind;
        see `sayso.planner.room.beside`."""
        others = [o for o in self.ground.around.scene.objects if o.id != thing.id]
        within = area(self.ground.reach)
        sides = (Relation.LEFT, Relation.RIGHT, Relation.FRONT, Relation.BEHIND)
        return [s for s in sides if beside(reference.position, s, distance, thing, others, within, given)[1]]

    def _clear_of(self, things: Sequence[SceneObject], place: AwayFrom, thing: SceneObject) -> Spot:
        """The free point nearest to ``thing`` that keeps the distance from every one of ``things``, rim to rim.

        Without a number that is `BESIDE_M` more than now, or as far as there is.
        """
        lower, upper = area(self.ground.reach)
        axes = (
            np.arange(low + MARGIN_M / 2, high - MARGIN_M / 2 + 1e-9, GRID_M)
            for low, high in zip(lower, upper, strict=True)
        )
        grid = np.array([thing.position[:2], *(np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2))])
        others = [o for o in self.ground.around.scene.objects if o.id != thing.id]
        free = grid[_gaps(grid, thing, others) >= FINGER_M]
        gaps = _gaps(free, thing, things)
        least = _number(place.by)
        if not len(free) or (least is not None and gaps.max() < least):
            most = f" Only {100 * gaps.max():.0f} cm are free." if len(free) else ""
            text = f"There is no room {said(place)} within my reach.{most} Where shall I put {the([thing])}?"
            raise Unresolved(Question(text))
        if least is None:
            least = min(float(gaps.max()), float(_gaps(grid[:1], thing, things)[0]) + metres(place.by, BESIDE_M))
        enough = free[gaps >= least - 1e-9]
        nearest = enough[np.argmin(np.hypot(*(enough - thing.position[:2]).T))]
        return self._at(nearest, place, regions.edges_around(nearest))

    def _along(self, place: Place, to: Array, distance: float, thing: SceneObject) -> Spot:
        gap = to - thing.position[:2]
        length = max(float(np.hypot(*gap)), 1e-6)
        sign = 1.0 if isinstance(place, Toward) else -1.0
        if isinstance(place, Toward):
            distance = min(distance, max(length - BESIDE_M, 0.02))
        wanted = thing.position[:2] + sign * distance * gap / length
        spot = self._at(wanted, place)
        off = float(np.hypot(*(wanted - np.array(spot.point))))
        if off > GIVEN_M and _number(place.by) is not None:  # type: ignore[attr-defined]
            text = f"There I do not reach: {100 * (distance - off):.0f} cm are left."
            raise Unresolved(Question(f"{text} Where shall I put {the([thing])}?"))
        return spot

    def center(self, place: Place) -> Array:
        """The point (2,) m of a corner, or of the middle of a side."""
        sides = {place.depth, place.side} if isinstance(place, Corner) else {place.side}  # type: ignore[attr-defined]
        lower, upper = area(self.ground.reach)
        return self._edge(sides, (lower + upper) / 2)

    @property
    def _ways(self) -> dict[Side, Array]:
        ahead = np.array([np.cos(self.ground.yaw), np.sin(self.ground.yaw)])
        left = np.array([-ahead[1], ahead[0]])
        return {Side.FAR: ahead, Side.NEAR: -ahead, Side.LEFT: left, Side.RIGHT: -left}

    def _edge(self, sides: set[Side], near: Array) -> Array:
        """A point at those sides; along a free direction the one nearest to ``near`` (2,) m."""
        lower, upper = area(self.ground.reach)
        middle, half = (lower + upper) / 2, (upper - lower) / 2 - MARGIN_M
        where = np.zeros(2) if len(sides) > 1 else np.clip((near - middle) / half, -0.8, 0.8)
        for side in sides:
            way = self._ways[side]
            where = where - (where @ way) * way + way
        return middle + np.clip(where, -1.0, 1.0) * half


def _gaps(points: Array, thing: SceneObject, others: Sequence[SceneObject]) -> Array:
    """The least gap (n,) m from rim to rim of ``thing`` at each of ``points`` (n, 2) m and the ``others``."""
    if not others:
        return np.ones(len(points))
    apart = np.linalg.norm(points[:, None] - np.array([o.position[:2] for o in others]), axis=2)
    widths = np.array([o.size[:2].max() for o in others]) + thing.size[:2].max()
    return np.asarray((apart - widths / 2).min(axis=1))


def _span(low: float, high: float) -> tuple[float, float]:
    return low + MARGIN_M, high - MARGIN_M

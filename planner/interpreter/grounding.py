"""Descriptions → the things of the scene that they mean, by what was read times what is seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sayso.hardware.types import Box
from sayso.perception.looks.book import answers_to
from sayso.perception.scene import HOLLOW, SceneObject
from sayso.planner.checks.preconditions import CONTAINERS
from sayso.planner.interpreter.discourse import Discourse
from sayso.planner.language.grounding import MEANT, Unresolved, listed, names, the
from sayso.planner.language.symbolic_state import Surroundings, is_container
from sayso.planner.plan import Question
from sayso.planner.room import area
from sayso.planner.task.english import said
from sayso.planner.task.things import ANY, THING
from sayso.planner.task.values import (
    A,
    All,
    AtSide,
    Behind,
    Beside,
    Between,
    But,
    Called,
    Color,
    Corner,
    Each,
    Either,
    Farthest,
    Held,
    In,
    InFrontOf,
    Is,
    It,
    LeftOf,
    Me,
    Middle,
    Modifier,
    Nearest,
    Non,
    Nth,
    On,
    Other,
    OutOf,
    Place,
    Rank,
    Rest,
    RightOf,
    Robot,
    SameColor,
    Side,
    Size,
    Sized,
    Some,
    Table,
    The,
    Them,
    Thing,
    Together,
    Under,
)  # fmt: skip

Likelihoods = Callable[[str], Mapping[str, float]]
"""A word → the probability of each kind, or color, of the scene; "any" for a word that leaves it open."""
MATCH = 0.25
"""Least probability at which an object fits a description."""
RIVAL = 0.5
"""An object at least this many times as probable as the best one fits too."""
NEAR_M = 0.20
"""How far apart, rim to rim, two things may be to be beside each other in a description."""
BETWEEN = 0.35
"""How far off the line between two things a thing may be to be between them, as a fraction of their distance."""
_UNLIKE = Non(SameColor(Each()))
"""Any one will do for each: "each block in the bowl that is not its own color"."""
_HOLDING = {"empty": False, "vacant": False, "unoccupied": False, "full": True, "filled": True, "occupied": True}
"""Whether what is so called holds something."""
_FLAT = {Rank.TOP: Rank.FAR, Rank.BOTTOM: Rank.NEAR}
_SIZES = (Rank.BIG, Rank.SMALL, Rank.TALL, Rank.SHORT)
ALIKE, ALIKE_M = 1.15, 0.01
"""A thing this many times as big as the next one is the big one; things less far apart are beside each other."""


def named(thing: SceneObject) -> The:
    """The description of a seen thing that fits it alone: its id is its name."""
    return The(thing.kind, (Color(thing.color), Called(thing.id)))


class Grounding:
    """Finds things on a symbolic state, by what has been spoken of.

    ``kinds`` and ``colors`` tell what a word means. Sides are those of somebody who looks along ``yaw`` (rad, the
    scene's frame, which is turned by ``turn`` from the base frame). ``reach`` bounds sides and corners; None: an arm of
    about 1 m.
    """

    def __init__(
        self, around: Surroundings, talk: Discourse, kinds: Likelihoods, colors: Likelihoods, yaw: float = 0.0,
        reach: Box | None = None, turn: float = 0.0,
    ) -> None:  # fmt: skip
        self.around, self.talk, self._kinds, self._colors = around, talk, kinds, colors
        self.yaw, self.reach, self.turn = yaw, reach, turn

    def several(self, thing: Thing, of: Sequence[SceneObject] | None = None) -> list[SceneObject]:
        """The things that ``thing`` means, among ``of`` (None: all that are seen). Raises `Unresolved`."""
        pool = list(self.around.scene.objects if of is None else of)
        if isinstance(thing, Together):
            found: dict[str, SceneObject] = {}
            for one in thing.things:
                ranked = any(isinstance(m, Nth) for m in getattr(one, "modifiers", ()))  # the second of all
                found |= {
                    o.id: o for o in self.several(one, pool if ranked else [o for o in pool if o.id not in found])
                }
            return list(found.values())
        if isinstance(thing, Either):
            for one in thing.things:
                if fitting := self._fitting(one, pool):
                    return self._chosen(one, fitting)
            raise self._absent(thing, pool)
        if isinstance(thing, It | Them | Each | Held):
            return self._spoken_of(thing, pool)
        if isinstance(thing, The | A | All | Some | Rest):
            fitting = self._fitting(thing, pool)
            if not fitting:
                raise self._absent(thing, pool)
            return self._chosen(thing, fitting)
        text = f"I see no place for {said(thing)} on the table. What do you mean?"
        raise Unresolved(Question(text, names(pool)), thing, pool)

    def one(self, thing: Thing, of: Sequence[SceneObject] | None = None) -> SceneObject:
        """The one thing that ``thing`` means. Raises `Unresolved`."""
        found = self.several(thing, of)
        if len(found) > 1:
            raise self._which(thing, found)
        return found[0]

    def exists(self, thing: Thing) -> bool:
        """Whether something fits ``thing``."""
        try:
            return bool(self.several(thing))
        except Unresolved as unresolved:
            return len(getattr(unresolved.answer, "options", ())) > 1 and "which" in str(unresolved.answer).lower()

    def weights(self, noun: str, color: str | None) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """What a noun and a color (None: any) mean in the scene's kinds and colors."""
        return self._kinds(noun), {"any": 1.0} if color is None else self._colors(color)

    def matching(self, thing: Thing) -> list[SceneObject]:
        """Everything that fits ``thing``, however many are meant."""
        try:
            return self._fitting(thing, list(self.around.scene.objects))
        except Unresolved:
            return []

    def _spoken_of(self, thing: Thing, pool: Sequence[SceneObject]) -> list[SceneObject]:
        if isinstance(thing, Held):
            if self.around.in_hand is None:
                rest = self.around.movable
                raise Unresolved(Question("I am holding nothing. What do you mean?", names(rest)), thing, rest)
            return [self.around.in_hand]
        wanted: tuple[str | None, ...] = (self.talk.turn,)
        if isinstance(thing, It):
            wanted = (self.talk.last or self.around.held,)
        elif isinstance(thing, Them):
            wanted = self.talk.last_several
        known = [o for o in (self.around.scene.find(i) for i in wanted) if o is not None]
        if not known:
            if len(pool) == 1:
                return list(pool)
            rest = list(self.around.movable or pool)
            raise Unresolved(Question(f"What do you mean by '{said(thing)}'?", names(rest)), thing, rest)
        return known

    def _chosen(self, thing: Thing, fitting: list[SceneObject]) -> list[SceneObject]:
        if isinstance(thing, All | Rest) or (len(fitting) == 1 and not isinstance(thing, Some)):
            return fitting
        if isinstance(thing, Some):
            if len(fitting) < thing.number:
                text = f"I see only {the(fitting)}. Which ones do you mean?"
                raise Unresolved(Question(text, names(fitting)), thing, fitting)
            return self.around.in_order(fitting)[: int(thing.number)]
        if isinstance(thing, A) or _UNLIKE in getattr(thing, "modifiers", ()):  # of several bowls the emptiest
            inside = list(self.around.under.values())
            fitting = [o for o in fitting if o.id not in self.talk.spared] or fitting
            ordered = sorted(self.around.in_order(fitting), key=lambda o: inside.count(o.id) if is_container(o) else 0)
            return self.preferred(fitting) or ordered[:1]
        held = [o for o in fitting if o.id == self.around.held]
        spoken = [o for o in fitting if o.id in self.talk.mentioned]
        for narrower in (held, spoken):
            if len(narrower) == 1:
                return narrower
        if liked := self.preferred(fitting):
            return liked
        raise self._which(thing, fitting)

    def preferred(self, fitting: list[SceneObject]) -> list[SceneObject]:
        """The one of ``fitting`` that a preference of the person means; empty if none does."""
        for liked in self.talk.earlier.preferred:
            try:
                found = self._fitting(liked, fitting)
            except Unresolved:
                continue
            if len(found) == 1:
                return found
        return []

    def _fitting(self, thing: Thing, pool: Sequence[SceneObject]) -> list[SceneObject]:
        """The things that fit the description's noun and every modifier."""
        if not isinstance(thing, The | A | All | Some | Rest):
            return self.several(thing, pool)
        modifiers = thing.modifiers
        if isinstance(thing, Rest):
            modifiers = (*modifiers, Other())
        for m in modifiers:
            if isinstance(m, Called) and (exact := self._called(m, pool)):
                return exact  # whatever else it is called
        if named := self._named_so(thing.noun, pool):
            pool, thing = named, replace(thing, noun=THING)
        color = [m for m in modifiers if isinstance(m, Color)]
        scored = []
        for o in pool:
            p = self._likelihood(self._kinds(thing.noun), o.kinds)
            for c in color:
                p *= self._likelihood(self._colors(c.name), o.colors)
            scored.append((p, o))
        best = max((p for p, _ in scored), default=0.0)
        found = [o for p, o in scored if p >= max(MATCH, RIVAL * best)]
        late = [m for m in modifiers if isinstance(m, Nth | Nearest | Farthest | Sized)]
        for m in modifiers:
            if m not in late and not isinstance(m, Color):
                found = self._narrowed(m, found, thing)
        for m in late:
            found = self._narrowed(m, found, thing)
        return found

    def _called(self, called: Called, pool: Sequence[SceneObject]) -> list[SceneObject]:
        """The thing that has this name, as was said or as it looks; an id is a name, too."""
        known = self.talk.earlier.names.get(called.name.casefold(), called.name)
        return [o for o in pool if o.id == known] or [o for o in pool if answers_to(o, called.name)]

    def _named_so(self, noun: str, pool: Sequence[SceneObject]) -> list[SceneObject]:
        """The things that were given the name ``noun``, if it is no word for a kind: "the drill"."""
        named = [o for o in pool if answers_to(o, noun)]
        if not named or sum(self._kinds(noun).get(k, 0.0) for k in (*named[0].kinds, ANY)) >= MATCH:
            return []
        return named

    @staticmethod
    def _likelihood(read: Mapping[str, float], seen: Mapping[str, float]) -> float:
        return read.get("any", 0.0) + sum(read.get(k, 0.0) * p for k, p in seen.items())

    def _narrowed(self, m: Modifier, found: list[SceneObject], thing: Thing) -> list[SceneObject]:
        if not found:
            return found
        count = int(thing.number) if isinstance(thing, Some) else 1  # "the two nearest blocks"
        match m:
            case Nth(number, rank):
                ordered = self.ordered(found, rank)
                if rank is Rank.MIDDLE:
                    return (
                        [ordered[(len(ordered) - 1) // 2]] if len(ordered) % 2 else ordered[len(ordered) // 2 - 1 :][:2]
                    )
                return ordered[int(number) - 1 :][:count] if number >= 1 else []
            case Nearest(to) | Farthest(to):
                at = self._position(to, found)
                others = [o for o in found if isinstance(to, Me | Robot) or o.id not in self._ids(to)] or found
                sign = 1.0 if isinstance(m, Nearest) else -1.0
                return sorted(others, key=lambda o: sign * float(np.hypot(*(o.position[:2] - at))))[:count]
            case Sized(size):
                return self._sized(found, size)
            case Called(name):
                if len(found) == 1:
                    return found
                text = f"I know nothing by the name '{name}'. Which one is it?"
                raise Unresolved(Question(text, names(found)), thing, found)
            case Is(words):
                if self._colors(words).get("other", 0.0) < 1 - MATCH:  # "emerald" is a color
                    return self._narrowed_by_color(words, found)
                if (holds := _HOLDING.get(words)) is not None:
                    hollow = [o for o in found if o.kind in HOLLOW] or found
                    return [o for o in hollow if (o.id in self.around.under.values()) is holds]
                if len(found) == 1:
                    return found
                text = f"I cannot tell which of them is '{words}': {the(found)}?"
                raise Unresolved(Question(text, names(found)), thing, found)
            case Other():
                left = ([o for o in found if o.id not in handled] for handled in self.talk.handled)
                return next((others for others in left if others), [])
            case But(The(modifiers=ranks) as but) if any(isinstance(r, Nth) for r in ranks):
                out = {o.id for o in self._fitting(but, found)}  # the leftmost of those that it is left out of
                return [o for o in found if o.id not in out]
            case But(but):
                out = self._ids(but)
                return [o for o in found if o.id not in out]
            case Non(inner):
                out = {o.id for o in self._with(inner, found, thing)}
                return [o for o in found if o.id not in out]
            case SameColor(like):
                color = self.one(like).color
                return [o for o in found if o.color == color]
            case Place():
                return self._at(m, found, isinstance(thing, All | Some | Rest), thing)
        return found

    def _narrowed_by_color(self, name: str, found: list[SceneObject]) -> list[SceneObject]:
        return [o for o in found if self._likelihood(self._colors(name), o.colors) >= MATCH]

    def _with(self, m: Modifier, found: list[SceneObject], thing: Thing) -> list[SceneObject]:
        if isinstance(m, Color):
            return self._narrowed_by_color(m.name, found)
        return self._narrowed(m, found, thing)

    def _ids(self, thing: Thing) -> set[str]:
        return {o.id for o in (self.matching(thing) if isinstance(thing, All) else self.several(thing))}

    def _position(self, thing: Thing, found: Sequence[SceneObject]) -> np.ndarray:
        if isinstance(thing, Robot):
            return np.zeros(2)
        if isinstance(thing, Me):  # somebody who looks along yaw stands behind the table's middle
            lower, upper = area(self.reach)
            return (lower + upper) / 2 - np.array([np.cos(self.yaw), np.sin(self.yaw)])
        if isinstance(thing, All | Them | Together):
            return np.mean([o.position[:2] for o in self.several(thing)], axis=0)
        return self.one(thing).position[:2]

    def _sized(self, found: list[SceneObject], size: Size) -> list[SceneObject]:
        if len(found) == 1:
            return found
        ordered = self.ordered(found, Rank(str(size)))
        volume = (lambda o: float(o.size[2])) if size in (Size.TALL, Size.SHORT) else lambda o: float(np.prod(o.size))
        first, second = volume(ordered[0]), volume(ordered[1])
        return ordered[:1] if max(first, second) > ALIKE * min(first, second) else ordered

    def ordered(self, things: Sequence[SceneObject], rank: Rank) -> list[SceneObject]:
        """``things`` by ``rank``, its first first; for the middle from left to right.

        Of things side by side the top one is the farthest, as in a picture of the table.
        """
        measure = self._measure(things, rank)
        return sorted(things, key=lambda o: (round(measure(o), 6), o.id))

    def exceeds(self, one: SceneObject, other: SceneObject, rank: Rank) -> bool | None:
        """Whether ``one`` comes before ``other`` by ``rank``; None where the two are about the same."""
        if rank is Rank.MIDDLE:
            middle = np.mean(area(self.reach), axis=0)
            first, second = (float(np.hypot(*(o.position[:2] - middle))) for o in (one, other))
        else:
            first, second = map(self._measure((one, other), rank), (one, other))
        if rank in _SIZES:
            return None if max(abs(first), abs(second)) < ALIKE * min(abs(first), abs(second)) else first < second
        return None if abs(first - second) < ALIKE_M else first < second

    def _measure(self, things: Sequence[SceneObject], rank: Rank) -> Callable[[SceneObject], float]:
        """What grows from the first of ``things`` by ``rank`` to the last."""
        if rank in _FLAT and not any(self._rests(o, {t.id for t in things}) for o in things):
            rank = _FLAT[rank]
        ahead, left = np.array([np.cos(self.yaw), np.sin(self.yaw)]), np.array([-np.sin(self.yaw), np.cos(self.yaw)])
        keys: dict[Rank, Callable[[SceneObject], float]] = {
            Rank.LEFT: lambda o: -float(o.position[:2] @ left), Rank.RIGHT: lambda o: float(o.position[:2] @ left),
            Rank.NEAR: lambda o: float(o.position[:2] @ ahead), Rank.FAR: lambda o: -float(o.position[:2] @ ahead),
            Rank.BIG: lambda o: -float(np.prod(o.size)), Rank.SMALL: lambda o: float(np.prod(o.size)),
            Rank.TALL: lambda o: -float(o.size[2]), Rank.SHORT: lambda o: float(o.size[2]),
            Rank.TOP: lambda o: -o.top, Rank.BOTTOM: lambda o: o.top,
            Rank.MIDDLE: lambda o: -float(o.position[:2] @ left),
        }  # fmt: skip
        return keys[rank]

    def _at(self, place: Place, found: list[SceneObject], many: bool, thing: Thing | None = None) -> list[SceneObject]:
        """Those of ``found`` that are in ``place``, for the description of a ``thing``."""
        under = self.around.under
        match place:
            case In(inside) | On(inside) if not isinstance(inside, Table):
                return self._resting(inside, found)
            case On() | OutOf():
                return [o for o in found if o.id not in under and o.id != self.around.held]
            case Under(above):
                feet = {under.get(i) for i in self._ids(above)}
                return [o for o in found if o.id in feet]
            case LeftOf(to) | RightOf(to) | InFrontOf(to) | Behind(to) | Beside(to):
                return self._beside(place, self._as_one(to), found, many)
            case Between(ends):
                return self._between([o for t in ends for o in self.several(t)], found)
            case AtSide() | Corner() | Middle():
                return [o for o in found if self._in_region(o, place)]
        text = f"I cannot tell which of them is {said(place)}: {the(found)}?"
        raise Unresolved(Question(text, names(found)), thing, found)

    def _as_one(self, thing: Thing) -> SceneObject:
        """The one thing that ``thing`` means, or of a group one as big as all of it."""
        things = self.several(thing) if isinstance(thing, All | Rest | Together | Them) else [self.one(thing)]
        if len(things) == 1:
            return things[0]
        ends = [(o.position - o.size / 2, o.position + o.size / 2) for o in things]
        low, high = np.min([end[0] for end in ends], axis=0), np.max([end[1] for end in ends], axis=0)
        return replace(things[0], id="", position=(low + high) / 2, size=high - low)

    def _resting(self, inside: Thing, found: list[SceneObject]) -> list[SceneObject]:
        """Those of ``found`` in or on ``inside``; of several bowls "the bowl" is the one that holds some of them."""
        try:
            below = self._ids(inside)
        except Unresolved as unresolved:
            holding = {o.id for o in unresolved.things if any(self._rests(one, {o.id}) for one in found)}
            if len(holding) != 1:
                raise
            below = holding
        return [o for o in found if self._rests(o, below)]

    def _rests(self, o: SceneObject, below: set[str]) -> bool:
        at = self.around.under.get(o.id)
        while at is not None and at not in below:
            at = self.around.under.get(at)
        return at is not None

    def _beside(self, place: Place, to: SceneObject, found: list[SceneObject], many: bool) -> list[SceneObject]:
        turn = np.array([[np.cos(self.yaw), np.sin(self.yaw)], [-np.sin(self.yaw), np.cos(self.yaw)]])
        way = {LeftOf: (0.0, 1.0), RightOf: (0.0, -1.0), InFrontOf: (-1.0, 0.0), Behind: (1.0, 0.0)}.get(type(place))  # type: ignore[call-overload]
        there = []
        for o in found:
            gap = turn @ (o.position[:2] - to.position[:2])
            if o.id == to.id or (way is not None and gap @ way < 0.5 * np.hypot(*gap)):
                continue
            there.append((float(np.hypot(*gap)) - (o.size[0] + to.size[0]) / 2, o))
        there.sort(key=lambda pair: pair[0])
        close = [o for gap, o in there if gap < NEAR_M]
        if way is not None and many:
            return [o for _, o in there]
        return close if many else [o for _, o in there][:1]

    @staticmethod
    def _between(ends: Sequence[SceneObject], found: list[SceneObject]) -> list[SceneObject]:
        if len(ends) < 2:
            return []
        a, b = ends[0].position[:2], ends[1].position[:2]
        along = (b - a) / (length := max(float(np.hypot(*(b - a))), 1e-6))
        out = []
        for o in found:
            gap = o.position[:2] - a
            if (
                o not in ends
                and 0 < gap @ along < length
                and abs(gap[0] * along[1] - gap[1] * along[0]) < BETWEEN * length
            ):
                out.append(o)
        return out

    def _in_region(self, o: SceneObject, place: Place) -> bool:
        lower, upper = area(self.reach)
        x, y = ((o.position[:2] - (lower + upper) / 2) / ((upper - lower) / 2)).tolist()
        turned = {
            "far": x * np.cos(self.yaw) + y * np.sin(self.yaw),
            "left": y * np.cos(self.yaw) - x * np.sin(self.yaw),
        }
        sides = {
            Side.FAR: turned["far"],
            Side.NEAR: -turned["far"],
            Side.LEFT: turned["left"],
            Side.RIGHT: -turned["left"],
        }
        match place:
            case AtSide(side):
                return bool(sides[side] > 0.05)
            case Corner(depth, side):
                return bool(sides[depth] > 0.15 and sides[side] > 0.15)
        return max(abs(x), abs(y)) < 0.45

    def _which(self, thing: Thing, found: Sequence[SceneObject]) -> Unresolved:
        options = names(found)
        asked = said(thing).removeprefix("the ").removeprefix("a ")
        text = f"Which {asked} do you mean: {listed([f'the {o}' for o in options], 'or')}?"
        return Unresolved(Question(text, options), thing, found)

    def _absent(self, thing: Thing, pool: Sequence[SceneObject]) -> Unresolved:
        """The question about a ``thing`` that is none of ``pool``."""
        seen = self.around.scene.objects
        asked = re.sub(r"^(?:all |the |an? )+|\ban(?=other\b)", "", said(thing))
        ids = {o.id for o in pool}
        spoken = self.matching(thing) if isinstance(thing, The | A | All | Some | Rest) else []
        if meant := [o for o in spoken if o.id not in ids]:  # what is spoken of already
            text = f"I see no other {asked.removeprefix('other ')} than {the(meant)}; I see {the(seen)}."
        elif len(alike := self._of_its_colors(thing, pool)) == 1:
            return Unresolved(Question(f"I see no {asked}; I see {the(alike)}. {MEANT}", names(alike)), thing, alike)
        else:
            text = f"I see no {asked}; I see {the(seen) if seen else 'nothing'}."
        if pool and not any(self._is_like(thing, o) for o in pool):
            return Unresolved(Question(f"{text} What shall I do?"), thing, pool)
        others = [o for o in pool if is_container(o) == self.holds(thing)] or list(pool)
        text = f"{text} Which one do you mean?" if others else text
        return Unresolved(Question(text, names(others)), thing, others)

    def _of_its_colors(self, thing: Thing, pool: Sequence[SceneObject]) -> list[SceneObject]:
        """Those of ``pool`` that fit ``thing`` but for its kind and hold things as it does; empty without a color."""
        modifiers = getattr(thing, "modifiers", ())
        if not any(isinstance(m, Color) for m in modifiers):
            return []
        try:
            found = self._fitting(All(THING, tuple(modifiers)), pool)
        except Unresolved:
            return []
        return [o for o in found if is_container(o) == self.holds(thing)]

    def holds(self, thing: object) -> bool:
        """Whether things of the kind that ``thing`` names hold others."""
        return sum(p for kind, p in self._kinds(getattr(thing, "noun", THING)).items() if kind in CONTAINERS) >= MATCH

    def _is_like(self, thing: Thing, o: SceneObject) -> bool:
        """Whether ``o`` is of the kind or of a color that ``thing`` names, or perhaps its namesake, so that it may be
        meant."""
        if not isinstance(thing, The | A | All | Some | Rest):
            return True
        if any(thing.noun.casefold() in given.text.casefold().split() for given in o.given):
            return True
        if self._likelihood(self._kinds(thing.noun), o.kinds) >= MATCH:
            return True
        return any(
            self._likelihood(self._colors(m.name), o.colors) >= MATCH for m in thing.modifiers if isinstance(m, Color)
        )

"""Draws a scene for a template, fills the template's slots, and knows when the task is done in truth.

A scene is drawn again until the sentence has one meaning in it and can be carried out: one block lies in the direction,
a distance differs from the next by 3 cm, no bowl stands on the corner or side where things go; and it is not done yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from sayso.bench.tasks.cap.templates import SIDE_OF, Attributes, Template, Words
from sayso.bench.tasks.cap.verdict import (
    CORNERS,
    WAYS,
    corner_point,
    is_at,
    is_in_different_corners,
    is_line,
    is_some_way,
    is_still,
    is_tower,
)
from sayso.hardware.types import Array
from sayso.hardware.world import ObjectTruth
from sayso.planner.room import BEYOND
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec
from sayso.sim.scenes.spawn import REACH_X, REACH_Y, random_scene
from sayso.sim.tasks import Truth, is_in, is_on

CLEAR_M = 0.03
"""Least difference of two distances of which one is the smaller."""
ROOM_M, FREE_M = 0.20, 0.13
"""Free table in the direction of "a lot", and around the place there."""
TRIES = 2000
Done = Callable[[Truth, Truth], bool]


@dataclass(frozen=True, slots=True)
class Errand:
    """A scene, what is ``said``, its ``meaning`` as a task's text, and whether it is ``done`` (before, after)."""

    scene: SceneSpec
    said: str
    meaning: str
    done: Done


class _UnfitError(Exception):
    """The sentence has no plain meaning in this scene, or no room."""


def _need(fits: bool) -> None:
    if not fits:
        raise _UnfitError


def true_things(scene: SceneSpec) -> dict[str, ObjectTruth]:
    """The truth of a scene that nobody has touched, by id."""
    out = {}
    for o in scene.objects:
        x, y, *z = o.position
        size = np.array(o.extents)
        turn = np.array([0.0, 0.0, np.sin(o.yaw / 2), np.cos(o.yaw / 2)])
        out[o.id] = ObjectTruth(o.kind, o.color, np.array([x, y, (z[0] if z else 0.0) + size[2] / 2]), turn, size)
    return out


@dataclass
class _Drawing:
    """A scene and the slots filled so far; ``said`` and ``meant`` are the words and the texts of each slot."""

    rng: np.random.Generator
    attributes: Attributes
    scene: SceneSpec
    truth: Truth
    said: dict[str, str] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)

    def ids(self, kind: str) -> list[str]:
        return [name for name, o in self.truth.items() if o.kind == kind]

    @property
    def blocks(self) -> list[str]:
        return self.ids("block")

    def one_of(self, ids: Sequence[str]) -> str:
        _need(len(ids) > 0)
        return ids[int(self.rng.integers(len(ids)))]

    def thing(self, slot: str, ids: Sequence[str]) -> str:
        """One of ``ids``, by its color."""
        found = self.one_of(ids)
        self.said[slot] = self.meant[slot] = self.truth[found].color
        return found

    def words(self, slot: str, among: Words) -> str:
        """One of the words of an attribute; its text."""
        said = self.one_of(list(among))
        self.said[slot], self.meant[slot] = said, among[said]
        return among[said]

    def spot(self) -> tuple[str, ...]:
        """The sides of a corner or side that no bowl stands on."""
        text = self.words("spot", self.attributes.spots)
        sides = tuple(text.partition("(")[2].strip(")").split(", "))
        self.no_bowl_at(sides)
        return sides

    def no_bowl_at(self, sides: Sequence[str]) -> None:
        _need(not any(is_at(self.truth[b].position, sides) for b in self.ids("bowl")))

    def place(self, name: str) -> Array:
        return np.asarray(self.truth[name].position[:2])


def errand(template: Template, attributes: Attributes, rng: np.random.Generator) -> Errand:
    """An errand of ``template``."""
    least_blocks, most_blocks, least_bowls, fill = _TASKS[template.name]
    for _ in range(TRIES):
        try:
            scene = random_scene(
                rng, int(rng.integers(least_blocks, most_blocks + 1)), int(rng.integers(least_bowls, 4))
            )
            scene = _colored(scene, attributes.colors, rng, template.name in ("matching colors", "mismatched colors"))
            drawing = _Drawing(rng, attributes, scene, true_things(scene))
            done = fill(drawing)
            _need(not done(drawing.truth, drawing.truth))
        except (_UnfitError, ValueError):
            continue
        meaning = template.meaning.format(**drawing.meant)
        return Errand(scene, template.said.format(**drawing.said), meaning, done)
    raise ValueError(f"no scene fits the template '{template.said}'")


def _colored(scene: SceneSpec, colors: Sequence[str], rng: np.random.Generator, shared: bool) -> SceneSpec:
    """The scene in these colors, each once per kind; ``shared``: bowls take the blocks' colors first."""
    blocks = list(rng.permutation(colors))
    bowls = [str(c) for c in (blocks if shared else rng.permutation(colors))]
    count = {"block": iter(map(str, blocks)), "bowl": iter(bowls)}
    return replace(scene, objects=tuple(_in_color(o, next(count[o.kind])) for o in scene.objects))


def _in_color(o: ObjectSpec, color: str) -> ObjectSpec:
    return replace(o, color=color)


def _on_one(d: _Drawing) -> Done:
    a = d.thing("a", d.blocks)
    b = d.thing("b", [i for i in d.truth if i != a])
    d.said["kind"] = d.meant["kind"] = d.truth[b].kind
    put = is_in if d.truth[b].kind == "bowl" else is_on
    return lambda _, after: put(after, a, b)


def _stacked(d: _Drawing) -> Done:
    return lambda _, after: is_tower(d.blocks, after)


def _all_at(d: _Drawing) -> Done:
    sides = d.spot()
    return lambda _, after: all(is_at(after[b].position, sides) for b in d.blocks)


def _all_in(d: _Drawing) -> Done:
    bowl = d.thing("bowl", d.ids("bowl"))
    return lambda _, after: all(is_in(after, b, bowl) for b in d.blocks)


def _matched(d: _Drawing) -> Done:
    homes = {d.truth[w].color: w for w in d.ids("bowl")}
    _need(all(d.truth[b].color in homes for b in d.blocks))
    return lambda _, after: all(is_in(after, b, homes[after[b].color]) for b in d.blocks)


def _mismatched(d: _Drawing) -> Done:
    bowls = d.ids("bowl")
    return lambda _, after: all(
        any(is_in(after, b, w) for w in bowls if after[w].color != after[b].color) for b in d.blocks
    )


def _moved(d: _Drawing, block: str) -> Done:
    sides = d.spot()
    others = [b for b in d.blocks if b != block]
    return lambda before, after: is_at(after[block].position, sides) and is_still(others, before, after)


def _by_direction(d: _Drawing) -> Done:
    bowl = d.thing("bowl", d.ids("bowl"))
    way = WAYS[SIDE_OF[d.words("direction", d.attributes.directions)]]
    gaps = {b: d.place(b) - d.place(bowl) for b in d.blocks}
    there = [b for b, gap in gaps.items() if gap @ way > 0]
    _need(len(there) == 1 and float(gaps[there[0]] @ way) > 0.7 * float(np.hypot(*gaps[there[0]])))
    return _moved(d, there[0])


def _by_distance(d: _Drawing) -> Done:
    bowl = d.thing("bowl", d.ids("bowl"))
    sign = 1 if d.words("distance", d.attributes.distances) == "nearest" else -1
    return _moved(d, _first(d.blocks, lambda b: sign * float(np.hypot(*(d.place(b) - d.place(bowl))))))


def _nth(d: _Drawing) -> Done:
    number = int(d.words("nth", d.attributes.places))
    side = SIDE_OF[d.words("direction", d.attributes.directions)]
    d.meant["side"] = side
    order = sorted(d.blocks, key=lambda b: -float(d.place(b) @ WAYS[side]))
    _need(len(order) >= number)
    places = [float(d.place(b) @ WAYS[side]) for b in order]
    _need(all(a - b > CLEAR_M for a, b in pairwise(places)))
    return _moved(d, order[number - 1])


def _first(those: Sequence[str], key: Callable[[str], float]) -> str:
    """The one with the least ``key``, if that is plain."""
    order = sorted(those, key=key)
    _need(len(order) < 2 or key(order[1]) - key(order[0]) > CLEAR_M)
    return order[0]


def _cornered(d: _Drawing) -> Done:
    for corner in CORNERS:
        d.no_bowl_at(corner)
    return lambda _, after: is_in_different_corners(d.blocks, after)


def _stacked_at(d: _Drawing) -> Done:
    sides = d.spot()
    return lambda _, after: is_tower(d.blocks, after) and all(is_at(after[b].position, sides) for b in d.blocks)


def _some_way(d: _Drawing) -> Done:
    block, bowl = d.thing("a", d.blocks), d.thing("bowl", d.ids("bowl"))
    side = SIDE_OF[d.words("direction", d.attributes.directions)]
    amount = d.words("amount", d.attributes.amounts)
    place = d.place(bowl) + ROOM_M * WAYS[side]
    inside = [a - BEYOND < p < b + BEYOND for p, (a, b) in zip(place, (REACH_X, REACH_Y), strict=True)]
    others = [i for i in d.truth if i not in (block, bowl)]
    _need(all(inside) and all(float(np.hypot(*(d.place(i) - place))) > FREE_M for i in others))
    return lambda _, after: is_some_way(block, bowl, side, amount, after)


def _corner(d: _Drawing) -> Done:
    block, bowl = d.thing("a", d.blocks), d.thing("bowl", d.ids("bowl"))
    sign = 1 if d.words("distance", d.attributes.distances) == "nearest" else -1
    names = {" ".join(c): c for c in CORNERS}
    meant = names[_first(list(names), lambda c: sign * float(np.hypot(*(corner_point(names[c]) - d.place(bowl)))))]
    d.no_bowl_at(meant)
    return lambda _, after: is_at(after[block].position, meant)


def _lined(d: _Drawing) -> Done:
    d.words("line", d.attributes.lines)
    way = d.said["line"]
    return lambda _, after: is_line(d.blocks, way, after)


_TASKS: dict[str, tuple[int, int, int, Callable[[_Drawing], Done]]] = {
    "on a block or a bowl": (2, 4, 1, _on_one),
    "stack all": (2, 4, 0, _stacked),
    "all on a corner or side": (2, 4, 0, _all_at),
    "all in a bowl": (2, 3, 1, _all_in),
    "matching colors": (2, 3, 2, _matched),
    "in a direction from a bowl": (2, 4, 1, _by_direction),
    "by distance to a bowl": (2, 4, 1, _by_distance),
    "nth from a direction": (2, 4, 0, _nth),
    "different corners": (2, 4, 0, _cornered),
    "mismatched colors": (2, 3, 2, _mismatched),
    "stack on a corner or side": (2, 4, 0, _stacked_at),
    "some way from a bowl": (2, 4, 1, _some_way),
    "corner by distance": (2, 4, 1, _corner),
    "in a line": (3, 4, 0, _lined),
}
"""Least and most blocks (a bowl holds three for certain), least bowls (at most 3), how slots and verdict are made."""

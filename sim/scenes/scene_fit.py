"""Fits a ready-made scene into an arm's smaller reach: moves objects closer, and shrinks them if necessary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, hypot, inf, sqrt

from sayso.hardware.types import Array
from sayso.sim.scenes.scene_file import (
    BOWL_FLOOR,
    HEIGHT_LIMITS,
    REACH,
    SIDE_LIMITS,
    Area,
    SceneError,
    above,
    foot,
    inside,
)
from sayso.sim.scenes.scene_spec import ObjectSpec, SceneSpec

# Scale factors, best first, and gaps (m) between objects; the fingers need a gap to descend beside an object.
SIZES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
GAPS = (0.045, 0.03, 0.02)
TIGHT_GAPS = (0.02, 0.01, 0.005)
HAND = 0.05  # m, radius kept free around the hand's start position
_ROUNDS, _LOOK = 400, 20
_MM = 0.001


@dataclass(frozen=True, slots=True)
class Room:
    """The space for objects: ranges of x and y, largest distance from the arm's axis and largest height, m."""

    x: tuple[float, float]
    y: tuple[float, float]
    top: float
    radius: float = inf

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """A point of the space close to (x, y)."""
        far = max(sqrt(x * x + y * y) / self.radius, 1.0)
        return _held(x / far, self.x), _held(y / far, self.y)


@dataclass(slots=True)
class _Pile:
    """Objects on or in each other, at (x, y) of the lowest: each with its offset from there and its foot, m."""

    x: float
    y: float
    things: list[tuple[ObjectSpec, float, float, float]]

    @property
    def radius(self) -> float:
        return max(hypot(dx, dy) + item.radius for item, dx, dy, _ in self.things)

    @property
    def top(self) -> float:
        return max(z + item.extents[2] for item, _, _, z in self.things)


def fit_scene(scene: SceneSpec, rooms: Sequence[Room], tool: Array, name: str = "the scene") -> SceneSpec:
    """Fit ``scene``, made for `REACH`, into the first of ``rooms`` that can hold it, shrinking objects if none can.

    The last room is used only if no other holds the scene at half size. Left, right, front and behind are preserved as
    far as possible; objects on others stay there. ``tool`` (3,) m is the hand's start position, from which objects of
    that height keep away. Deterministic to the digit. Raises `SceneError` if no room holds the scene.
    """
    whole = [replace(room, x=_to_mm(room.x), y=_to_mm(room.y)) for room in rooms]
    for some in (whole[:-1], whole[-1:]):
        for size, room, gap in ((s, r, g) for s in SIZES for r in some for g in (GAPS if s > 0.75 else TIGHT_GAPS)):
            for start in (_as_it_was, _in_two_rows):
                piles = _piles(scene, size)
                start(piles, room)
                low = all(pile.top <= room.top + _MM for pile in piles)
                if low and _spread(piles, gap + 2 * _MM, room, tool):
                    return replace(scene, objects=_objects(scene, piles))
    last = rooms[-1]
    raise SceneError(
        f"{name} has no room within reach, not even at half its size; "
        f"reachable: {Area(last.x, last.y, (0.0, last.top))}"
    )


def _smaller(item: ObjectSpec, size: float) -> ObjectSpec:
    if size == 1.0:
        return item
    lows = (SIDE_LIMITS[item.kind][0], SIDE_LIMITS[item.kind][0], HEIGHT_LIMITS[item.kind][0])
    x, y, z = (max(round(edge * size, 4), low) for edge, low in zip(item.extents, lows, strict=True))
    return replace(item, size=(x, y, z))


def _piles(scene: SceneSpec, size: float) -> list[_Pile]:
    """The scene's piles at their places in `REACH`, with objects scaled by ``size``."""
    piles: list[_Pile] = []
    found: dict[str, tuple[_Pile, float, float, float]] = {}
    for item in sorted(scene.objects, key=foot):
        small, (x, y) = _smaller(item, size), item.position[:2]
        below = [o for o in scene.objects if o.id in found and _carries(o, item)]
        if below:
            base = max(below, key=lambda o: foot(o) + (0.0 if inside(item, o) else o.extents[2]))
            pile, dx, dy, z = found[base.id]
            z += BOWL_FLOOR if inside(item, base) else _smaller(base, size).extents[2]
            dx, dy = dx + size * (x - base.position[0]), dy + size * (y - base.position[1])
        else:
            pile, dx, dy, z = _Pile(x, y, []), 0.0, 0.0, 0.0
            piles.append(pile)
        pile.things.append((small, dx, dy, z))
        found[item.id] = (pile, dx, dy, z)
    return piles


def _carries(base: ObjectSpec, item: ObjectSpec) -> bool:
    apart = hypot(item.position[0] - base.position[0], item.position[1] - base.position[1])
    return inside(item, base) or (apart < base.radius and above(item, base))


def _as_it_was(piles: list[_Pile], room: Room) -> None:
    """Place each pile at the same relative position in ``room`` as in `REACH`."""
    for pile in piles:
        pile.x, pile.y = _along(pile.x, REACH.x, room.x), _along(pile.y, REACH.y, room.y)


def _in_two_rows(piles: list[_Pile], room: Room) -> None:
    """Place bowls along the far edge and all else along the near one, in their order from right to left."""
    for bowls in (False, True):
        row = sorted((p for p in piles if (p.things[0][0].kind == "bowl") is bowls), key=lambda p: (p.y, p.x))
        for k, pile in enumerate(row):
            pile.x = room.x[bowls]
            pile.y = _along(k, (0, len(row) - 1), room.y) if len(row) > 1 else sum(room.y) / 2


def _along(value: float, old: tuple[float, float], new: tuple[float, float]) -> float:
    return new[0] + (value - old[0]) / (old[1] - old[0]) * (new[1] - new[0])


def _spread(piles: list[_Pile], gap: float, room: Room, tool: Array) -> bool:
    """Push the piles apart until all gaps are at least ``gap`` m; return False if there is no room."""
    radii = [pile.radius for pile in piles]
    for pile in piles:
        pile.x, pile.y = room.nearest(pile.x, pile.y)
    high = [pile.top > tool[2] - gap for pile in piles]
    before = inf
    for k in range(_ROUNDS):
        missing = 0.0
        for i, a in enumerate(piles):
            if high[i] and (away := _push(a.x - tool[0], a.y - tool[1], radii[i] + HAND)):
                missing += hypot(*away)
                a.x, a.y = room.nearest(a.x + away[0], a.y + away[1])
            for j in range(i):
                b = piles[j]
                if away := _push(a.x - b.x, a.y - b.y, radii[i] + radii[j] + gap):
                    missing += hypot(*away)
                    a.x, a.y = room.nearest(a.x + away[0] / 2, a.y + away[1] / 2)
                    b.x, b.y = room.nearest(b.x - away[0] / 2, b.y - away[1] / 2)
        if missing == 0.0:
            return True
        if k % _LOOK == _LOOK - 1:
            if missing > 0.8 * before:
                return False  # wedged: no progress
            before = missing
    return False


def _push(dx: float, dy: float, needed: float) -> tuple[float, float] | None:
    """The displacement to a distance of ``needed`` m, enlarged by 2 % so that iteration ends; None if far enough."""
    distance = sqrt(dx * dx + dy * dy)
    if distance >= needed:
        return None
    if distance < _MM:
        return 0.0, needed
    more = 1.02 * (needed - distance) / distance
    return more * dx, more * dy


def _to_mm(limits: tuple[float, float]) -> tuple[float, float]:
    """Round ``limits`` inward to whole millimetres."""
    return ceil(limits[0] / _MM - 1e-6) * _MM, floor(limits[1] / _MM + 1e-6) * _MM


def _held(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


def _objects(scene: SceneSpec, piles: list[_Pile]) -> tuple[ObjectSpec, ...]:
    """The objects of all piles in the scene's order, rounded to 1 mm."""
    out = {}
    for pile in piles:
        x, y = round(pile.x, 3), round(pile.y, 3)
        for item, dx, dy, z in pile.things:
            place = (round(x + dx, 4), round(y + dy, 4), *((round(z, 4),) if z else ()))
            out[item.id] = replace(item, position=place)
    return tuple(out[item.id] for item in scene.objects)

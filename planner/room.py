"""Free places: in a container beside its contents, and on the table beside an object."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.hardware.types import Array, Box
from sayso.perception.scene import SceneObject
from sayso.planner.plan import Relation

BESIDE_M = 0.12
REACH = (np.array([0.30, -0.36]), np.array([0.70, 0.36]))
BEYOND = 0.03  # places may lie this far outside the pick area, in m
DIRECTIONS = {
    Relation.LEFT: np.array([0.0, 1.0]),
    Relation.RIGHT: np.array([0.0, -1.0]),
    Relation.FRONT: np.array([-1.0, 0.0]),
    Relation.BEHIND: np.array([1.0, 0.0]),
}
OUTSIDE_M = 0.02  # largest distance outside the reach that the arm still attains
BOWL_DROP, STACK_DROP = 0.024, 0.006
DEEP_M, BELOW_RIM_M = 0.07, 0.015  # a vessel from this height on, and how far below its rim a thing is let go
GAP_M = 0.002  # between neighboring objects
DIP, DIP_M = (
    0.5,
    0.006,
)  # the even part of a plate over its width, at least, and how far above its foot things are let go
FINGER_M = 0.02  # space that the opening fingers need beside the released object
FINGER_WIDTH_M = 0.025
RIM_M = 0.005
HALF = 0.64  # of a thing's width, which it reaches from its middle if it is turned
ABOVE_RIM = 0.25  # largest height of an object's underside above the rim, as a fraction of the object's height
# How far from a point of the table a free spot is looked for.
RINGS_M = (0.0, 0.0125, 0.025, 0.0375, 0.05, 0.065, 0.08, 0.1, 0.12, 0.14, 0.16)
WITHIN = 0.7  # least distance of two real objects, as a fraction of their mean width
OVERHANGS_M = (0.006, 0.0, 0.012)
TURNS = np.radians(np.arange(0, 360, 15))
_ROUND = np.stack([np.cos(TURNS), np.sin(TURNS)], axis=1)
_SPOTS = np.concatenate([np.zeros((1, 2)), *(radius * _ROUND for radius in RINGS_M[1:])])
_RADII = np.hypot(_SPOTS[:, 0], _SPOTS[:, 1])
Edges = Sequence[tuple[float, float, float]]
"""Inner sides of a part of the table: (x, y, offset) of the points p in m with x·px + y·py >= offset."""
GIVEN_M, GIVEN_TURN = 0.021, 0.4  # how far off in m and rad a place may lie whose distance a person gave in numbers
# Where `beside` looks: so many times as far, so much (rad) off the straight way; what each of them costs.
_LOOKS = [(stretch, turn) for stretch in (1.0, 1.2, 0.85, 1.45, 0.7) for turn in (0.0, 0.35, -0.35, 0.65, -0.65)]
_STRETCHES, _ODDITY = np.array([s for s, _ in _LOOKS]), [(abs(t) * 0.02, abs(s - 1) * 0.02) for s, t in _LOOKS]
_ROTATIONS = [np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for _, t in _LOOKS]
_WAYS = {relation: np.array([turn @ ahead for turn in _ROTATIONS]) for relation, ahead in DIRECTIONS.items()}


def inside(vessel: SceneObject, others: Sequence[SceneObject]) -> list[SceneObject]:
    """The ``others`` that lie in ``vessel``, seen from above; of overlapping ones, those of higher confidence."""
    radius = vessel.size[0] / 2
    there = [o for o in others if o is not vessel and np.hypot(*(o.position - vessel.position)[:2]) < radius]
    out: list[SceneObject] = []
    for o in sorted(there, key=lambda o: -o.confidence):
        if all(np.linalg.norm(o.position - p.position) > WITHIN * (o.size[0] + p.size[0]) / 2 for p in out):
            out.append(o)
    return out


def is_deep_enough(vessel: SceneObject, bottom: float, height: float) -> bool:
    """Whether an object of ``height`` m with its underside at ``bottom`` m lies in ``vessel``, not on top of it."""
    return bottom <= vessel.top + ABOVE_RIM * height


def lowest_on(base: SceneObject) -> float:
    """The lowest height (m) of the underside of what stands on ``base``: in a plate it may lie in the dip."""
    return float(base.position[2] - base.size[2] / 2) if base.kind == "plate" else base.top


def on_top(base: SceneObject, item: SceneObject) -> Array:
    """Target (3,) m of the underside of ``item`` on ``base``; in the dip of a plate if that is wide enough."""
    fits = base.kind == "plate" and float(item.size[:2].max()) < DIP * float(base.size[:2].min())
    return np.array([*base.position[:2], lowest_on(base) + DIP_M if fits else base.top])


def in_vessel(
    vessel: SceneObject, item: SceneObject, others: Sequence[SceneObject], yaw: float, company: bool
) -> tuple[Array, bool]:
    """Target (3,) m of the underside of ``item`` in ``vessel``, and whether there is room.

    ``yaw`` is the hand's in rad; the fingers open across it. ``company``: more objects follow, so the middle stays
    free. Objects stand side by side until the floor is full, then on one another.
    """
    there, middle = inside(vessel, others), vessel.position[:2]
    floor = vessel.position[2] - vessel.size[2] / 2 + BOWL_DROP
    narrow = vessel.size[0] - 2 * RIM_M < item.size[:2].max() + 2 * FINGER_M  # the fingers would not open in it
    if vessel.size[2] > DEEP_M or narrow:  # the hand does not reach down into it
        floor = vessel.top - BELOW_RIM_M
    if not there and not company:
        return np.array([*middle, floor]), True
    width = float(item.size[:2].max())
    step, most = width / 2 + GAP_M, leeway(vessel, item)
    radii = [r for r in (step, 1.35 * step, 1.7 * step) if r <= most]
    ring = [middle + r * np.array([np.cos(yaw + a), np.sin(yaw + a)]) for r in radii for a in TURNS]
    for spot in ring if company else [middle, *ring]:
        if not any(_meets(spot, width, yaw, o) for o in there):
            return np.array([*spot, floor]), True
    # The floor is full: use the lowest object, or the middle of several if no object follows.
    spots = [spot for o in there for spot in _over(o, middle, most)] + ([] if company else [middle])
    heights = [max((o.top for o in there if _meets(s, width, yaw, o)), default=floor) for s in spots]
    best = min(range(len(spots)), key=lambda i: (round(heights[i] / 0.01), i if company else -i))
    room = is_deep_enough(vessel, heights[best], float(item.size[2]))
    return np.array([*spots[best], max(floor, heights[best] + STACK_DROP)]), room


def leeway(vessel: SceneObject, item: SceneObject) -> float:
    """How far (m) beside the middle of ``vessel`` the ``item`` still goes in; below 0 where it does not fit."""
    return float(vessel.size[0] / 2 - RIM_M - HALF * item.size[:2].max())


def _over(under: SceneObject, middle: Array, most: float) -> list[Array]:
    """Spots (2,) m on ``under``, at most ``most`` m from the vessel's ``middle``, some with an overhang outward."""
    out = under.position[:2] - middle
    radius = float(np.hypot(*out))
    wanted = [min(radius + by, max(most, radius)) for by in OVERHANGS_M] if radius > GAP_M else [radius]
    return [middle + out * (r / radius if radius > GAP_M else 1.0) for r in wanted]


def _meets(spot: Array, width: float, yaw: float, other: SceneObject) -> bool:
    """Whether an object of ``width`` m released at ``spot`` (2,), or the opening fingers, would touch ``other``."""
    half, gap = width / 2, other.position[:2] - spot
    thing, fingers = np.array([half, half]), np.array([FINGER_WIDTH_M / 2, half + FINGER_M])
    there = np.full(2, float(other.size[:2].max()) / 2)
    return any(_overlap(gap, hand, yaw, there, other.yaw) for hand in (thing, fingers))


def _overlap(gap: Array, a: Array, turn_a: float, b: Array, turn_b: float) -> bool:
    """Whether rectangles of half sides ``a`` and ``b`` (2,), ``gap`` (2,) apart, overlap by more than `GAP_M`.

    Two rectangles are apart if a line along a side of one of them separates them.
    """
    axes_a, axes_b = _axes(turn_a), _axes(turn_b)
    return all(abs(gap @ n) < abs(axes_a @ n) @ a + abs(axes_b @ n) @ b - GAP_M for n in (*axes_a, *axes_b))


def _axes(turn: float) -> Array:
    """Unit vectors (2, 2) along a rectangle's sides, one per row."""
    return np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])


def near(
    point: Array, item: SceneObject, others: Sequence[SceneObject], within: tuple[Array, Array], edges: Edges = ()
) -> tuple[Array, bool]:
    """The free point (3,) m on the table nearest to ``point`` (2,) m, and whether there is one within reach and
    within ``edges``."""
    spots = point + _SPOTS
    cost = _RADII + 20 * np.abs(spots - np.clip(spots, *within)).sum(axis=1)
    if others:
        gaps = np.hypot(*np.moveaxis(spots[:, None] - np.array([o.position[:2] for o in others]), 2, 0))
        rims = np.array([o.size[:2].max() for o in others]) / 2 + float(item.size[:2].max()) / 2
        cost += 40 * np.maximum(0.0, FINGER_M - (gaps - rims).min(axis=1))
    for x, y, offset in edges:
        cost[spots @ (x, y) < offset - 1e-9] = np.inf
    best = int(np.argmin(cost.round(9)))
    if not np.isfinite(cost[best]):
        return np.array([*np.clip(point, *within), 0.0]), False
    return np.array([*spots[best], 0.0]), bool(cost[best] <= RINGS_M[-1] + 20 * OUTSIDE_M)


def area(reach: Box | None) -> tuple[Array, Array]:
    """Lower and upper corner (2,) m of the area for places; ``reach`` None: an arm of about 1 m."""
    return REACH if reach is None else (reach.lower[:2] - BEYOND, reach.upper[:2] + BEYOND)


def beside(
    start: Array,
    relation: Relation,
    distance: float,
    item: SceneObject,
    others: Sequence[SceneObject],
    within: tuple[Array, Array],
    given: bool = False,
) -> tuple[Array, bool]:
    """The best point (3,) m on the table on the asked side of ``start``, and whether it is free and within reach.

    Points straight ahead at the asked ``distance`` (m) cost least. A distance that a person has ``given`` in numbers is
    kept to 2 cm, and the side to 23 degrees.
    """
    at, width = start[:2], float(item.size[0])
    best, best_cost, free = at + distance * DIRECTIONS[relation], np.inf, False
    # All spots at once (20, 2): a call of numpy's costs more than what it calculates.
    spots = at + _WAYS[relation] * distance * _STRETCHES[:, None]
    rooms = np.ones(len(spots))
    if others:
        gaps = spots[:, None] - np.array([o.position[:2] for o in others])
        rooms = (np.hypot(gaps[..., 0], gaps[..., 1]) - np.array([o.size[0] * 0.6 for o in others])).min(axis=1)
    outsides = np.abs(spots - np.clip(spots, *within)).sum(axis=1)
    for spot, room, outside, odd, (stretch, turn) in zip(
        spots, rooms.tolist(), outsides.tolist(), _ODDITY, _LOOKS, strict=True
    ):
        if given and (abs(stretch - 1) * distance > GIVEN_M or abs(turn) > GIVEN_TURN):
            continue
        cost = 20 * outside + 10 * max(0.0, width * 0.7 + 0.02 - room) + odd[0] + odd[1]
        if cost < best_cost - 1e-9:
            best, best_cost = spot, cost
            free = outside <= OUTSIDE_M and room > width * 0.4
    return np.array([best[0], best[1], 0.0]), free

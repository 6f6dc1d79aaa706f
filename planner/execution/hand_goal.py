"""A step of the arm alone and the scene → where the hand goes, and how high it crosses the table on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sayso.hardware.types import Array, Box
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.plan import Subtask, Verb
from sayso.planner.room import BESIDE_M, DIRECTIONS

HOVER_M = 0.10
"""The fingertips, or what they hold, stay so far above what the hand points at or goes to."""
CROSSING_M, AROUND_M = 0.05, 0.10
"""The hand crosses the table so far above everything that is this near to its way."""
UNDER_M, GAP_M = 0.05, 0.015
"""It comes down to this gap above what is so near below it."""
EDGE_M = 0.01
"""The tool stays so far inside the arm's workspace."""
NEARER_M = 0.005


@dataclass(frozen=True, slots=True)
class Hand:
    """The hand at the start of a step: its tool ``start`` (3,) m; hand and load reach ``hang`` m below the tool.

    ``heeds`` are distances in m to keep from things by id, ``box`` is where the tool may be.
    """

    start: Array
    hang: float
    box: Box
    heeds: Mapping[str, float]


def hang_below(tool: Array, scene: Scene, fingertip: float) -> float:
    """How far (m) the fingers, or what they hold, reach below the ``tool`` (3,) m."""
    load = next((o for o in scene.objects if o.held), None)
    return fingertip if load is None else max(fingertip, float(tool[2] - load.position[2] + load.size[2] / 2))


def end_of(step: Subtask, scene: Scene, hand: Hand) -> Array | None:
    """Where (3,) m the tool goes in ``step``; None if the thing is not seen that it is about."""
    start, thing = hand.start, scene.find(step.reference_id)
    if step.verb is Verb.MOVE:
        return _within(start + np.array(step.way or (0.0, 0.0, 0.0)), scene, hand)
    if step.point is not None:
        return _within(_over(np.array(step.point), 0.0, scene, hand), scene, hand)
    if thing is None:
        return None
    if step.relation in DIRECTIONS:
        at = thing.position[:2] + (step.distance or BESIDE_M) * DIRECTIONS[step.relation]
        return _within(_over(at, 0.0, scene, hand), scene, hand)
    above = max(HOVER_M, hand.heeds.get(thing.id, 0.0) + GAP_M)
    over = np.array([*thing.position[:2], thing.top + above + hand.hang])
    if step.verb is Verb.NEAR:
        way = over - start
        return _within(start + way * min(1.0, (step.distance or 0.0) / max(_size(way), 1e-6)), scene, hand)
    if step.verb is Verb.AWAY:
        way = np.array([*(start - over)[:2], 0.0])
        return _within(start + way * (step.distance or 0.0) / max(_size(way), 1e-6), scene, hand)
    return _within(over, scene, hand)


def crossing(end: Array, at: Array, scene: Scene, hand: Hand) -> float:
    """The least height (m) of the tool on its way from ``at`` (3,) m to ``end`` (3,) m; 0 if nothing is near."""
    heights = [0.0]
    for thing in scene.objects:
        if thing.held:
            continue
        heed = hand.heeds.get(thing.id, 0.0)
        now, least = _beside(thing, at[:2]), _beside(thing, _nearest(thing, at[:2], end[:2]))
        if least >= AROUND_M + heed:
            continue
        above = thing.top + heed + CROSSING_M + hand.hang
        heights.append(above if least < now - NEARER_M else min(above, float(at[2])))  # no lower beside it
    return min(max(heights), float(hand.box.upper[2]) - EDGE_M)


def _over(point: Array, height: float, scene: Scene, hand: Hand) -> Array:
    """Above a ``point`` (2,) m of the table and what stands there."""
    tops = (o.top for o in scene.objects if not o.held and _beside(o, point) < UNDER_M)
    return np.array([*point, max([height, *tops]) + HOVER_M + hand.hang])


def _within(end: Array, scene: Scene, hand: Hand) -> Array:
    """``end`` (3,) m in the box of the hand, and not into what is below it."""
    end = np.clip(end, hand.box.lower + EDGE_M, hand.box.upper - EDGE_M)
    tops = (o.top for o in scene.objects if not o.held and _beside(o, end[:2]) < UNDER_M)
    end[2] = max(float(end[2]), max([0.0, *tops]) + hand.hang + GAP_M)
    return np.asarray(end)


def _beside(thing: SceneObject, point: Array) -> float:
    """How far (m) beside the rim of ``thing`` a ``point`` (2,) m lies."""
    return float(np.hypot(*(thing.position[:2] - point))) - float(thing.size[:2].max()) / 2


def _nearest(thing: SceneObject, start: Array, end: Array) -> Array:
    """The point (2,) m of the way from ``start`` to ``end`` that is nearest to ``thing``."""
    way = end - start
    share = float((thing.position[:2] - start) @ way) / max(float(way @ way), 1e-9)
    return np.asarray(start + min(max(share, 0.0), 1.0) * way)


def _size(way: Array) -> float:
    return float(np.linalg.norm(way))

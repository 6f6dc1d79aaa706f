"""What the looks at a scene prove: where things surely are, and what the hand can have moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import Scene, SceneObject
from sayso.skills.hand_shape import Keepout, nearest

LOOKS = 3
"""A new place of a thing is believed after so many looks in a row that measured it."""
PLACE_M = 0.01
"""A thing that is measured within this distance of its place has not moved."""
REACH_M = 0.03
"""What comes so near to a thing may have moved it: perceived places and shapes are no more exact."""
_LATER_S = 1e-6


class Evidence:
    """Follows ``scene``: `see` every look; `scene` and `reached` are what the looks prove.

    A thing that is measured elsewhere keeps its place until `LOOKS` looks in a row have measured it. A look that did
    not measure it, because it was hidden, counts for nothing: a half-hidden thing is measured in the wrong place.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.reached: frozenset[str] = frozenset()
        self._places: dict[str, Array] = {o.id: o.position for o in scene.objects}
        self._seen: dict[str, float] = {}
        self._elsewhere: dict[str, int] = {}

    def see(self, scene: Scene, hand: Array) -> None:
        """Take in one look; ``hand`` (k, 3) m are points of the hand and of what it carries, base frame."""
        self.scene = replace(scene, objects=tuple(replace(o, position=self._place(o, scene.t)) for o in scene.objects))
        self.reached |= self._near(hand)

    def _place(self, o: SceneObject, now: float) -> Array:
        """Where ``o`` is believed to be, (3,) m."""
        at, before = self._places.get(o.id), self._seen.get(o.id, -np.inf)
        measured = now - o.age > before + _LATER_S
        self._seen[o.id] = max(now - o.age, before)
        elsewhere = at is not None and float(np.linalg.norm(o.position - at)) > PLACE_M
        if elsewhere and not o.held:
            self._elsewhere[o.id] = self._elsewhere.get(o.id, 0) + measured
            if self._elsewhere[o.id] < LOOKS:
                assert at is not None
                return at
        if measured or o.held or at is None:
            self._elsewhere.pop(o.id, None)
        self._places[o.id] = o.position
        return o.position

    def _near(self, hand: Array) -> frozenset[str]:
        """What the hand is near to, and what that may have pushed."""
        things: Sequence[SceneObject] = self.scene.objects
        near = {o.id for o in things if o.held or nearest(hand, Keepout.of(o, REACH_M, False)).gap < REACH_M}
        new = [o for o in things if o.id in near]
        while new:
            thing = new.pop()
            for other in things:
                if other.id not in near and not thing.held and _apart(thing, other) < REACH_M:
                    near.add(other.id)
                    new.append(other)
        return frozenset(near)


def _apart(a: SceneObject, b: SceneObject) -> float:
    """The least distance (m), seen from above, of the circles around two things."""
    between = float(np.hypot(*(a.position[:2] - b.position[:2])))
    return between - (float(a.size[:2].max()) + float(b.size[:2].max())) / 2

"""Finds a remembered thing in a scene, as far as kind, color and place allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import MATCH
from sayso.planner.memory.entries import thing_name

AT_M, APART_M = 0.05, 0.12
"""One of several alike is meant if it lies this near to where the remembered one was, and no other within `APART_M`."""


def likely(thing: str, scene: Scene) -> list[SceneObject]:
    """The objects that ``thing``, a color and a kind, may be."""
    color, kind = thing_name(thing)
    return [o for o in scene.objects if o.kinds.get(kind, 0.0) * o.colors.get(color, 0.0) >= MATCH]


def recalled(thing: str, at: Sequence[float], scene: Scene) -> list[SceneObject]:
    """The object that was at the point ``at``; several where that is in doubt, none if it is not seen."""
    found = likely(thing, scene)
    if len(found) < 2:
        return found
    near = sorted(found, key=lambda o: _gap(o, at))
    return near[:1] if _gap(near[0], at) <= AT_M and _gap(near[1], at) >= APART_M else found


def _gap(thing: SceneObject, at: Sequence[float]) -> float:
    return float(np.hypot(*(thing.position[:2] - np.array(at))))

"""Conditions outside the training data: table height, object size and kind, arm delay."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from sayso.hardware.types import Array, JointState
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.checks.preconditions import CONTAINERS
from sayso.planner.plan import Plan

TABLE_M = 0.025  # largest height of the lowest object above or below 0
FALLEN_M = -0.5  # an object below this height is not on the table
WIDTH_M, HEIGHT_M = (0.029, 0.052), (0.024, 0.058)  # perceived range of blocks that are 3.4 to 4.6 cm wide
SURE = 0.8  # least probability of an object's kind
LATE_S, MOVING_RAD_S, SAMPLES = 0.07, 0.3, 40


def _handled(plan: Plan, scene: Scene) -> list[SceneObject]:
    """The visible objects and references of ``plan``."""
    named = (number for s in plan.subtasks for number in (s.object_id, s.reference_id) if number is not None)
    return [item for number in named if (item := scene.find(number)) is not None]


def _lowest(items: Iterable[SceneObject]) -> float:
    """The height (m) of the lowest foot among objects that are neither held nor fallen; 0 without such objects."""
    feet = (float(o.position[2] - o.size[2] / 2) for o in items if not o.held)
    return min((foot for foot in feet if foot > FALLEN_M), default=0.0)


def unlike_training(plan: Plan, scene: Scene) -> list[str]:
    """Sentences about table and objects of ``plan`` that differ from the training data."""
    out = []
    lowest = _lowest(scene.objects)
    if lowest < 0:  # may be beside the table; the plan's objects stand on the table
        lowest = min(_lowest(_handled(plan, scene)), 0.0)
    if abs(lowest) > TABLE_M:
        side = "lower" if lowest < 0 else "higher"
        out.append(f"the table is {100 * abs(lowest):.0f} cm {side} than any that I was trained on")
    for number in dict.fromkeys(s.object_id for s in plan.subtasks):
        item = scene.find(number)
        if item is None:
            continue
        if (sure := item.kinds[item.kind]) < SURE:
            out.append(f"I am not sure that the {item.name} is a {item.kind}: {100 * sure:.0f} %")
        if item.kind in CONTAINERS:
            continue
        for what, value, usual in (
            ("wide", float(item.size[:2].max()), WIDTH_M),
            ("high", float(item.size[2]), HEIGHT_M),
        ):
            if not usual[0] <= value <= usual[1]:
                out.append(f"the {item.name} is {100 * value:.1f} cm {what}; I was trained on things of about 4 cm")
    return out


class Lateness:
    """Estimates the arm's delay from measured and commanded joint positions."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=SAMPLES)
        self._told = False

    def update(self, state: JointState, command: Array) -> str | None:
        """Update with one policy tick; return the sentence about a late arm, once, else None."""
        if self._told or (speed := float(np.linalg.norm(state.velocity))) < MOVING_RAD_S:
            return None
        self._recent.append(float((command - state.position) @ state.velocity) / speed**2)
        if len(self._recent) < SAMPLES or (late := float(np.median(self._recent))) < LATE_S:
            return None
        self._told = True
        return f"the arm follows its targets {late:.2f} s late; I was trained on one that follows at once"

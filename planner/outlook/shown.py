"""Failures that the scene shows for certain, so that nobody has to guess them."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.moment import Moment

UNSEEN_S = 0.6  # a thing that was not seen for so long may be elsewhere
JUST_S = 0.4  # what was seen within this time is there
SAME_PLACE_M, APART_M = 0.03, 0.06
ONE_COLOR = 0.95  # a thing of which more than this is one color has none but that from any side
NO_SUCH = 0.05  # what has less of a color than this has another one
SURE = 0.5
CLEAR = 0.9  # what is seen with less confidence may be a part of a thing; of whole things nearly all have more
BEGUN_S = 0.6  # into an attempt, what the hand has is no leftover of the attempt before
LOST, DIMMED = 0.5, 0.15  # of the color asked for is lost; that much at most on all other things, else it is the light


class Shown:
    """Compares the scene with the one at the instruction's begin; feed it all moments in turn."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """A new instruction begins."""
        self._first: dict[str, SceneObject] | None = None

    def see(self, moment: Moment) -> Cause | None:
        """What goes wrong at ``moment`` beyond doubt."""
        if self._first is None:
            self._first = {o.id: o for o in moment.scene.objects}
        item = moment.scene.find(moment.subtask.object_id)
        if self._has_another(moment, item):
            return Cause.WRONG
        if item is None or item.id not in self._first:
            return None
        if self._looks_otherwise(moment, item) or self._is_covered_by_another(moment, item):
            return Cause.WRONG
        return Cause.GONE if come_elsewhere(moment.subtask.object_id, moment.scene, self._first) else None

    def _has_another(self, moment: Moment, item: SceneObject | None) -> bool:
        """Whether the hand holds another thing than the one asked for."""
        held = moment.scene.find(moment.scene.held)
        if held is None or held.id == moment.subtask.object_id or moment.t - moment.began < BEGUN_S:
            return False
        if item is not None and item.age >= JUST_S and self._may_be_part(held, item):
            return False
        return held.name != moment.subtask.object_name or (item is not None and item.age < UNSEEN_S)

    def _may_be_part(self, other: SceneObject, item: SceneObject) -> bool:
        """Whether ``other`` may be what the hand leaves of ``item`` to be seen: a part of it looks like a block.

        It was not there at first, has the thing's color, and is not seen clearly.
        """
        same = other.colors.get(item.color, 0.0) > SURE
        return other.id not in (self._first or ()) and same and other.confidence < CLEAR

    def _looks_otherwise(self, moment: Moment, item: SceneObject) -> bool:
        """Whether the thing has lost its color, and the others have not."""
        if _loss(item, self._first) < LOST or item.name == moment.subtask.object_name:
            return False
        others = [_loss(o, self._first) for o in moment.scene.objects if o.id != item.id and o.age < UNSEEN_S]
        return float(np.median(others or [0.0])) < DIMMED

    def _is_covered_by_another(self, moment: Moment, item: SceneObject) -> bool:
        """Whether a thing of a color that nothing had is seen where the thing should be, and the thing is not.

        That the kind is another says nothing: of a thing that lies in a bowl, and of the bowl, only parts may be seen.
        One part in the thing's own color shows that it is there; in the hand's shadow others look otherwise.
        """
        if item.age < UNSEEN_S or item.colors.get(item.color, 0.0) < ONE_COLOR:
            return False
        there = [
            o for o in _new(moment.scene, self._first or ())
            if float(np.linalg.norm(o.position - item.position)) < SAME_PLACE_M
        ]  # fmt: skip
        if any(o.color == item.color for o in there):
            return False
        colors = {o.color for o in (self._first or {}).values()}
        return any(
            o.color not in colors and o.colors[o.color] > ONE_COLOR and o.colors.get(item.color, 0.0) < NO_SUCH
            and o.confidence > SURE
            for o in there
        )  # fmt: skip


def come_elsewhere(object_id: str, scene: Scene, known: Collection[str]) -> list[SceneObject]:
    """Things of the same name that are seen elsewhere and whose ids are not ``known``, while the thing is not seen."""
    item = scene.find(object_id)
    if item is None or item.held or item.age < UNSEEN_S:
        return []
    return [
        o for o in _new(scene, known)
        if o.name == item.name and float(np.linalg.norm(o.position - item.position)) > APART_M
    ]  # fmt: skip


def _new(scene: Scene, known: Collection[str]) -> list[SceneObject]:
    return [o for o in scene.objects if o.id not in known and o.age < JUST_S and not o.held]


def _loss(item: SceneObject, before: dict[str, SceneObject] | None) -> float:
    """How much less probable its first color is."""
    first = (before or {}).get(item.id)
    return 0.0 if first is None else first.colors.get(first.color, 0.0) - item.colors.get(first.color, 0.0)

"""Is the thing that the arm works on still the one asked for? A second look decides before the arm goes on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.execution.supervisor import LOST
from sayso.planner.plan import Relation, Subtask, Verb

DOUBTFUL = 0.003  # probability of another thing in the object's place from which the arm waits: one clear look
DOUBT_S = 1.0  # the longest wait for a second look at a doubtful object
AWAY_S = 1.5  # the longest wait for an object that has gone: a hand may put it back
SAME_PLACE_M = 0.03


class SecondLook:
    """Holds the arm while an object of the current subtask is doubtful or gone, for a limited time (s)."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """No object is doubtful or gone."""
        self._doubted: float | None = None
        self._gone: float | None = None

    def holds(self, subtask: Subtask, scene: Scene, now: float) -> bool:
        """Whether the arm is to hold at ``now`` s for another look at the objects of ``subtask``."""
        needed = [scene.find(i) for i in (subtask.object_id, subtask.reference_id) if i is not None]
        gone = any(o is None for o in needed)
        doubtful = any(o is not None and o.doubt > DOUBTFUL for o in needed)
        self._gone = (now if self._gone is None else self._gone) if gone else None
        self._doubted = (now if self._doubted is None else self._doubted) if doubtful else None
        return (self._gone is not None and now - self._gone < AWAY_S) or (
            self._doubted is not None and now - self._doubted < DOUBT_S
        )


def wrong_in_hand(subtask: Subtask, scene: Scene) -> SceneObject | None:
    """The held object if ``subtask`` is about another one."""
    held = scene.find(scene.held)
    return None if held is None or held.id == subtask.object_id else held


def set_down(held: SceneObject) -> Subtask:
    """Puts the ``held`` object on the table, at the free point nearest to where it is."""
    x, y = held.position[:2].tolist()
    return Subtask(Verb.PLACE, held.id, held.name, Relation.AT, point=(x, y), place_name="aside")


def mistaken(subtask: Subtask, held: SceneObject) -> str:
    """Why the ``held`` object is put aside."""
    return f"it is the {held.name} that I hold and not the {subtask.object_name}"


def lost(subtask: Subtask, scene: Scene, places: Mapping[str, Array]) -> str:
    """Why an object of ``subtask`` is not in the scene: another one lies in its place, or it is gone.

    ``places`` are positions (3,) m by id from before.
    """
    gone = subtask.object_id if scene.find(subtask.object_id) is None else subtask.reference_id
    name = subtask.object_name if gone == subtask.object_id else subtask.reference_name
    at = places.get(gone or "")
    for other in scene.objects:
        if at is not None and not other.held and float(np.linalg.norm(other.position[:2] - at[:2])) < SAME_PLACE_M:
            return f"{'an' if other.name[0] in 'aeiou' else 'a'} {other.name} is where the {name} was"
    return LOST

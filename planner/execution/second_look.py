"""Is the thing that the arm works on still the one asked for? A second look decides before the arm goes on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.execution.supervisor import LOST
from sayso.planner.plan import Relation, Subtask, Verb

# Probabilities of another thing in the object's place from which the arm waits (one clear look), and never goes on.
DOUBTFUL, UNKNOWABLE = 0.003, 0.02
DOUBT_S, DARK_S = 1.0, 5.0  # the longest wait for a second look at an object, for light to tell what it is
AWAY_S = 4.0  # the longest wait for an object that has gone: a hand may put it back
SAME_PLACE_M = 0.03
UNSEEN_S = 0.5


class SecondLook:
    """Holds the arm while an object of the current subtask is doubtful or gone, for a limited time (s)."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """No object is doubtful or gone."""
        self._since: dict[str, float] = {}

    def holds(self, subtask: Subtask, scene: Scene, now: float) -> bool:
        """Whether the arm is to hold at ``now`` s for another look at the objects of ``subtask``."""
        needed = [scene.find(i) for i in (subtask.object_id, subtask.reference_id) if i is not None]
        doubt = max((o.doubt for o in needed if o is not None), default=0.0)
        gone = self._lasts("gone", any(o is None for o in needed), now)
        doubtful, unknowable = (self._lasts(name, doubt > p, now) for name, p in _DOUBTS.items())
        return 0 <= gone < AWAY_S or 0 <= doubtful < DOUBT_S or 0 <= unknowable < DARK_S

    def wrong(self, subtask: Subtask, scene: Scene) -> SceneObject | None:
        """`wrong_in_hand`; a look that sees less finds nothing wrong."""
        return wrong_in_hand(subtask, scene)

    def same(self, subtask: Subtask, scene: Scene) -> SceneObject | None:
        """`the_same`, likewise."""
        return the_same(subtask, scene)

    def unknowable(self, subtask: Subtask, scene: Scene) -> str | None:
        """`unknowable`, likewise."""
        return unknowable(subtask, scene)

    def _lasts(self, what: str, is_so: bool, now: float) -> float:
        """How long (s) it has been so without a break; -1 if it is not so."""
        if not is_so:
            self._since.pop(what, None)
            return -1.0
        return now - self._since.setdefault(what, now)


_DOUBTS = {"doubtful": DOUBTFUL, "unknowable": UNKNOWABLE}


def unknowable(subtask: Subtask, scene: Scene) -> str | None:
    """Why the arm does not go on with a doubtful object of ``subtask`` after the wait; None if none is."""
    for name, thing in (
        (subtask.object_name, scene.find(subtask.object_id)),
        (subtask.reference_name, scene.find(subtask.reference_id)),
    ):
        if thing is not None and thing.doubt > UNKNOWABLE:
            return f"I cannot tell any more whether that is the {name}"
    return None


def wrong_in_hand(subtask: Subtask, scene: Scene) -> SceneObject | None:
    """The held object if ``subtask`` is about another one; not one that is `the_same`."""
    held = scene.find(scene.held)
    return None if held is None or held.id == subtask.object_id or the_same(subtask, scene) is not None else held


def the_same(subtask: Subtask, scene: Scene) -> SceneObject | None:
    """The held object if it has another id than that of ``subtask`` and is it all the same.

    So it is if it has its name, and where the object lay nothing has been seen since: a thing that was covered as the
    fingers closed on it comes out in them as a new one.
    """
    held, item = scene.find(scene.held), scene.find(subtask.object_id)
    if held is None or held.id == subtask.object_id or held.name != subtask.object_name:
        return None
    return held if item is None or item.age > UNSEEN_S else None


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

"""Whether what a subtask is about lies where the hand does not get to."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Box
from sayso.perception.scene import Scene
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Relation, Subtask, Verb

BEYOND_M = 0.01  # beyond the tool's workspace, a grasp beside the middle still gets hold of a thing
MOMENTS, AHEAD = 2, 5  # in a row that a thing lies beyond, and the target of a put that has not begun yet


class Reach:
    """Watches whether the thing of a pick, or the target of a put in or on it, stays beyond the ``workspace``."""

    def __init__(self, workspace: Box) -> None:
        self._box = workspace
        self.forget()

    def forget(self) -> None:
        """A new instruction begins."""
        self._count = self._ahead = 0

    def see(self, moment: Moment, put: Subtask | None = None) -> tuple[Subtask, str] | None:
        """The subtask whose thing or target lies beyond reach, and that in words; ``put`` is the one to come."""
        words, self._count = self._beyond(moment.subtask, moment.scene, self._count, MOMENTS)
        if words:
            return moment.subtask, words
        if put is None:
            self._ahead = 0
            return None
        words, self._ahead = self._beyond(put, moment.scene, self._ahead, AHEAD)
        return (put, words) if words else None

    def _beyond(self, subtask: Subtask, scene: Scene, count: int, enough: int) -> tuple[str, int]:
        """What lies beyond reach after ``count`` moments at which it did, in words, and the new count."""
        within = subtask.verb is Verb.PLACE and subtask.relation in (Relation.IN, Relation.ON)
        item = scene.find(subtask.reference_id if within else subtask.object_id)
        if item is None or item.held or not (within or subtask.verb is Verb.PICK):
            return "", 0
        at = item.position[:2]
        over = float(np.maximum(self._box.lower[:2] - at, at - self._box.upper[:2]).max())
        count = count + 1 if over > BEYOND_M else 0
        return f"the {item.name} lies {100 * over:.0f} cm beyond my reach" if count >= enough else "", count

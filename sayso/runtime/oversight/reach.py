"""Whether what a subtask is about lies where the hand does not get to."""

from __future__ import annotations

import numpy as np

from sayso.hardware.types import Box
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Relation, Verb

BEYOND_M = 0.01  # beyond the tool's workspace, a grasp beside the middle still gets hold of a thing
MOMENTS = 2  # in a row that a thing lies beyond


class Reach:
    """Watches whether the thing of a pick, or the target of a put in or on it, stays beyond the ``workspace``."""

    def __init__(self, workspace: Box) -> None:
        self._box = workspace
        self.forget()

    def forget(self) -> None:
        """A new instruction begins."""
        self._count = 0

    def see(self, moment: Moment) -> str:
        """What lies beyond reach, in words; "" if nothing does."""
        subtask = moment.subtask
        within = subtask.verb is Verb.PLACE and subtask.relation in (Relation.IN, Relation.ON)
        item = moment.scene.find(subtask.reference_id if within else subtask.object_id)
        if item is None or item.held or not (within or subtask.verb is Verb.PICK):
            self._count = 0
            return ""
        at = item.position[:2]
        over = float(np.maximum(self._box.lower[:2] - at, at - self._box.upper[:2]).max())
        self._count = self._count + 1 if over > BEYOND_M else 0
        return f"the {item.name} lies {100 * over:.0f} cm beyond my reach" if self._count >= MOMENTS else ""

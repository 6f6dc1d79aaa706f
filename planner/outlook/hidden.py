"""What hand and container hide from the cameras, so that not to see it means nothing."""

from __future__ import annotations

import numpy as np

from sayso.perception.scene import KINDS, Scene, SceneObject
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Subtask, Verb

AT_HAND_M = 0.12  # of the tool: the hand, and what it carries, hide what is there
MEASURED = 0.75  # of a block or bowl a camera is surer than this; less is often a part of another thing
REACHES_S = 2.0  # within so long the hand has closed on what it reaches for, or let go what it carries


def hides(moment: Moment, item: SceneObject) -> bool:
    """Whether hand or container hide ``item`` at this moment.

    Blocks and bowls are measured also there, but not behind another thing that the hand carries. That a hand which
    stays at a place hides it is no excuse for long: nothing may be there any more. A ball or stick that is taken for a
    block is none of them: so little of it is seen there that no camera is sure of a block.
    """
    asked = moment.scene.find(moment.subtask.object_id)
    if _is_measured(item) and (asked is None or _is_measured(asked)):
        return False
    gap = float(np.linalg.norm(item.position - moment.body.tool.position))
    at_hand = gap < AT_HAND_M and item.age < REACHES_S
    inside = item is asked and is_at_its_place(item, moment.subtask, moment.scene)
    return item.held or at_hand or inside


def _is_measured(item: SceneObject) -> bool:
    return item.kind in KINDS and item.confidence > MEASURED


def is_at_its_place(item: SceneObject, subtask: Subtask, scene: Scene) -> bool:
    """Whether the thing lies in or on its target."""
    target = scene.find(subtask.reference_id)
    if subtask.verb is not Verb.PLACE or target is None or target.id == item.id:
        return False
    return float(np.hypot(*(item.position - target.position)[:2])) < target.size[0] / 2

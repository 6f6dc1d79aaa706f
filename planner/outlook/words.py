"""What the critic has noticed and what is done about it, in words for a person."""

from __future__ import annotations

import numpy as np

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import a
from sayso.planner.outlook.cause import Cause
from sayso.planner.outlook.certain import in_the_way
from sayso.planner.outlook.moment import Moment
from sayso.planner.outlook.remedy import Remedy
from sayso.planner.outlook.shown import SAME_PLACE_M, UNSEEN_S
from sayso.planner.plan import Verb

DONE_ABOUT: dict[Remedy, str] = {
    Remedy.GO_ON: "I go on",
    Remedy.LOOK: "I hold and look again",
    Remedy.BACK_OFF: "I draw back and come anew",
    Remedy.AGAIN: "I try again",
    Remedy.CLEAR: "I move that aside first",
    Remedy.NEW_PLAN: "I plan anew",
    Remedy.ASK: "I ask",
}
LATE_RAD = 0.05  # a joint that is so far behind its targets, beyond what is usual for the arm, does not follow
LONG_S = 2.0


def noticed(cause: Cause, moment: Moment) -> str:
    """What speaks for ``cause`` at ``moment``, as the scene and the arm show it."""
    subtask, scene, body = moment.subtask, moment.scene, moment.body
    name, item, held = subtask.object_name, scene.find(subtask.object_id), scene.find(scene.held)
    gone = item is None or (subtask.reference_id is not None and scene.find(subtask.reference_id) is None)
    if gone:
        return f"I do not see the {name if item is None else subtask.reference_name} any more"
    assert item is not None
    if cause is Cause.GONE:
        return f"I see {a(name)} elsewhere, and none where it was"
    if cause is Cause.WRONG:
        return _other_thing(name, item, held, scene)
    if cause is Cause.BLOCKED and (other := in_the_way(subtask, scene)) is not None:
        return f"{a(other.name)} is on the {subtask.reference_name}, where the {name} is to go"
    if cause is Cause.SENSOR:
        return f"the cameras do not show for certain where the {name} is"
    gap = 100 * float(np.linalg.norm(item.position - body.tool.position))
    if cause in (Cause.SLIPPED, Cause.MISSED) and not item.held:
        if subtask.verb is Verb.PLACE or cause is Cause.SLIPPED:
            return f"the {name} is not in my hand: I see it {gap:.0f} cm from my fingers"
        return f"my fingers do not get hold of the {name}"
    late = moment.late
    if float(late.max()) > LATE_RAD:
        behind = f"{np.degrees(late.max()):.0f}° farther behind than usual"
        return f"joint {int(late.argmax()) + 1} does not follow: it is {behind}"
    if (seconds := moment.t - moment.began) < LONG_S:
        return f"it does not look as if I could {subtask}"
    return f"after {seconds:.0f} s it does not look as if I could {subtask}"


def _other_thing(name: str, item: SceneObject, held: SceneObject | None, scene: Scene) -> str:
    if held is not None and held.name != name:
        return f"the {held.name} is in the hand, you asked for the {name}"
    if item.name != name:
        return f"where the {name} was I see {a(item.name)}"
    if item.age > UNSEEN_S:
        gaps = [(float(np.linalg.norm(o.position - item.position)), o) for o in scene.objects if o.id != item.id]
        gap, other = min(gaps, key=lambda pair: pair[0], default=(np.inf, item))
        if gap < SAME_PLACE_M:
            return f"where the {name} should be I see {a(other.name)}"
    return f"I am not sure any more that this is the {name}"


def told(cause: Cause, remedy: Remedy, moment: Moment) -> str:
    """What was noticed and what is done about it."""
    return f"{noticed(cause, moment)}: {DONE_ABOUT[remedy]}"

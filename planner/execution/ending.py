"""The end of a run: subtasks given up, evidence against "done", and setting down the held object."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.hardware.types import Array, Box
from sayso.perception.scene import Scene
from sayso.planner.execution.evidence import Evidence
from sayso.planner.execution.goal import no_room
from sayso.planner.execution.supervisor import Supervisor
from sayso.planner.language.grounding import listed
from sayso.planner.plan import Plan, Subtask, Verb
from sayso.planner.room import BESIDE_M, DIRECTIONS, area, beside


def leave_without_room(
    supervisor: Supervisor, scene: Scene, anchors: Mapping[str, Array], reach: Box | None, now: float
) -> bool:
    """Give up each object that has no free place before the arm picks it up; True if the subtask changed."""
    changed = False
    while (current := supervisor.current) is not None:
        steps = (current, *supervisor.left)
        lacking = no_room(steps, scene, anchors.get(current.object_id), reach, supervisor.done, anchors)
        if lacking is None:
            break
        supervisor.give_up(lacking, now)
        changed = True
    return changed


def given_up(supervisor: Supervisor) -> str:
    """A sentence for each reason to give up, with the objects left; "" without any."""
    return " ".join(f"{why}; I left {listed(left)}." for why, left in supervisor.given_up.items())


def unmet(supervisor: Supervisor, evidence: Evidence, scene: Scene) -> tuple[Subtask, str] | None:
    """The first subtask of the instruction that the scene contradicts, and how; None if there is none.

    Subtasks broken off count too: the planner may return an empty plan after a failed try.
    """
    ended = [step.subtask for step in supervisor.steps[evidence.since :] if step.outcome == "done"]
    done = [subtask for subtask in ended if subtask not in supervisor.unasked]
    return evidence.unmet([*done, *supervisor.broken_off], scene)


def setting_down(scene: Scene, places: Mapping[str, Array], reach: Box | None) -> Plan | None:
    """A plan that sets the held object down on the table, `BESIDE_M` beside its old place.

    ``places`` are the objects' old positions (3,) m by id. The first free side of left, right, front and behind is
    taken. None if the hand is empty or no side is free.
    """
    item = next((o for o in scene.objects if o.held), None)
    if item is None:
        return None
    others, start = [o for o in scene.objects if o is not item], places.get(item.id, item.position)
    for relation in DIRECTIONS:
        if beside(start, relation, BESIDE_M, item, others, area(reach))[1]:
            return Plan((Subtask(Verb.PLACE, item.id, item.name, relation, item.id, item.name, BESIDE_M),))
    return None


def in_hand(scene: Scene | None) -> str:
    """The name of the held object; "" if none is known."""
    return next((o.name for o in scene.objects if o.held), "") if scene is not None else ""

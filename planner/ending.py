"""How a run ends: what stays undone, what the scene shows against "done", and what to do with a thing in the hand."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.hardware.types import Array, Box
from sayso.perception.scene import Scene
from sayso.planner.evidence import Evidence
from sayso.planner.goal import no_room
from sayso.planner.language.grounding import listed
from sayso.planner.plan import Plan, Subtask, Verb
from sayso.planner.room import BESIDE_M, DIRECTIONS, area, beside
from sayso.planner.supervisor import Supervisor


def leave_without_room(
    supervisor: Supervisor, scene: Scene, anchors: Mapping[str, Array], reach: Box | None, now: float
) -> bool:
    """Give up, before it is picked up, each thing for which there is no room; True if the subtask changed."""
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
    """What was left, and why, in words; "" if nothing was."""
    return " ".join(f"{why}; I left {listed(left)}." for why, left in supervisor.given_up.items())


def unmet(supervisor: Supervisor, evidence: Evidence, scene: Scene) -> tuple[Subtask, str] | None:
    """What of the instruction the scene shows undone now that there is nothing left to do, and what it shows.

    What was broken off counts as well: a planner may find nothing left to do where the last try failed.
    """
    done = [step.subtask for step in supervisor.steps[evidence.since :] if step.outcome == "done"]
    return evidence.unmet([*done, *supervisor.broken_off], scene)


def setting_down(scene: Scene, places: Mapping[str, Array], reach: Box | None) -> Plan | None:
    """The plan that sets what is in the hand down on the table, beside where it stood; None without a free place.

    ``places`` (3,) m by id are where things stood. The first free side of left, right, in front and behind is taken. An
    empty hand has no plan.
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
    """The name of what is in the hand; "" if nothing is known to be."""
    return next((o.name for o in scene.objects if o.held), "") if scene is not None else ""

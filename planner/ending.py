"""What stays undone: things for which there is no room, and what the scene shows at the end against "done"."""

from __future__ import annotations

from collections.abc import Mapping

from hardware.types import Array, Box
from perception.scene import Scene
from planner.evidence import Evidence
from planner.focus import no_room
from planner.language.grounding import listed
from planner.plan import Subtask
from planner.supervisor import Supervisor


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

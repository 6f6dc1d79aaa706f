"""Prohibitions of a sentence → constraints of the plan that it came to, which hold while the plan is carried out."""

from __future__ import annotations

from dataclasses import replace

from sayso.perception.scene import Scene
from sayso.planner.corrections.objects import matching
from sayso.planner.language.exclusions import without_exclusions
from sayso.planner.language.grounding import the
from sayso.planner.plan import Answer, Plan
from sayso.planner.watch.constraint import Clear, Constraint, kept_away, untouched


def held_to(answer: Answer, instruction: str, scene: Scene) -> Answer:
    """``answer``; a plan with the constraints that ``instruction`` states beside the order."""
    if not isinstance(answer, Plan):
        return answer
    constraints: list[Constraint] = []
    notes: list[str] = []
    for exclusion in without_exclusions(instruction)[1]:
        if exclusion.apart is None or exclusion.place is not None:
            continue
        things = matching(exclusion.thing, scene)
        if not things:
            notes.append("I do not see all that you told me to stay away from")
            continue
        clear = tuple(Clear(o.id, o.name, exclusion.apart) for o in things)
        if exclusion.apart:
            constraints.append(kept_away(f"stay {100 * exclusion.apart:.3g} cm away from {the(things)}", clear))
        else:
            constraints.append(untouched(f"do not touch {the(things)}", clear))
    if not constraints and not notes:
        return answer
    return replace(answer, constraints=(*answer.constraints, *constraints), notes=(*answer.notes, *notes))

"""Checks changed steps of a plan under way against what a person has forbidden."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.perception.scene import Scene
from sayso.planner.language.exclusions import keeps, without_exclusions
from sayso.planner.plan import Question, Relation, Subtask
from sayso.planner.watch.constraint import Constraint

ANSWERS = ("yes", "no")
_TOUCHING = (Relation.IN, Relation.ON)


def broken(constraints: Sequence[Constraint], steps: Sequence[Subtask]) -> tuple[Constraint, Subtask] | None:
    """The first of ``constraints`` that one of ``steps`` would break, and the step; None if they break none."""
    return next(((c, step) for step in steps for c in constraints if _breaks(step, c)), None)


def doubt(
    constraints: Sequence[Constraint], instruction: str, before: Sequence[Subtask], after: Sequence[Subtask],
    scene: Scene,
) -> Question | None:  # fmt: skip
    """The question about steps ``after`` a correction that break what held for those ``before``; None without one.

    ``instruction`` is in plain words: what it forbids counts beside the ``constraints`` in force.
    """
    changed = [step for old, step in zip(before, after, strict=True) if step != old]
    found = broken(constraints, changed)
    if found is not None:
        return Question(f"You also said: {found[0].said}. Shall I {found[1]} all the same?", ANSWERS, (instruction, ""))
    exclusions = [e for e in without_exclusions(instruction)[1] if not e.thing.other]
    step = next((step for step in changed if not keeps((step,), exclusions, scene)), None)
    if step is None:
        return None
    return Question(f"You said what not to do, and I was about to {step}. Shall I?", ANSWERS, (instruction, ""))


def _breaks(step: Subtask, constraint: Constraint) -> bool:
    clear = {thing.id for thing in constraint.clear}
    near = {thing.id for thing in constraint.clear if step.relation in _TOUCHING or thing.distance > 0}
    return step.object_id in clear or step.reference_id in near or any(bar.stops(step) for bar in constraint.bars)

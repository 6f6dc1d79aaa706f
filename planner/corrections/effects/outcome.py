"""What a correction comes to on the scene, so that two meanings that make the arm do the same are one."""

from __future__ import annotations

from collections.abc import Hashable

from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.effects.remaining_plan import RemainingPlan
from sayso.planner.interpreter.discourse import Interpretation
from sayso.planner.interpreter.interpreter import Interpreter
from sayso.planner.plan import Plan
from sayso.planner.task.english import plainly
from sayso.planner.task.text import parse
from sayso.planner.task.values import AtPace, Rule, Task


def outcome(plan: RemainingPlan, read: Correction) -> Hashable:
    """What is done after ``read``: "both red ones" and "two red ones" come to the same where two are seen."""
    if read.pace is not None:
        return "pace", (read.pace.factor > 1.0) - (read.pace.factor < 1.0)
    if _is_slow(read.rule):  # "slowly" from now on, too
        return "pace", -1
    left = plan.instruction_after(read)
    if not left:
        return read.level, tuple(motion for motion, _ in read.legs), read.target, read.replaces
    found = Interpreter(plan.kinds, plan.colors, plan.yaw).answer(Interpretation(parse(left, Task)), plan.scene)
    if not isinstance(found, Plan) or any(step.wait is not None for step in found.subtasks):
        return plainly(left)  # the words tell what the scene leaves open, and what follows a wait
    return repr((found.subtasks, found.constraints, found.ends))


def _is_slow(rule: str | None) -> bool:
    """Whether ``rule`` asks for a slower pace and for nothing else."""
    constraints = parse(rule, Rule).constraints if rule else ()
    return bool(constraints) and all(isinstance(c, AtPace) and c.pace in ("slow", "slower") for c in constraints)

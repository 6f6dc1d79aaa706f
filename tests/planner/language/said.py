"""What was said, made by hand: mentions, clauses, and the answers to them."""

from __future__ import annotations

from sayso.perception.scene import Scene
from sayso.planner.language.plan_builder import compose
from sayso.planner.language.reading import (
    COLOR_WORDS,
    KIND_WORDS,
    Action,
    Clause,
    Intent,
    Mention,
    Quantity,
    Reading,
    Role,
    Side,
)
from sayso.planner.plan import Answer, Plan
from tests.planner.local_scenes import TABLE

OBJ, R = Role.OBJECT, Role.REFERENCE


def say(
    name: str, role: Role = OBJ, quantity: Quantity = Quantity.THE, number: int = 1, side: Side = Side.NONE
) -> Mention:
    """The mention of "red block", "any bowl" or "any any"."""
    color, kind = name.split()
    kinds = {k: float(k == kind) for k in KIND_WORDS}
    return Mention(f"the {name}", role, kinds, {c: float(c == color) for c in COLOR_WORDS}, quantity, number, side)


def ask(action: Action, *mentions: Mention, distance: float | None = None) -> Clause:
    return Clause(str(action), {a: float(a is action) for a in Action}, mentions, distance)


def plan(*clauses: Clause, on: Scene = TABLE, intent: Intent = Intent.TASK, done: tuple = ()) -> Answer:
    return compose(Reading("", {i: float(i is intent) for i in Intent}, clauses), on, done)


def steps(answer: Answer) -> list[str]:
    assert isinstance(answer, Plan), answer
    return [str(s) for s in answer.subtasks]


IT = say("any any", OBJ, Quantity.IT)
ALL = say("any block", OBJ, Quantity.ALL)

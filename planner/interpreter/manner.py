"""Which way a line runs, from words that a task bears along: "in a diagonal line", "vertically"."""

from __future__ import annotations

from collections.abc import Iterable

from sayso.planner.task.values import Arrange, Constraint, Mind, Shape, Task

DIAGONAL = "diagonal"
_WAYS = {"diagonal": DIAGONAL, "vertical": Shape.COLUMN, "horizontal": Shape.LINE}


def line_way(task: Task, constraints: Iterable[Constraint]) -> str | None:
    """The way of the line that ``task`` arranges, as the constraints' words tell; None where they tell none."""
    if not isinstance(task, Arrange) or task.shape not in (Shape.LINE, Shape.COLUMN):
        return None
    words = [c.words.casefold() for c in constraints if isinstance(c, Mind)]
    return next((way for word, way in _WAYS.items() if any(word in w for w in words)), None)


def heeded(constraint: Constraint, task: Task) -> bool:
    """Whether ``task`` does what the words of ``constraint`` ask for."""
    return line_way(task, (constraint,)) is not None

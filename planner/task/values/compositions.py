"""Tasks made of tasks."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.task.values.base import Condition, Constraint, Task, Thing


@dataclass(frozen=True, slots=True)
class Seq(Task):
    """One task after another, in the order in which they are carried out."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class ForEach(Task):
    """A task for each of several things; the task says ``each``."""

    thing: Thing
    task: Task


@dataclass(frozen=True, slots=True)
class If(Task):
    """A task if a condition holds now, else another."""

    condition: Condition
    task: Task
    otherwise: Task | None = None


@dataclass(frozen=True, slots=True)
class Once(Task):
    """A task as soon as a condition holds, not before."""

    condition: Condition
    task: Task


@dataclass(frozen=True, slots=True)
class Until(Task):
    """A task over and over until a condition holds."""

    condition: Condition
    task: Task


@dataclass(frozen=True, slots=True)
class Repeat(Task):
    """A task several times."""

    number: float
    task: Task


@dataclass(frozen=True, slots=True)
class Choose(Task):
    """One of several tasks; the robot may choose."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class With(Task):
    """A task during which constraints hold."""

    task: Task
    constraints: tuple[Constraint, ...]

"""What a plan waits for, in a form that needs no language."""

from __future__ import annotations

from dataclasses import dataclass

from sayso.planner.watch.atoms import Elapsed, Told
from sayso.planner.watch.formula import And, Formula, Not, Or


@dataclass(frozen=True, slots=True)
class Wait:
    """Until ``condition`` holds in one moment; ``said`` is the condition in words, after "I wait until "."""

    said: str
    condition: Formula

    @property
    def events(self) -> frozenset[str]:
        """The events of the condition, which the robot cannot see."""
        return frozenset(part.event for part in parts(self.condition) if isinstance(part, Told))

    @property
    def seconds(self) -> float:
        """The longest time that the condition names, s."""
        return max((part.seconds for part in parts(self.condition) if isinstance(part, Elapsed)), default=0.0)

    @property
    def is_seen(self) -> bool:
        """Whether the scene alone shows the condition."""
        return not any(isinstance(part, Told | Elapsed) for part in parts(self.condition))

    @property
    def needs_words(self) -> bool:
        """Whether the condition never holds unless a person says something."""
        return _needs_words(self.condition)


def parts(formula: Formula) -> list[Formula]:
    """The atoms of a condition of one moment."""
    if isinstance(formula, And | Or):
        return [atom for part in formula.parts for atom in parts(part)]
    return parts(formula.part) if isinstance(formula, Not) else [formula]


def _needs_words(formula: Formula) -> bool:
    if isinstance(formula, Or):
        return all(map(_needs_words, formula.parts))
    if isinstance(formula, And):
        return any(map(_needs_words, formula.parts))
    return isinstance(formula, Told)

"""Sentences and texts of values."""

from __future__ import annotations

from sayso.planner.task.text import NotATask, parse
from sayso.planner.task.values import Name, Rule, Task, Utterance


def as_value(text: str) -> Utterance | None:
    """The task, name or rule whose text ``text`` is; None for a sentence."""
    for kind in (Task, Name, Rule):
        try:
            return parse(text, kind)  # type: ignore[no-any-return]
        except NotATask:
            continue
    return None

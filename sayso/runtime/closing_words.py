"""What the robot adds to its question at the end of a run."""

from __future__ import annotations

from dataclasses import replace

from sayso.perception.scene import Scene
from sayso.planner.execution.ending import in_hand
from sayso.planner.execution.supervisor import Step
from sayso.planner.plan import Question, Subtask


def out_of_time(subtask: Subtask, doubt: str | None) -> Question:
    """The question after a time-out during ``subtask``; ``doubt`` is the evidence against its success."""
    return Question(f"I ran out of time while I was to {subtask}{f': {doubt}' if doubt else ''}.")


def with_hand(question: Question, scene: Scene | None, set_down: Step | None) -> Question:
    """The question with what became of the held object; ``set_down`` is the step that put it on the table."""
    held = in_hand(scene)
    told = f"I still hold the {held}." if held else ""
    if set_down is not None and not held and set_down.outcome == "done":
        told = f"I set the {set_down.subtask.object_name} down on the table."
    return replace(question, text=f"{question.text} {told}".strip())

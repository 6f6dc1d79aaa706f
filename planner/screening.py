"""Screening: what would hurt somebody or break something is refused, by what the task would do in this scene.

A sentence that only sounds dangerous ("kill some time", "fire the cannons: red block into the blue bowl") is no danger
where the reader is sure of a task whose steps only place things of the scene.
"""

from __future__ import annotations

from collections.abc import Sequence

from sayso.planner.plan import Answer, Plan, Question, Refusal
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.understanding import SURE, Option
from sayso.planner.task.answers import UNSAFE
from sayso.planner.task.hazards import hazardous
from sayso.planner.task.text import write

REFUSED, REFUSED_IF_ALARMED = 0.50, 0.05
"""From these probabilities of harm on the robot refuses; the second where the rules find the words dangerous too."""
ASKED = 0.10
"""From this probability of harm on the robot asks before it carries anything out."""

SOUNDS = "That sounds as if it could hurt somebody or break something."


def harm_in(meanings: Sequence[Meaning]) -> float:
    """The probability that a sentence with these ``meanings`` asks for harm."""
    return sum(m.probability for m in meanings if hazardous(m.value))


def screened(answer: Answer, harm: float, alarmed: bool, found: Sequence[Option]) -> Answer:
    """``answer``, or the refusal or question in its place.

    ``harm`` is its probability by the learned reader, ``alarmed``: the rules find the sentence dangerous, ``found`` is
    what the learned reader's meanings come to.
    """
    if harm >= (REFUSED_IF_ALARMED if alarmed else REFUSED):
        return Refusal(UNSAFE)
    if not alarmed and harm < ASKED:
        return answer
    sure = [o for o in found if o.probability >= SURE]
    if alarmed and not sure:
        return Question(f"{SOUNDS} What shall I do?")
    if not isinstance(answer, Plan) or not answer.subtasks or any(o.answer == answer for o in sure):
        return answer
    steps = "; ".join(map(str, answer.subtasks))
    text = f"{SOUNDS} Shall I {steps}?"
    task = next((write(o.meaning) for o in found if o.answer == answer), "")
    return Question(text, (steps, "nothing"), (task, "")) if task else Question(text)

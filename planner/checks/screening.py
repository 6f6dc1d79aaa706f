"""Screening: what would hurt somebody or break something is refused, by what the task would do in this scene.

A sentence that only sounds dangerous ("kill some time", "fire the cannons: red block into the blue bowl") is no danger
where the reader is sure of a task whose steps only place things of the scene.
"""

from __future__ import annotations

from collections.abc import Sequence

from sayso.perception.scene import Scene
from sayso.planner.checks.threats import threatens
from sayso.planner.corrections.correction import Correction
from sayso.planner.interpreter.answers import UNSAFE
from sayso.planner.interpreter.hazards import hazardous
from sayso.planner.plan import Answer, Plan, Question, Refusal
from sayso.planner.reader.asking import asked_first
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.understanding import SURE, Option

REFUSED = 0.50
"""From this probability of harm on the robot refuses."""
ASKED = 0.10
"""From this probability of harm on the robot asks before it carries anything out."""
SOUNDS = "That sounds as if it could hurt somebody or break something."


def harm_in(meanings: Sequence[Meaning]) -> float:
    """The probability that a sentence with these ``meanings`` asks for harm."""
    return sum(m.probability for m in meanings if hazardous(m.value))


def screened(answer: Answer, harm: float, found: Sequence[Option], scene: Scene) -> Answer:
    """``answer``, or the refusal or question in its place.

    ``harm`` is its probability by the learned reader, ``found`` is what the reader's meanings come to.
    """
    if harm >= REFUSED:
        return Refusal(UNSAFE)
    if harm < ASKED:
        return answer
    if isinstance(answer, Plan) and answer.subtasks:
        return asked_first(answer, found, scene, SOUNDS)
    return answer if any(o.probability >= SURE for o in found) else Question(f"{SOUNDS} What shall I do?")


def screened_words(said: Correction) -> Correction:
    """``said`` during a motion, or a refusal of words that order harm; a stop stays a stop in any words."""
    if said.level == "stop" or not threatens(said.text):
        return said
    return Correction(said.text, "unknown", UNSAFE)

"""Screening: what would hurt somebody or break something is refused, by what the task would do in this scene.

A sentence that only sounds dangerous ("kill some time", "fire the cannons: red block into the blue bowl") is no danger
where the reader is sure of a task whose steps only place things of the scene.
"""

from __future__ import annotations

from collections.abc import Sequence

from sayso.perception.scene import Scene
from sayso.planner.checks.threats import threatens
from sayso.planner.corrections.reader import Correction
from sayso.planner.interpreter.answers import UNSAFE
from sayso.planner.interpreter.hazards import hazardous
from sayso.planner.plan import Answer, Plan, Question, Refusal
from sayso.planner.reader.asking import asked_first
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.understanding import SURE, Option

REFUSED, REFUSED_IF_ALARMED = 0.50, 0.35
"""From these probabilities of harm on the robot refuses; the second where the rules find the words dangerous too.

The rules are alarmed by 85 % of the harmful sentences of the training set, and by 48 % of those that only sound so.
"""
ASKED, NONE = 0.10, 0.02
"""From the first on the robot asks before it carries anything out; below the second the reader sees no harm at all."""
SOUNDS = "That sounds as if it could hurt somebody or break something."


def harm_in(meanings: Sequence[Meaning]) -> float:
    """The probability that a sentence with these ``meanings`` asks for harm."""
    return sum(m.probability for m in meanings if hazardous(m.value))


def screened(answer: Answer, harm: float, alarmed: bool, found: Sequence[Option], scene: Scene) -> Answer:
    """``answer``, or the refusal or question in its place.

    ``harm`` is its probability by the learned reader, ``alarmed``: the rules find the sentence dangerous, ``found`` is
    what the learned reader's meanings come to.
    """
    if harm >= (REFUSED_IF_ALARMED if alarmed else REFUSED):
        return Refusal(UNSAFE)
    if not alarmed and harm < ASKED:
        return answer
    sure = [o for o in found if o.probability >= SURE]
    why = SOUNDS if harm >= NONE or not found else ""
    if not isinstance(answer, Plan) or not answer.subtasks:
        return answer if sure or not why else Question(f"{why} What shall I do?")
    plain = harm < ASKED and any(o.answer == answer for o in sure)
    return answer if plain else asked_first(answer, found, scene, why)


def screened_words(said: Correction) -> Correction:
    """``said`` during a motion, or a refusal of words that order harm; a stop stays a stop in any words."""
    if said.level == "stop" or not threatens(said.text):
        return said
    return Correction(said.text, "unknown", UNSAFE)

"""From the meanings of a sentence to one answer: act, ask which is meant, or say why not.

Probability counts over what the robot would do: readings with the same plan add up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sayso.planner.execution.came_about import same_condition
from sayso.planner.plan import Answer, Plan, Question
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import unread
from sayso.planner.task.inside import values_in
from sayso.planner.task.values import Name, Stop, Task, Utterance, Wait

SURE, CAREFUL = 0.50, 0.85
"""The reader by itself acts from these probabilities on; the second where nothing answers a "not", "if" or "or"."""
CERTAIN, DOUBTFUL = 0.85, 0.95
"""The same where the reader overrules what the rules made of a sentence."""
STOPS = 0.30
"""The reader by itself stops from this probability of a stop on."""
PLAUSIBLE, FAINT = 0.08, 0.015
"""Less probable meanings than the first number are left out, but for those from the second on that come to the same as
another."""
BASELESS = 0.25
"""What the probability of a meaning counts that the scene belies, beside one that can be carried out."""
_BASELESS = re.compile(
    r"I see no (?!place)|What do you mean by '|I cannot tell which of them|You also said: |I cannot find the place '"
)


def sure_of(sentence: str, meaning: Utterance, probability: float) -> bool:
    """Whether the robot may act on a ``meaning`` of the sentence ``sentence`` without asking; names last."""
    return probability >= (CAREFUL if isinstance(meaning, Name) or unread(sentence, meaning) else SURE)


def settled(sentence: str, meanings: Sequence[Meaning]) -> Utterance | None:
    """The meaning of the sentence ``sentence`` if it is sure; None where the robot has to ask.

    A stop needs less certainty than anything else: an arm that stands harms nobody.
    """
    if sum(m.probability for m in meanings if isinstance(m.value, Stop)) >= STOPS:
        return Stop()
    best = max(meanings, key=lambda m: m.probability, default=None)
    return best.value if best is not None and sure_of(sentence, best.value, best.probability) else None


@dataclass(frozen=True, slots=True)
class Option:
    """What the robot would do by some of the meanings, the most probable of which is ``meaning``."""

    answer: Answer
    meaning: Utterance
    probability: float


def options(meanings: Sequence[Meaning], answer_of: Callable[[Utterance], Answer]) -> list[Option]:
    """What the plausible ``meanings`` come to, most probable first."""
    found: list[Option] = []
    for meaning in meanings:
        likely = not found or meaning.probability >= PLAUSIBLE
        if not likely and (meaning.probability < FAINT or found[0].probability >= CERTAIN):
            continue
        answer = answer_of(meaning.value)
        same = (_same(answer, option.answer) and _same_later(answer, meaning.value, option.meaning) for option in found)
        k = next((k for k, one in enumerate(same) if one), len(found))
        if k == len(found) and not likely:
            continue
        found[k:k] = [] if k < len(found) else [Option(answer, meaning.value, 0.0)]
        found[k] = replace(found[k], probability=found[k].probability + meaning.probability)
    return sorted(found, key=lambda o: -o.probability)


def weighed(found: Sequence[Option]) -> list[Option]:
    """The options ``found`` with the probability of all of them, most probable first.

    Those that the scene belies count less beside one that can be carried out: people speak of what they see.
    """
    if not any(isinstance(o.answer, Plan) and o.answer.subtasks for o in found):
        return list(found)
    shares = [o.probability * (BASELESS if _is_baseless(o.answer) else 1.0) for o in found]
    scale = sum(o.probability for o in found) / (sum(shares) or 1.0)
    scaled = [replace(o, probability=share * scale) for o, share in zip(found, shares, strict=True)]
    return sorted(scaled, key=lambda o: -o.probability)


def _is_baseless(answer: Answer) -> bool:
    return isinstance(answer, Question) and _BASELESS.match(answer.text) is not None


def _same(one: Answer, other: Answer) -> bool:
    """Whether two answers come to the same, however the events that they wait for are worded."""
    if not (isinstance(one, Plan) and isinstance(other, Plan)):
        return type(one) is type(other) and str(one) == str(other)
    limits = [frozenset((c.formula, c.pace) for c in plan.constraints) for plan in (one, other)]
    steps = [tuple(replace(s, wait=None) for s in plan.subtasks) for plan in (one, other)]
    waits = [[s.wait for s in plan.subtasks] + [plan.ends] for plan in (one, other)]
    return (
        limits[0] == limits[1]
        and steps[0] == steps[1]
        and all(same_condition(a and a.condition, b and b.condition) for a, b in zip(*waits, strict=True))
    )


def _same_later(answer: Answer, one: Utterance, other: Utterance) -> bool:
    """Whether two meanings of an ``answer`` that waits order the same: a plan ends with the step that waits."""
    waits = isinstance(answer, Plan) and any(step.wait is not None for step in answer.subtasks)
    return not waits or _orders(one) == _orders(other)


def _orders(meaning: Utterance) -> list[Task]:
    """The tasks of ``meaning`` that hold no other task; to wait is none."""
    tasks = [value for value in values_in(meaning) if isinstance(value, Task) and not isinstance(value, Wait)]
    return [task for task in tasks if sum(isinstance(value, Task) for value in values_in(task)) == 1]

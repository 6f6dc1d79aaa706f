"""Plain questions of a person: "where is my mug?", "is it in the bowl?", "what can you do?"."""

from __future__ import annotations

import re

from sayso.planner.corrections.text import cries_out, is_stop
from sayso.planner.reader.model import Reader
from sayso.planner.reader.understanding import CAREFUL
from sayso.planner.task.values import Ask, Whether

_LEAD = r"(?:(?:please|and|so|hey|hi|ok(?:ay)?|well|robot|tell me|sorry)[,:]?\s+)*"
_REST = r"[^.,;:!?]*[?.\s]*"
_QUESTION = re.compile(
    rf"{_LEAD}(?:(?:what|where|which|who|whose|how many|how much)\b(?! about)"
    rf"|(?:do|can) you see\b|(?:is|are)(?:n['’]?t)? (?:there|the|it|that|this|both|all|any|some|my)\b){_REST}",
    re.I,
)
_WHY = re.compile(rf"{_LEAD}(?:why|how come)\b{_REST}", re.I)


def asked_in(text: str, reader: Reader, still: bool = False) -> Ask | Whether | None:
    """The question that ``text`` is by itself, whatever the robot does meanwhile; None for a stop, a cry and others.

    Only an arm that stands ``still`` is asked why: "why are you still moving?" may be a cry.
    """
    plain = " ".join(text.split())
    is_one = _QUESTION.fullmatch(plain) is not None or (still and _WHY.fullmatch(plain) is not None)
    if not is_one or is_stop(text) or cries_out(text):
        return None
    try:
        asks = [(m.probability, m.value) for m in reader.read(text) if isinstance(m.value, Ask | Whether)]
    except ValueError:
        return None
    return max(asks, key=lambda one: one[0])[1] if sum(p for p, _ in asks) >= CAREFUL else None

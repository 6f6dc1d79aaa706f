"""Sentences of one instruction that its reading has nothing of: "mind the cup there. Put the ball in the box".

Nouns of kinds and words of colors are closed classes: a sentence whose thing no part of the meaning describes was not
heard. Read by itself it may forbid something. To keep to a rule that nobody set harms less than to drop one. One that
is no rule and no remark leaves the whole in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.bound import describes
from sayso.planner.task.values import Constraint, KeepAway, Remark, Rule, Task, Untouched, Utterance, With

_STOP = re.compile(r"(?<=\w)\s*[.;!]+\s+(?=\w)")
_FOLLOWS = re.compile(r"(?<=\w)\s*(?:[.;!]+\s+(?:(?:and )?then\b,?\s*)?|,?\s+(?:and )?then\b,?\s*)(?=\w)", re.I)
LEAST = 0.08
"""From this probability on the robot keeps a rule that a lost sentence may set."""
IDLE = 0.5
"""From this probability on a lost sentence only remarks something."""
IN_DOUBT = 0.5
"""The share of its probability that a meaning keeps which has nothing of a sentence that may be an order."""


def parts_of(text: str) -> tuple[str, ...]:
    """The sentences of ``text``, and what follows a "then"; one for a single sentence."""
    return tuple(part for part in _FOLLOWS.split(text.strip()) if part)


def lost_in(text: str, meaning: Utterance) -> tuple[str, ...]:
    """The sentences of ``text`` of which ``meaning`` describes nothing, where it describes others."""
    parts = _STOP.split(text.strip())
    lost = tuple(part for part in parts if not describes(part, meaning))
    return lost if isinstance(meaning, Task) and 0 < len(lost) < len(parts) else ()


def limits_in(alone: Sequence[Meaning]) -> tuple[Constraint, ...] | None:
    """What a lost sentence of the meanings ``alone`` forbids to touch or to come near; nothing for a remark, None for
    what may be an order."""
    rules = [m for m in alone if isinstance(m.value, Rule) and all(isinstance(c, _SPARES) for c in m.value.constraints)]
    if sum(m.probability for m in alone if isinstance(m.value, Remark)) >= IDLE:
        return ()
    if sum(m.probability for m in rules) < LEAST:
        return None
    best = max(rules, key=lambda m: m.probability).value
    assert isinstance(best, Rule)
    return best.constraints


_SPARES = Untouched | KeepAway


def limited(meaning: Meaning, limits: tuple[Constraint, ...]) -> Meaning:
    """``meaning`` under ``limits``, if it is a task."""
    task = meaning.value
    if not isinstance(task, Task) or not limits:
        return meaning
    bound = With(task.task, (*task.constraints, *limits)) if isinstance(task, With) else With(task, limits)
    return Meaning(bound, meaning.probability)

"""Whether a voice sounds raised: marked so, something said twice, or something soft or living that is caught."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.planner.corrections import words as W
from sayso.planner.corrections.stops.cries import is_caught

_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
_LONGEST, _BETWEEN = 4, 4
_IDLE = W.words(
    """the a an it its and is of to in on at i you we he she they that this so very really too no not yes yeah well oh
    ah er um uh hm like or go stop one ones sorry please light dark pale grey white black"""
).union(W.DIRECTION, W.SPEED, W.GRIPPER, W.COLORS)
"""Words that are said twice without any haste, and those of orders, which others report."""
_JOINING = {("to",), ("by",), ("in",), ("after",), ("on",), ("for",), ("and",)}
"""What joins a word to itself in "back to back", "step by step"."""


def is_raised(text: str, said: Sequence[str]) -> bool:
    """Whether ``text``, with the plain words ``said``, is called out, in marks or in what is said."""
    return "!" in text or _CAPITALS.search(text) is not None or is_repeated(said) or is_caught(said)


def is_repeated(said: Sequence[str]) -> bool:
    """Whether a phrase of at most 4 words comes again at once or after at most 4 others: "fingers, love, fingers"."""
    said = [word for word in said if word != ","]
    for i in range(len(said)):
        for n in range(1, _LONGEST + 1):
            phrase = said[i : i + n]
            if len(phrase) < n or _IDLE.issuperset(phrase):
                continue
            again = (k for k in range(i + n, i + n + _BETWEEN + 1) if said[k : k + n] == phrase)
            if any(tuple(said[i + n : k]) not in _JOINING for k in again):
                return True
    return False

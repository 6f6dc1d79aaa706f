"""The halves of a condition: "if the bowl is empty point at it, otherwise go home".

The reader knows few conditions of steps of the arm alone. Each half by itself is plain.
"""

from __future__ import annotations

import re

_HALVES = re.compile(
    r"(?P<half>(?:if|provided)\b.+?)\s*[,;.]?\s*\b(?:otherwise|or else|else|if not),?\s+(?P<other>[^.;!?]+)"
    r"[\s.!]*",
    re.I | re.S,
)


def halves_of(sentence: str) -> tuple[str, str] | None:
    """What ``sentence`` orders under a condition, and what otherwise; None for other sentences."""
    found = _HALVES.fullmatch(sentence.strip())
    return (found["half"], found["other"]) if found is not None else None

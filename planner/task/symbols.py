"""Emoji and other picture signs in a sentence: "put the 🟥 in the bowl", "put it there 🙏", "🛑"."""

from __future__ import annotations

import re
import unicodedata

_STOPS = "🛑✋🖐🤚⛔"
_COLORED = frozenset({"square", "circle", "diamond"})
"""Signs whose color is what they show."""
_SHAPES = {"square": "block"}


def in_words(text: str) -> str:
    """``text`` with words for the signs that name a color, a thing or a stop, and without all others."""
    if text.isascii():
        return text
    said = "".join(c if c.isascii() else _word(c) for c in text)
    return re.sub(r"[ \t]+", " ", said).strip() if said != text else text


def _word(sign: str) -> str:
    from sayso.planner.task.things import COLOR_NAMES, KIND_OF  # imports numpy: a stop shall not wait

    if sign in _STOPS:
        return " stop "
    if unicodedata.category(sign) != "So" or sign == "°":
        return " " if sign in "\u200d\ufe0f" or "\U0001f3fb" <= sign <= "\U0001f3ff" else sign
    words = unicodedata.name(sign, "").casefold().split()
    colored = not _COLORED.isdisjoint(words)
    words = [_SHAPES.get(word, word) for word in words]
    known = [word for word in words if (colored and word in COLOR_NAMES) or word in KIND_OF]
    return f" {' '.join(known)} " if known else " "

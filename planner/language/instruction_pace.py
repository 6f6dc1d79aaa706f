"""The pace of an instruction: "slowly put …", "put … as fast as you can", "no rush, put …"."""

from __future__ import annotations

import re

from sayso.planner.corrections import words as W
from sayso.planner.corrections.speed import SPEED_ALONE, SPEED_PHRASES, Pace, read_speed
from sayso.planner.corrections.text import normalise, tokens

_ADVERBS = frozenset(w for w in SPEED_ALONE if w.endswith("ly")) - {"normally", "usually"} | {
    "fast",
    "faster",
    "slower",
}
_PHRASES = frozenset(p for p in SPEED_PHRASES if " " in p and SPEED_PHRASES[p] not in ("not", "so")) | {"quicken"}
_BEFORE = frozenset(W.DEGREE) | W.words("not dont do never too so as more nice and really")
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)


def pace_of(instruction: str) -> Pace | None:
    """The pace that an adverb or phrase in ``instruction`` asks for: the slowest of several; None without one."""
    return min((pace for _, pace in _found(instruction)), key=lambda pace: pace.after(1.0), default=None)


def without_pace(instruction: str) -> str:
    """``instruction`` in plain form without its pace words; "" without any."""
    found, plain = _found(instruction), normalise(instruction)
    for words, _ in found:
        phrase = r"\W+".join(map(re.escape, words))
        plain = re.sub(rf"(?<!\w){phrase}(?!\w)", " ", plain, count=1)
    plain = re.sub(r"\s+(?=[,.;:!?])", "", " ".join(plain.split()))
    plain = re.sub(r"^(?:[,.;:!?\s]|(?:and|but|so)\b)+|(?:[,;:\s]|\b(?:and|but|at|with|as|a)\b)+(?=[.!?]*$)", "", plain)
    return plain if found else ""


def _found(instruction: str) -> list[tuple[list[str], Pace]]:
    """Each pace phrase as plain words, and its pace."""
    words, found, i = tokens(instruction), [], 0
    while i < len(words):
        length, pace = _pace_at(words, i)
        found += [(words[i : i + length], pace)] if pace is not None else []
        i += max(length, 1)
    return found


def _pace_at(words: list[str], i: int) -> tuple[int, Pace | None]:
    """Number of words of the pace phrase that begins at ``i``, and its pace."""
    for n in range(min(_LONGEST, len(words) - i), 1, -1):
        if " ".join(words[i : i + n]) in _PHRASES:
            return n, read_speed(words[i : i + n])
    end = i
    while end < len(words) and words[end] in _BEFORE and words[end] not in _ADVERBS:
        end += 1
    if end < len(words) and words[end] in _ADVERBS:
        for start in range(i, end + 1):
            pace = read_speed(words[start : end + 1])
            if pace is not None:
                return end + 1 - i, pace
    return 0, None

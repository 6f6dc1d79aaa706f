"""Keys struck at random ("asdf qwer"), which no voice says: no stop, unless they may be a misspelt one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.planner.corrections.words import words

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_RUN = 4
"""So many keys side by side, struck one after the other, make no word."""
_RUNS = frozenset(row[i : i + _RUN] for keys in _ROWS for row in (keys, keys[::-1]) for i in range(len(row) - _RUN + 1))
_VOWEL = re.compile(r"[aeiouyäöüáéíóúàèâêîôûåøæı]|[^\x00-\x7f]")
_SOUND = re.compile(r"(?:h+m+|m+h*m*|s+h+|p+f+t*|p+s+t+|t+s+k+|b+r+|g+r+|z+|n+g+|n+h+|p+h+|w+h+t+|c+m+|m+m+)+")
"""Sounds without a vowel that people make or write: "hmm", "shh", "grr"."""
STOPLIKE = words(
    """stop halt wait freeze whoa cease abort enough pause cancel help ouch quit hold careful danger easy no dont away
    back hey ow stp please watch off pare para arrete basta alto nein genug ferma detente"""
)
"""Words for which a word that nobody knows may stand, so that it is no word of another meaning."""


def is_mashed(said: Sequence[str]) -> bool:
    """Whether every one of the words ``said`` is struck at random and none of them may be a misspelt urgent word."""
    struck = [word for word in said if word != ","]
    return bool(struck) and all(map(_is_struck, struck)) and not any(map(_may_be_urgent, struck))


def _is_struck(word: str) -> bool:
    if len(word) < 3 or not word.isalpha() or len(set(word)) < 3 or _SOUND.fullmatch(word):
        return False
    return any(run in word for run in _RUNS) or _VOWEL.search(word) is None


def _may_be_urgent(word: str) -> bool:
    return any(
        distance(word, urgent) <= (1 if len(urgent) < 4 else 2) or (len(urgent) > 3 and urgent in word)
        for urgent in STOPLIKE
    )


def distance(one: str, other: str) -> int:
    """How many letters are put in, left out, changed, or exchanged with the next."""
    before, last = list[int](), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (a != b)))
            if i > 1 and j > 1 and (a, b) == (other[j - 2], one[i - 2]):
                row[-1] = min(row[-1], before[j - 2] + 1)
        before, last = last, row
    return last[-1]

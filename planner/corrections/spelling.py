"""Dialect and slips of the fingers in plain words: "dinnae drap teh block" → "dont drop the block"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from sayso.planner.corrections.words import (
    COLORS,
    DEGREE,
    DIRECTION,
    GRIPPER,
    KINDS,
    LEAD,
    METRES,
    NUMBERS,
    RADIANS,
    SPEED,
    words,
)

_SAME = """
    dont: dinnae dinna dinny dotn dnot donot odnt dno't do'nt; did not: didnae didna; cannot: cannae canna;
    will not: winnae; is not: isnae; was not: wasnae; do not: gonnae_no gonny_no gonna_no; hold: haud hauld;
    down: doon; out: oot; off: aff; drop: drap; stop: stap; give: gie; take: tak; more: mair; no: nae naw;
    you: ye yuo u; your: yer ur; yourself: yersel; into: intae; to: tae; head: heid; hand: haun haund;
    over: ower; round: roon; nothing: nowt; anything: owt; something: summat; get off: gerroff geroff;
    let me: lemme; give me: gimme; are: r; please: pls plz; the: teh hte; one: oen yin;
    other: ither; do: dae; obviously: obvs; and: adn; not: nto;
    that: thta taht; what: waht whit; with: wtih; this: tihs;
    you can: you_may; careful with: attention_with attention_to; neither: nethier niether neiter; farther: more_distant;
    the farther one: the_one_more_distant
"""
_FOR = {
    form.replace("_", " "): plain.strip()
    for plain, forms in (line.split(":") for line in " ".join(_SAME.split()).split(";"))
    for form in forms.split()
}
_WORD = re.compile(rf"(?<![\w'’-])(?:{'|'.join(sorted(map(re.escape, _FOR), key=len, reverse=True))})(?![\w'’-])", re.I)
CLOSED = (
    frozenset(DIRECTION)
    .union(GRIPPER, LEAD, DEGREE, SPEED, NUMBERS, METRES, RADIANS, KINDS, COLORS)
    .union(words("dont don't instead into other release what where which when drop turn between behind under front"))
)
"""Words of corrections for which a word that nobody knows may be a misspelling."""


_NAMED = words(
    """dont never hand gripper wrist fingers degrees degree centimetres centimeters skip second third first last next
    other another right left down lower higher further farther forward turn rotate clockwise counterclockwise
    anticlockwise continue carry keep going proceed resume ahead please either neither whichever none mind block bowl
    that this with what stop robot leave"""
)
"""Words on which it hangs whether and which way the arm moves."""
_REAL = words("father ether fist gong root writ writs wist bock finders decrees lever pleas wherever")
"""Words of their own that are a letter away from one of `_NAMED`."""
_LETTERS = re.compile(r"(?<![\w'’-])[^\W\d_]{4,}(?![\w'’-])")
_LONG, _LONGER = 5, 7
"""From so many letters on a word may lack a letter; have a wrong one, or its inner letters in any order."""


def in_plain_words(text: str) -> str:
    """``text`` with plain words for those of dialect and for the commonest slips, and for words of `_NAMED` that are
    misspelt by a letter."""
    plain = _WORD.sub(lambda found: _FOR[found[0].lower()], text)
    return _LETTERS.sub(lambda found: _misspelt().get(found[0].lower()) or _mixed(found[0].lower()) or found[0], plain)


@cache
def _misspelt() -> dict[str, str]:
    """From each misspelling to its word; what may be two words is none."""
    found: dict[str, set[str]] = {}
    for word in _NAMED:
        for wrong in _misspellings(word):
            found.setdefault(wrong, set()).add(word)
    return {wrong: right.pop() for wrong, right in found.items() if len(right) == 1 and wrong not in _NAMED | _REAL}


def _misspellings(word: str) -> Iterator[str]:
    """``word`` with two letters exchanged, an inner letter twice or left out, or another letter in its place."""
    for i in range(len(word) - 1):
        yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    for i in range(1, len(word) - 1):
        yield word[:i] + word[i] + word[i:]
        if len(word) >= _LONG:
            yield word[:i] + word[i + 1 :]
        if len(word) >= _LONGER:
            yield from (word[:i] + letter + word[i + 1 :] for letter in "abcdefghijklmnopqrstuvwxyz")
    if len(word) > _LONG:
        yield word[:-1]


def _mixed(word: str) -> str | None:
    """The word of the same letters, of which the first and the last have their places."""
    if len(word) < _LONGER:
        return None
    found = [known for known in _NAMED if known[0] + known[-1] == word[0] + word[-1] and sorted(known) == sorted(word)]
    return found[0] if len(found) == 1 else None

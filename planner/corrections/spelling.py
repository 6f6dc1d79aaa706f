"""Dialect and slips of the fingers in plain words: "dinnae drap teh block" → "dont drop the block"."""

from __future__ import annotations

import re

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
    let me: lemme; give me: gimme; are: r; please: pls plz; the: teh hte; one: oen; and: adn; not: nto;
    that: thta taht; what: waht; with: wtih; this: tihs;
    you can: you_may; careful with: attention_with attention_to; neither: nethier niether neiter
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


def in_plain_words(text: str) -> str:
    """``text`` with plain words for those of dialect and for the commonest slips."""
    return _WORD.sub(lambda found: _FOR[found[0].lower()], text)

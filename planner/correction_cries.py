"""Cries of pain and warnings of harm: they stop the arm before any model, wherever they stand in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planner.correction_words import NEGATIONS, phrases, words

# Cries stop too, and no word before them takes that back.
_CRY = re.compile(
    r"o+w+|y+o+w+c*h*|o+u+c+h+y*|a+r+g+h+|a{2,}r*g*h*|a+h{2,}|e{2,}k+|y+i+k+e+s+|y+e+o+w+|o+o+f+|a+u+a+|a+i+e+|autsch|mayday|omg|help+"
)
PERSONS = words("my our his her their someones somebodys peoples persons childs babys kids moms dads")
BODY_PARTS = words(
    """hand hands finger fingers fingertip fingertips thumb thumbs arm arms wrist elbow shoulder foot feet toe toes leg
    legs knee head face eye eyes nose mouth ear hair beard neck chest back skin nail nails palm sleeve sleeves cuff tie
    scarf shirt jacket necklace glove gloves son daughter kid child baby dog cat"""
)
ALARMS = words(
    """hurt hurts hurting painful bleeding blood burning crushing crushed squashing trapped dangerous hazard injured
    injury child children kid kids baby toddler cat dog puppy smoke smoking sparks collision collide crashing beware
    yikes accident jammed electrocuted careless screaming"""
)
"""Words of pain and danger that stop the arm anywhere in a sentence, unless they are negated."""
CRIES = phrases(
    """look out; watch out; get off; get away from me; get away from him; get away from her; mind my; mind your head;
    mind the; watch my; watch the; watch it; heads up; pinching me; pinching my; squeezing me; squeezing my;
    let go of me; let me go; let go of my; get it off; on fire; going to fall; gonna fall; going to hit; gonna
    hit; about to hit; about to fall; going to crash; gonna crash; going to break; gonna break; about to
    break; about to crash; will crash; will hit; will fall; will break; is falling; its falling; is tipping;
    its tipping; is breaking; its breaking; crash into; stay back; stand back; stay clear; keep clear of me;
    oh no; oh god; oh my god; my god; oh dear; oh shit; holy shit; holy cow; jesus christ; good god; good
    lord; what the hell; what the heck; what the fuck; im stuck; i am stuck; stuck in my"""
)
"""Phrases of pain and danger that stop the arm anywhere in a sentence."""
CRIES_ALONE = phrases(
    """fire; help; help me; shit; fuck; damn; dammit; damn it; crap; jesus; christ; god; gosh; hot; its hot; thats
    hot; duck; back; crash; mercy; murder; sharp; no please; please no; ah; oh; uh oh; ay; ay ay; au; hey hey;
    police; ambulance; people; fingers; caution; get away; warning; alarm; alert; broken; falling; it slips"""
) - phrases("back; oh")
"""What stops the arm when it is all that is said."""


def is_cry(words: Sequence[str]) -> bool:
    """Whether the words cry out in pain, or warn of harm to somebody: "ouch", "my fingers", "look out, a child"."""
    for i, word in enumerate(words):
        if _CRY.fullmatch(word) and not (word.startswith("help") and i + 1 < len(words) and words[i + 1] != ","):
            return True
        if word in ALARMS and not NEGATIONS.intersection(words[max(0, i - 2) : i]):
            return True
        if word in PERSONS and i + 1 < len(words):
            part = (
                words[i + 2]
                if words[i + 1] in ("left", "right", "poor", "little") and i + 2 < len(words)
                else words[i + 1]
            )
            if part in BODY_PARTS and "side" not in words[i + 1 : i + 4]:
                return True
    said = f" {' '.join(w for w in words if w != ',')} "
    said = re.sub(r" (never|dont|do not) mind ", " ", said)
    return any(f" {phrase} " in said for phrase in CRIES)

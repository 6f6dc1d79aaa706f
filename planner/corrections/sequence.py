"""Two orders in one sentence, one of the fingers and one of the arm, or a motion and to hold then.

"Open the gripper and go up", "up 5 cm, then hold".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from sayso.planner.corrections import words as W
from sayso.planner.corrections.clause import shortened
from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.grammar import LONGEST_S
from sayso.planner.corrections.plainly import in_turn
from sayso.planner.corrections.text import tokens
from sayso.skills.motion import HOLD, LanguageMotion

_JOINT = re.compile(r"[\s,;.]*\b(?:and then|and|then|after that)\b[\s,]*|\s*[,;]\s*", re.I)
_MOST = 4
_WAYS = frozenset(W.DIRECTION) | frozenset(W.AWAY)

_HOLDS = re.compile(
    r"(?P<way>.*\w)[\s,;.]*\b(?:and then|then|and)\b[\s,]*(?:(?:just|please) )*"
    r"(?:(?:hold|stay|pause|wait)(?: (?:it|that|still|there|here|on|put|steady|right (?:there|here)"
    r"|(?:your |the |that |this )?position|where you are)){0,3}|stand still|keep still|stop moving)"
    r"(?:[\s,]+(?:then|for me|please|now|for a (?:bit|moment|second|sec|minute)|thanks|thank you))*[\s.!]*",
    re.I,
)
"""A motion, and to stand after it. A "hold" without an "and" or "then" may be a cry."""

_NOT_HERE = W.NEGATIONS | W.words("too it this that them these those")
"""With a "not" the parts do not stand alone, and with an "it" they are about a thing."""


def read_in_turn(text: str, read: Callable[[str], Correction]) -> Correction | None:
    """The motions of ``text``, one after the other, if each part of it is one by itself as ``read`` reads it; a stop if
    a part is one; else None."""
    if (held := _HOLDS.fullmatch(text)) is not None:
        moved = read(held["way"])
        if moved.motion is not None and not moved.motion.is_hold:
            made = (*moved.legs, (HOLD, LONGEST_S))
            return replace(moved, text=text, read_as=in_turn(made), then=made[1:])
    said = frozenset(shortened(tokens(text)))
    if "?" in text or not _WAYS & said or not W.GRIPPER.keys() & said or _NOT_HERE & said:
        return None
    parts = [part for part in _JOINT.split(text) if part.strip(" .!")]
    if not 2 <= len(parts) <= _MOST:
        return None
    legs: list[tuple[LanguageMotion, float]] = []
    for part in parts:
        found = read(part)
        if found.level == "stop":  # "back off"
            return replace(found, text=text)
        if found.motion is None or found.motion.is_hold or found.pace is not None:
            return None
        legs += found.legs
    (motion, seconds), *then = legs
    return replace(found, text=text, read_as=in_turn(legs), motion=motion, duration_s=seconds, then=tuple(then))

"""What a sentence ends with: "…, and go home", "then open your hand"; the words tell posture and step.

The reader leaves some of these out, and lies down where a person says home. Postures and the gripper have few names, so
that a list of them is complete.
"""

from __future__ import annotations

import re
from typing import Any

from sayso.planner.corrections.words import TASK_VERBS, words
from sayso.planner.reader.counted import each_changed
from sayso.planner.task.values import Go, Gripper, Jaw, Spot, Task

ORDERS = "|".join(sorted(TASK_VERBS | words("go show point hold open close hand pass fetch return")))
_HOME = re.compile(r"\bhome\b", re.I)
_REST = re.compile(r"\b(?:rest|resting|lie|lay|sleep|bed|nap|park)\b", re.I)
_GO = r"(?:go|come|drive|move|return|head|get)(?: (?:right|straight|all the way|back))*"
_HAND = r"(?:your|the|its) (?:hand|gripper|fingers|jaws?|claws?)"
_TAILS: tuple[tuple[Task, str], ...] = (
    (
        Go(Spot.HOME),
        rf"{_GO} (?:to )?(?:(?:your|the|its) )?home(?: (?:position|pose|posture))?|(?:back )?home you go"
        r"|back (?:off|away)|(?:get|move|go) out of (?:the|my|our) way",
    ),
    (Go(Spot.REST), rf"{_GO} to (?:(?:your|the|its) )?rest(?:ing)?(?: (?:position|pose|posture))?|lie down"),
    (Gripper(Jaw.OPEN), rf"open(?: up)? {_HAND}"),
    (Gripper(Jaw.CLOSE), rf"close {_HAND}"),
)
_BEFORE = rf"(?P<before>.*\b(?:{ORDERS})\b.*?)"
_JOINT = (
    r"(?:\s*[,.;:]\s*|\s+(?=and\b|then\b))(?:(?:and|then|afterwards?|after (?:that|this)|finally|at last|next"
    r"|(?:when|once) (?:you are|you['’]?re|that is|that['’]?s) done)[\s,]+)*"
    r"(?:(?:you (?:can|may|should)|please|just) )*"
)
_AFTER = r"(?: (?:again|now|please|afterwards?|after (?:that|this)|thanks|thank you|then))*[\s.!]*"
_ENDS = tuple((task, re.compile(rf"{_BEFORE}{_JOINT}(?:{tail}){_AFTER}", re.I | re.S)) for task, tail in _TAILS)


def homeward(said: str, meaning: Any) -> Any:
    """``meaning`` of the sentence ``said``, in which the arm goes home where a word says so and none speaks of rest."""
    if _HOME.search(said) is None or _REST.search(said) is not None:
        return meaning
    return each_changed(meaning, lambda value: Go(Spot.HOME) if value == Go(Spot.REST) else value)


def tail_of(sentence: str) -> tuple[str, Task] | None:
    """The orders of ``sentence`` before a last step of the arm alone, and this step; None without one."""
    found = ((task, ends.fullmatch(sentence.strip())) for task, ends in _ENDS)
    return next(((match["before"], task) for task, match in found if match is not None), None)

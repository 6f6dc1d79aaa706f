"""The side of a condition, by the words: "do not X unless C" is "if C, X", and "X unless C" is "if not C, X".

The reader hears "unless" as a "not", and does not count the "not" of the order with it. Words of denial are a closed
class, so that their number tells the side; a clause with another denial is left to the reader.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sayso.planner.reader.doubt import CONTRACTED
from sayso.planner.task.values import At, Condition, Empty, Exists, Full, Holding, If, Not

_DENIED = re.compile(
    r"(?:(?:please|just|but|and|so|you|we|ok|okay|robot|ever)[\s,]+)*"
    r"(?:(?:do|must|should|may|can|could|shall|will|are|would)[\s-]*(?:not|n['’]?t)|dont|won['’]?t|can['’]?t|cannot|never)\b"
    r"(?! (?:you\b|we\b|forget|hesitate|fail|mind))",
    re.I,
)
_CUT = re.compile(r"[,;.:!]+|\b(?:then|and|but)\b", re.I)
_CONDITION = re.compile(r"\b(unless|if)\b", re.I)
_OTHER_SIDE = re.compile(
    rf"\b(?:not|no|none|nothing|nobody|never|nowhere|neither|without|{CONTRACTED}|out|outside|away|off|missing"
    r"|gone|absent|lacks?|lacking|is left|are left|free|clear|occupied|taken|else|otherwise|or)\b",
    re.I,
)


_NOT_EMPTY = re.compile(
    rf"(?:\bnot|{CONTRACTED}) (?:already |still |yet |quite )?empty\b"
    r"|\b(?:something|anything|stuff|some ?things?)(?: \w+){0,2} (?:in|inside|on)\b"
    r"|\b(?:has|holds|contains|got) (?:got )?(?:something|anything|stuff)\b",
    re.I,
)
_EMPTY_OF = re.compile(rf"\b(?:nothing|no|none|never|neither|without|{CONTRACTED}|not) (?!(?:\w+ )?empty\b)", re.I)


def sided(said: str, meaning: Any) -> Any:
    """``meaning`` of the sentence ``said`` with its condition on the side that the words give."""
    if not isinstance(meaning, If) or meaning.otherwise is not None:
        return meaning
    found = list(_CONDITION.finditer(said))
    if len(found) != 1:
        return meaning
    before, word, after = said[: found[0].start()], found[0][1].casefold(), said[found[0].end() :]
    order, condition = before, after
    if not before.strip(" ,.") or before.strip(" ,.").casefold() in ("please", "and", "but", "ok", "okay"):
        condition, _, order = after.partition(",")
    clauses = [clause.strip() for clause in _CUT.split(order) if clause.strip()]
    denials = {_DENIED.match(clause) is not None for clause in clauses}
    inner = meaning.condition.condition if isinstance(meaning.condition, Not) else meaning.condition
    filled = isinstance(inner, Empty) and _tells_of_contents(condition)
    if len(denials) != 1 or not (filled or _is_plain(inner, condition)):
        return meaning
    denied = denials.pop()
    if word == "if" and not denied and not filled:
        return meaning
    turned = ((word == "unless") != denied) != filled
    return replace(meaning, condition=Not(inner) if turned else inner)


def _tells_of_contents(words: str) -> bool:
    """Whether ``words`` state that a container is not empty, which the reader often takes for its opposite."""
    return _NOT_EMPTY.search(words) is not None and _EMPTY_OF.search(words) is None


def _is_plain(condition: Condition, words: str) -> bool:
    """Whether ``words`` state the ``condition`` itself, not the opposite."""
    if _OTHER_SIDE.search(words):
        return False
    match condition:
        case Empty():
            return re.search(r"\bempty\b", words, re.I) is not None
        case Full():
            return re.search(r"\bfull\b", words, re.I) is not None
        case At() | Exists() | Holding():
            return re.search(r"\b(?:empty|full)\b", words, re.I) is None
    return False

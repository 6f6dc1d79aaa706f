"""Instructions that ask for nothing: "don't touch anything", "leave everything alone", "never mind", "wait"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.planner.corrections.text import MAX_CHARS, normalise, says_stop, tokens
from sayso.planner.corrections.words import HOLD_PHRASES, STOP_PHRASES, TASK_VERBS, words
from sayso.planner.language.modality import without_politeness

_FILLERS = words(
    """please now robot sayso hey ok okay just then so well um uh oh kindly simply thanks thank you really and but
    yes yeah no for today arm with your the at this moment again right actually"""
)
_SHORT = 4
"""Most words of a part such as "please stop now"; a longer part with a stop word may mean something else."""
_NOT = r"(?:dont|do not|never|you must not|you mustnt|you should not|you shouldnt|(?:there is |theres )?no need to)"
_TOUCH = r"(?:touch|move|disturb|do|change|take|grab|lift|pick up|handle|bump|knock|put|use)"
_ANY = (
    r"(?:anything|a thing|a single thing|nothing|any (?:of )?(?:it|them|this|that|these|those)|"
    r"any (?:of (?:the |these |those ))?(?:blocks?|bowls?|things?|objects?))"
)
_ALL = r"(?:everything|it all|all of (?:it|them|this|that)|them all|things|all (?:this|that)|the lot|it|them|that|this)"
_AS_IS = (
    r"(?:alone|be|in peace|untouched|there|(?:just )?(?:as|where|how) (?:it|they|things|everything) "
    r"(?:is|are|stands?|lies?|lie))"
)
_NOTHING = re.compile(
    "|".join(
        (
            rf"{_NOT} (?:so much as |even |ever |dare |you dare )?{_TOUCH} {_ANY}(?: at all| else| anymore| any more)?",
            rf"(?:{_TOUCH}|want|need) nothing(?: at all| else| more)?",
            rf"(?:leave|let) {_ALL}(?: {_AS_IS})*",
            rf"(?:keep )?(?:your |those )?hands (?:off|away)(?: from)?(?: {_ALL}| {_ANY})?",
            rf"(?:stay|keep) (?:away|off|back|clear|out)(?: (?:from|of) {_ALL})?",
            r"(?:i (?:want|need) )?nothing(?: at all| else| more| to do| for you to do| needs doing)*",
            r"there is nothing (?:else |more )?(?:to do|for you to do)",
            r"(?:never ?mind|forget|cancel|scrap|ignore)"
            r"(?: about)?(?: (?:it|that|this|me|it all|everything|whole thing|what i said))?",
            r"(?:not (?:now|yet)|no thanks?(?: you)?|relax|as you were|(?:take|have) a (?:break|rest))",
            r"(?:wait|hold on|hang on|hold it|stay|sit|stand|keep|be)(?: (?:a|one|for a))?"
            r"(?: (?:moment|second|sec|minute|bit|while|still|there|here|quiet|put|for me|until i say so?))*",
        )
    )
)

_ASKS = re.compile(
    rf"(?:{'|'.join(sorted(_FILLERS))}|\W)*(?:why|when|how come) (?:did|do|have|are|were|must|should) you\b(?! not)"
)


def asks_for_nothing(text: str) -> bool:
    """Whether every part of ``text`` between punctuation, "and" and "but" asks the arm to do nothing."""
    if len(text) > MAX_CHARS:
        return False
    said = normalise(text)
    if _ASKS.match(said):
        return False  # "why did you stop?"
    parts = _parts(tokens(said))
    if all(_is_nothing(part) for part in parts):
        return bool(parts)
    parts = _parts(tokens(without_politeness(said)))
    return bool(parts) and all(_is_nothing(part) for part in parts)


def _parts(said: Sequence[str]) -> list[list[str]]:
    """The words between breaks; parts of fillers alone are dropped unless there are no others."""
    parts: list[list[str]] = [[]]
    for word in said:
        if word in (",", "and", "but"):
            parts.append([])
        else:
            parts[-1].append(word)
    parts = [part for part in parts if part]
    return [part for part in parts if not _FILLERS.issuperset(part)] or parts[:1]


def _is_nothing(part: Sequence[str]) -> bool:
    whole, core = " ".join(part), " ".join(w for w in part if w not in _FILLERS)
    if {whole, core} & (STOP_PHRASES | HOLD_PHRASES) or _NOTHING.fullmatch(whole) or _NOTHING.fullmatch(core):
        return True
    return len(part) <= _SHORT and says_stop(part) and not TASK_VERBS.intersection(part)

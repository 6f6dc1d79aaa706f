"""Whether a person says that what the robot waits for has come about: "I'm ready", "now", "the phone is ringing"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sayso.planner.corrections.text import is_stop, normalise, says_go_on, tokens
from sayso.planner.corrections.words import words
from sayso.planner.watch.atoms import Told
from sayso.planner.watch.formula import And, Formula, Not, Or

_NOW = re.compile(
    r"(?:(?:ok|okay|yes|yeah|yep|right|all ?right|well|so|and|there|please)[\s,]*)*"
    r"(?:now|ok|okay|yes|yeah|yep|ready|all ?right|go|go ahead|go for it|start|start now|begin|do it|do it now|you can"
    r"|you may|you can (?:go|start|begin|go on|continue|do it)(?: now)?|its time|it is (?:so|time)|thats it|done"
    r"|(?:i am|im|we are|were|all) (?:ready|set|done|good)|it (?:has )?happened|it did|here we go|off you go|your turn)"
    r"(?:[\s,]*(?:now|then|please|robot|thanks|thank you))*"
)
_NOT_YET = re.compile(
    r"\?|\b(?:not|never|no|nt|almost|nearly|soon|wait|hold on|if|before|until|dont|isnt|arent|hasnt)\b"
)
_SAYS = re.compile(
    r"^(?:i|we|you hear me|someone|somebody)(?: \w+)? (?:say|says|tell|shout|call|give)s? ?"
    r"(?:you )?(?:to )?(?:the )?(?P<word>.+)$"
)
_AGREED = words("so it go now start signal sign word ok okay that on begin")
_EMPTY = words(
    "the a an i im am is are was were be been being my your his her its our their you he she it we they to of in on at"
    " and has have had do does did just now here there then again finally already all got get s re ve"
)
_STEM = 4
_ALIKE = 0.5
"""So much of an event's words, by their stems, is in what a person says of it."""


def said_now(text: str) -> bool:
    """Whether ``text`` tells the robot to wait no longer, whatever for."""
    plain = normalise(text).strip(" .!,")
    return not is_stop(text) and (says_go_on(tokens(text)) or _NOW.fullmatch(plain) is not None)


def came_about(text: str, events: Iterable[str]) -> frozenset[str]:
    """Those of ``events``, as they were said, of which ``text`` says that they came about; of "now" all."""
    return told_of(text, events) or (frozenset(events) if said_now(text) else frozenset())


def told_of(text: str, events: Iterable[str]) -> frozenset[str]:
    """Those of ``events`` that ``text`` names and says to have come about."""
    return frozenset(event for event in events if _tells_of(text, event))


def same_event(one: str, other: str) -> bool:
    """Whether two wordings name one event: what tells of either tells of both."""
    a, b = _stems(one), _stems(other)
    return a == b or len(a & b) >= max(1.0, _ALIKE * max(len(a), len(b)))


def same_condition(one: Formula | None, other: Formula | None) -> bool:
    """Whether two conditions are one, however their events are worded."""
    match one, other:
        case Told(a), Told(b):
            return same_event(a, b)
        case (Not(a), Not(b)):
            return same_condition(a, b)
        case (And(a), And(b)) | (Or(a), Or(b)):
            return len(a) == len(b) and all(any(same_condition(x, y) for y in b) for x in a)
    return one == other


def _tells_of(text: str, event: str) -> bool:
    plain = normalise(text)
    if is_stop(text) or _NOT_YET.search(plain):
        return False
    if (told := _SAYS.match(normalise(event))) is not None:
        word = told["word"].strip(" .,!\"'")
        return said_now(text) if set(word.split()) <= _AGREED else word in plain
    wanted, said = _stems(event), _stems(text)
    return bool(wanted) and len(wanted & said) >= _ALIKE * len(wanted)


def _stems(text: str) -> frozenset[str]:
    plain = re.findall(r"[a-z0-9]+", normalise(text))
    return frozenset(_stem(w) for w in plain if w not in _EMPTY)


def _stem(word: str) -> str:
    """The first letters: enough for "rings", "ringing" and "rang" to share one."""
    return re.sub(r"[aeiou]", "a", word.rstrip("s"))[:_STEM]

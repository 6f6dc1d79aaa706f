"""Words that no part of a meaning answers: a "not", an "if", an "or", a color, a corner, a diagonal.

Function words, colors and the places of the task language are closed classes, so that a list of them is complete, other
than a list of nouns or verbs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from sayso.planner.reader.beam import Meaning
from sayso.planner.task import values as v
from sayso.planner.task.text import write
from sayso.planner.task.values import Utterance, Value

CONTRACTED = r"(?:are|is|was|were|do|does|did|have|has|had|ca|could|wo|would|should|must|might|need|dare|sha|ai)n['’]?t"
"""A contracted "not", with or without its apostrophe: a list, since "front" and "want" end like one."""
_CUES: tuple[tuple[re.Pattern[str], tuple[type[Value], ...]], ...] = (
    (
        re.compile(
            r"\b(?:not|never|no|nobody|none|nothing|nowhere|without|except|excluding|apart from|instead of|rather than"
            r"|other than|save for|(?:any|every)(?:where|thing|one|body) but|all but|bar (?:the|my|that)"
            rf"|{CONTRACTED})\b",
            re.I,
        ),
        (
            v.Untouched, v.Never, v.KeepAway, v.Only, v.Not, v.Non, v.But, v.Mind, v.Drop, v.Instead, v.InsteadAt,
            v.Undo, v.Retreat, v.Move, v.Speed, v.Skip, v.Hold, v.Other, v.GoOn, v.Answer, v.Once, v.Until, v.Rest,
            v.AtPace,
        ),
    ),
    (
        re.compile(r"\b(?:if|unless|until|till|once|as soon as|when|whenever|before|after)\b", re.I),
        (v.If, v.Once, v.Until, v.Wait, v.Seq, v.WhereItWas, v.Rule, v.Also, v.First, v.ForEach),
    ),
    (re.compile(r"\bor\b", re.I), (v.Either, v.Choose, v.Or, v.A, v.Rule, v.If, v.Some)),
)  # fmt: skip
_POLITE = re.compile(
    r"if (?:you|u) (?:would(?: be so \w+)?|could|can|may|please|like|don['’]?t mind|wouldn['’]?t mind|fancy)|"
    r"if you['’]?d|if it['’]?s (?:not too much|no) trouble|if that['’]?s (?:ok|okay|alright|all right)|"
    r"don['’]?t mind|why don['’]?t (?:you|we)|no (?:worries|problem|rush|hurry)|"
    r"when(?:ever)? you(?:['’]?re| are| have| get)|can['’]?t you|won['’]?t you|wouldn['’]?t|couldn['’]?t you|not too|"
    r"or so|right before|or (?:what|something)|don['’]?t forget to",
    re.I,
)
_CORRECTED = re.compile(r"\b(?:correction|scratch that|no,? wait|i mean|i meant|make that|sorry|actually)\b", re.I)
_COLORS = re.compile(
    r"\b(?:red|orange|yellow|green|cyan|turquoise|blue|purple|violet|pink|brown|gr[ae]y|white|black)(?=\b|ish\b)", re.I
)
_NAMED = (
    (re.compile(r"\bcorners?\b", re.I), re.compile("corner")),
    (re.compile(r"\bdiagonal(?:ly)?\b", re.I), re.compile("diagonal")),
    (re.compile(r"\b(?:in|into|as|make|form) (?:a|one) (?:\w+ )?circle\b", re.I), re.compile("circle")),
    (
        re.compile(
            rf"\b(?:mis-?match\w*|non-?matching|unmatched|(?:not|never|nothing|{CONTRACTED}) match\w*"
            r"|(?:different|another|other|opposite|wrong|unlike) colou?rs?)\b",
            re.I,
        ),
        re.compile(r"non\(|other|but\(|match|different|another|opposite|wrong|unlike"),
    ),
)
"""Words for a place, a shape or a contrast of colors, and what answers each in the text of a meaning."""
HEARD = 0.05
"""Meanings that leave such a word unread are left out if the others are at least so probable together."""
_SILENT = (v.Remark, v.Unclear, v.Stop, v.Unable, v.Harm, v.Ask)


def unread(said: str, meaning: Utterance) -> bool:
    """Whether ``said`` denies, limits or offers a choice, and nothing in ``meaning`` does."""
    if isinstance(meaning, _SILENT):
        return False
    plain = _POLITE.sub(" ", said)
    if _is_dropped(plain, meaning):
        return True
    if _CORRECTED.search(plain) and any(isinstance(one, v.Seq) and _moves_twice(one) for one in values_in(meaning)):
        return True
    there = tuple({type(value) for value in values_in(meaning)})
    return any(cue.search(plain) and not any(issubclass(t, kinds) for t in there) for cue, kinds in _CUES)


def covering(said: str, meanings: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """The ``meanings`` that read every color, corner, shape and contrast that ``said`` names, with the probability of
    all of them; ``meanings`` as they are if hardly any does."""
    kept = [m for m in meanings if isinstance(m.value, _SILENT) or not _leaves_out(said, m.value)]
    share = sum(m.probability for m in kept if not isinstance(m.value, _SILENT))
    if len(kept) == len(meanings) or share < HEARD:
        return tuple(meanings)
    scale = sum(m.probability for m in meanings) / sum(m.probability for m in kept)
    return tuple(replace(m, probability=m.probability * scale) for m in kept)


def _leaves_out(said: str, meaning: Utterance) -> bool:
    plain = _POLITE.sub(" ", said)
    if _CORRECTED.search(plain):
        return False
    text = write(meaning)
    return _is_dropped(plain, meaning) or any(word.search(plain) and not read.search(text) for word, read in _NAMED)


def _is_dropped(said: str, meaning: Utterance) -> bool:
    """Whether ``said`` names a color, and so a thing, of which nothing is left in ``meaning``."""
    if _CORRECTED.search(said) or isinstance(meaning, v.Rule):
        return False
    meant = write(meaning).casefold()
    return any(color.casefold() not in meant for color in _COLORS.findall(said))


def _moves_twice(tasks: v.Seq) -> bool:
    """Whether one thing goes to two places, of which a self-correction may have meant one."""
    put = [task.thing for task in tasks.tasks if isinstance(task, v.Put)]
    return len(set(put)) < len(put)


def values_in(value: Any) -> Iterator[Value]:
    """``value`` and every value inside it."""
    if isinstance(value, tuple):
        for one in value:
            yield from values_in(one)
    elif isinstance(value, Value):
        yield value
        for field in fields(value):
            yield from values_in(getattr(value, field.name))

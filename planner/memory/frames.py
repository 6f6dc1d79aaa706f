"""Sentences that speak to the memory: a name, a preference, what is left to the person, what to remember or forget.

The sentences that give a name or take a rule back have few forms. What they say about a thing or a rule is left to the
reader: a frame only finds where that part begins and ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sayso.planner.corrections.words import words

Frame = Literal["name", "prefer", "leave", "tip", "forget", "allow", "recall", "who", "called"]
_POLITE = re.compile(
    r"^(?:(?:please|ok(?:ay)?|so|hey|well|now|and|oh|by the way|just so you know|remember|note|let's|let us|look)"
    r"[,:]?\s+"
    r"|(?:from now on|in future|in the future),?\s+|that\s+(?=\w+ (?:is|are)\b))+",
    re.I,
)
_TAIL = re.compile(r"(?:,?\s+(?:please|ok(?:ay)?|thanks|thank you|by the way))+$", re.I)
_THING = r"(?P<thing>(?:the|this|that|these|those|my|our)\s.+?|it|this(?: one)?|that(?: one)?)"
_NAMES = (
    r"(?P<name>(?:my|our|the)\s[\w'-]+(?: [\w'-]+)?)",
    r"(?P<name>[\"“‘'][^\"”’]+[\"”’'])",
    r"(?P<name>(?-i:[A-Z])[\w'-]*(?: (?-i:[A-Z])[\w'-]*)*)",
    r"(?P<name>[^\W\d_][\w'-]*)",
)
"""Names, the surest first: "my mug", in quotation marks, with a capital, one word."""
_PATTERNS: tuple[tuple[Frame, str], ...] = (
    *(("name", rf"(?:i(?:'ll| will|'m going to)? )?(?:call|name|christen) {_THING} {n}") for n in _NAMES),
    *(("name", rf"{_THING}(?: is|'s|’s) (?:called|named) {n}") for n in _NAMES),
    *(("name", rf"{_THING}(?:'s|’s) name is {n}") for n in _NAMES),
    *(("name", rf"the name of {_THING} is {n}") for n in _NAMES),
    ("name", rf"{_THING}(?: is|'s|’s) (?P<name>(?:my|our) [\w' -]+)"),
    ("prefer", r"(?:always|by default|preferably),? (?:use |take |pick |choose |go for |mean |in(?:to)? |with |"
               r"put (?:it|them|things|everything|stuff) (?:in|into) )?(?P<thing>the [^,]+?)"),
    ("prefer", r"(?:use|take) (?P<thing>the [^,]+?)(?: from now on|,? always| in future| by default)"),
    ("prefer", r"i(?:'d| would)?(?: always| usually)? prefer (?P<thing>the [^,]+?)"),
    ("prefer", r"(?P<thing>the [^,]+?),? (?:unless i say (?:otherwise|so|different\w*)|"
               r"if i don['’]?t say (?:which|anything|otherwise))"),
    ("prefer", r"when(?:ever)? i (?:only |just )?say [\w\s'\"“”]+?,? i (?:always )?mean (?P<thing>the [^,]+?)"),
    ("leave", r"leave (?P<thing>(?:the|my|all|every|any)\s?.+?) (?:to|for) me"),
    ("leave", r"(?P<thing>(?:the|all)\s.+?) (?:is|are) (?:mine|for me(?: to do)?|off limits|not for you|my job)"),
    ("leave", r"i(?:'ll| will|'m going to| want to)? (?:do|take care of|deal with|handle|see to) "
              r"(?P<thing>(?:the|all)\s.+?)(?: myself)?"),
    ("leave", r"(?:keep|get) your (?:hands|fingers|grippers?|claws?) (?:off|away from) (?P<thing>.+?)"),
    ("forget", r"(?:you can |you may )?forget (?:about |what i said about |that )?(?P<what>.+)"),
    ("forget", r"(?P<what>.+?) (?:is|are) not (?:called )?(?:that|so) any ?more"),
    ("allow", r"(?:now )?you (?:may|can|are allowed to|'re allowed to) (?P<what>.+?) (?:again|now|after all)"),
    ("allow", r"it(?: is|'s|’s) (?:fine|ok(?:ay)?|all right|alright) to (?P<what>.+?) (?:again|now|after all)"),
    ("recall", r"what (?:are )?(?:the|my) (?:rules|names|preferences)(?: are)?"),
    ("recall", r"(?:tell me )?what (?:do )?you (?:remember|know)(?: .*)?"),
    ("called", r"what(?:'s| is|’s) (?P<thing>.+) called"),
    ("called", r"what do (?:you|i|we) call (?P<thing>.+)"),
    ("who", r"(?:who|what)(?:'s| is|’s) (?P<what>(?:my |our |the )?[\w'’ -]+)"),
    ("tip", r"(?:bear|keep) in mind(?: that|:)? (?P<what>.+)"),
)  # fmt: skip
_FRAMES = tuple((frame, re.compile(pattern, re.I)) for frame, pattern in _PATTERNS)
_TIP = re.compile(r"(?:please )?(?:remember|don['’]?t forget|note)(?: that|:) (?P<what>.+)", re.I)
_ALWAYS = re.compile(
    r"\b(?:always|never|ever|from now on|in (?:the )?future|every ?time|any ?time|each time|from here on|for good|"
    r"as a rule|at any time|henceforth|immer|nie(?:mals)?|ab jetzt|siempre|nunca|toujours|jamais)\b",
    re.I,
)
_ONCE = re.compile(
    r"^(?:(?:just|only|but)\s+)?(?:this once|for once|just once|this one time|(?:just |only )?this time)\s*[,:]?\s+",
    re.I,
)
_NOT_A_NAME = words(
    "it that this them these those here there one ones off out up down back home now later again me you yourself a an"
    " quits block bowl cube thing left right over in on away"
)


@dataclass(frozen=True, slots=True)
class Framed:
    """A sentence of the form ``frame``: the words for the ``thing``, its ``name``, or ``what`` is remembered."""

    frame: Frame
    thing: str = ""
    name: str = ""
    what: str = ""


def framed(sentence: str) -> Framed | None:
    """What a sentence says to the memory; None if it is no such sentence."""
    plain = " ".join(sentence.split()).strip(" .!?,;")
    tip = _TIP.fullmatch(plain)
    plain = _TAIL.sub("", _POLITE.sub("", plain))
    for frame, pattern in _FRAMES:
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        parts = found.groupdict()
        thing, name, what = (" ".join((parts.get(key) or "").split()) for key in ("thing", "name", "what"))
        name = name.strip("\"“”‘’'")
        if frame == "name" and not is_name(name):
            continue
        return Framed(frame, thing, name, what)
    return Framed("tip", what=tip["what"]) if tip is not None else None


def is_for_good(sentence: str) -> bool:
    """Whether what a sentence says holds beyond this session: "always", "never", "from now on"."""
    return _ALWAYS.search(sentence) is not None


def this_once(sentence: str) -> str | None:
    """The sentence after "just this once, …"; None without these words."""
    rest = _ONCE.sub("", sentence.strip(), count=1)
    return rest if rest and rest != sentence.strip() else None


def how_much(sentence: str) -> int | None:
    """How many things a sentence wants back at least: "it", "them"; None for everything."""
    if re.search(r"\b(?:everything|all|the lot)\b", sentence, re.I):
        return None
    return 2 if re.search(r"\b(?:them|those|these|both)\b", sentence, re.I) else 1


def is_name(name: str) -> bool:
    """Whether a thing may be called so: "it", "me" and the like are no names."""
    return 0 < len(name) <= 40 and name.casefold().split()[0] not in _NOT_A_NAME

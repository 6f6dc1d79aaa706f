"""Words that no part of a meaning answers: a "not", an "if", an "or", a color, a corner, a diagonal.

Function words, colors and the places of the task language are closed classes, so that a list of them is complete, other
than a list of nouns or verbs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from sayso.planner.corrections import words as W
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.bound import misbound
from sayso.planner.task import values as v
from sayso.planner.task.inside import values_in
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
        re.compile(
            r"\b(?:if|unless|until|till|once|as soon as|when|whenever|before|after(?! all\b)|(?:as|so) long as"
            r"|provided)\b",
            re.I,
        ),
        (v.If, v.Once, v.Until, v.Wait, v.Seq, v.WhereItWas, v.WhereWas, v.Rule, v.Also, v.First, v.ForEach),
    ),
    (re.compile(r"\bor\b", re.I), (v.Either, v.Choose, v.Or, v.A, v.Rule, v.If, v.Some)),
)  # fmt: skip
_POLITE = re.compile(
    r"if (?:you|u) (?:would(?: be so \w+)?|could|can|may|please|like|don['’]?t mind|wouldn['’]?t mind|fancy)|"
    r"if you['’]?d|if it['’]?s (?:not too much|no) trouble|if that['’]?s (?:ok|okay|alright|all right)|"
    r"don['’]?t mind|why don['’]?t (?:you|we)|no (?:worries|problem|rush|hurry|dramas?|bother|fuss|stress|sweat)|"
    r"no (?:pressure|big deal|biggie|excuses|kidding|doubt|offen[cs]e)|"
    r"when(?:ever)? you(?:['’]?re| are| have| get)|can['’]?t you|won['’]?t you|wouldn['’]?t|couldn['’]?t you|not too|"
    r"or so|right before|or (?:what|something)|don['’]?t forget to",
    re.I,
)
_CORRECTED = re.compile(
    r"\b(?:correction|scratch that|no,? wait|wait,? no|no,? no|no,? sorry|i mean|i meant|make that|sorry|actually"
    r"|(?:no,? )?what am i saying|(?:no,? )?let me start (?:over|again)|no,? rather)\b",
    re.I,
)
COLORS_SAID = r"(?:red|orange|yellow|green|cyan|turquoise|blue|purple|violet|pink|brown|gr[ae]y|white|black)"
COLORS = re.compile(rf"\b{COLORS_SAID}(?=\b|ish\b)", re.I)
_MOST = re.compile(r"\b(?:the most far|farthest|furthest|as far (?:away )?(?:from [^,.;]*? )?as)\b", re.I)
_SUPERLATIVE = re.compile(r"nth\(|farthest|lot|far\b")
_CHOSEN = r"(?:thing|one|blocks?|cubes?|bowls?|boxe?s?|cans?|bottles?|cups?|mugs?|plates?|balls?|rings?|sticks?)"
_NAMED = (
    (re.compile(r"\bcorners?\b", re.I), re.compile("corner")),
    (
        re.compile(
            rf"\b{_CHOSEN} (?:that|which)(?:['’]?s| is| are)? (?:the )?(?:closest|nearest|closer|nearer|farther|further"
            r"|farthest|furthest)\b|\bthe (?:closer|nearer|farther|further|nearest|closest) (?:\w+ )?"
            rf"{_CHOSEN}\b|\bthe near (?:{COLORS_SAID}|{_CHOSEN})\b",
            re.I,
        ),
        re.compile(r"nth\([^()]*(?:near|far)|nearest|farthest|at_side\((?:near|far)"),
    ),
    (_MOST, _SUPERLATIVE),
    (re.compile(r"\bdiagonal(?:ly)?\b", re.I), re.compile("diagonal")),
    (
        re.compile(r"(?:^|[,;] ?|\band )plus (?:a|an|one|two|three|any|some|another|the|that|those)\b", re.I),
        re.compile(r"together|seq|also|some\("),
    ),
    (
        re.compile(
            r"\bnot the (?:one (?:on|at|in|near|next|far|clos)"
            r"|(?:left|right|near|far|clos|fur|front|back|first|last|big|small|larg|tall|middle)[\w -]*? one\b)",
            re.I,
        ),
        re.compile(r"non\(|but\(|other|nth\(|at_side\(|nearest|farthest|instead|drop|untouched"),
    ),
    (re.compile(r"\bone (?:behind|in front of) the other\b", re.I), re.compile(r"behind|front|column")),
    (
        re.compile(
            r"\b(?:middle|cent(?:er|re))\b[^.;,]* at the (?:very )?front\b(?! of)"
            r"|\bat the (?:very )?front in the (?:middle|cent(?:er|re))\b",
            re.I,
        ),
        re.compile(r"at_side\(near|front"),
    ),
    (re.compile(r"\bthen (?:the |a )?\w+(?: \w+)? on (?:the )?top\b", re.I), re.compile(r"seq\(|together\(|put\(")),
    (re.compile(r"\b(?:from|off) the edge\b", re.I), re.compile("edge|side")),
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
_ELSE = re.compile(
    r"\b(?:otherwise|or else|if not|if (?:it|there|they) (?:is|are|does|do)(?: not|n['’]?t)|in which case)\b",
    re.I,
)
"""What begins the other half of a condition; the half is there if `If` has an ``otherwise``."""
_NOTHING_IN = re.compile(r"\bnothing (?:is |yet |already )*(?:in|inside|on)\b", re.I)
"""What says that a thing is empty."""
_NOTHING_ELSE = re.compile(
    r"\W*(?:(?:just|simply|please|then|you|can|should) )*"
    r"(?:leave|do nothing|do not|don['’]?t|nothing|forget|never ?mind|ask|wait|stop|skip)\b",
    re.I,
)
_CONDITION = re.compile(
    r"^\W*(?:if|unless|when|once|provided(?: that)?) (?P<early>[^,;.]+?)(?:[,;]| then\b)"
    r"|\w\W+(?:but )?(?:only )?(?:if|unless|when|once|provided(?: that)?) (?P<late>[^,;.]+)",
    re.I,
)
_PLACED = re.compile(
    r"\b(?:in|inside|on|on top of|under|next to|beside|near|behind|left of|right of|between) "
    r"(?:it|them|the|that|this|a|an|one|any|either|each)\b(?! (?:table|picture|scene|way|view)\b)",
    re.I,
)
_PLACE = re.compile(r"\b(?:in|on|at|beside|under|near|behind|in_front_of|left_of|right_of|between|empty|full)\(")
"""Where a condition says that a thing is, and what says so in the text of a meaning."""
_EXCEPTED = re.compile(
    r"\b(?:except(?:ing)?(?: for)?|excluding|apart from|other than|save for|all but|(?:every|any)(?:thing|one) but)"
    rf" (?:(?:for|the|that|those|my|any|all) )*(?P<color>{COLORS.pattern})",
    re.I,
)
_SPARES = (v.But, v.Non, v.Untouched, v.Never, v.KeepAway, v.Other, v.Not)
_ITS_OLD_PLACE = re.compile(
    r"\bwhere (?:the|that|this|my|your) \w[\w\s]*? (?:was|were|stood|lay|sat|is|had been|used to be)\b", re.I
)
"""The old place of another thing than the one that goes there."""
_EACH = re.compile(r"\b(?:every|each|all)\b(?! (?:other\b(?! \w)|time|right|the same|at once|day))", re.I)
_SAID_SIDES = (
    (
        re.compile(r"\b(?:on|to|at) (?:the|your|my|its) left\b|\bleft[- ](?:hand|side|half|edge)\b", re.I),
        re.compile("left"),
    ),
    (
        re.compile(r"\b(?:on|to|at) (?:the|your|my|its) right\b|\bright[- ](?:hand|side|half|edge)\b", re.I),
        re.compile("right"),
    ),
)
_CORNER = re.compile(
    r"\b(?:corners?|top|bottom|front|back|near|far|upper|lower|rear|close\w*|behind|further|farther)\b", re.I
)
_UPWARD = re.compile(r"\b(?:up\w*|high\w*|lift\w*|rais\w*|ris\w*|above|over|ascend\w*)\b", re.I)
_OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up", "forward": "back", "back": "forward"}
_TOO_FAR = re.compile(
    r"\b(?:too|over\w*|past|not|\w+n['’]?t|less|wrong|opposite|other|reverse|from|off|enough|far|short|missed|beyond)\b",
    re.I,
)
"""What tells that the way named is where the arm should not be."""
_WAY = re.compile(rf"\b(?:{'|'.join(sorted({*W.DIRECTION, *W.AWAY, *W.COMPARATIVES}))})\b", re.I)
"""Words of a way to go."""
_ME = {
    v.Approach: re.compile(r"\baway from (?:me|us)\b", re.I),
    v.Retreat: re.compile(r"\b(?:toward|towards|closer to|nearer to) (?:me|us)\b", re.I),
}
"""What says the opposite of a motion to or from the speaker."""
HEARD = 0.05
"""Meanings that leave such a word unread are left out if the others are at least so probable together."""
UNFOUNDED = 0.2
"""The share of its probability that a meaning keeps which names a color, a corner or a way that nobody said."""
_GROUPS = (
    v.All, v.Some, v.Rest, v.Together, v.ForEach, v.Each, v.Them, v.Stack, v.Arrange, v.Sort, v.Either, v.Rule, v.But,
)  # fmt: skip
_SILENT = (v.Remark, v.Unclear, v.Stop, v.Unable, v.Harm, v.Ask, v.Whether)


def unread(said: str, meaning: Utterance) -> bool:
    """Whether ``said`` denies, limits or offers a choice, and nothing in ``meaning`` does."""
    if isinstance(meaning, _SILENT):
        return False
    plain = _POLITE.sub(" ", said)
    if _is_dropped(plain, meaning) or _lost_half(plain, meaning):
        return True
    if loses(plain, meaning):
        return True
    if _CORRECTED.search(plain) and any(isinstance(one, v.Seq) and _moves_twice(one) for one in values_in(meaning)):
        return True
    plain = _ELSE.sub(" ", _CORRECTED.sub(" ", plain))
    if any(isinstance(one, v.Empty) for one in values_in(meaning)):
        plain = _NOTHING_IN.sub(" ", plain)
    there = tuple({type(value) for value in values_in(meaning)})
    return any(cue.search(plain) and not any(issubclass(t, kinds) for t in there) for cue, kinds in _CUES)


def loses(said: str, meaning: Utterance) -> bool:
    """Whether ``said`` names a shape, a corner, the place in its condition, what it excepts or the old place of another
    thing, and ``meaning`` has nothing of it."""
    old = _ITS_OLD_PLACE.search(said) and any(isinstance(one, v.WhereItWas) for one in values_in(meaning))
    unnamed = any(word.search(said) and not read.search(write(meaning)) for word, read in _NAMED)
    return bool(old) or unnamed or _loses_place(said, meaning) or _takes_excepted(said, meaning)


def covering(said: str, meanings: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """The ``meanings`` that read every color, corner, shape and contrast that ``said`` names, with the probability of
    all of them; ``meanings`` as they are if hardly any does."""
    meanings = _founded(said, meanings)
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
    if _EACH.search(plain) and not any(isinstance(one, _GROUPS) for one in values_in(meaning)):
        return True
    sides = () if isinstance(meaning, v.Move) else _SAID_SIDES  # "too far to the right" moves left
    if _loses_place(plain, meaning) or _takes_excepted(plain, meaning):
        return True
    if _lost_half(plain, meaning) or any(w.search(plain) and not r.search(text) for w, r in sides):
        return True
    return (not isinstance(meaning, v.Rule) and _is_dropped(plain, meaning)) or any(
        word.search(plain) and not read.search(text) for word, read in _NAMED
    )


def _founded(said: str, meanings: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """The ``meanings`` with the probability of all of them, more of it for those that name no color, corner or way
    of their own making, and give no noun the color of another."""
    if any(isinstance(m.value, v.Rule) for m in meanings[:1]):
        return tuple(meanings)
    mended = _CORRECTED.search(said) is not None
    made_up = [_is_made_up(said, m.value) or (not mended and misbound(said, m.value)) for m in meanings]
    if all(made_up) or not any(made_up):
        return tuple(meanings)
    shares = [m.probability * (UNFOUNDED if alone else 1.0) for m, alone in zip(meanings, made_up, strict=True)]
    scale = sum(m.probability for m in meanings) / (sum(shares) or 1.0)
    weighed = [replace(m, probability=share * scale) for m, share in zip(meanings, shares, strict=True)]
    return tuple(sorted(weighed, key=lambda m: -m.probability))


def _is_made_up(said: str, meaning: Utterance) -> bool:
    """Whether ``meaning`` has a plain color of which ``said`` has no letter in common order, or an unsaid corner or
    way."""
    words = re.findall(r"[^\W\d_]{3,}", said.casefold())
    for value in values_in(meaning):
        if isinstance(value, v.Corner) and not _CORNER.search(said):
            return True
        if isinstance(value, v.Color) and COLORS.fullmatch(value.name) and not _is_near(value.name, words):
            return True
        if isinstance(value, v.Move) and (not _WAY.search(said) or _turns_round(said, value)):
            return True
        if isinstance(value, v.Approach | v.Retreat) and value.thing == v.Me() and _ME[type(value)].search(said):
            return True
    return False


def _turns_round(said: str, move: v.Move) -> bool:
    """Whether ``move`` goes against a way that is named, where nothing in ``said`` tells that the arm is too far; or
    takes "hold" for a way."""
    named = set(re.findall(r"\w+", said.casefold()))
    ways = [str(way.direction) for way in move.ways]
    if "up" in ways and "hold" in named and not _UPWARD.search(said):
        return True  # "left, and hold"
    against = any(_OPPOSITE[way] in named and way not in named for way in ways)
    return against and not any(way in named for way in ways) and not _TOO_FAR.search(said)


def _is_near(color: str, words: Sequence[str]) -> bool:
    return any(SequenceMatcher(None, color.casefold(), word, autojunk=False).ratio() >= 0.6 for word in words)


def _lost_half(said: str, meaning: Utterance) -> bool:
    """Whether ``said`` tells what to do if a condition does not hold, and ``meaning`` does not."""
    half = _ELSE.search(said)
    conditions = [value for value in values_in(meaning) if isinstance(value, v.If)]
    if half is None or not conditions or any(c.otherwise is not None for c in conditions):
        return False
    rest = said[half.end() :]
    begins = not re.search(r"\w", said[: half.start()])  # "if there isn't a cup, …" has one half
    return not begins and re.search(r"\w+\W+\w+", rest) is not None and _NOTHING_ELSE.match(rest) is None


def _loses_place(said: str, meaning: Utterance) -> bool:
    """Whether the condition of ``said`` says where a thing is, and that of ``meaning`` only that there is one."""
    conditions = [write(value.condition) for value in values_in(meaning) if isinstance(value, v.If)]
    found = _CONDITION.search(said)
    if not conditions or found is None or not _PLACED.search(found["early"] or found["late"]):
        return False
    return not any(map(_PLACE.search, conditions))


def _takes_excepted(said: str, meaning: Utterance) -> bool:
    """Whether ``said`` leaves things of a color out, and no part of ``meaning`` spares them."""
    found = _EXCEPTED.search(said)
    spared = " ".join(write(value) for value in values_in(meaning) if isinstance(value, _SPARES))
    return found is not None and found["color"].casefold() not in spared.casefold()


def _is_dropped(said: str, meaning: Utterance) -> bool:
    """Whether ``said`` names a color, and so a thing, of which nothing is left in ``meaning``."""
    if _CORRECTED.search(said):
        return False
    meant = write(meaning).casefold().replace("grey", "gray")
    return any(color.casefold().replace("grey", "gray") not in meant for color in COLORS.findall(said))


def _moves_twice(tasks: v.Seq) -> bool:
    """Whether one thing goes to two places, of which a self-correction may have meant one."""
    put = [task.thing for task in tasks.tasks if isinstance(task, v.Put)]
    return len(set(put)) < len(put)

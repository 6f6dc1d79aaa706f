"""Spoken or typed words made plain, and the words that stop the arm: read first, without any model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from sayso.planner.corrections.patterns import STOP
from sayso.planner.corrections.spelling import CLOSED, in_plain_words
from sayso.planner.corrections.stops.cries import CRIES_ALONE, is_cry
from sayso.planner.corrections.stops.pauses import is_pause
from sayso.planner.corrections.stops.spared_stops import spare
from sayso.planner.corrections.words import (
    AROUND_A_COMMAND,
    BEFORE_A_STOP,
    COMPARATIVES,
    GERUNDS,
    GO_ON_PHRASES,
    NEEDS,
    NEGATIONS,
    SIGHS,
    STOP_PHRASES,
    TASK_VERBS,
)
from sayso.planner.task.symbols import in_words

MAX_CHARS = 10_000
MAX_WORDS = 40
"""More words than this are no motion and no choice, only perhaps a whole new instruction."""
_HEAD = 400  # a stop is looked for in this much of a text, however long it is
_TOKEN = re.compile(r"\d+(?:\.\d+)?|°|[^\W\d_]+|[,.;:!?…—。！？]")
_DROPPED = ("Mn", "Cf", "Cs")  # accents (so ストップ reads ストッフ), invisible characters, half characters
_CLAUSE = re.compile(r"[^.!?…]+[.!?…]*")
_CALLED = re.compile(r"\s*(?P<name>[A-Z]\w+)!+\s+(?P<then>[^.!?…]+)!")
_STOP = re.compile(rf"{STOP}|w+h?o+h?a+h*|desist|emergency")

_KEEP_OFF = frozenset({"back off", "get away"})
_TELLING = frozenset(["does", "will", "is", "can", "could", "would", "did", "wont", "cant", "why"])
"""A "not" after these tells or asks: "it does not stop!", "will you not stop?"."""


@lru_cache(maxsize=16)  # each reading asks for the same text many times
def normalise(text: str) -> str:
    """``text`` without case, accents, odd widths and invisible characters; at most `MAX_CHARS` of it are looked at."""
    plain = unicodedata.normalize("NFKD", in_words(in_plain_words(text[:MAX_CHARS])))[
        :MAX_CHARS
    ]  # one character may become eighteen
    if not plain.isascii():
        plain = "".join(c for c in plain if unicodedata.category(c) not in _DROPPED)
    return re.sub(r"['’‘`´ʼ]", "", plain.casefold())


def plain_color(word: str) -> str:
    """The color of the scene that ``word`` names."""
    return word.casefold().replace("grey", "gray")


def tokens(text: str) -> list[str]:
    """The words of ``text`` in plain form; every run of punctuation is one ","."""
    out: list[str] = []
    for token in _TOKEN.findall(normalise(text)):
        if token[0].isalnum() or token == "°":
            out.append(token)
        elif out and out[-1] != ",":
            out.append(",")
    while out and out[-1] == ",":
        out.pop()
    return out


def squeeze(word: str, known: frozenset[str]) -> str:
    """The known word behind a long drawn one ("leeeft"), else ``word``."""
    if word in known or not re.search(r"(.)\1\1", word):
        return word
    for shorter in (re.sub(r"(.)\1\1+", r"\1\1", word), re.sub(r"(.)\1+", r"\1", word)):
        if shorter in known:
            return shorter
    return word


def forbidding(words: Sequence[str]) -> list[str]:
    """``words`` with "not" for the "no" of "no lower" and "no more opening", which is not that of "no, lower"."""
    after = [*words[1:], "", ""]
    return [
        "not" if w == "no" and (after[i] in COMPARATIVES | NEEDS or after[i + (after[i] == "more")] in GERUNDS) else w
        for i, w in enumerate(words)
    ]


def is_stop(text: str, *, sure: bool = False) -> bool:
    """Whether ``text`` tells the arm to stop: a stop word anywhere in it, unless negated, or "wait", "no" alone.

    A cry stops too; with ``sure`` only one that needs no second opinion (see `is_cry`).
    """
    head = text[:_HEAD]
    return says_stop(heard(head), sure=sure) or _is_called_out(head)


def _is_called_out(text: str) -> bool:
    """Whether the last thing called out is a stop ("Lily, get down! Wait!", "left, hold it!"), or what follows a name
    ("Ella! No!")."""
    clauses = _CLAUSE.findall(text)
    last = clauses[-1] if clauses else ""
    before, _, end = last.rpartition(",")
    last = end if before else last
    if (len(clauses) > 1 or before) and last.endswith("!") and " ".join(_core(heard(last))) in STOP_PHRASES:
        return True
    calls = _CALLED.match(text)
    return calls is not None and tokens(calls["name"])[0] not in CLOSED and says_stop(heard(calls["then"]))


def heard(text: str) -> list[str]:
    """The `tokens` of ``text`` in which stop words that clearly are no order to stop now are left out."""
    return tokens(spare(normalise(text)))


def cries_out(text: str) -> bool:
    """Whether ``text`` as an instruction is a cry or a warning of harm, and no order with "watch the" or "mind the"."""
    if len(text) > MAX_CHARS:
        return False
    words = tokens(text[:_HEAD])
    orders = bool(TASK_VERBS.intersection(words))
    return is_cry(words, calm=orders) or " ".join(_core(words)) in CRIES_ALONE


def says_stop(words: Sequence[str], *, sure: bool = False) -> bool:
    """`is_stop` for words that are plain already. In doubt it is a stop."""
    if is_cry(words[:MAX_WORDS], sure=sure) or " ".join(_core(words)) in CRIES_ALONE or is_pause(words[:MAX_WORDS]):
        return True
    for i, word in enumerate(words):
        if _STOP.fullmatch(word) and not _is_negated(words[:i]):
            return True
    if len(words) <= 8 and _STOP.fullmatch("".join(w for w in words if w != ",")):  # spelt out: "s t o p"
        return True
    said = " ".join(_core(words))
    last = words[len(words) - words[::-1].index("and") :] if "and" in words else ()
    if " ".join(_core(last)) in _KEEP_OFF:  # "open the gripper and back off"
        return True
    return said in STOP_PHRASES or said.removeprefix("do not ").removeprefix("dont ") in GO_ON_PHRASES - {said}


def begins_with_stop(words: Sequence[str]) -> bool:
    """Whether the first word or two would stop the arm if they were all: "no", "wait", "get away"."""
    first = (words[:n] for n in (1, 2) if not SIGHS.issuperset(words[:n]) and words[1:n] != ["dont"])
    return any(" ".join(_core(said)) in STOP_PHRASES | CRIES_ALONE for said in first)


def _is_negated(before: Sequence[str]) -> bool:
    """Whether the words before a stop word end in a negation of it; "why don't you" asks for it."""
    for i in range(len(before) - 1, max(len(before) - 7, -1), -1):
        word = before[i]
        if word in NEGATIONS:
            earlier = before[max(0, i - 2) : i]
            return not ("why" in earlier or _TELLING.intersection(earlier[-1:]) or _asks(earlier))
        if word not in BEFORE_A_STOP:
            return False
    return False


def _asks(words: Sequence[str]) -> bool:
    return len(words) == 2 and words[0] in _TELLING | {"do"} and words[1] in ("you", "it", "ya", "u")


def says_go_on(words: list[str]) -> bool:
    """Whether the words only tell the arm to carry on."""
    return " ".join(_core(words)) in GO_ON_PHRASES


def _core(words: Sequence[str]) -> list[str]:
    """The words without those that change nothing, none twice in a row, long drawn ones shortened."""
    out: list[str] = []
    for word, after in zip(words[:MAX_WORDS], [*words[1:], ""], strict=False):
        word = squeeze(word, _KNOWN)
        if word == "right" and after in ("now", "there", "away"):
            continue
        if word not in AROUND_A_COMMAND and word != "," and out[-1:] != [word]:
            out.append(word)
    times = next((n for n in range(2, len(out) // 2 + 1) if len(out) % n == 0 and out == out[:n] * (len(out) // n)), 0)
    return out[:times] if times else out  # "hold up hold up hold up"


_KNOWN = frozenset(w for phrase in STOP_PHRASES | GO_ON_PHRASES | CRIES_ALONE for w in phrase.split())

"""Clauses that name an action without ordering it: negated, conditional, reported, asked, imagined, alternative.

A reader of action words takes "never stack the blocks", "only if it fits, put …" and "Tom said to put …" for orders.
`doubts` finds such clauses by the words around an action word, without a model. Polite wording ("would you mind …") is
removed first. Terms follow the literature on negation scope and event factuality (Morante and Daelemans 2012; Saurí and
Pustejovsky 2009).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from sayso.planner.language import modality_words as M

_TOKEN = re.compile(r"[^\W\d_]+(?:['’‘`´ʼ][^\W\d_]+)*|\d+(?:\.\d+)?|[,.;:!?…—–-]+|[\"“”«»]|\S")
MOST_WORDS, MOST_CUES, MOST_QUOTED = 300, 20, 200
"""Limits on words and cues read and on characters quoted; a longer text gives no plan."""
_ENDS = frozenset(",.;:!?…—–->")
_HARD_ENDS = frozenset(".;:!?…")


class Modality(StrEnum):
    """Why a clause is no order."""

    NEGATED = "negated"
    CONDITIONAL = "conditional"
    REPORTED = "reported"
    ASKED = "asked"
    IMAGINED = "imagined"
    ALTERNATIVE = "alternative"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A clause that is no plain order: reason, original ``clause``, plain ``cue`` word, and place.

    ``reach`` is the end of the cue's scope, in characters.
    """

    modality: Modality
    clause: str
    cue: str
    start: int
    end: int
    reach: int

    @property
    def question(self) -> str:
        """A one-line question about the clause."""
        return f"“{self.clause}”: {M.QUESTIONS[self.modality.value]}"


@dataclass(frozen=True, slots=True)
class _Word:
    plain: str
    start: int
    end: int


def doubts(text: str, *, at_once: bool = False) -> tuple[Doubt, ...]:
    """The clauses of ``text`` that are no plain orders, in order; empty for plain and polite orders.

    "When you are done, …" is a plain step of a plan, but a condition for what is done ``at_once``.
    """
    words = _without_politeness(_words(text))
    found = [*_cues(words), *_unaddressed(words), *_statements(words)]
    if at_once:
        found += [(i, Modality.CONDITIONAL) for i, w in enumerate(words) if _sequence(words, i) and w.plain in M.LATER]
    out: dict[int, Doubt] = {}
    for at, modality in sorted(found, key=lambda f: f[0])[:MOST_CUES]:
        first, last = _clause(words, at)
        said = " ".join(text[words[first].start : words[last].end].split()).strip(" ,.;:!?…—–-")[:MOST_QUOTED]
        out.setdefault(
            at, Doubt(modality, said, words[at].plain, words[at].start, words[at].end, words[_reach(words, at)].end)
        )
    return tuple(out.values())


def without_politeness(text: str) -> str:
    """``text`` without its polite formulas and the commas that set them off."""
    out, at = [], 0
    for word in _without_politeness(_words(text)):
        if word.plain == M.POLITE:
            out.append(text[at : word.start])
            at = word.end
    rest = " ".join([*out, text[at:]]).replace(" ,", ",").strip(" ,")
    return " ".join(rest.split())


def _words(text: str) -> list[_Word]:
    return [
        _Word(re.sub(r"['’‘`´ʼ]", "", found[0].casefold()), found.start(), found.end())
        for found in islice(_TOKEN.finditer(text), MOST_WORDS)
    ]


def _is_end(word: str) -> bool:
    return not word or word[0] in _ENDS


def _without_politeness(words: list[_Word]) -> list[_Word]:
    """The words with each polite formula replaced by `M.POLITE`."""
    out: list[_Word] = []
    i = 0
    while i < len(words):
        length = _formula(words, i, out)
        if length:
            out.append(_Word(M.POLITE, words[i].start, words[i + length - 1].end))
        else:
            length = 1
            out.append(words[i])
        i += length
    return out


def _formula(words: Sequence[_Word], i: int, before: Sequence[_Word]) -> int:
    """Number of words of the polite formula that begins at ``i``; 0 without one."""
    text = " ".join(w.plain for w in words[i : i + M.LONGEST_FORMULA])
    found = M.FORMULAS.match(text)
    if found is None and all(_begins(w.plain) for w in before):
        found = M.FORMULAS_AT_START.match(text)
    return len(found[0].split()) if found is not None else 0


def _cues(words: Sequence[_Word]) -> Iterator[tuple[int, Modality]]:
    """Places of words or phrases that make a clause no order."""
    text = " ".join(w.plain for w in words)
    index = {}
    at = 0
    for i, word in enumerate(words):
        index[at] = i
        at += len(word.plain) + 1
    for name, pattern in M.CUES.items():
        for found in pattern.finditer(text):
            yield index[found.start()], Modality(name)
    for i, word in enumerate(words):
        begins = i == 0 or _is_end(words[i - 1].plain) or words[i - 1].plain in M.JOINTS
        after = words[i + 1].plain if i + 1 < len(words) else ""
        if begins and (
            (word.plain in M.ASKING and after not in ("be", "to"))
            or (word.plain in M.ASKING_OF and after in M.ASKED_OF.get(word.plain, M.SUBJECTS))
        ):
            yield i, Modality.ASKED
        if word.plain in M.TIME_CLAUSES and not _sequence(words, i):
            yield i, Modality.CONDITIONAL
    yield from _bare_question(words)


def _sequence(words: Sequence[_Word], i: int) -> int:
    """How many words from "after", "when" and the like on begin a step of the plan ("once you have put …"); 0: none."""
    found = M.SEQUENCE.match(" ".join(w.plain for w in words[i : i + 10])) if words[i].plain in M.TIME_CLAUSES else None
    return len(found[0].split()) if found is not None else 0


def _bare_question(words: Sequence[_Word]) -> Iterator[tuple[int, Modality]]:
    """An order without a polite word that ends in a question mark is a question."""
    for i, word in enumerate(words):
        if word.plain.startswith("?"):
            first, last = _sentence(words, max(i - 1, 0))
            said = [w.plain for w in words[first : last + 1]]
            orders = next((w for w in said if w not in M.ADVERBS | M.JOINTS | M.ADDRESSED), "") in M.ORDERS
            if not orders and M.POLITE not in said and not M.TAGS.intersection(said):
                yield first, Modality.ASKED


def _unaddressed(words: Sequence[_Word]) -> Iterator[tuple[int, Modality]]:
    """Action words not addressed to the robot: "he put", "I moved", "Tom stacks", "told her to take"."""
    steps = {i + k for i in range(len(words)) for k in range(_sequence(words, i))}
    for i, word in enumerate(words):
        form = M.FORM_OF.get(word.plain)
        if form is None or i in steps:
            continue
        if form == "gerund" and not _goes_on(words, i):
            yield i, Modality.IMAGINED
        elif form != "gerund" and not _is_addressed(words, i, form):
            yield i, Modality.REPORTED


def _before(words: Sequence[_Word], i: int) -> tuple[int, str]:
    """The word before the one at ``i``, adverbs left out, and where it is; "" at the beginning."""
    i -= 1
    while i >= 0 and words[i].plain in M.ADVERBS:
        i -= 1
    return i, words[i].plain if i >= 0 else ""


def _goes_on(words: Sequence[_Word], i: int) -> bool:
    """Whether the gerund at ``i`` goes on from a formula, another step or "start by"."""
    at, before = _before(words, i)
    return before in M.BEFORE_A_GERUND or before in M.JOINTS or (at >= 0 and before == M.POLITE)


def _is_addressed(words: Sequence[_Word], i: int, form: str) -> bool:
    """Whether the action word at ``i`` can be an order, by the words before it."""
    at, before = _before(words, i)
    further = words[at - 1].plain if at > 0 else ""
    if form == "third":
        return before in M.THINGS
    if form == "past":  # "the block you picked up"
        return before in M.BEFORE_A_PARTICIPLE or before in M.THINGS or (before == "you" and further in M.THINGS)
    if before == "you":
        return further in M.BEFORE_YOU or further == M.POLITE
    if before == "to":
        at, governor = _before(words, at)
        two = f"{words[at - 1].plain} {governor}" if at > 0 else governor
        return _begins(governor) or governor in M.GOVERNORS or two in M.GOVERNORS
    return _begins(before) or before in M.BEFORE_AN_ORDER or _is_noun(words, i) or _is_caused(words, i)


def _statements(words: Sequence[_Word]) -> Iterator[tuple[int, Modality]]:
    """Places of statements: "the red block is in the bowl"."""
    for i, word in enumerate(words[:-1]):
        if word.plain in ("is", "are") and words[i + 1].plain in M.PLACES:
            first, last = _sentence(words, i)
            said = {w.plain for w in words[first : last + 1]}
            if not said & M.AIMS and M.POLITE not in said:
                yield i, Modality.REPORTED


def _is_noun(words: Sequence[_Word], i: int) -> bool:
    return i + 1 < len(words) and words[i + 1].plain in M.NOUN_AFTER


def _is_caused(words: Sequence[_Word], i: int) -> bool:
    first = _clause(words, i)[0]
    return any(w.plain in M.CAUSING for w in words[first:i]) and words[i - 1].plain not in M.SUBJECTS


def _begins(word: str) -> bool:
    return _is_end(word) or word in M.JOINTS or word == M.POLITE


def _clause(words: Sequence[_Word], at: int) -> tuple[int, int]:
    """First and last word of the clause around ``at``: between punctuation, "but" and "then"."""
    first = last = at
    while first > 0 and not _is_end(words[first - 1].plain) and words[first - 1].plain not in M.BREAKS:
        first -= 1
    while last + 1 < len(words) and not _is_end(words[last + 1].plain) and words[last + 1].plain not in M.BREAKS:
        last += 1
    return first, last


def _reach(words: Sequence[_Word], at: int) -> int:
    """The last word in the scope of the one at ``at``: up to punctuation or "but"."""
    return _clause(words, at)[1]


def _sentence(words: Sequence[_Word], at: int) -> tuple[int, int]:
    first = last = at
    while first > 0 and words[first - 1].plain[:1] not in _HARD_ENDS:
        first -= 1
    while last + 1 < len(words) and words[last + 1].plain[:1] not in _HARD_ENDS:
        last += 1
    return first, last

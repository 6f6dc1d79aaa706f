"""What the network reads: the sentence, then what is being done, what was done before and what the robot asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tokenizers import Tokenizer

from sayso.planner.task.nouns import singular
from sayso.planner.task.text import write
from sayso.planner.task.values import Task

MAX_SAID, MAX_SOURCE = 96, 192
MOST_WORDS = MAX_SAID * 3 // 4
"""About so many words make `MAX_SAID` tokens: most words are one token, a comma is another."""
_WORD = re.compile(r"\w(?:[\w'’.-]*\w)?")
_PUNCTUATION = re.compile(r"[(),=\"]+")
_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"""
_NUMBERS = {word: float(i) for i, word in enumerate(_COUNTED.split())} | {
    "a": 1.0, "an": 1.0, "single": 1.0, "both": 2.0, "couple": 2.0, "pair": 2.0, "dozen": 12.0, "half": 0.5,
    "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "hundred": 100.0,
    "first": 1.0, "second": 2.0, "third": 3.0, "fourth": 4.0, "fifth": 5.0, "once": 1.0, "twice": 2.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """What is going on when a person speaks: the task ``doing``, the task ``before``, the question ``asked``."""

    doing: Task | None = None
    before: Task | None = None
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Token ids and segments for the encoder, and the words of the sentence that can be copied.

    ``heads`` are the indices of each word's first token.
    """

    ids: tuple[int, ...]
    segments: tuple[int, ...]
    words: tuple[str, ...]
    heads: tuple[int, ...]


def _told(context: Context) -> tuple[tuple[str, str], ...]:
    doing, before = (write(task) if task is not None else "" for task in (context.doing, context.before))
    return ("doing", doing), ("before", before), ("asked", context.asked)


def source_of(said: str, context: Context, tokenizer: Tokenizer) -> Source:
    """The network's input. Raises ValueError for a sentence without words or with more than `MAX_SAID` tokens."""
    encoding = tokenizer.encode(said)
    if len(encoding.ids) > MAX_SAID:
        raise ValueError(f"the sentence is too long; say at most about {MOST_WORDS} words")
    words, heads = [], []
    starts = {start: i for i, (start, end) in reversed(list(enumerate(encoding.offsets))) if end > start}
    for found in _WORD.finditer(said):
        if found.start() in starts:
            words.append(found.group())
            heads.append(starts[found.start()])
    if not words:
        raise ValueError("there are no words in the sentence")
    ids, segments = list(encoding.ids), [0] * len(encoding.ids)
    for name, about in _told(context):
        if about:
            more = tokenizer.encode(f"{name}: {_PUNCTUATION.sub(' ', about)}").ids[1:]
            ids += more
            segments += [1] * len(more)
    return Source(tuple(ids[:MAX_SOURCE]), tuple(segments[:MAX_SOURCE]), tuple(words), tuple(heads))


def words_in(said: str) -> list[str]:
    """The words of a sentence."""
    return [w.replace("’", "'") for w in _WORD.findall(said)]


def forms_of(word: str, noun: bool) -> tuple[str, ...]:
    """What copying ``word`` yields, the first form being the one that is made; the others count as equal."""
    plain = word.replace("’", "'")
    return (singular(plain), plain.casefold()) if noun else (plain, plain.casefold())


def number_of(word: str) -> float | None:
    """The number that ``word`` names, None if it is none: "3", "three", "third", "5cm"."""
    word = word.casefold()
    if word in _NUMBERS:
        return _NUMBERS[word]
    found = re.match(r"\d+(?:[.,]\d+)?", word)
    return float(found.group().replace(",", ".")) if found else None

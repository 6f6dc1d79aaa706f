"""From pairs to tensors: what the network reads and every id that is right at each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from sayso.planner.reader.source import Source, source_of
from sayso.planner.reader.training.pairs import Pair
from sayso.planner.reader.training.variation import Variation
from sayso.planner.reader.vocabulary import Vocabulary
from sayso.planner.task.canonical import canonical
from sayso.planner.task.grammar import MAX_TOKENS, Cursor, Word, tokens_of

HIDDEN, MASK, FIRST_WORD = 0.06, 103, 1000
"""The share of tokens that training hides, the token in their place, and the first token that is a word."""
SEEN = 2
"""A word that meanings use at least so often is one of the vocabulary; any other can only be copied."""


@dataclass(frozen=True, slots=True)
class Example:
    """A source and, for each step, the id before, the slot, the ids that may come and those that are right."""

    source: Source
    before: tuple[int, ...]
    slots: tuple[int, ...]
    allowed: NDArray[np.bool_]
    right: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples padded to one length; ``weight`` (b, t) is 0 at padding. ``heads`` (b, w) are the words' tokens."""

    ids: Tensor
    segments: Tensor
    mask: Tensor
    heads: Tensor
    before: Tensor
    slots: Tensor
    allowed: Tensor
    right: Tensor
    weight: Tensor


def vocabulary_of(pairs: Sequence[Pair], extra: Sequence[str] = ()) -> Vocabulary:
    """The vocabulary of the words that the meanings of ``pairs`` use often."""
    seen = Counter(t.text for p in pairs for t in tokens_of(canonical(p.meaning)) if isinstance(t, Word))
    return Vocabulary(sorted({w for w, n in seen.items() if n >= SEEN} | set(extra)))


def example_of(pair: Pair, vocabulary: Vocabulary, tokenizer: Tokenizer, rng: np.random.Generator) -> Example | None:
    """The example of a pair; None if a word of its meaning is neither known nor said, or it is too long."""
    try:
        source = source_of(pair.said, pair.context, tokenizer)
    except ValueError:
        return None
    tokens = tokens_of(canonical(pair.meaning))
    if len(tokens) > MAX_TOKENS:
        return None
    size = vocabulary.size
    cursor, last = Cursor(), size
    before, slots = [], []
    allowed = np.zeros((len(tokens), size + len(source.words)), bool)
    right = np.zeros_like(allowed)
    for i, token in enumerate(tokens):
        slot = cursor.slot
        found = vocabulary.right(token, slot, source)
        if not found:
            return None
        before.append(last)
        slots.append(vocabulary.slot_id(slot))
        allowed[i, :size] = vocabulary.allowed(slot)
        allowed[i, size:] = vocabulary.copies(slot, source)
        right[i, found] = True
        chosen = int(found[int(rng.integers(len(found)))])
        last = chosen if chosen < size else chosen + 1
        cursor.advance(token)
    if not (allowed | ~right).all():
        return None
    return Example(source, tuple(before), tuple(slots), allowed, right)


def batch_of(examples: Sequence[Example]) -> Batch:
    """The examples as tensors."""
    count = len(examples)
    length = max(len(e.source.ids) for e in examples)
    steps = max(len(e.before) for e in examples)
    words = max(len(e.source.words) for e in examples)
    size = examples[0].allowed.shape[1] - len(examples[0].source.words)
    ids = np.zeros((3, count, length), np.int64)
    heads = np.zeros((count, words), np.int64)
    out = np.zeros((2, count, steps), np.int64)
    allowed = np.zeros((2, count, steps, size + words), bool)
    weight = np.zeros((count, steps), np.float32)
    for i, e in enumerate(examples):
        n, t, w = len(e.source.ids), len(e.before), len(e.source.words)
        ids[0, i, :n], ids[1, i, :n], ids[2, i, :n] = e.source.ids, e.source.segments, 1
        heads[i, :w] = e.source.heads
        out[0, i, :t], out[1, i, :t] = e.before, e.slots
        allowed[0, i, :t, : size + w], allowed[1, i, :t, : size + w] = e.allowed, e.right
        allowed[:, i, t:, 0] = True
        weight[i, :t] = 1.0
    read = [torch.from_numpy(a) for a in (*ids, heads, *out, *allowed, weight)]
    return Batch(*read)


def _hidden(batch: Batch, rng: np.random.Generator) -> Batch:
    """``batch`` with some tokens of the sentences hidden, so that the network reads the others too."""
    hide = torch.from_numpy(rng.random(tuple(batch.ids.shape)) < HIDDEN) & (batch.ids > FIRST_WORD)
    return replace(batch, ids=batch.ids.masked_fill(hide, MASK))


def batches(
    pairs: Sequence[Pair], variation: Variation | None, vocabulary: Vocabulary, tokenizer: Tokenizer, size: int,
    rng: np.random.Generator,
) -> Iterator[Batch]:  # fmt: skip
    """One pass over ``pairs`` in batches of like length, each pair varied anew."""
    pool: list[Example] = []
    order = rng.permutation(len(pairs))
    for count, i in enumerate(order, 1):
        pair = variation.draw(pairs[i], rng) if variation is not None else pairs[i]
        example = example_of(pair, vocabulary, tokenizer, rng) or example_of(pairs[i], vocabulary, tokenizer, rng)
        if example is not None:
            pool.append(example)
        if len(pool) >= 12 * size or count == len(order):
            pool.sort(key=lambda e: (len(e.before), len(e.source.ids)))
            parts = [pool[k : k + size] for k in range(0, len(pool), size)]
            pool = []
            for k in rng.permutation(len(parts)):
                batch = batch_of(parts[k])
                yield _hidden(batch, rng) if variation is not None else batch

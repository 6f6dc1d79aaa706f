"""Beam search under the grammar: the most probable values, each with its probability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sayso.planner.reader.absurd import absurd
from sayso.planner.reader.source import Source
from sayso.planner.reader.vocabulary import Vocabulary
from sayso.planner.task.canonical import canonical
from sayso.planner.task.grammar import MAX_TOKENS, Cursor, Token, value_of
from sayso.planner.task.values import Seq, Task, Utterance

BEAM = 6
WIDE, SPREAD = 16, 0.75
"""A wider beam, for a sentence of which the usual one finds less than the second number of the probability."""
LEAST = math.log(1e-3)
"""A partial value this much less probable than the best one is given up."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A meaning and its probability."""

    value: Utterance
    probability: float


class Decoder(Protocol):
    """The network's second half for one sentence."""

    def scores(self, before: Sequence[int], slots: Sequence[int], parents: Sequence[int]) -> NDArray[np.float32]:
        """Scores (n, size + words) of the next token; ``parents`` are rows of the last call."""


@dataclass(slots=True)
class _Partial:
    cursor: Cursor
    tokens: tuple[Token, ...]
    last: int
    log: float


def meanings(decoder: Decoder, source: Source, vocabulary: Vocabulary, beam: int = BEAM) -> tuple[Meaning, ...]:
    """The most probable meanings, most probable first; readings that come to the same are added up.

    Probabilities are those of the network given that the meaning is not absurd; what the beam gave up is missing from
    their sum.
    """
    open_ = [_Partial(Cursor(), (), vocabulary.size, 0.0)]
    parents = [0]
    done: dict[Utterance, float] = {}
    for _ in range(MAX_TOKENS):
        slots = [p.cursor.slot for p in open_]
        rows = decoder.scores([p.last for p in open_], [vocabulary.slot_id(s) for s in slots], parents)
        grown: list[tuple[float, int, int]] = []
        for i, (partial, slot) in enumerate(zip(open_, slots, strict=True)):
            may = np.concatenate([vocabulary.allowed(slot), vocabulary.copies(slot, source)])
            row = np.where(may, rows[i].astype(np.float64), -np.inf)
            logs = partial.log + row - np.logaddexp.reduce(row)
            for k in np.argpartition(-logs, min(2 * beam, len(logs) - 1))[: 2 * beam]:
                if logs[k] > -np.inf:
                    grown.append((float(logs[k]), i, int(k)))
        grown.sort(reverse=True)
        best = max([grown[0][0], *(math.log(p) for p in done.values())])
        following: list[_Partial] = []
        parents = []
        merged: dict[tuple[Token, ...], _Partial] = {}
        for log, i, k in grown:
            if log < best + LEAST:
                break
            token = vocabulary.token(k, slots[i], source)
            tokens = (*open_[i].tokens, token)
            if tokens in merged:  # the same token, copied and known
                merged[tokens].log = float(np.logaddexp(merged[tokens].log, log))
                continue
            if len(following) >= beam:
                continue
            cursor = open_[i].cursor.copy()
            cursor.advance(token)
            partial = _Partial(cursor, tokens, k if k < vocabulary.size else k + 1, log)
            merged[tokens] = partial
            if cursor.done:
                continue
            following.append(partial)
            parents.append(i)
        for partial in merged.values():
            if partial.cursor.done:
                value = canonical(value_of(partial.tokens))
                done[value] = done.get(value, 0.0) + math.exp(partial.log)
        open_ = following
        if not open_ or (done and max(p.log for p in open_) < math.log(max(done.values())) + LEAST):
            break
        if len(done) >= 2 * beam:
            break
    possible = 1.0 - sum(p for value, p in done.items() if absurd(value))
    found = [Meaning(value, p / possible) for value, p in done.items() if not absurd(value)]
    return tuple(sorted(found, key=lambda m: -m.probability))


def in_sequence(parts: Sequence[Sequence[Meaning]], most: int = 3) -> tuple[Meaning, ...]:
    """The meanings of sentences of which each orders something, carried out one after the other; ``most`` of each."""
    tasks = [[(m.value, m.probability) for m in part[:most] if isinstance(m.value, Task)] for part in parts]
    found = [
        Meaning(canonical(Seq(tuple(v for v, _ in chain))), math.prod(p for _, p in chain))  # type: ignore[misc]
        for chain in product(*tasks)
    ]
    return tuple(sorted(found, key=lambda m: -m.probability))

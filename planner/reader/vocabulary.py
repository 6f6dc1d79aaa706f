"""The tokens that the network gives: the grammar's, the words and numbers that it knows, and words of the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sayso.planner.reader.source import Source, forms_of, number_of
from sayso.planner.task.grammar import Number, Slot, Token, Word, fixed_tokens, slots

NUMBERS = (
    *map(float, range(1, 13)),
    *(0.5, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 360.0),
    *(-30.0, -45.0, -90.0, -180.0),
)
NOUN = "noun"


class Vocabulary:
    """Ids of fixed tokens, then of ``words``, then of `NUMBERS`; ids from ``size`` on copy a word of the sentence."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self.tokens: tuple[Token, ...] = (*fixed_tokens(), *map(Word, self.words), *map(Number, NUMBERS))
        self.size = len(self.tokens)
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.slot_ids = {name: i for i, name in enumerate(slots())}
        self._masks: dict[Slot, NDArray[np.bool_]] = {}

    @cached_property
    def _kinds(self) -> NDArray[np.int64]:
        return np.array([1 if isinstance(t, Word) else 2 if isinstance(t, Number) else 0 for t in self.tokens])

    def slot_id(self, slot: Slot) -> int:
        """The number of a slot's head and field."""
        return self.slot_ids[slot.head, slot.field]

    def allowed(self, slot: Slot) -> NDArray[np.bool_]:
        """Which of the ``size`` ids may stand at ``slot``; the slot itself knows its copies."""
        if slot not in self._masks:
            mask = (self._kinds == 1) & slot.words | (self._kinds == 2) & slot.numbers
            mask[[self.ids[t] for t in slot.tokens]] = True
            self._masks[slot] = mask
        return self._masks[slot]

    def copies(self, slot: Slot, source: Source) -> NDArray[np.bool_]:
        """Which words of the sentence may be copied to ``slot``."""
        if slot.numbers:
            return np.array([number_of(w) is not None for w in source.words])
        return np.full(len(source.words), slot.words)

    def right(self, token: Token, slot: Slot, source: Source) -> list[int]:
        """Every id that gives ``token`` at ``slot``: the vocabulary's own and copies."""
        found = [self.ids[token]] if token in self.ids else []
        if isinstance(token, Word):
            wanted = token.text.casefold()
            noun = slot.field == NOUN
            for i, word in enumerate(source.words):
                if wanted in (f.casefold() for f in forms_of(word, noun)):
                    found.append(self.size + i)
        elif isinstance(token, Number):
            found += [self.size + i for i, word in enumerate(source.words) if number_of(word) == token.value]
        return found

    def token(self, index: int, slot: Slot, source: Source) -> Token:
        """The token of id ``index`` at ``slot``."""
        if index < self.size:
            return self.tokens[index]
        word = source.words[index - self.size]
        if slot.numbers:
            return Number(number_of(word) or 0.0)
        return Word(forms_of(word, slot.field == NOUN)[0])

"""Random values of the task language, drawn from its grammar."""

from __future__ import annotations

import numpy as np

from sayso.planner.task.grammar import END, NONE, Cursor, Number, Token, Word, value_of
from sayso.planner.task.values import Value

WORDS = ("block", "mug", "mum's", "left", "the", "Ärger", "3rd")
SHORT = 40  # from here on every slot takes what ends soonest


def random_tokens(rng: np.random.Generator) -> list[Token]:
    """The tokens of a random value."""
    cursor, out = Cursor(), []
    while not cursor.done:
        slot = cursor.slot
        fixed = list(slot.tokens)
        if len(out) > SHORT:
            fixed = (
                [t for t in (END, NONE) if t in fixed]
                or [t for t in ("it", "remark", "stop", "middle", "other", "undo") if t in fixed]
                or fixed
            )
        options: list[Token] = list(fixed)
        if slot.words and not (slot.tokens and len(out) > SHORT):
            options += [Word(WORDS[int(rng.integers(len(WORDS)))])]
        if slot.numbers:
            options += [Number(float(rng.integers(1, 20)))]
        token = options[int(rng.integers(len(options)))]
        out.append(token)
        cursor.advance(token)
    return out


def random_value(rng: np.random.Generator) -> Value:
    """A random value."""
    return value_of(random_tokens(rng))

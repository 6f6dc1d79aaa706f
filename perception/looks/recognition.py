"""Which thing has which name: looks compared one to one, with an answer for none of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sayso.hardware.types import Array
from sayso.perception.looks.describer import Comparison

NONE = 3.0
"""How many times as likely as each thing in view it is that none of them has the name; calibrated on trained things."""
DOUBTFUL = 0.15
"""Probability from which a thing may be the one that has a name."""
Numbers = NDArray[np.float32]


def probabilities(comparison: Comparison, names: Sequence[Numbers], things: Sequence[Numbers]) -> Array:
    """Probabilities (names, things) that a thing has a name, given the numbers (k, d) of the looks of both.

    Of several looks of a name the most alike counts, of several views of a thing their mean. A name belongs to one
    thing at most and a thing has one name at most, so rivals count in rows and columns: at most one probability in each
    is above a half.
    """
    if not names or not things:
        return np.zeros((len(names), len(things)))
    all_odds = comparison.log_odds(np.concatenate(names), np.concatenate(things))
    rows, columns = (np.cumsum([0, *map(len, parts)]) for parts in (names, things))
    best = np.maximum.reduceat(all_odds, rows[:-1], axis=0)
    means = np.add.reduceat(best, columns[:-1], axis=1) / np.diff(columns)
    odds = np.exp(means.astype(np.float64))
    rivals = odds.sum(1, keepdims=True) + odds.sum(0, keepdims=True) - odds
    return np.asarray(odds / (NONE * len(things) + rivals))

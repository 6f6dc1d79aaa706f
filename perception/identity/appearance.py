"""How much one look speaks for the same thing or for another one: kind, color and size, in nats.

Calibrated on what the shipped detector gives for one thing over time and light: 4,507 looks at 118 blocks in 43 runs,
each in another light. With a confidence of 0.8 or more none of 4,484 named another color; below 0.5, 9 of 14 did,
mostly with the hand in front of the block.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.scene import ALL_COLORS, ALL_KINDS, KINDS
from sayso.perception.votes import Detection

# Probability that a look's distribution tells nothing: with confidence 1, its growth with (1 - confidence)³, its limit.
# The first is above what was measured (less than 0.001), because real light varies more.
BLIND, BLINDER, BLINDEST = 0.01, 3.0, 0.9
# Standard deviation (m) of two measured sizes of one thing, and of the sizes of two things.
SIZE_ERROR, SIZE_SPREAD = 0.004, 0.012
# Probability that another thing has this name by chance: one in two for blocks and bowls, one in ten for the rest.
KIND_CHANCE = np.array([1 / len(KINDS) if kind in KINDS else 0.1 for kind in ALL_KINDS])
COLOR_CHANCE = np.full(len(ALL_COLORS), 0.1)
UNNAMED = 1e-4  # probability of a name that the detector does not know
# A thing half hidden seems smaller, so a size never weighs more than this (nats).
SIZE_FOR, SIZE_AGAINST = 0.3, 1.0


def kind_belief(detection: Detection) -> Array:
    """A detection's probabilities (K,) of kinds, with a lower bound above 0."""
    return _belief(detection.kinds, ALL_KINDS, KIND_CHANCE.max(), detection.confidence)


def color_belief(detection: Detection) -> Array:
    """A detection's probabilities (C,) of colors, with a lower bound above 0."""
    return _belief(detection.colors, ALL_COLORS, COLOR_CHANCE.max(), detection.confidence)


def _belief(probabilities: Mapping[str, float], names: tuple[str, ...], chance: float, confidence: float) -> Array:
    values = np.array([probabilities.get(n, 0.0) for n in names])
    blind = min(BLIND + BLINDER * (1 - min(max(confidence, 0.0), 1.0)) ** 3, BLINDEST)
    known = np.array([n in probabilities for n in names])
    values = (1 - blind) * values / max(values.sum(), 1e-9) + np.where(known, blind * chance, UNNAMED)
    return values / values.sum()


def kind_odds(one: Array, other: Array) -> Array:
    """Log odds that two looks with the beliefs ``one`` (…, K) and ``other`` (…, K) of kinds are of the same thing."""
    return np.asarray(np.log((one * other / KIND_CHANCE).sum(-1)))


def color_odds(one: Array, other: Array) -> Array:
    """As `kind_odds`, for beliefs (…, C) of colors."""
    return np.asarray(np.log((one * other / COLOR_CHANCE).sum(-1)))


def size_odds(one: Array, other: Array) -> Array:
    """Log odds of the same thing for two measured sizes (…, 3) m, within `SIZE_AGAINST` and `SIZE_FOR`."""
    gap = np.stack([one[..., :2].max(-1) - other[..., :2].max(-1), one[..., 2] - other[..., 2]], -1)
    same, spread = 2 * SIZE_ERROR**2, 2 * SIZE_SPREAD**2
    total = (-(gap**2) / 2 * (1 / same - 1 / spread) + np.log(spread / same) / 2).sum(-1)
    return np.clip(total, -SIZE_AGAINST, SIZE_FOR)

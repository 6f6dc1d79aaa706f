"""Sentences that are no English: the reader makes little of them, and they have none of its commonest words."""

from __future__ import annotations

from sayso.planner.corrections.text import tokens
from sayso.planner.corrections.words import words

ENGLISH_ONLY = "I understand English only."
LIKELY = 0.25
"""What the reader is as sure of is read, in whatever words."""
LEAST = 3
"""Fewer words may be a name, or an answer."""
_COMMON = words(
    """the and of to it its this that these those them my your all every each both one other from with into onto is are
    you i put take pick move give get bring please left right"""
)
"""One of these is in almost every English order, and in hardly any sentence of another language."""


def is_foreign(sentence: str, probability: float) -> bool:
    """Whether a ``sentence`` is plainly not English; its most probable meaning has this ``probability``."""
    said = [word for word in tokens(sentence) if word.isalpha()]
    return probability < LIKELY and len(said) >= LEAST and _COMMON.isdisjoint(said)

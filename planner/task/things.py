"""Nouns and colors of things other than blocks and bowls: the kinds that the eyes may take them for."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.perception.scene import COLORS, KINDS, SOMETHING
from sayso.planner.task.nouns import singular

NOUNS: dict[str, str] = {
    "box": "box carton package packet parcel crate matchbox shoebox",
    "can": "can tin soda coke canister jar",
    "bottle": "bottle flask",
    "cup": "cup beaker tumbler glass goblet",
    "mug": "mug tankard",
    "plate": "plate saucer platter",
    "ball": "ball sphere marble orb",
    "ring": "ring hoop washer",
    "stick": "stick pen pencil rod marker crayon baton skewer chopstick",
}
_KIND_OF = {noun: kind for kind, nouns in NOUNS.items() for noun in nouns.split()}
# Kinds that look alike, and how likely the one noun means what is seen as the other kind.
LIKE: dict[str, dict[str, float]] = {
    "box": {SOMETHING: 0.5},
    "can": {"cup": 0.3, "bottle": 0.3, "ball": 0.3},
    "bottle": {"can": 0.4, SOMETHING: 0.5},
    "cup": {"mug": 0.45, "can": 0.35},
    "mug": {"cup": 0.45, "can": 0.3},
    "plate": {"ring": 0.3},
    "ball": {SOMETHING: 0.5, "can": 0.3},
    "ring": {"plate": 0.3, SOMETHING: 0.5},
    "stick": {SOMETHING: 0.5},
}
LESS = 0.45  # of what the words model says of blocks and bowls, where a noun names another kind: a "box" may be a block
UNKNOWN = 0.6  # of what it says of no known kind: the noun may mean something without a name
NEW_COLORS = {"white": {"white": 1.0, "gray": 0.2}, "black": {"black": 1.0, "brown": 0.15, "gray": 0.15}}


def kind_named(words: str) -> str | None:
    """The kind that the last noun known in ``words`` names, None for a block, a bowl or any other noun."""
    nouns = (singular(w.strip(".,;:!?\"'")) for w in reversed(words.split()))
    return next((_KIND_OF[noun] for noun in nouns if noun in _KIND_OF), None)


def kinds_meant(words: str, read: Mapping[str, float]) -> dict[str, float]:
    """Probabilities of kinds for ``words`` with a noun; ``read`` are those of the words model, which stay otherwise."""
    out, kind = dict(read), kind_named(words)
    if kind is None:
        other = out.get("other", 0.0)
        return out | {SOMETHING: UNKNOWN * other} if other > 0.5 else out
    out = {name: p * (LESS if name in KINDS else 0.0) for name, p in out.items()}
    return out | LIKE[kind] | {kind: 1.0}


def colors_meant(words: str, read: Mapping[str, float]) -> dict[str, float]:
    """As `kinds_meant`, for the word of a color in ``words``: white and black are the eyes' own."""
    named = next((w for w in words.casefold().split() if w in NEW_COLORS), None)
    if named is None or any(c in words.casefold().split() for c in COLORS):
        return dict(read)
    return {name: 0.0 for name in read} | NEW_COLORS[named]

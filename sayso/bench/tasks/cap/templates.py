"""The 14 templates of the simulated tabletop domain of Code as Policies, their attributes, and what was reported.

Liang et al., "Code as Policies: Language Model Programs for Embodied Control", ICRA 2023, table of the tabletop domain
and appendix. Their examples in the prompt show the seen instructions with the seen attributes. Each template has its
meaning in the task language beside its sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Family = Literal["long-horizon", "spatial-geometric"]
LONG: Family = "long-horizon"
SPATIAL: Family = "spatial-geometric"
SEEN, UNSEEN, NEW = "seen attributes", "unseen attributes", "unseen instructions"
Words = Mapping[str, str]
"""The words of an attribute, each with its text in the task language."""


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence and its ``meaning`` with the same slots: {a} a block, {b} another thing, {bowl}, {spot}, …"""

    name: str
    family: Family
    said: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """What may fill the slots."""

    colors: tuple[str, ...]
    spots: Words
    directions: Words
    distances: Words
    amounts: Words
    places: Words
    lines: Words


_BLOCK, _BOWL = "the(block, color({a}))", "the(bowl, color({bowl}))"
INSTRUCTIONS = (
    Template("on a block or a bowl", LONG, "pick up the {a} block and place it on the {b} {kind}",
             f"put({_BLOCK}, on(the({{kind}}, color({{b}}))))"),
    Template("stack all", LONG, "stack all the blocks", "stack(all(block))"),
    Template("all on a corner or side", LONG, "put all the blocks on the {spot}", "put(all(block), {spot})"),
    Template("all in a bowl", LONG, "put the blocks in the {bowl} bowl", f"put(all(block), in({_BOWL}))"),
    Template("matching colors", LONG, "put all the blocks in the bowls with matching colors",
             "for_each(all(block), put(each, in(the(bowl, same_color(each)))))"),
    Template("in a direction from a bowl", SPATIAL,
             "pick up the block to the {direction} of the {bowl} bowl and place it on the {spot}",
             f"put(the(block, {{direction}}({_BOWL})), {{spot}})"),
    Template("by distance to a bowl", SPATIAL,
             "pick up the block {distance} to the {bowl} bowl and place it on the {spot}",
             f"put(the(block, {{distance}}({_BOWL})), {{spot}})"),
    Template("nth from a direction", SPATIAL,
             "pick up the {nth} block from the {direction} and place it on the {spot}",
             "put(the(block, nth({nth}, {side})), {spot})"),
)  # fmt: skip
NEW_INSTRUCTIONS = (
    Template("different corners", LONG, "put all the blocks in different corners",
             "put(all(block), in(a(corner, other)))"),
    Template("mismatched colors", LONG, "put the blocks in the bowls with mismatched colors",
             "for_each(all(block), put(each, in(a(bowl, non(same_color(each))))))"),
    Template("stack on a corner or side", LONG, "stack all the blocks on the {spot}",
             "stack(all(block), place={spot})"),
    Template("some way from a bowl", SPATIAL,
             "pick up the {a} block and place it {amount} to the {direction} of the {bowl} bowl",
             f"put({_BLOCK}, {{direction}}({_BOWL}, by={{amount}}))"),
    Template("corner by distance", SPATIAL,
             "pick up the {a} block and place it in the corner {distance} to the {bowl} bowl",
             f"put({_BLOCK}, in(the(corner, {{distance}}({_BOWL}))))"),
    Template("in a line", SPATIAL, "put all the blocks in a {line} line", "{line}"),
)  # fmt: skip

_SIDES = {"left": "left", "top": "far", "right": "right", "bottom": "near"}
"""Sides in the picture as a person at the robot sees the table."""
SIDE_OF = {"left_of": "left", "behind": "far", "right_of": "right", "in_front_of": "near"}


def _spot(words: str) -> str:
    *sides, what = words.split()
    if what == "side":
        return f"at_side({_SIDES[sides[0]]})"
    return f"corner({_SIDES[sides[0]]}, {_SIDES[sides[1]]})"


def _attributes(
    colors: str,
    spots: tuple[str, ...],
    directions: Words,
    distances: Words,
    amounts: Words,
    places: Words,
    lines: Words,
) -> Attributes:
    return Attributes(
        tuple(colors.split()), {s: _spot(s) for s in spots}, directions, distances, amounts, places, lines
    )


_DIAGONAL = 'with(arrange(all(block), line), mind("in a diagonal line"))'
ATTRIBUTES = {
    SEEN: _attributes(
        "blue red green orange yellow", ("left side", "top left corner", "top side", "top right corner"),
        {"top": "behind", "left": "left_of"}, {"closest": "nearest"}, {"a little": "little"},
        {"first": "1", "second": "2"},
        {"horizontal": "arrange(all(block), line)", "vertical": "arrange(all(block), column)"},
    ),
    UNSEEN: _attributes(
        "pink cyan brown gray purple", ("bottom right corner", "bottom side", "bottom left corner"),
        {"bottom": "in_front_of", "right": "right_of"}, {"farthest": "farthest"}, {"a lot": "lot"},
        {"third": "3", "fourth": "4"}, {"diagonal": _DIAGONAL},
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Split:
    """Instructions of one ``family`` with their attributes, and the rates that Code as Policies reported: ``theirs`` of
    ``n``, and of CLIPort, which had learned from demonstrations.
    """

    name: str
    family: Family
    templates: tuple[Template, ...]
    attributes: Attributes
    theirs: float
    cliport: float
    n: int


def _split(name: str, family: Family, theirs: float, cliport: float) -> Split:
    those = tuple(t for t in (NEW_INSTRUCTIONS if name == NEW else INSTRUCTIONS) if t.family == family)
    return Split(name, family, those, ATTRIBUTES[SEEN if name == SEEN else UNSEEN], theirs, cliport, 50 * len(those))


SPLITS = (
    _split(SEEN, LONG, 0.972, 0.788),
    _split(SEEN, SPATIAL, 0.893, 0.973),
    _split(UNSEEN, LONG, 0.976, 0.368),
    _split(UNSEEN, SPATIAL, 0.7333, 0.0),
    _split(NEW, LONG, 0.80, 0.0),
    _split(NEW, SPATIAL, 0.62, 0.0),
)

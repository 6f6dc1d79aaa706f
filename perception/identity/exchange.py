"""Which known thing is what now stands in another one's place: exchanged with it, put there, or new."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from sayso.hardware.types import Array
from sayso.perception.assignment import cheapest_pairs
from sayso.perception.identity.appearance import color_odds, kind_odds, size_odds
from sayso.perception.track import EXCHANGED, Track

ALIKE = 1.0  # log odds from which two looks may be of one thing
CLEAR = 2.0  # what one clear look speaks against a track, at least (nats)


def looks_alike(thing: Track, other: Track) -> float:
    """Log odds, by looks alone, that two tracks are of one thing (nats)."""
    alike = kind_odds(thing.kind_belief, other.kind_belief) + color_odds(thing.color_belief, other.color_belief)
    return float(alike + size_odds(thing.size, other.size))


def exchanges(
    doubted: Sequence[Track], free: Sequence[Track], crowded: Collection[int] = ()
) -> list[tuple[Track, Track | None]]:
    """Pairs (place, thing): the ``doubted`` tracks in whose places another thing is seen, and the track of that thing.

    None: no known thing, or one that has a track there already, as in the places with the indices ``crowded``. ``free``
    are tracks that may have come there unseen. Two things that have changed places are one event, not two: each takes
    half of the odds against it.
    """
    things = [*doubted, *free]
    gains: Array = np.zeros((len(things), len(doubted)))
    for j, place in enumerate(doubted):
        gains[j, j] = max(EXCHANGED - place.against, 0.0)
        if j in crowded or place.stranger is None:
            continue
        for i, thing in enumerate(things):
            alike = looks_alike(thing, place.stranger) if i != j else 0.0
            if alike > ALIKE:
                gains[i, j] = alike + (EXCHANGED / 2 if i < len(doubted) else 0.0)
    taken = {j: i for i, j in cheapest_pairs(-gains) if gains[i, j] > 0}
    return [(place, things[taken[j]] if j in taken else None) for j, place in enumerate(doubted) if taken.get(j) != j]


def other_light(doubted: Sequence[Track], found: Sequence[tuple[Track, Track | None]], seen: int) -> list[Track]:
    """The tracks of ``doubted`` that look like nothing known, if two or more and half of the ``seen`` ones do at once.

    It is likelier that the light has changed than that unknown things have taken so many places. ``found`` is what
    `exchanges` gives.
    """
    explained = {id(track) for pair in found if pair[1] is not None for track in pair}
    alone = [t for t in doubted if t.against >= CLEAR and id(t) not in explained]
    return alone if len(alone) >= max(2, (seen + 1) // 2) else []

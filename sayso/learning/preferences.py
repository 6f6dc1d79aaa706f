"""Derives preferences from corrections of the choice: which thing people want where several fit, and at what pace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from math import prod

import numpy as np

from sayso.learning.amendments import amended
from sayso.learning.attempt import Attempt, Moment, Said, SeenThing
from sayso.learning.habits import LEAST, SIZE_M, spanned, things_in_words
from sayso.planner.memory.entries import Habit, Phase, Preferred
from sayso.planner.task.text import write
from sayso.planner.task.values import Color, Nth, Rank, The

MOST, CHANCE, CLEARLY = 0.9, 0.05, 0.03
"""The share of the choices that a preference explains, how probable it may be that the things were named at random, and
how much farther or bigger the first must be than the second."""
SLOWER = 0.8
"""From this pace down a person has asked for less speed."""
ANYWHERE = (-1.0, 3.0)
_BY: dict[Rank, Callable[[SeenThing], float]] = {
    Rank.LEFT: lambda o: -o.position[1], Rank.RIGHT: lambda o: o.position[1],
    Rank.NEAR: lambda o: o.position[0], Rank.FAR: lambda o: -o.position[0],
    Rank.BIG: lambda o: -prod(o.size), Rank.SMALL: lambda o: prod(o.size),
}  # fmt: skip
_WORDS = {
    Rank.LEFT: "the leftmost {}", Rank.RIGHT: "the rightmost {}", Rank.NEAR: "the nearest {}",
    Rank.FAR: "the farthest {}", Rank.BIG: "the biggest {}", Rank.SMALL: "the smallest {}",
}  # fmt: skip


def preferences_of(attempts: Sequence[Attempt]) -> list[Preferred]:
    """What people want where several things fit: a color, or the first by some order, if it explains all but one in
    ten of their choices, and chance does not.

    A choice is a correction that names another thing of the same kind. Only attempts that succeeded count.
    """
    choices: dict[str, list[tuple[SeenThing, list[SeenThing], int]]] = defaultdict(list)
    for number, attempt in enumerate(attempts):
        for said in _choices(attempt):
            chosen = next((o for o in said.scene if o.id == said.target), None)
            if chosen is not None:
                kind = _kind(chosen)
                rivals = [o for o in said.scene if _kind(o) == kind]
                if len(rivals) > 1:
                    choices[kind].append((chosen, rivals, number))
    found = [_preferred(kind, rows) for kind, rows in choices.items()]
    return [preferred for preferred in found if preferred is not None]


def _choices(attempt: Attempt) -> list[Said]:
    if not attempt.succeeded:
        return []
    rows = [row.said for row in amended(attempt) if not row.struck and row.said.level == "subtask"]
    return rows[-1:]  # who says it again means the last


def _kind(thing: SeenThing) -> str:
    return thing.name.split()[-1]


def _preferred(kind: str, rows: Sequence[tuple[SeenThing, list[SeenThing], int]]) -> Preferred | None:
    if len({number for _, _, number in rows}) < LEAST:
        return None
    explained: list[tuple[int, The, str]] = []
    for color in sorted({chosen.name.split()[0] for chosen, _, _ in rows}):
        hits = [chosen.name.split()[0] == color for chosen, _, _ in rows]
        explained.append((sum(hits), The(kind, (Color(color),)), f"the {color} {kind}"))
    for rank, order in _BY.items():
        hits = [_is_first(chosen, rivals, order) for chosen, rivals, _ in rows]
        explained.append((sum(hits), The(kind, (Nth(1.0, rank),)), _WORDS[rank].format(kind)))
    most, thing, words = max(explained, key=lambda row: row[0])
    by_chance = len(explained) * at_least(most, [1 / len(rivals) for _, rivals, _ in rows])
    if most < MOST * len(rows) or by_chance > CHANCE:
        return None
    when = datetime.now().astimezone().replace(microsecond=0)
    return Preferred(when=when, said=f"rather {words} ({most} corrections)", thing=write(thing))


def _is_first(chosen: SeenThing, rivals: Sequence[SeenThing], order: Callable[[SeenThing], float]) -> bool:
    """Whether ``chosen`` is clearly the first of ``rivals``."""
    first, second = sorted(order(o) for o in rivals)[:2]
    return order(chosen) == first and second - first > CLEARLY * max(abs(first), abs(second))


def at_least(hits: int, chances: Sequence[float]) -> float:
    """How probable at least ``hits`` of independent events with these ``chances`` are."""
    spread = np.array([1.0])
    for chance in chances:
        spread = np.convolve(spread, [1 - chance, chance])
    return float(spread[hits:].sum())


def slow_habits_of(attempts: Sequence[Attempt], arm: str) -> list[Habit]:
    """For which things people ask for less speed, and nothing else: a habit for each phase of what followed."""
    rows: dict[Phase, list[tuple[Moment, int]]] = defaultdict(list)
    for number, attempt in enumerate(attempts):
        for moment in _slowed(attempt):
            rows[_phase(moment)].append((moment, number))
    return [_slow(phase, found, arm) for phase, found in rows.items() if len({number for _, number in found}) >= LEAST]


def _slowed(attempt: Attempt) -> list[Moment]:
    """The moments of an attempt that succeeded because it was slow: from the words on."""
    if not attempt.succeeded:
        return []
    said = [row.said for row in amended(attempt) if not row.struck and row.said.level == "motion"]
    paces = [s for s in said if s.pace is not None]
    if not paces or len(paces) < len(said) or paces[-1].pace is None or paces[-1].pace > SLOWER:
        return []
    return [moment for moment in attempt.moments if moment.t > paces[0].t]


def _phase(moment: Moment) -> Phase:
    if moment.aim.place is None:
        return "lifting" if moment.aim.held else "reaching"
    return "carrying" if moment.aim.held else "leaving"


def _slow(phase: Phase, rows: Sequence[tuple[Moment, int]], arm: str) -> Habit:
    height = spanned([moment.aim.size[2] for moment, _ in rows], SIZE_M)
    width = spanned([max(moment.aim.size[:2]) for moment, _ in rows], SIZE_M)
    while_ = {
        "reaching": "while the hand reaches for them", "lifting": "once they are in the hand",
        "carrying": "while they are carried", "leaving": "after letting go of them",
    }[phase]  # fmt: skip
    return Habit(
        when=datetime.now().astimezone().replace(microsecond=0), slowly=True, phase=phase, height=height, width=width,
        words=f"{things_in_words(height, width)}, {while_}: slowly", above=ANYWHERE, off=ANYWHERE, arm=arm,
        corrections=len({number for _, number in rows}),
    )  # fmt: skip

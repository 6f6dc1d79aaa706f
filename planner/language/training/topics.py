"""What the sentences of the corpus speak of: which kinds, colours and quantities in which role."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.perception.scene import COLORS
from sayso.planner.language.reading import ANY, OTHER, SAME, TABLE, Action, Quantity, Role, Side
from sayso.planner.language.training.lexicon import PAIRS_TEST
from sayso.planner.language.training.things import Description, Namer

_IT, _THEM = Description(ANY, ANY, Quantity.IT), Description(ANY, ANY, Quantity.THEM)


@dataclass(frozen=True, slots=True)
class Style:
    """Which sentences are made: ``patterns`` and ``words`` are how often those kept for the test are taken.

    ``things`` (kind, colour) are spoken of when given, else anything; ``pairs`` lets the colours meet that training
    keeps apart; ``typos`` is how often a sentence has some.
    """

    patterns: float = 0.0
    words: float = 0.0
    pairs: bool = False
    typos: float = 0.05
    things: tuple[tuple[str, str], ...] = ()


USUAL = Style()
"""What training sees."""


class Topics:
    """Chooses descriptions for one sentence after another; `start` begins the next."""

    def __init__(self, rng: np.random.Generator, style: Style, namer: Namer) -> None:
        self.rng, self.style, self.namer = rng, style, namer
        self.start()

    def start(self) -> None:
        """Forget the colours of the last sentence."""
        self.colors: set[str] = set()

    def color(self, kind: str = "block", *, needed: bool = False) -> str:
        """A colour that ``kind`` has, and that training lets stand beside those said before it in this sentence."""
        draw = self.rng.random()
        if not needed and draw < (0.05 if self.style.things else 0.12):
            return ANY
        if not self.style.things and draw > 0.95:
            return OTHER
        pool = [c for k, c in self.style.things if k == kind] or [c for _, c in self.style.things] or list(COLORS)
        for _ in range(50):
            color = self.namer.pick(pool)
            if self.style.pairs or not any(frozenset((color, c)) in PAIRS_TEST for c in self.colors):
                self.colors.add(color)
                return color
        return ANY

    def place(self, role: Role, action: Action, *, first: bool) -> Description:
        """A reference or a source of a clause that asks for ``action``; ``first`` in the first clause."""
        draw = self.rng.random()
        if draw < 0.05 and action in (Action.ON, Action.PICK):
            return Description(TABLE)
        if not first and role is Role.REFERENCE and draw < 0.1:
            return _IT
        if action is Action.IN and 0.1 < draw < 0.15:
            return Description("bowl", SAME)
        if role is Role.SOURCE:
            usual = self.namer.pick(("block", "bowl"))
        elif action in (Action.ON, Action.STACK):
            usual = "block" if self.rng.random() < 0.93 else "bowl"
        else:
            usual = "bowl" if action is Action.IN else self.namer.pick(("block", "block", "bowl"))
        kind, many = self._kind(usual), self.rng.random()
        quantity = Quantity.ANY if many < 0.08 else Quantity.ANOTHER if many < 0.11 else Quantity.THE
        return Description(kind, self.color(kind), quantity, side=self._side())

    def thing(self, action: Action, *, first: bool, after_pick: bool = False) -> Description:
        """An object of a clause; ``after_pick`` when the clause before picked something up."""
        draw, many = self.rng.random(), self.rng.random()
        if after_pick and draw < 0.65:
            return _THEM if draw < 0.08 else _IT
        if draw < (0.05 if first else 0.1):
            return _THEM if draw < 0.02 else _IT
        if first and draw < 0.08:
            return Description(self.namer.pick((ANY, "block")), ANY, Quantity.HELD)
        kind = self._kind("block" if self.rng.random() < 0.96 else "bowl")
        if many < (0.6 if action is Action.STACK else 0.14):
            return self._group(kind, first=first)
        if many > 0.94:
            return Description(kind, self.color(kind), Quantity.ANY)
        if not first and many > 0.9:
            return Description(kind, self.color(kind), Quantity.ANOTHER)
        return Description(kind, self.color(kind), side=self._side())

    def items(self) -> list[Description]:
        """Two to four objects that are named one by one."""
        kind = "block" if self.rng.random() < 0.93 else ANY
        count = int(self.rng.choice([2, 3, 4], p=[0.5, 0.4, 0.1]))
        return [Description(kind, self.color(kind, needed=True)) for _ in range(count)]

    def _kind(self, usual: str) -> str:
        return usual if self.rng.random() < 0.86 else self.namer.pick(("block", "bowl", ANY, ANY, OTHER))

    def _group(self, kind: str, *, first: bool) -> Description:
        color = ANY if self.rng.random() < 0.6 else self.color("block")
        if self.rng.random() < 0.25:
            number = int(self.rng.choice([2, 3, 4], p=[0.55, 0.35, 0.1]))
            return Description("block", color, Quantity.THE if self.rng.random() < 0.5 else Quantity.ANY, number)
        if kind not in ("block", OTHER):
            kind = self.namer.pick(("block", ANY))
        rest = not first and self.rng.random() < 0.4
        return Description(kind, color, Quantity.REST if rest else Quantity.ALL)

    def _side(self) -> Side:
        return list(Side)[int(self.rng.integers(1, 7))] if self.rng.random() < 0.07 else Side.NONE

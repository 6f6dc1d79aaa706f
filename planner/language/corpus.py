"""The training corpus: sentences made up from patterns and words, with the meaning of every part marked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from perception.scene import COLORS
from planner.language import lexicon
from planner.language.lexicon import WORDS, Words
from planner.language.reading import ANY, OTHER, SAME, TABLE, Action, Intent, Quantity, Role, Side
from planner.language.things import Description, Namer

Choice = TypeVar("Choice")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"(\{[orsd]\})")
_ACTIONS = {
    Action.IN: 22, Action.ON: 14, Action.STACK: 16, Action.PICK: 14, Action.LEFT: 8, Action.RIGHT: 8, Action.FRONT: 8,
    Action.BEHIND: 8, Action.BESIDE: 5, Action.PUT: 5,
}  # fmt: skip
_INTENTS = {Intent.TASK: 70, Intent.UNSAFE: 12, Intent.UNABLE: 10, Intent.CHAT: 8}


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start`` to ``end`` name ``what`` in ``role``; a distance has no ``what``."""

    start: int
    end: int
    role: Role
    what: Description | None


@dataclass(frozen=True, slots=True)
class ClauseMark:
    """Characters ``start`` to ``end`` ask for ``action``; ``earlier``: to be done before the clause said before it."""

    start: int
    end: int
    action: Action
    earlier: bool = False


@dataclass(slots=True)
class Sample:
    """A sentence and what it means."""

    text: str = ""
    intent: Intent = Intent.TASK
    clauses: list[ClauseMark] = field(default_factory=list)
    mentions: list[Mark] = field(default_factory=list)


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


class Writer:
    """Writes sentences, one after another, from a seed."""

    def __init__(self, seed: int | np.random.Generator, style: Style = Style()) -> None:
        self.rng = np.random.default_rng(seed)
        self.style = style
        self.namer = Namer(self.rng, style.words)

    def write(self, intent: Intent | None = None, action: Action | None = None, clauses: int | None = None) -> Sample:
        """A sentence, of the given kind where one is given."""
        self.sample = Sample()
        self.colors: set[str] = set()
        self.typing = self.rng.random() < self.style.typos
        self.sample.intent = intent or self._weighted(_INTENTS)
        if self.sample.intent is Intent.TASK:
            self._task(action, clauses or int(self.rng.choice([1, 2, 3, 4], p=[0.54, 0.31, 0.1, 0.05])))
        else:
            self._other()
        if self.rng.random() < 0.1:
            self._say(self._pick(WORDS["endings"], WORDS["endings kept for the test"]))
        self._say(("", "", "", ".", ".", "!", "?")[int(self.rng.integers(7))])
        last = self.sample.clauses[-1]
        self.sample.clauses[-1] = ClauseMark(last.start, len(self.sample.text), last.action, last.earlier)
        return self.sample

    def _weighted(self, weights: dict[Choice, int]) -> Choice:
        keys = list(weights)
        total = np.array(list(weights.values()), float)
        return keys[int(self.rng.choice(len(keys), p=total / total.sum()))]

    def _pick(self, usual: Words, kept: Words) -> str:
        return self.namer.pick(kept if kept and self.rng.random() < self.style.patterns else usual)

    def _say(self, text: str) -> None:
        if self.typing:
            text = " ".join(self._mistype(w) if self.rng.random() < 0.12 else w for w in text.split(" "))
        self.sample.text += text

    def _mistype(self, word: str) -> str:
        if len(word) < 4 or not word.isalpha():
            return word
        i = int(self.rng.integers(1, len(word) - 1))
        swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        return (swapped, word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:])[int(self.rng.integers(3))]

    def _expand(self, pattern: str) -> str:
        pattern = lexicon.expand(pattern)
        while found := _CHOICE.search(pattern):
            pattern = pattern[: found.start()] + self.namer.pick(found[1].split("|")) + pattern[found.end() :]
        return " ".join(pattern.split())

    def _task(self, action: Action | None, count: int) -> None:
        style = self.rng.random()
        if count == 2 and style < 0.08:
            self._clause(action, 0, opening=self.namer.pick(WORDS["before openings"]), gerund=True)
            self._clause(None, 1, opening=", ", earlier=True)
        elif count == 2 and style < 0.14:
            self._clause(action, 0, opening=self.namer.pick(WORDS["after openings"]), gerund=True)
            self._clause(None, 1, opening=self.namer.pick((", ", ", ", " ")))
        elif count == 2 and style < 0.22:
            self._clause(action, 0)
            self._clause(
                None, 1, opening=self.namer.pick(WORDS["connectors to what comes earlier"]), gerund=True, earlier=True
            )
        elif count == 2 and style < 0.29:
            self._clause(action, 0)
            self._clause(None, 1, opening=self.namer.pick(WORDS["connectors before a gerund"]), gerund=True)
        else:
            for i in range(count):
                self._clause(
                    action if i == 0 else None,
                    i,
                    opening=self._pick(WORDS["connectors"], WORDS["connectors kept for the test"]) if i else None,
                )
        if self.rng.random() < 0.07:
            self._clause(Action.FORBID, 9, opening=self.namer.pick((", but ", " and ", ". ", " but ", ", ", "; ", " ")))

    def _other(self) -> None:
        intent, before, after = self.sample.intent, False, False
        if intent is not Intent.CHAT:
            draw = self.rng.random()
            before, after = draw < 0.12, 0.12 <= draw < 0.24
        if before:
            self._clause(None, 0)
            self._say(self._pick(WORDS["connectors"], WORDS["connectors kept for the test"]))
        start = self.sample.clauses[-1].end if before else 0
        text = self._expand(self._pick(lexicon.patterns(intent), lexicon.patterns(intent, kept=True)))
        if not before and self.rng.random() < (0.1 if intent is Intent.CHAT else 0.3):
            self._say(
                self._pick(WORDS["openings"], WORDS["openings kept for the test"])
                if intent is not Intent.CHAT
                else "robot, "
            )
        for part in _SLOT.split(text):
            is_slot = part.startswith("{")
            self._say(
                self.namer.name(self._describe(Role.OBJECT if part == "{o}" else Role.REFERENCE, Action.IN, 0))
                if is_slot
                else part
            )
        self.sample.clauses.append(ClauseMark(start, len(self.sample.text), Action.OTHER))
        if after:
            self._clause(None, 1, opening=self._pick(WORDS["connectors"], WORDS["connectors kept for the test"]))

    def _clause(
        self,
        action: Action | None,
        index: int,
        *,
        opening: str | None = None,
        gerund: bool = False,
        earlier: bool = False,
    ) -> None:
        start = self.sample.clauses[-1].end if self.sample.clauses else 0
        action = action or self._weighted(_ACTIONS)
        kept = lexicon.patterns(action, kept=True) if not gerund else ()
        for _ in range(50):
            text = self._expand(self._pick(lexicon.patterns(action), kept))
            imperative = text.split(" ")[0] in lexicon.VERBS
            if imperative or not gerund:
                break
        if index == 0 and opening is None and self.rng.random() < 0.35:
            if imperative and self.rng.random() < 0.15:
                opening, gerund = (
                    self._pick(WORDS["openings before a gerund"], WORDS["openings before a gerund kept for the test"]),
                    True,
                )
            elif imperative:
                opening = self._pick(WORDS["openings"], WORDS["openings kept for the test"])
            else:
                opening = self.namer.pick(("please ", "ok, ", "robot, ", "now ", "first, "))
        if gerund and imperative:
            verb, _, rest = text.partition(" ")
            text = f"{lexicon.gerund(verb)} {rest}"
        if self._follows_pick(index) and " {o} " in text and imperative and self.rng.random() < 0.15:
            text = text.replace(" {o} ", " ", 1)
        self._say(opening or "")
        for part in _SLOT.split(text):
            if part == "{d}":
                self._distance()
            elif part.startswith("{"):
                self._thing({"{o}": Role.OBJECT, "{r}": Role.REFERENCE, "{s}": Role.SOURCE}[part], action, index)
            else:
                self._say(part)
        self.sample.clauses.append(ClauseMark(start, len(self.sample.text), action, earlier))

    def _follows_pick(self, index: int) -> bool:
        return index > 0 and bool(self.sample.clauses) and self.sample.clauses[-1].action is Action.PICK

    def _mark(self, role: Role, text: str, what: Description | None = None) -> None:
        start = len(self.sample.text)
        self._say(text)
        self.sample.mentions.append(Mark(start, len(self.sample.text), role, what))

    def _distance(self) -> None:
        role = (Role.MEASURE, Role.LITTLE, Role.FAR)[int(self.rng.choice(3, p=[0.6, 0.28, 0.12]))]
        self._mark(role, self._expand(self.namer.pick(lexicon.DISTANCES[role.value])))

    def _thing(self, role: Role, action: Action, index: int) -> None:
        what = self._describe(role, action, index)
        if (
            role is Role.OBJECT
            and self.rng.random() < (0.4 if action is Action.STACK else 0.07)
            and what.quantity is Quantity.THE
        ):
            self._list(action, index)
            return
        self._mark(role, self.namer.name(what), what)
        if role is Role.OBJECT and what.quantity is Quantity.ALL and self.rng.random() < 0.15:
            self._say(
                self.namer.pick((" except ", " but ", " except for ", " but not ", " apart from ", " other than "))
            )
            spared = self._describe(Role.EXCEPT, action, index)
            self._mark(Role.EXCEPT, self.namer.name(spared), spared)
        if role is Role.REFERENCE and action is Action.STACK and self.rng.random() < 0.25:
            self._say(self.namer.pick((" on ", " on top of ", " and that on ", " onto ")))
            below = self._describe(Role.REFERENCE, action, index)
            self._mark(role, self.namer.name(below), below)

    def _list(self, action: Action, index: int) -> None:
        count = int(self.rng.choice([2, 3, 4], p=[0.5, 0.4, 0.1]))
        kind = "block" if self.rng.random() < 0.93 else ANY
        items = [Description(kind, self._color(needed=True)) for _ in range(count)]
        if self.rng.random() < 0.5:
            texts = [self.namer.name(item) for item in items]
        else:
            article = self.namer.pick(("the ", "the ", "", "each "))
            noun = self.namer.name(Description(kind, ANY, Quantity.ALL)) if article != "" else "blocks"
            noun = noun.split(" ")[-1] if noun not in ("everything",) else "blocks"
            texts = [self.namer._describe(item, "").strip() for item in items]
            texts[0] = ("the " if article == "each " else article) + texts[0]
            if article == "each ":
                texts[1:] = ["the " + t for t in texts[1:]]
            texts[-1] += " " + noun
        for i, text in enumerate(texts):
            if i:
                last = (
                    self.namer.pick((" and ", " and ", ", and ", " & ", " and also ")) if i == len(texts) - 1 else ", "
                )
                self._say(", " if action is Action.STACK and last == " and also " else last)
            self._mark(Role.OBJECT, text, items[i])

    def _color(self, needed: bool = False) -> str:
        """A colour that training lets stand beside those said before it in this sentence."""
        draw = self.rng.random()
        if not needed and draw < 0.12:
            return ANY
        if not self.style.things and draw > 0.95:
            return OTHER
        pool = [c for _, c in self.style.things] or list(COLORS)
        for _ in range(50):
            color = self.namer.pick(pool)
            if self.style.pairs or not any(frozenset((color, c)) in lexicon.PAIRS_TEST for c in self.colors):
                self.colors.add(color)
                return color
        return ANY

    def _describe(self, role: Role, action: Action, index: int) -> Description:
        draw, many = self.rng.random(), self.rng.random()
        if role is Role.REFERENCE:
            usual = "bowl" if action is Action.IN else self.namer.pick(("block", "block", "bowl"))
            if action in (Action.ON, Action.STACK):
                usual = "block" if draw < 0.93 else "bowl"
        else:
            usual = "bowl" if role is Role.SOURCE and draw < 0.5 else "block" if self.rng.random() < 0.96 else "bowl"
        kind = usual if self.rng.random() < 0.86 else self.namer.pick(("block", "bowl", ANY, ANY, OTHER))
        if role in (Role.REFERENCE, Role.SOURCE):
            if self.rng.random() < 0.05 and action in (Action.ON, Action.PICK):
                return Description(TABLE)
            if index and role is Role.REFERENCE and draw < 0.06:
                return Description(ANY, ANY, Quantity.IT)
            if action is Action.IN and 0.06 < draw < 0.11:
                return Description("bowl", SAME, Quantity.THE)
            quantity = Quantity.ANY if many < 0.08 else Quantity.ANOTHER if many < 0.11 else Quantity.THE
            return Description(kind, self._color(), quantity, side=self._side())
        if role is Role.OBJECT:
            if self._follows_pick(index) and draw < 0.65:
                return Description(ANY, ANY, Quantity.THEM if draw < 0.08 else Quantity.IT)
            if draw < (0.04 if index == 0 else 0.1):
                return Description(ANY, ANY, Quantity.IT if draw < 0.06 else Quantity.THEM)
            if draw < 0.12 and index == 0:
                return (
                    Description(ANY if draw < 0.08 else "block", ANY, Quantity.HELD)
                    if draw < 0.07
                    else Description(kind, self._color())
                )
            if many < 0.14 or (action is Action.STACK and many < 0.6):
                color = ANY if self.rng.random() < 0.6 else self._color()
                group = kind if kind in ("block", OTHER) else self.namer.pick(("block", ANY))
                if self.rng.random() < 0.25:
                    quantity = Quantity.THE if self.rng.random() < 0.5 else Quantity.ANY
                    return Description("block", color, quantity, int(self.rng.choice([2, 3, 4], p=[0.55, 0.35, 0.1])))
                return Description(group, color, Quantity.REST if index and self.rng.random() < 0.4 else Quantity.ALL)
            if many > 0.94:
                return Description(kind, self._color(), Quantity.ANY)
            if index and many > 0.9:
                return Description(kind, self._color(), Quantity.ANOTHER)
        return Description(kind, self._color(), side=self._side())

    def _side(self) -> Side:
        return list(Side)[int(self.rng.integers(1, 7))] if self.rng.random() < 0.07 else Side.NONE

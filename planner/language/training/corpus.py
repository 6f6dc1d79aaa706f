"""The training corpus: sentences made up from patterns and words, with the meaning of every part marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from sayso.planner.language.reading import ANY, Action, Intent, Quantity, Role
from sayso.planner.language.training import lexicon
from sayso.planner.language.training.lexicon import WORDS, Words
from sayso.planner.language.training.things import Description, Namer
from sayso.planner.language.training.topics import USUAL, Style, Topics

Choice = TypeVar("Choice")
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"(\{[orsd]\})")
_ACTIONS = {
    Action.IN: 22, Action.ON: 14, Action.STACK: 16, Action.PICK: 14, Action.LEFT: 8, Action.RIGHT: 8, Action.FRONT: 8,
    Action.BEHIND: 8, Action.BESIDE: 5, Action.PUT: 5,
}  # fmt: skip
_INTENTS = {Intent.TASK: 70, Intent.UNSAFE: 12, Intent.UNABLE: 10, Intent.CHAT: 8}
_LENGTHS = {1: 46, 2: 33, 3: 13, 4: 8}


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


class Writer:
    """Writes sentences, one after another, from a seed; ``topics.colors`` are those of the last one."""

    def __init__(self, seed: int | np.random.Generator, style: Style = USUAL) -> None:
        self.rng = np.random.default_rng(seed)
        self.style = style
        self.namer = Namer(self.rng, style.words)
        self.topics = Topics(self.rng, style, self.namer)

    def write(self, intent: Intent | None = None) -> Sample:
        """A sentence, of the given intent if one is given."""
        self.topics.start()
        self.sample = Sample(intent=intent or self._weighted(_INTENTS))
        self._mistyping = self.rng.random() < self.style.typos
        if self.sample.intent is Intent.TASK:
            self._task()
        else:
            self._no_task()
        if self.rng.random() < 0.1:
            self._say(self._word("endings"))
        self._say(self.namer.pick(("", "", "", ".", ".", "!", "?")))
        self.sample.clauses[-1] = replace(self.sample.clauses[-1], end=len(self.sample.text))
        return self.sample

    # Sentences

    def _task(self) -> None:
        count = self._weighted(_LENGTHS)
        way = self.rng.random() if count == 2 else 1.0
        if way < 0.08:
            self._clause(opening=self._word("before openings"), gerund=True)
            self._clause(opening=", ", earlier=True)
        elif way < 0.14:
            self._clause(opening=self._word("after openings"), gerund=True)
            self._clause(opening=self.namer.pick((", ", ", ", " ")))
        elif way < 0.22:
            self._clause()
            self._clause(opening=self._word("connectors to what comes earlier"), gerund=True, earlier=True)
        elif way < 0.29:
            self._clause()
            self._clause(opening=self._word("connectors before a gerund"), gerund=True)
        else:
            leads = count > 1 and self.rng.random() < 0.08
            for i in range(count):
                self._clause(opening=self._connector() if i else None, leads=leads and i == 0, led=leads and i == 1)
        if self.rng.random() < 0.07:
            self._clause(Action.FORBID, opening=self.namer.pick((", but ", " and ", ". ", " but ", ", ", "; ", ". ")))

    def _no_task(self) -> None:
        intent = self.sample.intent
        way = self.rng.random() if intent is not Intent.CHAT else 1.0
        if way < 0.12:
            self._clause()
            self._say(self._connector())
        elif self.rng.random() < (0.1 if intent is Intent.CHAT else 0.3):
            self._say("robot, " if intent is Intent.CHAT else self._word("openings"))
        start = self.sample.clauses[-1].end if self.sample.clauses else 0
        for part in _SLOT.split(self._pattern(intent)):
            if part == "{o}":
                part = self.namer.name(self.topics.thing(Action.IN, first=True))
            elif part == "{r}":
                part = self.namer.name(self.topics.place(Role.REFERENCE, Action.IN, first=True))
            self._say(part)
        self.sample.clauses.append(ClauseMark(start, len(self.sample.text), Action.OTHER))
        if 0.12 <= way < 0.24:
            self._clause(opening=self._connector())

    # Clauses

    def _clause(
        self,
        action: Action | None = None,
        *,
        opening: str | None = None,
        gerund: bool = False,
        earlier: bool = False,
        leads: bool = False,
        led: bool = False,
    ) -> None:
        """One clause; one that ``leads`` names what the next one, which is ``led``, puts somewhere."""
        start = self.sample.clauses[-1].end if self.sample.clauses else 0
        if action is None and self._goes_on(opening) and self.rng.random() < 0.3:
            last = self.sample.clauses[-1].action  # "put this here and that there"
            action = None if last is Action.OTHER else last
        action = action or (Action.PICK if leads else self._weighted(_ACTIONS))
        while led and action in (Action.PICK, Action.STACK):
            action = self._weighted(_ACTIONS)
        text, imperative = self._imperative(action, wanted=gerund or led)
        gaps = lexicon.gaps(action)
        if self._goes_on(opening) and gaps and action is self.sample.clauses[-1].action and self.rng.random() < 0.6:
            text, imperative = self._expand(self.namer.pick(gaps)), False
        if leads:
            text = self._expand(self.namer.pick(lexicon.LEADS))
        after_pick = bool(self.sample.clauses) and self.sample.clauses[-1].action is Action.PICK
        if after_pick and not led and imperative and " {o} " in text and self.rng.random() < 0.15:
            text = text.replace(" {o} ", " ", 1)
        if opening is None and self.rng.random() < 0.35:
            opening, gerund = self._opening(imperative)
        if gerund and imperative:
            verb, _, rest = text.partition(" ")
            text = f"{lexicon.gerund(verb)} {rest}"
        self._say(opening or "")
        first = not self.sample.clauses
        for part in _SLOT.split(text):
            if part == "{o}" and led:
                self._mark(Role.OBJECT, Description(ANY, ANY, Quantity.IT))
            elif part == "{o}":
                self._object(action, first=first, after_pick=after_pick)
            elif part in ("{r}", "{s}"):
                self._place(Role.REFERENCE if part == "{r}" else Role.SOURCE, action, first=first)
            elif part == "{d}":
                self._distance()
            else:
                self._say(part)
        self.sample.clauses.append(ClauseMark(start, len(self.sample.text), action, earlier))

    def _goes_on(self, opening: str | None) -> bool:
        return bool(self.sample.clauses) and opening in WORDS["connectors before a gap"]

    def _imperative(self, action: Action, *, wanted: bool) -> tuple[str, bool]:
        """A pattern of ``action``, and whether it begins with a verb, as is ``wanted`` or comes by chance."""
        while True:
            text = self._pattern(action, kept=not wanted)
            imperative = text.split(" ")[0] in lexicon.VERBS
            if imperative or not wanted:
                return text, imperative

    def _opening(self, imperative: bool) -> tuple[str, bool]:
        if not imperative:
            return self.namer.pick(("please ", "ok, ", "robot, ", "now ", "first, ")), False
        gerund = self.rng.random() < 0.15
        return self._word("openings before a gerund" if gerund else "openings"), gerund

    def _object(self, action: Action, *, first: bool, after_pick: bool) -> None:
        what = self.topics.thing(action, first=first, after_pick=after_pick)
        if what.quantity is Quantity.THE and self.rng.random() < (0.4 if action is Action.STACK else 0.1):
            self._list(", " if action is Action.STACK else None)
            return
        self._mark(Role.OBJECT, what)
        if what.quantity is Quantity.ALL and self.rng.random() < 0.15:
            self._say(self._word("exceptions"))
            self._mark(Role.EXCEPT, self.topics.thing(Action.IN, first=True))

    def _list(self, comma: str | None) -> None:
        items = self.topics.items()
        texts = [self.namer.name(item) for item in items]
        if self.rng.random() < 0.5:  # "the red, green and blue blocks"
            texts = [self.namer.describe(item, "") for item in items]
            article = self.namer.pick(("the ", "the ", ""))
            texts = [article + texts[0], *((article if self.rng.random() < 0.3 else "") + t for t in texts[1:])]
            texts[-1] += " " + self.namer.noun(items[0].kind, many=True)
        for i, text in enumerate(texts):
            if i:
                last = self.namer.pick((" and ", " and ", ", and ", " & ", comma or " and also "))
                self._say(last if i == len(texts) - 1 else ", ")
            self._mark(Role.OBJECT, items[i], text)

    def _place(self, role: Role, action: Action, *, first: bool) -> None:
        self._mark(role, self.topics.place(role, action, first=first))
        if role is Role.REFERENCE and action is Action.STACK and self.rng.random() < 0.25:
            self._say(self.namer.pick((" on ", " on top of ", " and that on ", " onto ")))
            self._mark(role, self.topics.place(role, action, first=first))

    def _distance(self) -> None:
        role = self._weighted({Role.MEASURE: 60, Role.LITTLE: 28, Role.FAR: 12})
        self._mark(role, None, self._expand(self.namer.pick(lexicon.DISTANCES[role.value])))

    # Words

    def _mark(self, role: Role, what: Description | None, text: str = "") -> None:
        start = len(self.sample.text)
        self._say(text or (self.namer.name(what) if what else ""))
        self.sample.mentions.append(Mark(start, len(self.sample.text), role, what))

    def _say(self, text: str) -> None:
        if self._mistyping:
            text = " ".join(self._mistyped(w) if self.rng.random() < 0.12 else w for w in text.split(" "))
        self.sample.text += text

    def _mistyped(self, word: str) -> str:
        if len(word) < 4 or not word.isalpha():
            return word
        i = int(self.rng.integers(1, len(word) - 1))
        swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        return self.namer.pick((swapped, word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:]))

    def _pattern(self, meaning: Action | Intent, *, kept: bool = True) -> str:
        test = lexicon.patterns(meaning, kept=True) if kept and self.rng.random() < self.style.patterns else ()
        return self._expand(self.namer.pick(test or lexicon.patterns(meaning)))

    def _word(self, which: str) -> str:
        test: Words = WORDS.get(f"{which} kept for the test", ()) if self.rng.random() < self.style.patterns else ()
        return self.namer.pick(test or WORDS[which])

    def _connector(self) -> str:
        usual = self.rng.random() < 0.6 and self.rng.random() >= self.style.patterns
        return self.namer.pick(WORDS["usual connectors"]) if usual else self._word("connectors")

    def _expand(self, pattern: str) -> str:
        pattern = lexicon.expand(pattern)
        while found := _CHOICE.search(pattern):
            pattern = pattern[: found.start()] + self.namer.pick(found[1].split("|")) + pattern[found.end() :]
        return " ".join(pattern.split())

    def _weighted(self, weights: Mapping[Choice, int]) -> Choice:
        shares = np.array(list(weights.values()), float)
        return list(weights)[int(self.rng.choice(len(shares), p=shares / shares.sum()))]

"""How people name things: a description becomes words, in many ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sayso.planner.language.reading import ANY, OTHER, SAME, TABLE, Quantity, Side
from sayso.planner.language.training.lexicon import NAMES, WORDS, Words


@dataclass(frozen=True, slots=True)
class Description:
    """The description of one thing, or of one group."""

    kind: str
    color: str = ANY
    quantity: Quantity = Quantity.THE
    number: int = 1
    side: Side = Side.NONE


def plural(noun: str) -> str:
    """The plural of an English noun phrase whose last word is the noun."""
    if noun.endswith("shelf"):
        return noun.removesuffix("f") + "ves"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


class Namer:
    """Chooses words; ``held_out`` is how often it takes those that training never shows."""

    def __init__(self, rng: np.random.Generator, held_out: float = 0.0) -> None:
        self.rng, self.held_out = rng, held_out

    def pick(self, options: Words) -> str:
        """One of the options."""
        return options[int(self.rng.integers(len(options)))]

    def _nonsense(self) -> str:
        """A word that nobody knows; what it names is not there."""
        return "".join(self.pick(WORDS["syllables"]) for _ in range(int(self.rng.integers(2, 4))))

    def _word(self, what: str, key: str, plain: float) -> str:
        kept = NAMES[f"{what} kept for the test"][key]
        if self.rng.random() < self.held_out and kept:
            return self.pick(kept)
        usual = NAMES[what][key]
        return usual[0] if self.rng.random() < plain else self.pick(usual)

    def name(self, what: Description) -> str:
        """A noun phrase for ``what``."""
        if what.kind == TABLE:
            return "the " + self._word("kinds", TABLE, 0.7)
        if what.quantity is Quantity.IT:
            return self.pick(NAMES["pronouns"]["it"])
        if what.quantity is Quantity.THEM:
            return self.pick(NAMES["pronouns"]["them"])
        if what.kind == ANY and what.color == ANY and what.quantity is Quantity.ALL:
            return self.pick(
                (
                    "everything",
                    "all the things",
                    "all objects",
                    "every object",
                    "all the objects",
                    "all items",
                    "each thing",
                )
            )
        many = what.quantity in (Quantity.ALL, Quantity.REST) or what.number > 1
        each = what.quantity is Quantity.ALL and self.rng.random() < 0.25
        noun = self.noun(what.kind, many=many and not each)
        if what.color == SAME:
            return self.pick(NAMES["pronouns"]["same color"]).format(noun)
        phrase = self.describe(what, noun)
        if each:
            return self.pick(("every ", "each ", "every single ")) + phrase
        return self._determine(what, phrase)

    def noun(self, kind: str, *, many: bool) -> str:
        """A word for a kind."""
        noun = self._nonsense() if kind == OTHER and self.rng.random() < 0.2 else self._word("kinds", kind, 0.55)
        return plural(noun) if many else noun

    def describe(self, what: Description, noun: str) -> str:
        """``noun`` with the colour and the side of ``what``."""
        color = self._word("colors", what.color, 0.5) if what.color != ANY else ""
        if what.color == OTHER and self.rng.random() < 0.3:
            color = self._nonsense()
        phrase = f"{color} {noun}".strip()
        draw = self.rng.random()
        if draw > 0.95:
            phrase = f"{self.pick(WORDS['modifiers'])} {phrase}"
        elif noun and color and draw < 0.04:
            phrase = f"{noun} {self.pick(('that is', 'which is', 'that has the color', 'in'))} {color}"
        elif noun and color and draw < 0.07 and "colored" not in color:
            phrase = f"{color} colored {noun}"
        if what.side is not Side.NONE:
            before, after = NAMES["sides before the noun"][what.side], NAMES["sides after the noun"][what.side]
            phrase = f"{self.pick(before)} {phrase}" if self.rng.random() < 0.7 else f"{phrase} {self.pick(after)}"
        return phrase

    def _determine(self, what: Description, phrase: str) -> str:
        number = ("", "", "two", "three", "four")[what.number]
        match what.quantity:
            case Quantity.ALL:
                return self.pick(("all the ", "all ", "all of the ", "the ", "all the ", "all those ", "")) + phrase
            case Quantity.REST:
                return self.pick(NAMES["pronouns"]["rest"]).format(phrase)
            case Quantity.HELD:
                return self.pick(NAMES["pronouns"]["held"]).format(phrase)
            case Quantity.ANOTHER:
                return self.pick(("the other ", "the other ", "the remaining ", "the second ")) + phrase
            case Quantity.ANY if number:
                return self.pick((f"{number} ", f"any {number} ", f"{number} of the ", f"some {number} ")) + phrase
            case Quantity.ANY:
                if self.rng.random() < 0.2:
                    words = phrase.rsplit(" ", 1)
                    return self.pick(("one of the ", "any of the ", "any one of the ")) + " ".join(
                        [*words[:-1], plural(words[-1])]
                    )
                article = "an " if phrase[0] in "aeiou" else "a "
                return self.pick((article, article, article, "any ", "some ", "one ")) + phrase
            case _ if number:
                both = ("both ", "both the ", "both of the ") if what.number == 2 else ()
                return self.pick((f"the {number} ", f"all {number} ", f"these {number} ", *both)) + phrase
            case _:
                return (
                    self.pick(("the ", "the ", "the ", "the ", "the ", "the ", "", "", "that ", "this ", "my ", "the "))
                    + phrase
                )

"""The scene's vocabulary: what a noun or the word of a color means, as probabilities of the kinds and colors seen.

Any other noun stays as it was said and is compared with names that things were given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from sayso.perception.scene import SOMETHING
from sayso.planner.task.nouns import singular

ANY, OTHER = "any", "other"
"""In place of a kind or a color: none was named, and none of those of a scene."""
THING = "thing"
NOUNS: dict[str, str] = {
    "block": "block cube brick square cuboid die dice tile lego domino",
    "bowl": "bowl dish basin container tub vessel receptacle",
    "box": "box carton package packet parcel crate matchbox shoebox",
    "can": "can tin soda coke canister jar",
    "bottle": "bottle flask",
    "cup": "cup beaker tumbler glass goblet",
    "mug": "mug tankard",
    "plate": "plate saucer platter",
    "ball": "ball sphere marble orb",
    "ring": "ring hoop washer",
    "stick": "stick pen pencil rod marker crayon baton skewer chopstick",
    ANY: "thing one object item piece part thingy thingie thingamajig thingummy whatsit doodah stuff",
}
KIND_OF = {noun: kind for kind, nouns in NOUNS.items() for noun in nouns.split()}
"""The kind of each noun."""
# Kinds that look alike, and how likely the one noun means what is seen as the other kind.
LIKE: dict[str, dict[str, float]] = {
    "box": {SOMETHING: 0.5, "block": 0.4},
    "can": {"cup": 0.3, "bottle": 0.3, "ball": 0.3},
    "bottle": {"can": 0.4, SOMETHING: 0.5},
    "cup": {"mug": 0.45, "can": 0.35},
    "mug": {"cup": 0.45, "can": 0.3},
    "plate": {"ring": 0.3},
    "ball": {SOMETHING: 0.5, "can": 0.3},
    "ring": {"plate": 0.3, SOMETHING: 0.5},
    "stick": {SOMETHING: 0.5},
}
UNKNOWN = 0.6
"""How likely a noun of no known kind means a thing without a name."""
COLOR_NAMES: dict[str, str] = {
    "red": "red scarlet crimson ruby cherry maroon burgundy vermilion",
    "orange": "orange amber tangerine apricot saffron marmalade",
    "yellow": "yellow golden gold lemon mustard blonde",
    "green": "green emerald lime olive jade mint sage avocado",
    "cyan": "cyan turquoise aqua teal aquamarine",
    "blue": "blue navy sapphire cobalt azure indigo ultramarine",
    "purple": "purple violet lavender plum mauve lilac amethyst aubergine",
    "pink": "pink rose rosy fuchsia magenta salmon",
    "brown": "brown chocolate tan chestnut bronze caramel sienna mocha",
    "gray": "gray grey slate charcoal graphite",
    "white": "white",
    "black": "black",
}
_COLOR_OF = {word: color for color, words in COLOR_NAMES.items() for word in words.split()}
_LIGHT_BLUE = frozenset({"light", "pale", "sky", "baby"})
"""Before "blue" these make cyan of it."""
_LIKE_COLOR = {"white": {"gray": 0.2}, "black": {"brown": 0.15, "gray": 0.15}}


def kind_named(words: str) -> str | None:
    """The kind that the last noun known in ``words`` names, perhaps misspelt; None for any other noun."""
    said = [singular(w.strip(".,;:!?\"'")) for w in reversed(words.split())]
    return next((kind for noun in said if (kind := _known(noun, KIND_OF)) is not None), None)


@lru_cache(maxsize=512)
def kinds_meant(noun: str) -> Mapping[str, float]:
    """Probabilities of the scene's kinds for a noun; `ANY` leaves the kind open, `OTHER` is none of them."""
    kind = kind_named(noun)
    if kind == ANY:
        return {ANY: 1.0}
    return {OTHER: 1.0, SOMETHING: UNKNOWN} if kind is None else LIKE.get(kind, {}) | {kind: 1.0}


@lru_cache(maxsize=512)
def colors_meant(words: str) -> Mapping[str, float]:
    """Probabilities of the scene's colors for the words of a color; `OTHER` is none of them."""
    said = re.findall(r"\w+", words.casefold())
    found = [color for word in reversed(said) if (color := _color(word)) is not None]
    if not found:
        return {OTHER: 1.0}
    color = "cyan" if found[0] == "blue" and _LIGHT_BLUE.intersection(said) else found[0]
    return _LIKE_COLOR.get(color, {}) | {color: 1.0}


def _color(word: str) -> str | None:
    plain = re.sub(r"(?:d|t)?ish$|s$", "", word)
    return _known(word, _COLOR_OF) or _known(plain, _COLOR_OF) or _known(f"{plain}e", _COLOR_OF)


def _known(word: str, table: Mapping[str, str]) -> str | None:
    """What ``table`` has for ``word``, or for a known word of which it is a misspelling."""
    if word in table:
        return table[word]
    if len(word) < 4:
        return None
    return next((value for known, value in table.items() if len(known) > 3 and _misspelt(word, known)), None)


def _misspelt(word: str, known: str) -> bool:
    """Whether ``word`` is ``known`` with one letter left out, put in or exchanged with the next, within the word."""
    if word[0] != known[0] or abs(len(word) - len(known)) > 1:
        return False
    short, long = sorted((word, known), key=len)
    if len(short) < len(long):
        return any(long[:i] + long[i + 1 :] == short for i in range(1, len(long) - 1))
    return any(word[:i] + word[i + 1] + word[i] + word[i + 2 :] == known for i in range(1, len(word) - 1))

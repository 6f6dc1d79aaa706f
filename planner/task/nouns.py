"""English nouns: the singular of a noun."""

from __future__ import annotations

import re

_IRREGULAR = {
    "knives": "knife", "loaves": "loaf", "leaves": "leaf", "shelves": "shelf", "scarves": "scarf", "mice": "mouse",
    "dice": "die", "men": "man", "women": "woman", "children": "child", "feet": "foot", "teeth": "tooth",
    "people": "person", "halves": "half", "wolves": "wolf", "elves": "elf", "cookies": "cookie", "brownies": "brownie",
    "pies": "pie", "ties": "tie", "selfies": "selfie", "geese": "goose", "potatoes": "potato", "tomatoes": "tomato",
    "mangoes": "mango", "dominoes": "domino",
}  # fmt: skip
_SINGULAR = frozenset(
    [
        "scissors",
        "tongs",
        "pliers",
        "glasses",
        "goggles",
        "tweezers",
        "trousers",
        "headphones",
        "sunglasses",
        "jeans",
        "shears",
        "snips",
        "stuff",
        "gas",
        "lens",
        "bus",
        "canvas",
        "atlas",
        ".",
    ]
)
_SHORTENED_VERB = re.compile(r"'(?:s|ll|d|ve|re)\Z")
_ENDS_SINGULAR = ("ss", "us", "is")


def singular(noun: str) -> str:
    """The singular of a noun of one or more words, in lower case: "Lunch boxes" to "lunch box", "bowl'll" to "bowl"."""
    noun = _SHORTENED_VERB.sub("", noun.casefold().replace("’", "'"))
    before, _, word = noun.rpartition(" ")
    return f"{before} {_of_word(word)}".strip()


def _of_word(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.endswith("s") or len(word) < 4 or word.endswith(_ENDS_SINGULAR) or word in _SINGULAR:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if re.search(r"(?:x|ch|sh|ss|zz)es\Z", word) else word[:-1]

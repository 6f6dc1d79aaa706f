"""Misspelt words of an instruction, each with the word that a person at a table most probably meant.

Only words that no dictionary has change, and only to a word of `LIKELY` that is one slip of a finger away. The reader
spreads its probability over guesses where a word looks strange ("besid": behind, beside, inside).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sayso.planner.corrections.words import TASK_VERBS
from sayso.planner.task.nouns import singular
from sayso.planner.task.things import COLOR_NAMES, KIND_OF

LIKELY = tuple(
    dict.fromkeys(
        [
            "red",
            "orange",
            "yellow",
            "green",
            "cyan",
            "blue",
            "purple",
            "pink",
            "brown",
            "gray",
            "grey",
            "white",
            "black",
            "block",
            "bowl",
            "box",
            "can",
            "bottle",
            "cup",
            "mug",
            "plate",
            "ball",
            "cube",
            "table",
            "corner",
            "robot",
            "put",
            "pick",
            "place",
            "stack",
            "take",
            "move",
            "leave",
            "touch",
            "grab",
            "sort",
            "swap",
            "push",
            "bring",
            "drop",
            "lift",
            "hold",
            "turn",
            "line",
            "keep",
            "make",
            "build",
            "beside",
            "between",
            "behind",
            "inside",
            "under",
            "into",
            "onto",
            "near",
            "next",
            "front",
            "left",
            "right",
            "middle",
            "other",
            "another",
            "every",
            "each",
            "all",
            "both",
            "and",
            "the",
            "there",
            "then",
            "where",
            "with",
            "without",
            "which",
            "please",
            "back",
            "again",
            "except",
            "only",
            "circle",
            "tower",
            "row",
            "side",
            "edge",
            "closest",
            "nearest",
            "biggest",
            "smallest",
            "until",
            "should",
            "must",
        ]
    )
)
"""Words for a misspelt one, the likelier first where two are as near."""
_RIGHT = frozenset(
    [
        "ouch",
        "beep",
        "beeps",
        "redo",
        "urn",
        "awl",
        "plat",
        "pint",
        "mush",
        "heave",
        "bide",
        "doth",
        "swabs",
        "mellow",
        "wack",
        "whack",
        "thx",
        "thnx",
        "pls",
        "plz",
        "thats",
        "whats",
        "lets",
        "theres",
        "wheres",
        "ower",
        "ony",
        "mun",
        "caw",
        "keek",
        "thon",
        "thae",
        "whit",
        "ach",
        "drap",
        "richt",
        "muckle",
        "lave",
    ]
)
"""Words of speech and of dialects that are right as they are, or mean something else than their neighbor."""
_SOUNDS = tuple(
    dict.fromkeys(
        word
        for word in (
            *LIKELY, "down", "about", "around", "away", "alone", "home", "after", "before", "over", "along", "above",
            "below", "beyond", "anything", "everything", "something", "nothing", "anywhere", "everywhere", "together",
            "stone", "these", "those", "from",
        )
        if len(word) >= 4
    )
)  # fmt: skip
"""Words that are known by their consonants."""
_KNOWN = frozenset(LIKELY) | TASK_VERBS | set(KIND_OF) | set(COLOR_NAMES) | _RIGHT
SHORT = {
    "yin": "one",
    "yins": "ones",
    "blu": "blue",
    "bloo": "blue",
    "gry": "gray",
    "bol": "bowl",
    "bal": "ball",
    "agen": "again",
    "thru": "through",
}
"""Misspellings that are more than one slip away, or that a dictionary has."""
_WORD = re.compile(r"""(?<![\w'’"“-])[a-z]{3,}(?![\w'’"”-])""")
_AN = re.compile(r"(?<=\w )an(?= (?!(?:x|mp|hour|honest|heir|rgb|led)\b)[bcdfgjklmnpqrstvwxyz])")
_AND = re.compile(r"(?<=[\w,] )(?:['’]?n['’]?|&)(?= [^\W\d_]{2})")
_WERE = re.compile(r"\bwere(?= (?:it|they) (?:is|was|are|were)\b)")


def respelt(text: str, is_word: Callable[[str], bool]) -> str:
    """``text`` with its misspelt words put right; ``is_word`` tells the words of a dictionary.

    Words with a capital within a sentence and words in quotes are names, and stay.
    """
    begins = re.match(r"\W*[A-Z][a-z]+\b", text)
    head = begins[0].casefold() if begins is not None else ""
    plain = _word_by_word(head + text[len(head) :], is_word)
    plain = _WERE.sub("where", _AND.sub("and", _AN.sub("and", plain)))
    if plain.casefold() == text.casefold():
        return text
    return (
        plain[: len(plain) - len(plain.lstrip())] + plain.lstrip()[:1].upper() + plain.lstrip()[1:] if head else plain
    )


def _word_by_word(text: str, is_word: Callable[[str], bool]) -> str:
    return _WORD.sub(lambda found: _meant(found[0], is_word), text)


def _meant(word: str, is_word: Callable[[str], bool]) -> str:
    if word in SHORT:
        return SHORT[word]
    base = singular(word)
    if word in _KNOWN or base in _KNOWN or word.endswith("nt") or is_word(word) or is_word(base):
        return word
    ending = "s" if base != word else ""
    if word.endswith("in") and is_word(f"{word}g"):
        return f"{word}g"
    if (sounds := _sounding_like(word)) is not None:
        return sounds
    near = [right for right in LIKELY if _is_slip(word, right)] or [r + ending for r in LIKELY if _is_slip(base, r)]
    return min(near, key=lambda right: (len(right) < len(word), right[0] != word[0]), default=word)


def _sounding_like(word: str) -> str | None:
    """The one word that has the consonants of ``word`` in their order, or those of its "a-" as "be-": as people write
    down a dialect by its vowels."""
    forms = [word, f"be{word[1:]}"] if word.startswith("a") else [word]
    alike = [
        (_edits(form, right), right)
        for form in forms
        for right in _SOUNDS
        if len(form) >= 4 and _consonants(form) == _consonants(right) and _edits(form, right) <= 2
    ]
    best = sorted(alike)[:2]
    return best[0][1] if best and (len(best) == 1 or best[0][0] < best[1][0]) else None


def _consonants(word: str) -> str:
    first = "a" if word[0] in "aeiou" else word[0]
    return first + re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouwy]", "", word[1:]))


def _edits(one: str, other: str) -> int:
    """Letters to exchange, put in or leave out (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


def _is_slip(word: str, right: str) -> bool:
    """Whether ``word`` is ``right`` with letters exchanged, left out, put in or replaced once; "ks" counts as "x"."""
    if word == right or len(right) < 3 or (len(right) == 3 and word[0] != right[0]):
        return False
    if word.replace("ks", "x") == right or re.sub(r"(.)\1+", r"\1", word) == right:
        return True
    short, long = sorted((word, right), key=len)
    if len(long) - len(short) > 1:
        return False
    i = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) != len(long):
        return short[i:] == long[i + 1 :]
    exchanged = word[i : i + 2] == right[i : i + 2][::-1] and word[i + 2 :] == right[i + 2 :]
    return word[i + 1 :] == right[i + 1 :] or exchanged
